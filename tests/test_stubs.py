"""The stubs are up to date, every name in them exists, and functions return what their stubs say."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import ops
from tinygrad_edu.nn import functional
from tinygrad_edu.ops import linalg

from .scripts import script

write_stubs = script("write_stubs")


@pytest.mark.parametrize("file", write_stubs.STUBS, ids=lambda file: file.name)
def test_a_stub_is_up_to_date(file: Any) -> None:
    assert file.read_text(encoding="utf-8") == write_stubs.STUBS[file](), "run python tools/write_stubs.py"


def test_a_method_is_the_function_that_is_declared_next_to_its_op() -> None:
    assert all(getattr(tg.Tensor, name) is function for name, function in ops.METHODS.items())
    assert set(ops.IN_PLACE) <= set(ops.METHODS)
    assert all(hasattr(tg.Tensor, f"{name}_") for name in ops.IN_PLACE)


def test_everything_in_the_stub_of_the_methods_exists() -> None:
    (cls,) = [n for n in ast.parse(write_stubs.methods_stub()).body if isinstance(n, ast.ClassDef)]
    names = {n.name for n in cls.body if isinstance(n, ast.FunctionDef)}
    assert len(names) > 300
    assert all(hasattr(tg.Tensor, name) for name in names)


def test_everything_public_in_ops_is_in_its_stub_and_in_the_package() -> None:
    tree = ast.parse(write_stubs.ops_stub())
    names = {n.name for n in tree.body if isinstance(n, ast.FunctionDef)}
    names |= {alias.asname for n in tree.body if isinstance(n, ast.ImportFrom) for alias in n.names if alias.asname}
    assert names == set(ops.__all__)
    assert all(getattr(tg, name) is getattr(ops, name) for name in names)


# --- the stubs are right ---

MATRIX = tg.tensor([[4.0, 1.0], [1.0, 3.0]])
VECTOR = tg.tensor([0.25, 0.5])
INTS = tg.tensor([[0, 1], [1, 0]])
CHANCES = tg.tensor([[0.25, 0.75], [0.5, 0.5]])
SIGNS = tg.tensor([1.0, -1.0])
BY_NAME: dict[str, Any] = {  # the value of a required parameter
    **dict.fromkeys(("x", "input", "other", "A", "B", "a", "b", "tensor1", "tensor2", "end", "exponent", "weight"), MATRIX),
    **dict.fromkeys(("batch1", "batch2"), MATRIX.reshape(1, 2, 2)),
    **dict.fromkeys(("vec", "vec2", "tensor", "sorted_sequence"), VECTOR),
    **dict.fromkeys(("mat", "mat1", "mat2", "source", "src", "data", "values"), MATRIX),
    **dict.fromkeys(("index", "indices"), INTS),
    **dict.fromkeys(("mask", "condition"), INTS > 0),
    **dict.fromkeys(("axis", "dim", "dim0", "axis0", "destination", "start", "shifts"), 0),
    **dict.fromkeys(("dim1", "axis1", "output_size", "kernel_size", "length", "repeats", "k", "chunks", "num_samples"), 1),
    **dict.fromkeys(("split_size", "indices_or_sections", "n", "row", "col", "value", "min", "max", "threshold", "bins"), 1),
    **dict.fromkeys(("fill_value", "steps", "seed"), 1),
    **dict.fromkeys(("sizes", "size", "widths", "pad"), (2, 2)),
    **dict.fromkeys(("input1", "input2", "x1", "x2", "anchor", "positive", "negative", "query", "key", "logits"), MATRIX),
    **dict.fromkeys(("target", "log_input"), CHANCES),
    "var": tg.ones(2, 2),
    "tensors": [MATRIX, MATRIX],
    "dtype": np.float64,
    "d": np.float32,
    "array": np.ones(2),
    "name": "cpu",
    "equation": "ij->j",
    "operands": MATRIX,
    "as_tuple": True,
}
FOR: dict[str, dict[str, Any]] = {  # for functions that need a different one
    **{name: {"input": VECTOR, "other": VECTOR} for name in ("dot", "outer", "ger", "multinomial", "bernoulli", "inner")},
    **{name: {"input": MATRIX.reshape(1, 2, 2), "mat2": MATRIX.reshape(1, 2, 2)} for name in ("bmm", "baddbmm")},
    **{name: {"index": INTS[0]} for name in ("index_select", "index_add", "index_copy", "index_fill")},
    **{name: {"input": INTS, "other": INTS} for name in dir(ops) if name.startswith("bitwise") or name == "invert"},
    **{f"conv{kind}{n}d": {"input": tg.ones(1, 1, *(3,) * n), "weight": tg.ones(1, 1, *(2,) * n)}
       for n in (1, 2, 3) for kind in ("", "_transpose")},
    **{f"{kind}_{what}{n}d": {"input": tg.ones(1, 1, *(2,) * n), "indices": tg.zeros(1, 1, *(2,) * n).long()}
       for n in (1, 2, 3) for kind in ("max", "avg", "adaptive_max", "adaptive_avg") for what in ("pool", "unpool")},
    **{name: {"input": VECTOR} for name in ("arcsin", "arccos", "arctanh", "asin", "acos", "atanh", "logit")},
    **{name: {"input": 1 / VECTOR} for name in ("arccosh", "acosh")},
    **{name: {"low": 0, "high": 4, "size": 2} for name in ("randint", "randint_like")},
    **{name: {"source": 0, "destination": 1} for name in ("movedim", "moveaxis")},
    **{name: {"min": 0, "max": 1} for name in ("clamp", "clip")},
    **{name: {"start": 0.0, "end": 1.0} for name in ("linspace", "logspace", "arange")},
    **{name: {"target": INTS[0]} for name in ("cross_entropy", "nll_loss", "multi_margin_loss")},
    **{name: {"target": SIGNS} for name in ("margin_ranking_loss", "cosine_embedding_loss")},
    **{name: {"target": 2.0 * INTS - 1} for name in ("soft_margin_loss", "hinge_embedding_loss")},
    **{name: {"normalized_shape": 2} for name in ("layer_norm", "rms_norm")},
    **{name: {"x": MATRIX, "input": MATRIX, "dim": 0} for name in ("softmax", "log_softmax", "softmin")},
    "margin_ranking_loss": {"input1": VECTOR, "input2": VECTOR, "target": SIGNS},
    "multilabel_margin_loss": {"target": INTS},
    "binary_cross_entropy": {"input": CHANCES},
    "ctc_loss": {"log_probs": tg.zeros(3, 1, 2), "targets": INTS[:1] + 1, "input_lengths": INTS[0, :1] + 3,
                 "target_lengths": INTS[0, :1] + 1, "blank": 0},
    "bilinear": {"weight": tg.ones(1, 2, 2)},
    "pixel_shuffle": {"input": tg.ones(1, 4, 2, 2), "upscale_factor": 2},
    "pixel_unshuffle": {"input": tg.ones(1, 1, 2, 2), "downscale_factor": 2},
    "instance_norm": {"input": tg.ones(1, 2, 3)},
    "dropout1d": {"input": tg.ones(1, 2, 3)},
    "dropout2d": {"input": tg.ones(1, 2, 3, 3)},
    "group_norm": {"num_groups": 1},
    "threshold_": {"args": (0.0, 1.0)},
    "scaled_dot_product_attention": {"value": MATRIX},
    "prelu": {"weight": tg.ones(1)},
    "embedding": {"input": INTS},
    "embedding_bag": {"input": INTS},
    "cross": {"input": tg.ones(2, 3), "other": tg.ones(2, 3)},
    "one_hot": {"tensor": INTS},
    "bincount": {"input": INTS[0]},
    "unflatten": {"sizes": (2, 1)},
    "interpolate": {"input": tg.ones(1, 1, 2, 2), "size": 4},
    "unfold": {"input": tg.ones(1, 1, 2, 2)},
    "permute": {"axes": (0, 1)},
    "meshgrid": {"tensors": [VECTOR, VECTOR]},
    "normal": {"mean": 0.0, "std": 1.0, "size": 2},
    "pad_axes": {"widths": ((0, 0), (1, 1))},
    "set_rng_state": {"state": tg.get_rng_state()},
    "scatter": {"src": MATRIX},
    "select": {"index": 0},
    "expand": {"sizes": (2, 2)},
    "repeat": {"repeats": (1, 1)},
    "tile": {"reps": (1, 1)},
}  # fmt: skip
FUNCTIONS = (
    {f"tg.{name}": f for name in ops.__all__ if inspect.isfunction(f := getattr(ops, name))}
    | {f"linalg.{name}": f for name, f in write_stubs.public(linalg).items() if inspect.isfunction(f)}
    | {f"F.{name}": getattr(functional, name) for name in functional.__all__}
)


def arguments(name: str, way: Any) -> tuple[list[Any], dict[str, Any]]:
    """Values for the required parameters: positional ones, and those by keyword."""
    given, options = [], {}
    for p in way.params:
        asked = p.default is p.empty or p.name in FOR.get(name, ())
        value = FOR.get(name, {}).get(p.name, BY_NAME.get(p.name))
        if isinstance(value, tg.Tensor):
            value = value.clone()  # uniform_ and the like write into it
        if p.name in ("axis", "dim") and p.annotation == "Tensor":  # max(x, y)
            value = MATRIX.clone()
        if p.kind is p.KEYWORD_ONLY and asked:
            options[p.name] = value
        elif p.kind is p.VAR_POSITIONAL:
            given += value if isinstance(value, (list, tuple)) else [value] if value is not None else []
        elif asked and p.kind is not p.VAR_KEYWORD:
            given.append(value)
    return given, options


def is_a(value: Any, kind: str) -> bool:
    """Whether a value has the type that a stub calls `kind`."""
    if kind.startswith("builtins.tuple["):
        inner = kind.removeprefix("builtins.tuple[").removesuffix("]").split(", ")
        items = inner[:1] * len(value) if inner[-1] == "..." else inner
        return type(value) is tuple and len(value) == len(items) and all(map(is_a, value, items))
    known = {"": tg.Tensor, "Tensor": tg.Tensor, "None": type(None), "builtins.bool": bool, "builtins.int": int}
    if kind in known:
        return type(value) is known[kind]
    if kind.endswith("Result") or kind in ("ValuesIndices", "Histogram"):
        return kind in [t.__name__ for t in type(value).__mro__] and all(type(item) is tg.Tensor for item in value)
    return isinstance(value, {"np.dtype[Any]": np.dtype, "Generator": tg.Generator, "device": tg.device}[kind])


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_returns_what_its_stub_says(name: str) -> None:
    function: Callable[..., Any] = FUNCTIONS[name]
    for way in write_stubs.ways_of(function):
        given, options = arguments(name.partition(".")[2], way)
        result = function(*given, **options)
        kind = way.result.removesuffix(" | Any")
        assert is_a(result, kind), f"the stub of {name} says {kind or 'Tensor'}, but it returned {type(result)}"


def as_arrays(value: Any) -> Any:
    """The same value with arrays instead of Tensors."""
    if isinstance(value, (list, tuple)):
        return type(value)(map(as_arrays, value))
    return value.numpy() if isinstance(value, tg.Tensor) else value


def holds_a_tensor(value: Any) -> bool:
    return any(map(holds_a_tensor, value)) if isinstance(value, (list, tuple)) else isinstance(value, tg.Tensor)


@pytest.mark.parametrize("name", [name for name, f in FUNCTIONS.items() if write_stubs.follows_its_input(f)])
def test_arrays_in_arrays_out(name: str) -> None:
    for way in write_stubs.ways_of(FUNCTIONS[name]):
        if any(p.name == "axis" and p.annotation == "Tensor" for p in way.params):
            continue  # max(x, y): PyTorch's, of Tensors only
        given, options = arguments(name.partition(".")[2], way)
        result = FUNCTIONS[name](*map(as_arrays, given), **{key: as_arrays(value) for key, value in options.items()})
        assert not holds_a_tensor(result)
