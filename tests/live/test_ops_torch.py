"""Functions compared with PyTorch in one process: value, shape, dtype and gradient, in float64 and float32.

In-place methods, and random functions with the same seed, are compared by value, shape and dtype only.
If TINYGRAD_EDU_TORCH_TABLE names a file, the run writes to it: function, samples, worst error in each dtype. An error is
max |ours − theirs| / (1 + max |theirs|), over values and gradients.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tinygrad_edu as tg

from ..ops.test_in_place import CALLS as IN_PLACE
from ..ops.test_in_place import x as start
from ..oracles import make_random
from .ops_cases import CASES

torch = pytest.importorskip("torch", reason="PyTorch is not installed: nothing to compare with")
pytestmark = [pytest.mark.live, pytest.mark.filterwarnings("ignore")]

TOLERANCE = {"float64": 1e-11, "float32": 2e-5}
LOOSER = {  # PyTorch's 1/6 is a float32; the last two convert to float32
    "F.hardsigmoid": 1e-8,
    "F.hardswish": 1e-8,
    "float": 1e-7,
    "to": 1e-7,
}
TABLE: dict[str, dict[str, float]] = {}


@pytest.fixture(scope="module", autouse=True)
def write_table() -> Iterator[None]:
    yield
    path = os.environ.get("TINYGRAD_EDU_TORCH_TABLE")
    if path:
        rows = [
            f"{name}\t{len(CASES[name][1]) if name in CASES else 1}\t{row.get('float64', 0):.1e}\t{row.get('float32', 0):.1e}"
            for name, row in sorted(TABLE.items())
        ]
        head = [
            f"# PyTorch {torch.__version__}, {len(rows)} functions",
            "function\tsamples\tworst error float64\tworst error float32",
        ]
        Path(path).write_text("\n".join([*head, *rows, ""]), encoding="utf-8")


def as_given(array: Any, dtype: str) -> Any:
    return array.astype(dtype) if array.dtype.kind == "f" else array


def run(lib: Any, call: Any, arrays: Any) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """The outputs as arrays, and the gradients of all float inputs for fixed random gradients of the outputs."""
    tensors = []
    for a in arrays:
        keep = lib is tg and a.ndim  # keep unusual strides here; PyTorch has no negative ones
        t = lib.from_numpy(a) if keep else lib.tensor(np.ascontiguousarray(a) if a.ndim else a)
        tensors.append(t.requires_grad_() if a.dtype.kind == "f" else t)
    answer = call(lib, *tensors)
    outputs = list(answer) if isinstance(answer, (tuple, list)) else [answer]
    values = [np.asarray(y.detach().numpy()) if hasattr(y, "detach") else np.asarray(y) for y in outputs]
    rng = np.random.default_rng(3)
    total: Any = None
    for y, v in zip(outputs, values, strict=True):
        weight = rng.normal(size=v.shape)
        if getattr(y, "requires_grad", False):
            part = (y * lib.tensor(weight.astype(v.dtype))).sum()
            total = part if total is None else total + part
    if total is None:
        return values, []
    total.backward()
    return values, [np.zeros(t.shape) if t.grad is None else t.grad.numpy() for t in tensors if t.requires_grad]


def error(ours: np.ndarray, theirs: np.ndarray) -> float:
    if ours.dtype.kind != "f":
        return float(not np.array_equal(ours, theirs))
    if not theirs.size:
        return 0.0
    same = (ours == theirs) | (np.isnan(ours) & np.isnan(theirs))
    gap = np.where(same, 0, np.abs(np.where(same, 0, ours) - np.where(same, 0, theirs)))
    return float(np.max(gap) / (1 + np.max(np.abs(theirs[np.isfinite(theirs)]), initial=0)))


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", CASES)
def test_value_shape_dtype_and_gradient_agree_with_pytorch(name: str, dtype: str) -> None:
    call, samples = CASES[name]
    for arrays in samples:
        given = [as_given(a, dtype) for a in arrays]
        ours, our_grads = run(tg, call, given)
        theirs, their_grads = run(torch, call, given)
        assert [y.shape for y in ours] == [y.shape for y in theirs]
        assert [y.dtype for y in ours] == [y.dtype for y in theirs]
        assert [g.shape for g in our_grads] == [g.shape for g in their_grads]
        worst = max((error(a, b) for a, b in zip(ours + our_grads, theirs + their_grads, strict=True)), default=0.0)
        row = TABLE.setdefault(name, {})
        row[dtype] = max(row.get(dtype, 0.0), worst)
        assert worst <= max(TOLERANCE[dtype], LOOSER.get(name, 0))


def test_linspace_has_pytorchs_float32_to_the_last_bit() -> None:
    rng = np.random.default_rng(5)
    for _ in range(200):
        start, end = rng.normal(size=2) * 10
        steps = int(rng.integers(0, 300))
        np.testing.assert_array_equal(tg.linspace(start, end, steps), torch.linspace(start, end, steps).numpy())


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", [n for n in IN_PLACE if hasattr(torch.Tensor, n)])
def test_in_place_methods_agree_with_pytorch(name: str, dtype: str) -> None:
    if (name, dtype) == ("float_power_", "float32"):
        pytest.skip("PyTorch does not write float64 into float32")

    def result(lib: Any) -> np.ndarray:
        t = lib.tensor(start.astype(dtype))
        arguments = [like(lib, a) for a in IN_PLACE[name]]
        getattr(t, name)(*arguments)
        return np.asarray(t.numpy())

    def like(lib: Any, a: Any) -> Any:
        if isinstance(a, tuple):
            return tuple(like(lib, b) for b in a)
        if name in ("hypot_", "atan2_", "arctan2_"):  # PyTorch does not accept a number there
            return lib.tensor(a, dtype=getattr(lib, dtype))
        return lib.tensor(as_given(a.numpy(), dtype)) if isinstance(a, tg.Tensor) else a

    ours, theirs = result(tg), result(torch)
    assert (ours.shape, ours.dtype) == (theirs.shape, theirs.dtype)
    TABLE.setdefault(name, {})[dtype] = worst = error(ours, theirs)
    assert worst <= TOLERANCE[dtype]


@pytest.mark.parametrize("name", make_random.CASES)
def test_random_functions_agree_with_pytorch_and_are_in_the_table(name: str) -> None:
    for ours, theirs in zip(make_random.samples(tg, name), make_random.samples(torch, name), strict=True):
        assert (ours.shape, ours.dtype) == (theirs.shape, theirs.dtype)
        row = TABLE.setdefault(f"random: {name}", {})
        row[str(ours.dtype)] = max(row.get(str(ours.dtype), 0.0), worst := error(ours, theirs))
        assert worst <= 1e-6  # test_random.py demands identical bits where PyTorch draws with its own code
