"""Hostile data files: .npy and .npz files, tables and logs changed by damage, mistakes or malice; always the same ones."""

from __future__ import annotations

import io
import json
import pickle
import random
import struct
import zipfile
from collections.abc import Callable
from typing import Any

import numpy as np

from . import hostile
from .hostile import Hostile

X = np.arange(60, dtype=np.float32).reshape(20, 3)
TABLE = {
    "X": np.arange(12, dtype=np.float32).reshape(4, 3),
    "y": np.array([0, 1, 1, 0], np.uint8),
    "feature_names": np.array(["a", "b", "c"]),
    "target_names": np.array(["no", "yes"]),
}


def npy(array: Any = X, **options: Any) -> bytes:
    file = io.BytesIO()
    np.save(file, array, **options)
    return file.getvalue()


def npz(compress: bool = True, **changes: Any) -> bytes:
    """The table with some of its arrays replaced; None omits one."""
    file = io.BytesIO()
    arrays = {key: value for key, value in {**TABLE, **changes}.items() if value is not None}
    (np.savez_compressed if compress else np.savez)(file, **arrays)
    return file.getvalue()


def with_header(text: str | bytes, data: bytes = X.tobytes(), version: tuple[int, int] = (1, 0)) -> bytes:
    """A .npy file with this header."""
    header = text.encode("latin-1") if isinstance(text, str) else text
    length = struct.pack("<H" if version == (1, 0) else "<I", len(header))
    return b"\x93NUMPY" + bytes(version) + length + header + data


def says(shape: str = "(20, 3)", descr: str = "'<f4'", order: str = "False") -> str:
    return f"{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}, }}\n"


def damaged_npy() -> Hostile:
    good = npy()
    yield from ((f"cut off at {n}", good[:n]) for n in (0, 1, 5, 6, 7, 8, 9, 10, 40, 100, 127, 128, 129, 200, len(good) - 1))
    yield "longer by one byte", good + b"\0"
    yield "two arrays", good + good
    yield "lines ended as on Windows", good.replace(b"\n", b"\r\n")
    yield "read as text and written as UTF-8", good.decode("latin-1").encode()
    yield "the first kilobyte lost", (good * 20)[1024:]
    yield "noise", random.Random(1).randbytes(5000)
    yield "zeros", bytes(5000)
    for place in range(8):
        yield f"byte {place} changed", good[:place] + bytes([good[place] ^ 0x40]) + good[place + 1 :]
    for version in ((0, 0), (1, 1), (4, 0), (255, 255)):
        yield f"version {version}", with_header(says(), version=version)
    yield (
        "an enormous header",
        with_header(says(), version=(2, 0)).replace(struct.pack("<I", len(says())), b"\xff" * 4, 1),
    )
    yield "a header longer than the file", b"\x93NUMPY\1\0\xff\x20" + says().encode()
    for name, shape in {
        "larger than the file": "(21, 3)", "smaller than the file": "(19, 3)", "huge": "(10**9, 3)",
        "astronomical": "(2**62, 3)", "overflowing": "(2**32, 2**32, 2**32)",
        "negative": "(-20, -3)", "of floats": "(20.0, 3.0)", "of strings": "('20', 3)",
        "None": "None", "a number": "60", "a list": "[20, 3]", "of a bool": "(True, 60)", "of one axis too many": "(20, 3, 2)",
        "of a hundred axes": str((1,) * 98 + (20, 3)), "infinite": "(1e400, 3)", "no axes": "()",
    }.items():  # fmt: skip
        yield f"shape {name}", with_header(says(shape))
    for name, descr in {
        "objects": "'|O'", "objects in fields": "[('a', '|O')]", "fields": "[('a', '<f4')]", "nothing": "''", "a number": "4",
        "None": "None", "unknown": "'<q9'", "of no bytes": "'|V0'", "raw bytes": "'|V4'", "astronomical": "'<U1000000000'",
        "a date": "'<M8[s]'", "a duration": "'<m8[s]'", "complex": "'<c8'", "text": "'<U1'", "bytes": "'|S4'",
        "wider than the file": "'<f8'", "narrower than the file": "'<f2'", "nested": "[('a', [('b', [('c', '<f4')])])]",
    }.items():  # fmt: skip
        yield f"dtype {name}", with_header(says(descr=descr))
    yield "order a number", with_header(says(order="7"))
    for name, text in {
        "no dict": "(20, 3)\n", "empty": "\n", "nothing": "", "not closed": "{'descr': '<f4'",
        "a call": "__import__('os').abort()\n", "numbers as keys": "{1: 2}\n",
        "a call inside": "{'descr': str(1), 'fortran_order': False, 'shape': (20, 3)}\n",
        "one key": "{'descr': '<f4'}\n",
        "one more key": "{'descr': '<f4', 'fortran_order': False, 'shape': (20, 3), 'x': 1}\n",
        "many brackets": "(" * 9000 + "\n", "many minus signs": "-" * 9000 + "1\n", "a long number": "9" * 9000 + "\n",
        "a bomb of powers": "{'descr': '<f4', 'fortran_order': False, 'shape': (9**9**9,)}\n", "zeros": "\0" * 100,
        "a null in the middle": says()[:20] + "\0" + says()[20:], "not ASCII": says().replace("f4", "ä4"),
    }.items():  # fmt: skip
        yield f"header: {name}", with_header(text)
    yield "evil objects", npy(np.array([hostile.Evil(), None], object), allow_pickle=True)
    yield "dates", npy(np.array(["2020-01-01"], "M8[D]"))
    yield "strings", npy(np.array(["a", "b"]))
    yield "a table of fields", npy(np.zeros(3, [("a", "f4"), ("b", "i8")]))
    yield from ((name, content) for name, content in hostile.foreign() if name != "npy")


def damaged_npz() -> Hostile:
    good, stored = npz(), npz(compress=False)
    yield from ((f"cut off at {len(good) * i // 20}", good[: len(good) * i // 20]) for i in range(20))
    yield "without its last byte", good[:-1]
    yield "zeros in the middle", good[: len(good) // 3] + bytes(len(good) // 3) + good[2 * len(good) // 3 :]
    yield "read as text and written as UTF-8", good.decode("latin-1").encode()
    at = stored.index(TABLE["X"].tobytes())
    yield "a number changed", stored[:at] + b"\x01" + stored[at + 1 :]
    for key in TABLE:
        yield f"without {key}", npz(**{key: None})
    yield "an additional array", npz(z=np.zeros(3))
    x, y = TABLE["X"], TABLE["y"]
    wrong: dict[str, dict[str, list[Any]]] = {
        "X": {
            "of objects": [np.array([[hostile.Evil()]], object)], "of strings": [np.array([["a"]])], "a row": [x[0]],
            "of dates": [np.zeros((4, 3), "M8[s]")], "not a number": [x * np.nan], "infinite": [np.full_like(x, np.inf)],
            "complex": [x * 1j], "with too few rows": [x[:3]], "with too many columns": [np.zeros((4, 5))],
        },
        "y": {
            "a table": [x], "of strings": [np.array(["a"] * 4)], "with a class too high": [y + 1], "negative": [y - 1.0],
            "between two classes": [y / 2], "not a number": [y * np.nan],
        },
        "feature_names": {"missing": [np.array([])], "in a table": [np.array([["a", "b", "c"]])]},
        "target_names": {"a string": [np.array("no")]},
    }  # fmt: skip
    for key, arrays in wrong.items():
        yield from ((f"{key} {name}", npz(**{key: array})) for name, (array,) in arrays.items())
    members = {f"{key}.npy": npy(value) for key, value in TABLE.items()}
    yield "members in a folder", hostile.archive({f"data/{key}": value for key, value in members.items()})
    yield "a member that is not an array", hostile.archive({**members, "X.npy": b"hello"})
    yield "a member that is cut off", hostile.archive({**members, "X.npy": members["X.npy"][:-1]})
    yield "a pickle as member", hostile.archive({**members, "X.npy": pickle.dumps(hostile.Evil())})
    packed = members["X.npy"][:128] + bytes(1 << 27)
    bomb = bytearray(hostile.archive({**members, "X.npy": packed}, zipfile.ZIP_DEFLATED))
    yield "a bomb", bytes(bomb)
    says_it, lies = struct.pack("<I", len(packed)), struct.pack("<I", len(members["X.npy"]))
    yield "a bomb that claims to be small", bytes(bomb.replace(says_it, lies))
    for method in (1, 6, 9, 12, 14, 99):
        yield f"packed by method {method}", _in_directory(good, 10, struct.pack("<H", method))
    yield "encrypted", _in_directory(good, 8, struct.pack("<H", 1))
    yield "a member beyond the file", _in_directory(good, 42, struct.pack("<I", 1 << 30))
    yield from ((name, content) for name, content in hostile.foreign())


def _in_directory(archive: bytes, offset: int, value: bytes) -> bytes:
    """The archive with `value` at `offset` in the first entry of its directory."""
    place = archive.index(b"PK\1\2") + offset
    return archive[:place] + value + archive[place + len(value) :]


def damaged_logs() -> Hostile:
    """Files that are neither a file of runs nor one written by CSVLogger."""
    yield "rows of another table", b"name,age\nAda,36\n"
    yield "a list", json.dumps([1, 2, 3]).encode()
    yield "settings", b'{\n  "lr": 0.1\n}\n'
    yield "a null", b"\0\0\0"
    yield "not UTF-8", b"\xff\xfee\0p\0"
    yield "one long line", b"x" * (1 << 21)
    yield "an open quote", b'"epoch,loss\n'
    yield from ((name, content) for name, content in hostile.foreign() if content)


FILES: dict[str, Callable[[], Hostile]] = {"npy": damaged_npy, "npz": damaged_npz, "log": damaged_logs}
