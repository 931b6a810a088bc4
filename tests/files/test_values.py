"""Saved values load unchanged: nested values of every kind, bit for bit, here and in other programs that read the format."""

from __future__ import annotations

import io
import json
import math
from collections import OrderedDict, namedtuple
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

import tinygrad_edu as tg
from tinygrad_edu import nn, optim, train


def through_a_file(value: Any) -> Any:
    file = io.BytesIO()
    tg.save(value, file)
    file.seek(0)
    return tg.load(file)


def same(a: Any, b: Any) -> bool:
    """Whether two values have the same type and are equal bit for bit."""
    if type(a) is not type(b):
        return False
    if isinstance(a, tg.Tensor):
        return a.requires_grad == b.requires_grad and same(a._data, b._data)
    if isinstance(a, np.ndarray):
        return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
    if isinstance(a, np.generic):
        return a.dtype == b.dtype and a.tobytes() == b.tobytes()
    if isinstance(a, dict):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a.items(), b.items(), strict=True))
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, float):
        return (math.isnan(a) and math.isnan(b)) or (a == b and math.copysign(1, a) == math.copysign(1, b))
    return bool(a == b)


DTYPES = ["float64", "float32", "float16", "int64", "int32", "int16", "int8", "uint64", "uint32", "uint16", "uint8", "bool"]

VALUES = {
    "None": None,
    "numbers": [True, False, 0, -1, 2**63, -(2**200), 0.1, -0.0, math.nan, math.inf, -math.inf, 5e-324],
    "strings": ["", "ümlaut", "한글", "a\0b", "\ud800", '"quoted" \\ \n', "x" * 10_000],
    "bytes": b"\x00\xff" * 100,
    "empty bytes": b"",
    "long lists of one type": [[0.5] * 100, [1] * 100, [True, False] * 50, ["a", ""] * 50, (2.5,) * 100, [2**70] * 100],
    "a long list of two types": [1, 1.0] * 50,
    "special floats": [math.nan, math.inf, -0.0] * 20,
    "empty": [[], (), {}, "", tg.zeros(0, 3), np.zeros((2, 0, 5))],
    "keys": {1: "int", "1": "string", 1.5: "float", None: "None", (1, "a"): "tuple", "": "empty", b"k": "bytes"},
    "keys that look like the file format's": {"__metadata__": 1, "tinygrad_edu.crc32": 2, "l": ["l", "t"], "d": ("d",)},
    "names that coincide": {"a.b": tg.ones(1), "a": {"b": tg.zeros(1)}, "a.b#2": tg.full((1,), 7.0)},
    "an order of keys": {"b": 1, "a": 2, "c": 3},
    "a Tensor": tg.ones(2, 3),
    "a Tensor of one number": tg.tensor(2.5),
    "a Tensor that requires grad": {"w": tg.ones(2, requires_grad=True)},
    "arrays of every dtype": {dtype: np.ones((2, 3)).astype(dtype) for dtype in DTYPES},
    "NumPy scalars of every dtype": [np.dtype(dtype).type(1) for dtype in DTYPES],
    "arrays of strings": [np.array(["a", "bcd"]), np.array([["한"], [""]]), np.array("x"), np.zeros(0, "<U5")],
    "a deeply nested list": json.loads("[" * 150 + "]" * 150),
    "a transposed array": np.arange(6.0).reshape(2, 3).T,
    "an array of ten axes": np.ones((1,) * 10),
}


@pytest.mark.parametrize("name", VALUES)
def test_a_value_loads_unchanged(name: str) -> None:
    assert same(through_a_file(VALUES[name]), VALUES[name])
    assert same(through_a_file({"inside": [VALUES[name]]}), {"inside": [VALUES[name]]})


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary()
ARRAYS = npst.arrays(st.sampled_from(DTYPES).map(np.dtype), npst.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4))
KEYS = st.integers(2) | st.text() | st.none() | st.binary()
NESTED = st.recursive(
    SCALARS | ARRAYS | ARRAYS.map(tg.tensor),
    lambda inner: (
        st.lists(inner)
        | st.lists(inner).map(tuple)
        | st.dictionaries(KEYS, inner)
        | st.lists(st.floats(), min_size=16)
        | st.lists(st.integers(), min_size=16)
        | st.lists(st.text(), min_size=16)
    ),
)


@given(NESTED)
def test_any_nested_value_loads_unchanged(value: Any) -> None:
    assert same(through_a_file(value), value)


def test_values_that_load_as_another_type() -> None:
    """A subclass of dict, a bytearray, a parameter, a strided view, a NumPy string, an array in the other byte order."""
    found = through_a_file([OrderedDict(a=1), bytearray(b"x"), nn.Parameter(tg.ones(2)), np.arange(6.0)[::2], np.str_("s")])
    assert same(found, [{"a": 1}, b"x", tg.ones(2, requires_grad=True), np.array([0.0, 2.0, 4.0]), "s"])
    assert same(through_a_file(np.arange(3, dtype=">i4")), np.arange(3, dtype="i4"))


Point = namedtuple("Point", "x y")


class Sized(int):
    pass


REFUSED: dict[str, tuple[Any, str]] = {
    "an array of objects": (np.array(["a", None]), r"an array of dtype object.*tolist"),
    "an array of bytes": (np.array([b"a"]), "array of dtype .S1"),
    "dates": (np.array(["2026-01-01"], "M8[D]"), r"array of dtype datetime64\[D\]"),
    "complex numbers": (np.ones(2, complex), "array of dtype complex128"),
    "long floats": (np.ones(2, np.longdouble), "array of dtype"),
    "records": (np.zeros(2, [("a", "f4")]), "array of dtype"),
    "a set": ({1, 2}, "is a set; a file holds None, numbers, strings"),
    "a complex number": (1j, "is a complex"),
    "a function": (len, "is a builtin_function_or_method"),
    "an object": (object(), "is an object"),
    "a named tuple": (Point(1, 2), r"a named tuple \(Point\); save its _asdict\(\)"),
    "a subclass of int": (Sized(3), "is a Sized"),
    "a module": (nn.Linear(1, 1), r"is a Linear; save its state_dict\(\) instead"),
    "an optimizer": (optim.SGD([tg.ones(1, requires_grad=True)], lr=0.1), r"is an SGD; save its state_dict\(\)"),
    "an optimizer with a vowel": (optim.Adam([tg.ones(1, requires_grad=True)]), r"is an Adam; save its state_dict\(\)"),
    "a huge int": (2**20_000, r"is an int of 20,001 bits, more than 12,800"),
    "a generator": ((i for i in range(3)), "is a generator"),
    "a dtype": (np.dtype("f4"), r"is a Float32DType|is a dtype"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_value_that_could_not_be_loaded_is_refused_before_anything_is_written(name: str, tmp_path: Path) -> None:
    value, message = REFUSED[name]
    path = tmp_path / "run.safetensors"
    tg.save({"good": 1}, path)
    before = path.read_bytes()
    with pytest.raises(TypeError, match=f"save: 'names' .*{message}"):
        tg.save({"names": value}, path)
    model = nn.Linear(1, 1)
    with pytest.raises(TypeError, match=r"save_checkpoint: 'extra\.names' is"):
        train.save_checkpoint(path, model, names=value)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["run.safetensors"]


def test_a_value_that_contains_itself_or_needs_too_long_a_header_is_refused(tmp_path: Path) -> None:
    loop: list[Any] = []
    loop.append(loop)
    with pytest.raises(TypeError, match="is nested more than 200 levels deep, or contains itself"):
        tg.save(loop, tmp_path / "x")
    with pytest.raises(TypeError, match=r"need a header of [\d,]+ bytes, more than 2,097,152"):
        tg.save({str(i): tg.ones(1) for i in range(40_000)}, tmp_path / "x")
    assert not list(tmp_path.iterdir())


def test_metadata_are_strings_and_cannot_use_the_formats_names(tmp_path: Path) -> None:
    tg.save({"w": tg.ones(1)}, tmp_path / "x", metadata={"note": "ünï"})
    head = (tmp_path / "x").read_bytes()
    header = json.loads(head[8 : 8 + int.from_bytes(head[:8], "little")])
    assert header["__metadata__"]["note"] == "ünï"
    with pytest.raises(TypeError, match="metadata must be a dict of strings"):
        tg.save({}, tmp_path / "x", metadata={"n": 3})  # type: ignore[dict-item]  # the mistake under test
    with pytest.raises(ValueError, match=r"names in metadata that begin with tinygrad_edu\. are reserved"):
        tg.save({}, tmp_path / "x", metadata={"tinygrad_edu.crc32": "0"})


# --- other programs ---


def test_the_safetensors_package_reads_what_is_written_here(tmp_path: Path) -> None:
    theirs = pytest.importorskip("safetensors.numpy", reason="the oracle is the safetensors package")
    state = {f"{dtype}": tg.tensor(np.arange(6).reshape(2, 3).astype(dtype)) for dtype in DTYPES}
    for value in (state, {**state, "t": state["float32"].T, "0-d": tg.tensor(1.5), "none": tg.zeros(0, 2)}):
        tg.save(value, tmp_path / "x")
        found = theirs.load_file(tmp_path / "x")
        assert found.keys() == value.keys()
        for name, t in value.items():
            assert same(np.ascontiguousarray(t.numpy()).reshape(t.shape), found[name]), name


def test_the_safetensors_package_reads_nested_values_as_tensors_named_by_their_path(tmp_path: Path) -> None:
    theirs = pytest.importorskip("safetensors.numpy", reason="the oracle is the safetensors package")
    model = nn.Linear(2, 1)
    optimizer = optim.Adam(model.parameters())
    model(tg.ones(1, 2)).sum().backward()
    optimizer.step()
    train.save_checkpoint(tmp_path / "run", model, optimizer)
    found = theirs.load_file(tmp_path / "run")
    np.testing.assert_array_equal(found["model.weight"], model.weight.detach())
    np.testing.assert_array_equal(found["optimizer.state.0.exp_avg"], optimizer.state[model.weight]["exp_avg"])


def test_a_mask_is_not_dropped(tmp_path: Path) -> None:
    masked = np.ma.masked_array([1.0, 2.0], [0, 1])
    with pytest.raises(TypeError, match=r"'w\.0' is a masked array, whose mask would be lost; save array\.filled"):
        tg.save({"w": [masked]}, tmp_path / "x")
    assert not list(tmp_path.iterdir())
    for refuse in (tg.tensor, tg.as_tensor, tg.from_numpy, lambda a: tg.tensor([a]), tg.utils.data.TensorDataset):
        with pytest.raises(ValueError, match=r"lacks 1 of its 2 values.*array\.filled"):
            refuse(masked)
    with pytest.raises(ValueError, match="default_collate: the masked array lacks"):
        next(iter(tg.utils.data.DataLoader([masked, masked], 2)))
    with pytest.raises(ValueError, match="fit: X: the masked array lacks"):
        tg.train.fit(tg.nn.Linear(1, 1), masked[:, None], np.ones((2, 1)), epochs=1, verbose=0)
    whole = np.ma.masked_array([1.0, 2.0])
    assert type(tg.from_numpy(whole)._data) is np.ndarray
    tg.save({"w": whole}, tmp_path / "x")
    assert tg.load(tmp_path / "x")["w"].tolist() == [1, 2]


def test_what_the_safetensors_package_writes_is_read_here(tmp_path: Path) -> None:
    theirs = pytest.importorskip("safetensors.numpy", reason="the oracle is the safetensors package")
    arrays = {dtype: np.arange(6).reshape(2, 3).astype(dtype) for dtype in DTYPES} | {"0-d": np.array(1.5), "none": np.zeros(0)}
    for metadata in (None, {"format": "pt"}):
        theirs.save_file(arrays, tmp_path / "x", metadata)
        found = tg.load(tmp_path / "x")
        assert found.keys() == arrays.keys()
        assert all(same(found[name].numpy(), arrays[name]) for name in arrays)


@pytest.mark.parametrize("changed", ["a longer header", "a shape of another size", "overlapping", "a gap", "cut off"])
def test_both_packages_refuse_the_same_damage(changed: str) -> None:
    safetensors = pytest.importorskip("safetensors", reason="the oracle is the safetensors package")
    entry = {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}
    table: dict[str, Any] = {"a": entry, "b": {**entry, "data_offsets": [8, 16]}}
    data = bytes(16)

    def file() -> bytes:
        header = json.dumps(table).encode()
        return len(header).to_bytes(8, "little") + header + data

    assert safetensors.deserialize(file())
    assert tg.load(io.BytesIO(file())).keys() == {"a", "b"}
    content = file()
    if changed == "a longer header":
        content = (1 << 20).to_bytes(8, "little") + content[8:]
    elif changed == "cut off":
        content = content[:-1]
    else:
        table["b"] = {
            "a shape of another size": {**entry, "shape": [3], "data_offsets": [8, 16]},
            "overlapping": {**entry, "data_offsets": [4, 12]},
            "a gap": {**entry, "data_offsets": [12, 20]},
        }[changed]
        content = file()
    with pytest.raises(safetensors.SafetensorError):
        safetensors.deserialize(content)
    with pytest.raises(ValueError, match="the BytesIO is"):
        tg.load(io.BytesIO(content))


def test_an_empty_array_of_a_shape_beyond_memory_is_refused() -> None:
    header = json.dumps({"a": {"dtype": "F32", "shape": [0, 1 << 47, 1 << 47], "data_offsets": [0, 0]}}).encode()
    with pytest.raises(ValueError, match=r"the BytesIO is damaged: 'a' has the shape .* which no array can have"):
        tg.load(io.BytesIO(len(header).to_bytes(8, "little") + header))


def test_the_content_of_a_file_is_not_a_path() -> None:
    file = io.BytesIO()
    tg.save({"a": tg.ones(2)}, file)
    calls = [tg.load, nn.load, lambda content: train.load_checkpoint(content, nn.Linear(1, 1)), lambda path: tg.save({}, path)]
    for call in calls:
        with pytest.raises(ValueError, match=r"(load|save|load_checkpoint): expected a path, got bytes .* io\.BytesIO"):
            call(file.getvalue())
