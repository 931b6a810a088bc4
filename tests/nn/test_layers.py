"""Every layer and loss agrees with PyTorch: with stored numbers, and with PyTorch itself if it is installed."""

from __future__ import annotations

import re
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tinygrad_edu as tg

from .cases import CASES, Answers, compare, load, run


@pytest.fixture(scope="module")
def stored() -> Answers:
    return load(Path(__file__).parents[1] / "oracles" / "nn.npz")


@pytest.mark.parametrize("name", CASES)
def test_a_layer_agrees_with_stored_pytorch_numbers(name: str, stored: Any) -> None:
    theirs = stored[name]
    compare(name, run(tg, CASES[name], _state(theirs)), theirs, CASES[name].tolerance)


@pytest.mark.live
@pytest.mark.parametrize("name", CASES)
def test_a_layer_agrees_with_pytorch(name: str) -> None:
    torch = pytest.importorskip("torch", reason="the live comparison needs PyTorch")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PyTorch's own
        theirs = run(torch, CASES[name])
    ours = run(tg, CASES[name], _state(theirs))
    if "Norm" in str(ours["repr"]):  # PyTorch before 2.13 does not print whether a normalization has a bias
        for answers in (ours, theirs):
            answers["repr"] = np.array(re.sub(r", bias=(True|False)", "", str(answers["repr"])))
    compare(name, ours, theirs, CASES[name].tolerance)


def _state(answers: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """PyTorch's initial weights, so that both start from the same ones."""
    return {part.removeprefix("initial "): value for part, value in answers.items() if part.startswith("initial ")}


def test_every_public_layer_has_a_case() -> None:
    tried = {name.split(" ")[0] for name in CASES}
    for name in tg.nn.__all__:
        thing = getattr(tg.nn, name)
        if isinstance(thing, type) and issubclass(thing, tg.nn.Module) and name not in WITHOUT_CASES:
            assert name in tried, f"tests/nn/cases.py has no case for nn.{name}"


WITHOUT_CASES = {
    "Module",
    "MLP",
    "ModuleDict",
    "ModuleList",
    "ParameterDict",
    "ParameterList",
    "LazyLinear",
    *(f"Lazy{kind}{n}d" for kind in ("Conv", "ConvTranspose", "BatchNorm", "InstanceNorm") for n in (1, 2, 3)),
}
"""Those that PyTorch does not have, that compute nothing, or that have no weights before the first call (test_lazy.py)."""
