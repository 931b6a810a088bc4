"""Lazy layers read the number of inputs off their first input, and are ordinary layers from then on."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn

CASES: dict[str, tuple[Any, Any, tuple[int, ...]]] = {
    "linear": (lambda n: n.LazyLinear(3), lambda n: n.Linear(5, 3), (2, 5)),
    "linear bias=False": (lambda n: n.LazyLinear(3, bias=False), lambda n: n.Linear(5, 3, bias=False), (2, 5)),
    "conv1d": (lambda n: n.LazyConv1d(3, 2), lambda n: n.Conv1d(5, 3, 2), (2, 5, 4)),
    "conv2d": (lambda n: n.LazyConv2d(4, 3, padding=1, groups=1), lambda n: n.Conv2d(3, 4, 3, padding=1), (2, 3, 5, 5)),
}


@pytest.mark.parametrize("name", CASES)
def test_a_lazy_layer_becomes_the_ordinary_one_with_the_same_numbers(name: str) -> None:
    make, ordinary, shape = CASES[name]
    layer = make(nn)
    held = list(layer.parameters())
    x = tg.randn(*shape)
    tg.manual_seed(0)
    y = layer(x)
    tg.manual_seed(0)
    twin = ordinary(nn)
    assert repr(layer) == repr(twin)
    assert type(layer) is type(twin)
    np.testing.assert_array_equal(y.detach(), twin(x).detach())
    assert all(a is b for a, b in zip(held, layer.parameters(), strict=True))
    assert all(type(p) is nn.Parameter for p in held)
    assert list(layer.state_dict()) == list(twin.state_dict())


@pytest.mark.live
@pytest.mark.parametrize("name", CASES)
def test_a_lazy_layer_prints_and_starts_as_pytorchs(name: str) -> None:
    torch = pytest.importorskip("torch", reason="the live comparison needs PyTorch")
    make, _, shape = CASES[name]
    ours, theirs = make(nn), make(torch.nn)
    assert repr(ours) == repr(theirs)
    tg.manual_seed(0)
    torch.manual_seed(0)
    ours(tg.zeros(*shape))
    theirs(torch.zeros(*shape))
    for a, b in zip(ours.parameters(), theirs.parameters(), strict=True):
        np.testing.assert_allclose(a.detach(), b.detach().numpy(), atol=2e-6)


def test_weights_loaded_before_the_first_call_are_kept() -> None:
    source, lazy = nn.Linear(5, 3), nn.LazyLinear(3)
    lazy.load_state_dict(source.state_dict())
    x = tg.randn(2, 5)
    np.testing.assert_array_equal(lazy(x).detach(), source(x).detach())


def test_an_unfinished_parameter_says_what_it_is() -> None:
    assert repr(nn.LazyLinear(3).weight) == "<UninitializedParameter>"
