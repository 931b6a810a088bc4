"""Whatever the memory layout of parameters, and whatever happens between steps, packing does not change their updates."""

import copy

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import optim
from tinygrad_edu.optim.layout import SMALL

hypothesis = pytest.importorskip("hypothesis", reason="generates the order of events")
st = hypothesis.strategies

SHAPES = [(), (1,), (2, 3), (4,), (0, 2), (5, 1, 2), (SMALL + 3,), (3, 3)]
EVENTS = ["nothing", "replace", "cast", "freeze", "thaw", "alias", "transpose", "edit", "rate", "copy"]


def make(rng, shape, dtype):
    return tg.tensor(rng.normal(size=shape).astype(dtype), requires_grad=True)


@hypothesis.given(
    seed=st.integers(0, 2**32 - 1),
    rule=st.sampled_from(optim.RULES),
    chosen=st.lists(st.sampled_from(range(len(SHAPES))), min_size=1, max_size=8),
    events=st.lists(st.tuples(st.sampled_from(EVENTS), st.integers(0, 7)), min_size=3, max_size=12),
)
def test_packed_parameters_are_updated_as_each_would_be_alone(seed, rule, chosen, events):
    rng = np.random.default_rng(seed)
    together = [make(rng, SHAPES[i], rng.choice(["float32", "float64"])) for i in chosen]
    alone = [tg.tensor(p._data.copy(), requires_grad=True) for p in together]
    packed = rule(together, lr=0.05)
    single = [rule([p], lr=0.05) for p in alone]
    held = []
    for event, number in events:
        k = number % len(together)
        pair = (together[k], alone[k])
        match event:
            case "replace":
                values = rng.normal(size=pair[0].shape)
                for p in pair:
                    p.data = tg.tensor(values.astype(p.dtype))
            case "cast":
                to = "float32" if pair[0].dtype == np.float64 else "float64"
                for p in pair:
                    p._data, p._grad = p._data.astype(to), None
            case "freeze" | "thaw":
                for p in pair:
                    p.requires_grad_(event == "thaw")
            case "alias":
                held.append((pair[0].detach(), pair[0]))
            case "transpose":
                for p in pair:
                    p._data = np.array(p._data.T).T  # the same values in another memory order
            case "edit":
                with tg.no_grad():
                    for p in pair:
                        p *= 0.5
            case "rate":
                for optimizer in (packed, *single):
                    optimizer.param_groups[0]["lr"] *= 0.7
            case "copy":
                together, packed = copy.deepcopy((together, packed))
                held = []
        for p, q in zip(together, alone, strict=True):
            if rng.random() < 0.8:
                g = rng.normal(size=p.shape).astype(p.dtype)
                p.grad, q.grad = tg.tensor(g), tg.tensor(g)
            else:
                p.grad = q.grad = None
        packed.step()
        for optimizer in single:
            optimizer.step()
        for p, q in zip(together, alone, strict=True):
            np.testing.assert_array_equal(p._data, q._data)
            assert p.dtype == q.dtype
        for alias, p in held:
            if np.may_share_memory(alias._data, p._data):
                np.testing.assert_array_equal(alias._data, p._data)
