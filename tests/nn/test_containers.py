"""Containers (indexed by position or name, changed in place, printed like PyTorch's) and MLP."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn


def use(t: Any) -> list[str]:
    """The results of container operations; uses only names that both frameworks have."""
    n = t.nn
    seen = []
    s = n.Sequential(n.Linear(1, 2), n.ReLU(), n.Linear(2, 3))
    seen += [repr(s[:2]), repr(s[-1]), repr(s[::2]), len(s), [type(m).__name__ for m in s]]
    s.append(n.Tanh())
    s[1] = n.Sigmoid()
    s.insert(0, n.Identity())
    del s[2]
    seen += [repr(s), repr(s.pop(-1)), repr(s), repr(s + n.Sequential(n.ReLU()))]
    s.extend(n.Sequential(n.ReLU(), n.ReLU()))
    seen += [repr(s), list(s.state_dict())]
    from collections import OrderedDict

    d = n.Sequential(OrderedDict([("fc", n.Linear(1, 1)), ("act", n.ReLU())]))
    seen += [repr(d), list(d.state_dict()), repr(d[0]), repr(d.fc), repr(d[:1])]

    m = n.ModuleList([n.Linear(1, 1) for _ in range(3)] + [n.ReLU()])
    seen += [repr(m), repr(n.ModuleList()), len(m), repr(m[1:]), repr(m[-1])]
    m.append(n.ReLU()).extend([n.Tanh()])
    m.insert(1, n.Identity())
    m[0] = n.Sequential(n.Linear(1, 1))
    seen += [repr(m), list(m.state_dict()), repr(m.pop(0)), repr(m), repr(m + [n.Identity()])]

    md = n.ModuleDict({"a": n.Linear(1, 1), "b": n.ReLU()})
    md["c"] = n.Tanh()
    md.update({"a": n.Identity()})
    seen += [repr(md), list(md), list(md.keys()), [k for k, _ in md.items()], "c" in md, "z" in md, len(md), repr(md["b"])]
    seen += [repr(md.pop("b")), repr(md)]
    del md["a"]
    md.clear()
    seen += [repr(md), len(md)]

    pl = n.ParameterList([t.zeros(2), t.zeros(3)])
    pl.append(t.ones(1))
    pl[0] = n.Parameter(t.ones(2))
    seen += [len(pl), [tuple(p.shape) for p in pl], list(pl.state_dict()), tuple(pl[-1].shape), len(pl[1:])]
    pd = n.ParameterDict({"w": t.zeros(2)})
    pd["v"] = t.zeros(1)
    seen += [list(pd), list(pd.state_dict()), "w" in pd, len(pd), tuple(pd["v"].shape)]
    return list(map(str, seen))


def parameters(t: Any) -> list[str]:
    """The repr of lists and dicts of Parameters, without the dtype, whose name differs."""
    n = t.nn
    made = (
        n.ParameterList(),
        n.ParameterList([t.zeros(2, 3)]),
        n.ParameterList([t.zeros(2), t.tensor(1.0)]),
        n.ParameterDict({"w": t.zeros(2, 3)}),
        n.ParameterDict({"b": t.zeros(1), "w": t.zeros(2)}),
    )
    return [re.sub(r"\[\S+ of size", "[… of size", repr(m)) for m in made]


def test_lists_of_parameters_print_as_stored() -> None:
    assert parameters(tg)[2:4] == [
        "ParameterList(\n    (0): Parameter containing: [… of size 2]\n    (1): Parameter containing: [… of size ]\n)",
        "ParameterDict(  (w): Parameter containing: [… of size 2x3])",
    ]
    assert "[float32 of size 2x3]" in repr(nn.ParameterList([tg.zeros(2, 3)]))


@pytest.mark.live
def test_lists_of_parameters_print_like_pytorchs() -> None:
    torch = pytest.importorskip("torch", reason="the live comparison needs PyTorch")
    assert parameters(tg) == parameters(torch)


def test_containers_agree_with_stored_results() -> None:
    answers = use(tg)
    assert answers[2] == (
        "Sequential(\n  (0): Linear(in_features=1, out_features=2, bias=True)\n"
        "  (2): Linear(in_features=2, out_features=3, bias=True)\n)"
    )
    assert "ModuleList(\n  (0-2): 3 x Linear(in_features=1, out_features=1, bias=True)\n  (3): ReLU()\n)" in answers


@pytest.mark.live
def test_containers_agree_with_pytorch() -> None:
    torch = pytest.importorskip("torch", reason="the live comparison needs PyTorch")
    for ours, theirs in zip(use(tg), use(torch), strict=True):
        assert ours == theirs


def test_errors_of_containers_say_what_is_wrong() -> None:
    with pytest.raises(IndexError, match="out of range"):
        nn.Sequential(nn.ReLU())[1]
    with pytest.raises(TypeError, match="not a Module subclass"):
        nn.Sequential(nn.ReLU)
    with pytest.raises(KeyError, match="absent"):
        nn.ModuleDict()["absent"]
    with pytest.raises(KeyError, match="already exists"):
        nn.ModuleDict({"forward": nn.ReLU()})


def test_mlp_is_linear_layers_with_activations_between() -> None:
    tg.manual_seed(0)
    a = nn.MLP([2, 16, 16, 1])
    tg.manual_seed(0)
    b = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 16), nn.ReLU(), nn.Linear(16, 1))
    assert repr(a) == repr(b).replace("Sequential", "MLP")
    x = tg.randn(3, 2)
    np.testing.assert_array_equal(a(x).detach(), b(x).detach())
    assert repr(nn.MLP([2, 3, 1], activation=nn.Tanh)[1]) == "Tanh()"
    assert repr(nn.MLP([2, 3, 1], activation="tanh")[1]) == "Tanh()"
    assert repr(nn.MLP([2, 3, 1], activation=lambda: nn.LeakyReLU(0.3))[1]) == "LeakyReLU(negative_slope=0.3)"
    assert len(nn.MLP([2, 1])) == 1


@pytest.mark.parametrize(("kwargs", "error"), [
    ({"sizes": [3]}, ValueError),
    ({"sizes": 3}, TypeError),
    ({"sizes": [2, 1], "activation": "rellu"}, ValueError),
    ({"sizes": [2, 1], "activation": 3}, TypeError),
    ({"sizes": [2, 1], "activation": nn.ReLU()}, TypeError),
])  # fmt: skip
def test_errors_name_wrong_arguments_of_mlp(kwargs: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match="MLP: "):
        nn.MLP(**kwargs)
