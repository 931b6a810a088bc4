"""Every function has a case compared with PyTorch, and runs on plain arrays as on Tensors."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from typing import Any

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu.autograd import gradcheck

from ..live.ops_cases import CASES

ELSEWHERE = {  # modules whose functions have separate tests, or no counterpart to compare with
    "random": "tests/ops/test_random.py, against stored streams",
    "dtypes": "names of types",
    "devices": "the only one is the CPU",
    "threads": "tests/ops/test_threads.py",
}
EXEMPT = {
    "standardize": "what group_norm and instance_norm call; PyTorch has no such function",
    "pad_axes": "what F.pad calls; PyTorch has no such function",
    "rint": "NumPy's name for round",
    "power": "pow calls it",
    "cast": "what Tensor.to calls",
    "from_numpy": "every case is called with its results",
}
METHODS = {  # cases that use methods that arrays do not have, or make tensors themselves
    "floor_divide", "operators mod", "masked_fill", "histc", "histogram", "searchsorted", "linalg.cholesky", "view",
    "unflatten", "t", "expand", "expand_as", "repeat", "Tensor.unfold", "double", "float", "long", "to",
    "F.bce_with_logits options", "F.margin_ranking_loss", "arange", "linspace", "logspace", "eye", "zeros ones full", "like",
    "empty", "tensor", "tri indices", "typed", "from_dlpack", "allclose equal", "masked_fill int", "bincount weights",
    "scatter add", "scatter reduce number", "scatter multiply", "zeros size", "numbers and names", "linalg.cholesky upper",
    "keywords of one", "keywords of two",
}  # fmt: skip


NO_FINITE_DIFFERENCES = {  # their primitives are checked away from steps and ties, in test_registry.py
    "floor", "ceil", "trunc", "frac", "maximum", "minimum", "fmax", "fmin",  # some of the numbers here are whole, or tie
    "promotion",  # the same
    "float", "to",  # float32 has too few digits
    "F.embedding",  # the row of padding_idx has no gradient, on purpose
}  # fmt: skip


class Recorder:
    """A library that records which of its functions a case uses."""

    def __init__(self, of: Any, seen: list[Any]) -> None:
        self._of, self._seen = of, seen

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._of, name)
        if name in ("nn", "functional", "linalg"):
            return Recorder(found, self._seen)
        self._seen += [found, name]
        return found


def test_every_public_function_has_a_case_compared_with_pytorch() -> None:
    seen: list[Any] = []
    for call, samples in CASES.values():
        for arrays in samples[:1]:
            call(Recorder(tg, seen), *[tg.tensor(a) for a in arrays])
    names = set()
    used = [inspect.unwrap(s) if callable(s) else s for s in seen]  # without the wrapper for out=
    for module in pkgutil.iter_modules(tg.ops.__path__):
        if module.name not in ELSEWHERE:
            loaded = importlib.import_module(f"tinygrad_edu.ops.{module.name}")
            own = {n: inspect.unwrap(getattr(loaded, n)) for n in getattr(loaded, "__all__", [])}
            names |= {n for n, value in own.items() if n not in seen and all(value is not s for s in used)}
    used_as_method = {n for n in names if any(f".{n}(" in line for line in _source())}
    assert sorted(names - used_as_method - set(EXEMPT)) == []


def _source() -> list[str]:
    from ..live import ops_cases

    with open(ops_cases.__file__, encoding="utf-8") as file:
        return file.read().splitlines()


@pytest.mark.parametrize("name", [n for n in CASES if n not in METHODS])
def test_arrays_in_arrays_out_with_the_same_numbers(name: str) -> None:
    call, samples = CASES[name]
    for arrays in samples:
        plain, recorded = call(tg, *arrays), call(tg, *[tg.from_numpy(a) for a in arrays])
        several = isinstance(plain, (tuple, list))
        for y, t in zip(plain if several else [plain], recorded if several else [recorded], strict=True):
            assert not isinstance(y, tg.Tensor)
            np.testing.assert_allclose(y, t, rtol=1e-12, atol=1e-12, equal_nan=True)


@pytest.mark.parametrize("name", [n for n in CASES if n not in NO_FINITE_DIFFERENCES])
def test_derivatives_of_order_1_and_2_agree_with_finite_differences(name: str) -> None:
    call, samples = CASES[name]

    def floats(*xs: Any) -> tuple[Any, ...]:
        answer = call(tg, *xs)
        parts = answer if isinstance(answer, (tuple, list)) else (answer,)
        return tuple(y for y in parts if isinstance(y, tg.Tensor) and y.requires_grad)

    for arrays in samples:
        inputs = [tg.tensor(a, requires_grad=a.dtype.kind == "f") for a in arrays]
        size = sum(x.numel() for x in inputs if x.requires_grad)
        if 0 < size <= 40 and floats(*inputs):
            assert gradcheck(floats, inputs, order=2, eps=1e-5, atol=1e-8, rtol=1e-6)


def test_every_public_function_has_a_docstring() -> None:
    silent = []
    for module in pkgutil.iter_modules(tg.ops.__path__):
        loaded = importlib.import_module(f"tinygrad_edu.ops.{module.name}")
        for name in getattr(loaded, "__all__", []):
            doc = getattr(loaded, name).__doc__ or ""
            if callable(getattr(loaded, name)) and (not doc or "recorded" in doc):
                silent.append(name)
    assert silent == []
