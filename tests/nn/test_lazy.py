"""Lazy layers take the number of inputs from their first input, and are ordinary layers from then on."""

from __future__ import annotations

import copy
import pickle
from pathlib import Path
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
    "conv3d": (lambda n: n.LazyConv3d(4, 2), lambda n: n.Conv3d(3, 4, 2), (2, 3, 3, 3, 3)),
    "conv_transpose2d": (lambda n: n.LazyConvTranspose2d(4, 3, 2), lambda n: n.ConvTranspose2d(3, 4, 3, 2), (2, 3, 4, 4)),
    "batchnorm1d": (lambda n: n.LazyBatchNorm1d(), lambda n: n.BatchNorm1d(5), (4, 5)),
    "batchnorm2d": (lambda n: n.LazyBatchNorm2d(eps=1e-3), lambda n: n.BatchNorm2d(3, eps=1e-3), (2, 3, 4, 4)),
    "instancenorm1d": (lambda n: n.LazyInstanceNorm1d(), lambda n: n.InstanceNorm1d(3, 1e-5, 0.1, True, True), (2, 3, 4)),
}


def test_a_lazy_instance_norm_counts_the_channels_of_an_unbatched_input() -> None:
    layer = nn.LazyInstanceNorm1d()
    assert layer(tg.randn(3, 5)).shape == (3, 5)
    assert layer.num_features == 3


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
def test_a_lazy_layer_prints_and_starts_like_pytorchs(name: str) -> None:
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


def test_the_repr_of_an_uninitialized_parameter_says_what_it_is() -> None:
    assert repr(nn.LazyLinear(3).weight) == "<UninitializedParameter>"


def test_the_first_call_may_come_after_copying_converting_and_freezing() -> None:
    for change in (
        copy.deepcopy,
        lambda m: pickle.loads(pickle.dumps(m)),
        lambda m: m.double(),
        lambda m: m.requires_grad_(False),
    ):
        layer = change(nn.LazyLinear(3))
        assert layer(tg.zeros(2, 5, dtype=layer.bias.__dict__["_data"].dtype)).shape == (2, 3)
        assert layer.weight.shape == (3, 5)


EARLY: dict[str, Any] = {
    "arithmetic": lambda m, path: m.weight + 1,
    "shape": lambda m, path: m.weight.shape,
    "count": lambda m, path: m.weight.numel(),
    "init": lambda m, path: nn.init.ones_(m.weight),
    "optimizer's step": lambda m, path: tg.optim.SGD(m.parameters(), lr=0.1).step(),
    "vector": lambda m, path: nn.utils.parameters_to_vector(m.parameters()),
    "functional_call": lambda m, path: nn.functional_call(m, {"weight": tg.zeros(3, 2)}, tg.zeros(1, 2)),
    "save": lambda m, path: nn.save(m.state_dict(), path / "x.safetensors"),
    "load into another": lambda m, path: nn.Linear(5, 3).load_state_dict(m.state_dict()),
}


@pytest.mark.parametrize("name", EARLY)
def test_a_parameter_without_a_shape_refuses_to_be_used(name: str, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="no shape yet"):
        EARLY[name](nn.LazyLinear(3), tmp_path)


def test_the_state_of_a_lazy_layer_shows_what_is_missing_and_loads_into_another_lazy_one() -> None:
    state = nn.LazyLinear(3).state_dict()
    assert repr(state) == "{'weight': <UninitializedParameter>, 'bias': <UninitializedParameter>}"
    layer = nn.LazyLinear(3)
    layer.load_state_dict(state)
    assert layer(tg.zeros(1, 2)).shape == (1, 3)


def test_the_error_for_too_few_axes_names_them() -> None:
    with pytest.raises(RuntimeError, match=r"LazyConv2d: Expected 3D \(unbatched\) or 4D \(batched\) input, got \(3,\)"):
        nn.LazyConv2d(2, 3)(tg.zeros(3))
    with pytest.raises(RuntimeError, match="LazyLinear: the input must have shape"):
        nn.LazyLinear(2)(tg.tensor(1.0))


def test_a_summary_counts_the_parameters_that_the_pass_made() -> None:
    assert nn.summary(nn.LazyLinear(3), (2, 4)).rows[0].parameters == 15


def test_an_optimizer_made_before_the_first_call_trains_a_lazy_layer() -> None:
    x, trained = tg.randn(4, 5), []
    for first in ("optimizer", "call"):
        tg.manual_seed(0)
        model = nn.Sequential(nn.LazyLinear(3), nn.Tanh(), nn.Linear(3, 1))
        if first == "call":
            model(x)
        optimizer = tg.optim.Adam(model.parameters(), lr=0.1)
        for _ in range(3):
            loss = model(x).square().mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        trained.append(tg.cat([p.detach().reshape(-1) for p in model.parameters()]))
    assert trained[0].numel() == 5 * 3 + 3 + 3 + 1
    np.testing.assert_array_equal(trained[0], trained[1])
