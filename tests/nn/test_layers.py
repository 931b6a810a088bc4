"""Every layer and loss answers as PyTorch's: stored numbers, and PyTorch itself where it is installed."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tinygrad_edu as tg

from .cases import CASES, compare, run


@pytest.fixture(scope="module")
def stored() -> dict[str, dict[str, np.ndarray]]:
    answers: dict[str, dict[str, np.ndarray]] = {}
    with np.load(Path(__file__).parents[1] / "oracles" / "nn.npz") as file:
        for key in file.files:
            name, part = key.split("|")
            answers.setdefault(name, {})[part] = file[key]
    return answers


@pytest.mark.parametrize("name", CASES)
def test_a_layer_agrees_with_stored_pytorch_numbers(name: str, stored: Any) -> None:
    theirs = stored[name]
    compare(name, run(tg, CASES[name], _state(theirs)), theirs)


@pytest.mark.live
@pytest.mark.parametrize("name", CASES)
def test_a_layer_agrees_with_pytorch(name: str) -> None:
    torch = pytest.importorskip("torch", reason="the live comparison needs PyTorch")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PyTorch's own
        theirs = run(torch, CASES[name])
    compare(name, run(tg, CASES[name], _state(theirs)), theirs)


def _state(answers: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The weights PyTorch started from, so that both go on from the same ones."""
    return {part.removeprefix("initial "): value for part, value in answers.items() if part.startswith("initial ")}


def test_every_public_layer_has_a_case() -> None:
    tried = {name.split(" ")[0] for name in CASES}
    for name in tg.nn.__all__:
        thing = getattr(tg.nn, name)
        if isinstance(thing, type) and issubclass(thing, tg.nn.Module) and name not in NO_FORWARD:
            assert name in tried, f"tests/nn/cases.py has no case for nn.{name}"


NO_FORWARD = {"Module", "MLP", "ModuleDict", "ModuleList", "ParameterDict", "ParameterList"}
"""Those that PyTorch does not have, or that compute nothing."""
