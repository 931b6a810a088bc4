"""Hostile files: weights, nested values and checkpoints changed by damage, mistakes or malice; always the same ones.

python hostile.py folder        writes them to the folder
"""

from __future__ import annotations

import gzip
import io
import json
import pickle
import random
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim, train

Hostile = Iterator[tuple[str, bytes]]


class Evil:
    """An object that runs code when it is unpickled; the tests check that this code never ran."""

    def __reduce__(self) -> Any:
        return (sys.modules[__name__].run, ())


ran: list[int] = []


def run() -> None:
    ran.append(1)


def weights() -> bytes:
    tg.manual_seed(0)
    file = io.BytesIO()
    tg.save(nn.MLP([2, 8, 1]).state_dict(), file)
    return file.getvalue()


def nest() -> bytes:
    file = io.BytesIO()
    value = {"list": [1.5] * 20, "names": ["a", "b"] * 10, 3: (None, True, float("nan")), "t": tg.ones(2), "a": np.arange(3)}
    tg.save({**value, "strings": np.array(["x", "yz"]), "bytes": b"abc"}, file)
    return file.getvalue()


def training() -> dict[str, Any]:
    """The parts of a checkpoint."""
    tg.manual_seed(0)
    model = nn.Sequential(nn.Linear(2, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.1), nn.Linear(8, 1))
    optimizer = optim.Adam(model.parameters(), lr=0.01)
    schedule = optim.lr_scheduler.StepLR(optimizer, 2, gamma=0.5)
    loader = data.DataLoader(data.TensorDataset(tg.ones(12, 2)), batch_size=4, shuffle=True)
    return {"model": model, "optimizer": optimizer, "schedule": schedule, "loader": loader, "history": train.History()}


def trained() -> dict[str, Any]:
    parts = training()
    model, optimizer, schedule, loader, history = parts.values()
    for (x,), _ in zip(loader, range(2), strict=False):  # stopped in the middle of the epoch
        optimizer.zero_grad()
        loss = (model(x) ** 2).mean()
        loss.backward()
        history.step(loss.item(), optimizer, model.named_parameters())
        schedule.step()
    return parts


def checkpoint() -> bytes:
    file = io.BytesIO()
    train.save_checkpoint(file, **trained(), epoch=3)
    return file.getvalue()


# --- damage ---


def cut_off(good: bytes) -> Hostile:
    places = sorted({0, 1, 7, 8, 9, 20, len(good) - 1, *(len(good) * i // 40 for i in range(1, 40))})
    yield from ((f"cut off at {n}", good[:n]) for n in places)


def flipped(good: bytes) -> Hostile:
    rng = random.Random(1)
    places = sorted({0, 1, 2, 3, 7, 8, 9, 30, 40, len(good) - 1, *(rng.randrange(len(good)) for _ in range(50))})
    for place in places:
        bit = 1 << rng.randrange(8)
        yield f"bit {bit} of byte {place} flipped", good[:place] + bytes([good[place] ^ bit]) + good[place + 1 :]


def mangled(good: bytes) -> Hostile:
    rng = random.Random(2)
    yield "longer by one byte", good + b"\0"
    yield "twice", good + good
    yield "zeros in the middle", good[: len(good) // 2] + bytes(len(good) - len(good) // 2)
    yield "the first kilobyte lost", good[1024:]
    yield "lines ended as on Windows", good.replace(b"\n", b"\r\n") if b"\n" in good else good[:100] + b"\r\n" + good[100:]
    yield "read as text and written as UTF-8", good.decode("latin-1").encode()
    yield "noise", rng.randbytes(5000)
    yield "much noise", rng.randbytes(1 << 20)
    yield "zeros", bytes(5000)
    yield "an enormous header", (2**63).to_bytes(8, "little") + good[8:]
    yield "a header longer than the file", (1 << 20).to_bytes(8, "little") + good[8:]
    yield "a header of two bytes", (2).to_bytes(8, "little") + b"{}" + b"left over"
    for n in range(0, 200, 17):
        yield f"{n} bytes of noise in the header", good[: 8 + n] + rng.randbytes(9) + good[17 + n :]


# --- foreign files ---


def foreign() -> Hostile:
    yield "empty", b""
    yield "text", b"Dear reader,\nthese are no weights.\n"
    yield "Korean text", "안녕하세요, 가중치가 아닙니다.\n".encode()
    yield "CSV", b"a,b\n1,2\n" * 1000
    yield "JSON", json.dumps({"weights": [1, 2, 3]}).encode()
    yield "HTML", b"<!DOCTYPE html><html><body>404 not found</body></html>"
    yield "html", b"<HTML><head></head></HTML>"
    yield "Git LFS pointer", b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 12345\n"
    yield "PNG", b"\x89PNG\r\n\x1a\n" + bytes(100)
    yield "JPEG", b"\xff\xd8\xff\xe0" + bytes(100)
    yield "GIF", b"GIF89a" + bytes(100)
    yield "PDF", b"%PDF-1.7\n" + bytes(100)
    yield "HDF5", b"\x89HDF\r\n\x1a\n" + bytes(100)
    yield "Parquet", b"PAR1" + bytes(100) + b"PAR1"
    yield "SQLite", b"SQLite format 3\0" + bytes(100)
    yield "ELF", b"\x7fELF" + bytes(100)
    yield "gzip", gzip.compress(b"weights" * 100)
    yield "bzip2", b"BZh91AY&SY" + bytes(50)
    yield "xz", b"\xfd7zXZ\0" + bytes(50)
    yield "7z", b"7z\xbc\xaf\x27\x1c" + bytes(50)
    npy = io.BytesIO()
    np.save(npy, np.arange(10))
    yield "npy", npy.getvalue()
    objects = io.BytesIO()
    np.save(objects, np.array([Evil(), None], object), allow_pickle=True)
    yield "npy of objects", objects.getvalue()
    for compress in (False, True):
        npz = io.BytesIO()
        (np.savez_compressed if compress else np.savez)(npz, a=np.arange(10), b=np.zeros((3, 3)))
        yield f"npz{' compressed' if compress else ''}", npz.getvalue()
    for protocol in range(2, 6):
        yield f"pickle {protocol}", pickle.dumps({"weight": [1.0, 2.0]}, protocol)
        yield f"evil pickle {protocol}", pickle.dumps(Evil(), protocol)
    yield "pickle 0", pickle.dumps(Evil(), 0)
    yield "torch, old", b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M\xe9\x03." + pickle.dumps(Evil(), 2)
    yield "torch", archive({"archive/data.pkl": pickle.dumps(Evil(), 2), "archive/data/0": bytes(64), "archive/version": b"3"})
    yield "Keras", archive({"metadata.json": b"{}", "config.json": b"{}", "model.weights.h5": b"\x89HDF"})
    yield "ZIP", archive({"readme.txt": b"hello"})
    yield "empty ZIP", archive({})
    yield "ZIP cut off", archive({"readme.txt": b"hello" * 100})[:-20]
    yield "two members with the same name", twice()
    yield "zip bomb", archive({"tree.npy": bytes(1 << 28)}, zipfile.ZIP_DEFLATED)
    yield "many members", archive({f"{i}.txt": b"" for i in range(5000)})


def archive(members: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as z:
        for name, content in members.items():
            z.writestr(name, content)
    return file.getvalue()


def twice() -> bytes:
    import warnings

    file = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(file, "w") as z:
        warnings.simplefilter("ignore")
        z.writestr("a.npy", b"1")
        z.writestr("a.npy", b"2")
    return file.getvalue()


# --- forged headers and structures ---


def forge(header: Any, data: bytes = b"") -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + data


def parts(good: bytes) -> tuple[dict[str, Any], bytes]:
    n = int.from_bytes(good[:8], "little")
    return json.loads(good[8 : 8 + n]), good[8 + n :]


def sealed(header: dict[str, Any], data: bytes) -> bytes:
    """A file with a matching checksum, as an attacker would write it."""
    metadata = {"tinygrad_edu.crc32": "0" * 8, **{k: v for k, v in header["__metadata__"].items() if k != "tinygrad_edu.crc32"}}
    table = {"__metadata__": metadata, **{k: v for k, v in header.items() if k != "__metadata__"}}
    text = json.dumps(table, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    crc = f"{zlib.crc32(data, zlib.crc32(text)):08x}".encode()
    return len(text).to_bytes(8, "little") + text.replace(b"0" * 8, crc, 1) + data


def forged() -> Hostile:
    entry = {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}
    data = bytes(8)
    yield "not an object", forge([1, 2])
    yield "a number", forge(b"12345678")
    yield "a string", forge(b'"weights"')
    yield "not closed", forge(b'{"a": {"dtype": "F32"')
    yield "NaN", forge(b'{"a": NaN}')
    yield "two values", forge(b"{} {}")
    yield "UTF-16", forge('{"a": 1}'.encode("utf-16"))
    yield "not UTF-8", forge(b'{"\xff\xfe": 1}')
    yield "a name twice", forge(b'{"a":%b,"a":%b}' % ((json.dumps(entry).encode(),) * 2), data)
    yield "dtype twice", forge(b'{"a":{"dtype":"F32","dtype":"F64","shape":[2],"data_offsets":[0,8]}}', data)
    for depth in (1000, 100_000, 500_000):
        yield f"{depth} nested lists", forge(b'{"a":' + b"[" * depth + b"]" * depth + b"}")
        yield f"{depth} nested dicts", forge(b'{"a":' * depth + b"1" + b"}" * depth)
    yield "a huge number", forge(b'{"a":{"dtype":"F32","shape":[' + b"9" * 5000 + b'],"data_offsets":[0,8]}}', data)
    fill = (2 << 20) - 100
    for name, piece in {
        "lists": b"[],",
        "dicts": b"{},",
        "pairs": b'{"a":0},',
        "strings": b'"ab",',
        "numbers": b"1.5,",
    }.items():
        yield f"two megabytes of {name}", forge(b'{"a":[' + piece * (fill // len(piece)) + b"0]}")
    keys = ",".join(f'"{i}":0' for i in range(180_000))
    yield "180,000 names", forge(("{" + keys + "}").encode())
    wrong: dict[str, Any] = {
        "dtype unknown": {"dtype": "F128"}, "dtype complex": {"dtype": "C64"}, "dtype a number": {"dtype": 4},
        "dtype None": {"dtype": None}, "dtype object": {"dtype": "O"}, "shape a number": {"shape": 2},
        "shape negative": {"shape": [-2]}, "shape of floats": {"shape": [2.0]}, "shape of booleans": {"shape": [True, 2]},
        "shape of strings": {"shape": ["2"]}, "shape None": {"shape": None}, "shape too large": {"shape": [3]},
        "shape astronomical": {"shape": [2**62, 2**62]}, "shape overflowing": {"shape": [2**33, 2**33, 2**33]},
        "shape of 100 axes": {"shape": [1] * 99 + [2]}, "offsets reversed": {"data_offsets": [8, 0]},
        "offsets negative": {"data_offsets": [-8, 0]}, "offsets beyond": {"data_offsets": [0, 800]},
        "offsets far beyond": {"data_offsets": [0, 2**50]}, "one offset": {"data_offsets": [0]},
        "three offsets": {"data_offsets": [0, 8, 8]}, "offsets floats": {"data_offsets": [0.0, 8.0]},
        "offsets None": {"data_offsets": None}, "a gap": {"data_offsets": [8, 16]}, "one more key": {"x": 1},
    }  # fmt: skip
    for name, change in wrong.items():
        yield name, forge({"a": {**entry, **change}}, data * (2 if name == "a gap" else 1))
    for key in entry:
        yield f"without {key}", forge({"a": {k: v for k, v in entry.items() if k != key}}, data)
    yield "an entry that is a list", forge({"a": [1]}, data)
    yield "overlapping", forge({"a": entry, "b": {**entry, "data_offsets": [4, 12]}}, bytes(12))
    yield "the same bytes", forge({"a": entry, "b": entry}, data)
    yield "more bytes than names", forge({"a": entry}, bytes(64))
    yield "fewer bytes than names", forge({"a": entry}, bytes(4))
    yield "a petabyte", forge({"a": {"dtype": "F64", "shape": [1 << 47], "data_offsets": [0, 1 << 50]}})
    yield "metadata a list", forge({"__metadata__": [], "a": entry}, data)
    yield "metadata of numbers", forge({"__metadata__": {"a": 1}, "a": entry}, data)
    yield "a wrong checksum", forge({"__metadata__": {"tinygrad_edu.crc32": "00000000"}, "a": entry}, data)
    yield "a checksum elsewhere", forge({"__metadata__": {"note": "x", "tinygrad_edu.crc32": "00000000"}, "a": entry}, data)
    yield "a checksum that is not a number", forge({"__metadata__": {"tinygrad_edu.crc32": "zzzzzzzz"}, "a": entry}, data)
    header, content = parts(weights())
    for version in ("2", "99", "1.5", "-1", "", "1" * 3000, "x"):
        yield f"version {version[:5]!r}", sealed({**header, "__metadata__": {"tinygrad_edu.version": version}}, content)


def forged_nests() -> Hostile:
    header, content = parts(nest())
    deep: Any = 1
    for _ in range(900):
        deep = ["l", deep]
    for name, tree in {
        "no letter": [], "unknown letter": ["z", 1], "letter a number": [7], "letter a list": [["l"]], "a dict": {"a": 1},
        "dict without values": ["d", ["a"]], "dict of one key": ["d", ["a"], []],
        "dict with a list as key": ["d", [["l"]], [1]], "dict with a key twice": ["d", ["a", "a"], [1, 2]],
        "dict with 1 and True": ["d", [1, True], [1, 2]], "dict of dicts": ["d", {}, {}], "absent array": ["a", "nowhere"],
        "array by number": ["a", 3], "array by list": ["a", ["a"]], "two arrays": ["a", "a", "t"],
        "one array twice": ["l", ["a", "a"], ["a", "a"]], "integers that require grad": ["G", "a"],
        "number of shape (3,)": ["n", "a"], "float nothing": ["f", ""], "float code": ["f", "__import__('os')"],
        "float a number": ["f", 1.0], "bytes of integers": ["b", "a"],
        "strings of negative width": ["u", -1, [2], ["l", "a", "b"]], "strings too wide": ["u", 1 << 40, [1], ["l", "a"]],
        "strings too many": ["u", 1, [3], ["l", "a"]], "strings too long": ["u", 1, [1], ["l", "abc"]],
        "strings of numbers": ["u", 1, [1], ["l", 1]], "strings of a negative shape": ["u", 1, [-1, -1], ["l", "a"]],
        "strings nested": ["u", 1, [1], ["l", ["l", "a"]]], "strings in a dict": ["u", 1, [0], ["d", [], []]],
        "packed nothing": ["p"], "packed unknown": ["p", "x", "v", "a"], "packed kind unknown": ["p", "l", "q", "a"],
        "packed too little": ["p", "l", "s", "a"], "packed of a wrong dtype": ["p", "l", "v", "t"],
        "packed absent": ["p", "l", "v", "nowhere"], "strings packed of integers": ["p", "l", "s", "a", "t"], "deep": deep,
    }.items():  # fmt: skip
        text = json.dumps(tree)
        yield (
            f"nest: {name}",
            sealed({**header, "__metadata__": {"tinygrad_edu.version": "1", "tinygrad_edu.structure": text}}, content),
        )
    for name, text in {
        "not JSON": "{",
        "NaN": "NaN",
        "nothing": "",
        "very deep": "[" * 100_000,
        "a key twice": '{"a":1,"a":2}',
    }.items():
        yield f"nest: {name}", sealed({**header, "__metadata__": {"tinygrad_edu.structure": text}}, content)
    lengths = {"dtype": "I64", "shape": [2], "data_offsets": [0, 16]}
    blob = {"dtype": "U8", "shape": [4], "data_offsets": [16, 20]}
    tree = json.dumps(["p", "l", "s", "blob", "lengths"])
    for name, values, content in (
        ("negative", [-4, 8], b"abcd"), ("too long", [4, 4], b"abcd"), ("too short", [1, 1], b"abcd"),
        ("overflowing", [2**62, 2**62], b"abcd"), ("not UTF-8", [2, 2], b"\xff\xfe\xff\xfe"),
    ):  # fmt: skip
        metadata = {"tinygrad_edu.version": "1", "tinygrad_edu.structure": tree}
        data = np.array(values, "<i8").tobytes() + content
        yield f"nest: lengths of strings {name}", sealed({"__metadata__": metadata, "lengths": lengths, "blob": blob}, data)


# --- checkpoints with impossible content ---


def wrong_parts() -> Hostile:
    """Wrong values in the places that `load_checkpoint` reads, one at a time."""
    good = checkpoint()

    def change(*path: Any, to: Any = None, by: Callable[[Any], Any] | None = None) -> bytes:
        tree = tg.load(io.BytesIO(good))
        inner = tree
        for key in path[:-1]:
            inner = inner[key]
        if by is not None:
            by(inner)
        else:
            inner[path[-1]] = to
        file = io.BytesIO()
        tg.save(tree, file)
        return file.getvalue()

    wrong = {
        "None": None, "text": "fast", "list": [1, 2], "dict": {"a": 1}, "negative": -3, "huge": 1e30, "nan": float("nan"),
        "infinite": float("inf"), "true": True, "tensor": tg.ones(2, 2), "strings": np.array(["a"]),
    }  # fmt: skip
    for part in ("model", "optimizer", "schedule", "extra", "ranks"):
        for name in ("None", "text", "list", "negative", "strings"):
            yield f"{part} is {name}", change(part, to=wrong[name])
        yield f"without {part}", change(part, by=lambda tree, part=part: tree.pop(part))
    for name in ("None", "text", "list", "dict", "negative", "tensor", "strings"):
        yield f"a weight is {name}", change("model", "0.weight", to=wrong[name])
    yield "a weight of another shape", change("model", "0.weight", to=tg.ones(3, 3))
    yield "a missing weight", change("model", "x", by=lambda model: model.pop("4.bias"))
    yield "an additional weight", change("model", "5.weight", to=tg.ones(1))
    for name in ("None", "text", "list", "dict", "negative", "huge", "nan", "infinite", "true", "tensor"):
        yield f"steps is {name}", change("optimizer", "steps", to=wrong[name])
        yield f"a step is {name}", change("optimizer", "state", 0, "step", to=wrong[name])
        if name != "huge":  # a valid rate
            yield f"lr is {name}", change("optimizer", "param_groups", 0, "lr", to=wrong[name])
    for name in ("text", "list", "dict", "negative", "huge", "nan", "tensor"):
        yield f"betas is {name}", change("optimizer", "param_groups", 0, "betas", to=wrong[name])
        yield f"eps is {name}", change("optimizer", "param_groups", 0, "eps", to="fast" if name == "huge" else wrong[name])
    for name in ("text", "list", "dict", "negative", "tensor", "strings"):
        yield f"exp_avg is {name}", change("optimizer", "state", 0, "exp_avg", to=wrong[name])
    for name in ("None", "text", "list", "negative", "strings"):
        yield f"state is {name}", change("optimizer", "state", to=wrong[name])
        yield f"a parameter's state is {name}", change("optimizer", "state", 0, to=wrong[name])
        yield f"param_groups is {name}", change("optimizer", "param_groups", to=wrong[name])
        yield f"a group is {name}", change("optimizer", "param_groups", 0, to=wrong[name])
        yield f"the params of a group are {name}", change("optimizer", "param_groups", 0, "params", to=wrong[name])
    yield "parameters of unknown numbers", change("optimizer", "param_groups", 0, "params", to=[9, 8, 7, 6, 5, 4])
    yield "a parameter twice", change("optimizer", "param_groups", 0, "params", to=[0, 0, 0, 0, 0, 0])
    yield "another rule", change("optimizer", to=optim.SGD(training()["model"].parameters(), lr=0.1, momentum=0.9).state_dict())
    yield "another schedule", change("schedule", to=optim.lr_scheduler.ExponentialLR(training()["optimizer"], 0.9).state_dict())
    for name in ("None", "text", "list", "dict", "nan", "tensor"):
        yield f"last_epoch is {name}", change("schedule", "last_epoch", to=wrong[name])
        yield f"base_lrs is {name}", change("schedule", "base_lrs", to=wrong[name])
        yield f"gamma is {name}", change("schedule", "gamma", to=wrong[name])
    for name in ("None", "text", "list", "dict", "negative", "tensor", "strings"):
        yield f"the first rank is {name}", change("ranks", 0, to=wrong[name])
        for part in ("random", "loader", "history"):
            yield f"{part} is {name}", change("ranks", 0, part, to=wrong[name])
        for stream in ("tinygrad_edu", "python", "numpy"):
            if (stream, name) != ("numpy", "None"):  # valid: np.random was not loaded
                yield f"the stream of {stream} is {name}", change("ranks", 0, "random", stream, to=wrong[name])
        for part in ("epoch", "batch_size", "generators", "order"):
            if (part, name) != ("epoch", "None"):  # valid: the beginning of an epoch
                yield f"{part} of the loader is {name}", change("ranks", 0, "loader", part, to=wrong[name])
        for part in ("batches", "drawn", "held", "rng"):
            yield f"{part} of the epoch is {name}", change("ranks", 0, "loader", "epoch", part, to=wrong[name])
        for part in ("epochs", "steps", "ratios"):
            if (part, name) not in (("epochs", "dict"), ("ratios", "dict")):
                yield f"{part} of the history is {name}", change("ranks", 0, "history", part, to=wrong[name])
    yield "no rank", change("ranks", to=[])
    yield "a loss that is a string", change("ranks", 0, "history", "steps", "loss", to=[1.0, "2"])
    yield "a row that the data set does not have", change("ranks", 0, "loader", "epoch", "held", to=np.array([12, 3]))
    yield "a row before the first", change("ranks", 0, "loader", "epoch", "held", to=np.array([-1, 3]))
    yield "more batches than there are", change("ranks", 0, "loader", "epoch", "batches", to=100)
    yield "a position outside NumPy's memory", change("ranks", 0, "random", "numpy", "state", "pos", to=1 << 40)
    yield "a position before NumPy's memory", change("ranks", 0, "random", "numpy", "state", "pos", to=-5)
    yield "a NumPy key of one number", change("ranks", 0, "random", "numpy", "state", "key", to=np.zeros(1, np.uint32))
    yield "another NumPy generator", change("ranks", 0, "random", "numpy", "bit_generator", to="PCG64")
    yield "Python's stream of another version", change("ranks", 0, "random", "python", to=(4, (0,) * 625, None))
    yield "Python's stream too short", change("ranks", 0, "random", "python", to=(3, (0,) * 3, None))
    yield "a list", _saved([1, 2])
    yield "a state_dict", weights()
    yield "a nest", nest()


def _saved(value: Any) -> bytes:
    file = io.BytesIO()
    tg.save(value, file)
    return file.getvalue()


# --- all of them ---


def for_load() -> Hostile:
    """The files that `load` rejects."""
    for name, good in (("weights", weights()), ("nest", nest())):
        for make in (cut_off, flipped, mangled):
            yield from ((f"{name}: {what}", content) for what, content in make(good))
    yield from foreign()
    yield from forged()
    yield from forged_nests()


def for_checkpoints() -> Hostile:
    """The files that `load_checkpoint` rejects."""
    good = checkpoint()
    for make in (cut_off, flipped, mangled):
        yield from ((f"checkpoint: {what}", content) for what, content in make(good))
    yield from foreign()
    yield from forged()
    yield from forged_nests()
    yield from wrong_parts()


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for number, (name, content) in enumerate([*for_load(), *wrong_parts()]):
        (folder / f"{number:04} {name.replace('/', ' ')[:80]}").write_bytes(content)
