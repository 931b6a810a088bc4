"""The optimizer's step as a phase of the graph: tried on a copy, and equal to the real step afterwards."""

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn, optim, viz

RULES = [optim.SGD, optim.Momentum, optim.NAG, optim.Adagrad, optim.RMSprop, optim.Adadelta, optim.Adam, optim.Nadam]


def model_and_loss():
    tg.manual_seed(0)
    model = nn.MLP([3, 4, 1])
    return model, (model(tg.randn(8, 3)) ** 2).mean()


@pytest.mark.parametrize("rule", RULES)
def test_the_shown_update_equals_the_step_and_drawing_changes_nothing(rule):
    model, loss = model_and_loss()
    opt = rule(model.parameters(), lr=0.1)
    for _ in range(2):  # the second step has a state
        model.zero_grad()
        loss = (model(tg.ones(8, 3)) ** 2).mean()
        loss.backward()
        old = [p.detach().numpy().copy() for p in model.parameters()]
        state = [
            {k: np.array(v.tolist()) if isinstance(v, tg.Tensor) else v for k, v in opt.state.get(p, {}).items()}
            for p in model.parameters()
        ]
        g = viz.graph(loss, model, optimizer=opt)
        told = {n.name: n.update for n in g.nodes if n.update is not None}
        assert len(told) == 4
        for (name, p), before, known in zip(model.named_parameters(), old, state, strict=True):
            assert np.array_equal(p.detach().numpy(), before)
            assert {k: v is None for k, (v, _) in told[name].state.items()} == {k: k not in known for k in told[name].state}
        opt.step()
        for name, p in model.named_parameters():
            assert told[name].new.norm == pytest.approx(float(np.linalg.norm(p.detach().numpy())), rel=1e-6)
            for key, (_, after) in told[name].state.items():
                value = opt.state[p][key]
                value = value.detach().numpy() if isinstance(value, tg.Tensor) else np.asarray(value)
                assert after.first == pytest.approx(value.reshape(-1)[: len(after.first)].tolist(), rel=1e-6)


def test_the_step_is_explained_with_the_text_of_the_rule():
    w = tg.tensor(2.0, requires_grad=True)
    opt = optim.Momentum([w], lr=0.1, momentum=0.5)
    loss = w * 3
    loss.backward()
    told = viz.explain(viz.graph(loss, names={"w": w}, optimizer=opt)).split("update\n")[1].splitlines()
    assert told[0] == "  w: 2 → 1.7"
    assert told[1] == "  Momentum, lr 0.1, gradient 3"
    assert "  v – → 0.3" in told
    assert told[-3:] == ["      v ← momentum · v + lr · g", "      w ← w − v", "      with momentum = 0.5"]


@pytest.mark.parametrize(
    ("rule", "options", "names"),
    [
        (optim.Adam, {"amsgrad": True}, ["t", "m", "v", "v_max"]),
        (optim.RMSprop, {"centered": True, "momentum": 0.5}, ["t", "v", "ḡ", "b"]),
        (optim.Adagrad, {}, ["t", "G"]),
        (optim.Adadelta, {}, ["t", "v", "u"]),
    ],
)
def test_states_have_the_names_of_the_formula_below_them(rule, options, names):
    w = tg.tensor(2.0, requires_grad=True)
    loss = w * 3
    loss.backward()
    told = viz.explain(viz.graph(loss, names={"w": w}, optimizer=rule([w], **options))).split("update\n")[1].splitlines()
    assert [line.split()[0] for line in told if " → " in line][1:] == names
    formula = [line.split(" ← ")[0].strip() for line in told if " ← " in line]
    assert set(names[1:]) <= set(formula)


def test_the_options_that_the_step_depends_on_are_named_with_their_values():
    w = tg.tensor(2.0, requires_grad=True)
    loss = w * 3
    loss.backward()
    told = viz.explain(viz.graph(loss, optimizer=optim.AdamW([w], betas=(0.5, 0.75), weight_decay=0.125, amsgrad=True)))
    said = told.splitlines()[-1].strip()
    assert said.startswith("with betas = (0.5, 0.75), eps = 1e-8, weight_decay = 0.125, amsgrad = True")
    assert not any(name in said for name in ("maximize", "lr", "params"))


def test_the_rate_is_that_of_the_next_step():
    for options in ({"lr": lambda t: 0.1 / (1 + t)}, {"lr": 0.1, "decay": 1.0}):
        w = tg.tensor([1.0], requires_grad=True)
        opt = optim.SGD([w], **options)
        w.grad = tg.ones(1)
        for _ in range(3):
            opt.step()
        (node,) = [n for n in viz.graph((w * w).sum(), optimizer=opt).nodes if n.update is not None]
        assert node.update.rate == pytest.approx(0.025)
        assert node.update.old.first[0] - node.update.new.first[0] == pytest.approx(0.025, rel=1e-4)


def test_options_that_the_formula_does_not_have_show_the_source_of_the_rule():
    w = tg.tensor(2.0, requires_grad=True)
    loss = w * 3
    loss.backward()
    told = viz.explain(viz.graph(loss, names={"w": w}, optimizer=optim.Adagrad([w], eps_in_sqrt=False)))
    assert "      G += g * g" in told.splitlines()


def test_without_gradients_there_is_no_step_and_a_number_is_no_optimizer():
    model, loss = model_and_loss()
    opt = optim.Adam(model.parameters())
    assert all(n.update is None for n in viz.graph(loss, model, optimizer=opt).nodes)
    with pytest.raises(TypeError, match=r"optimizer must be one of tinygrad_edu.optim, got int"):
        viz.graph(loss, optimizer=3)


def test_a_user_defined_optimizer_shows_its_own_rule():
    class SignDescent(optim.Optimizer):
        def update(self, w, g, *, t, lr):
            """One sentence."""
            w -= lr * np.sign(g)

    w = tg.tensor([1.0, -2.0], requires_grad=True)
    loss = (w * w).sum()
    loss.backward()
    (node,) = [n for n in viz.graph(loss, optimizer=SignDescent([w], {"lr": 0.5})).nodes if n.update is not None]
    assert node.update.text == "w -= lr * np.sign(g)"
    assert node.update.new.first == (0.5, -1.5)
