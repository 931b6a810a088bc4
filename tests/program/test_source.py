"""What a compiled step reports about itself: its source, why it is eager, and its size."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn, optim
from tinygrad_edu.program import Untraceable


def training(**options: Any) -> Any:
    tg.manual_seed(0)
    net = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2))
    loss_function, adam = nn.CrossEntropyLoss(), optim.Adam(net.parameters())

    @tg.compile(**options)
    def step(x: Any, labels: Any) -> Any:
        """One step."""
        loss = loss_function(net(x), labels)
        adam.zero_grad()
        loss.backward()
        adam.step()
        return loss

    return step


X, LABELS = tg.tensor(np.eye(5, 3, dtype=np.float32)), tg.tensor([0, 1, 1, 0, 1])


def test_the_source_is_python_with_the_names_of_the_function_and_the_model() -> None:
    step = training()
    step(X, LABELS)
    source = step.source
    assert "def step(x, labels, lr, t):" in source
    assert "dot(x, net_0_weight_T, out=linear)" in source
    assert "# gradient of net.0 Linear: linear: dweight = g.T @ x, dbias = sum(g, axis=0)" in source
    assert "#     m ← β₁ m + (1−β₁) g" in source
    compile(source, "step", "exec")
    assert not re.search(r"out=(x|labels)[,)]", source)  # the arguments are the caller's


def test_a_compiled_step_has_the_name_and_docstring_of_the_function_and_counts_its_calls() -> None:
    step = training()
    assert (step.__name__, step.__doc__) == ("step", "One step.")
    assert "not called yet" in step.source
    for _ in range(4):
        step(X, LABELS)
    text = str(step)
    assert "x [5, 3] float32, labels [5] int64: called 3 times" in text
    assert re.search(r"instructions  \d+ of \d+ recorded calls", text)
    assert "FLOP" in text


def test_instructions_are_data_from_which_a_printer_can_write_another_language() -> None:
    step = training()
    step(X, LABELS)
    (program,) = step.programs.values()
    first = program.instrs[0]
    assert (first.kind, first.op) == ("product", "dot")
    x, weight = first.operands
    assert (x.store.kind, x.place()) == ("input", ((5, 3), (3, 1), 0))
    assert (weight.store.kind, weight.place()) == ("memory", ((3, 4), (1, 3), 0))
    assert {i.kind for i in program.instrs} <= {
        "ufunc", "reduce", "product", "copy", "fill", "take", "setitem", "call", "draw", "check", "step",
    }  # fmt: skip


def test_strict_raises_where_a_step_cannot_become_a_program() -> None:
    @tg.compile(strict=True)
    def step(x: Any) -> Any:
        return x * 2 if x.sum() > 0 else x

    with pytest.raises(
        Untraceable, match=r"a decision \(if, while, and, or, assert\) reads the values of a tensor,.*test_source.py"
    ):
        step(X)


def test_the_error_for_arrays_says_what_to_do() -> None:
    with pytest.raises(TypeError, match=r"pass Tensors, not NumPy arrays .*from_numpy"):
        training()(X.numpy(), LABELS)


def test_a_method_can_be_compiled() -> None:
    class Trainer:
        def __init__(self) -> None:
            self.net = nn.Linear(3, 2)
            self.opt = optim.SGD(self.net.parameters(), lr=0.1)
            self.scale = 1.0

        @tg.compile
        def step(self, x: Any) -> Any:
            loss = (self.net(x) ** 2).mean() * self.scale
            self.opt.zero_grad()
            loss.backward()
            self.opt.step()
            return loss

    tg.manual_seed(0)
    trainer = Trainer()
    losses = [trainer.step(X).item() for _ in range(4)]
    assert losses == sorted(losses, reverse=True)
    trainer.scale = 0.0
    assert trainer.step(X).item() == 0


def test_a_model_is_compiled_for_inference() -> None:
    model = nn.Sequential(nn.Linear(3, 4), nn.Tanh()).eval()
    fast = tg.compile(model)
    with tg.no_grad():
        answers = [fast(X).numpy() for _ in range(3)]
    np.testing.assert_array_equal(answers[0], model(X).detach().numpy())
    np.testing.assert_array_equal(answers[2], answers[0])
    assert [p.calls for p in fast.programs.values()] == [2]
    with tg.no_grad():
        model[0].weight.zero_()
    with tg.no_grad():
        np.testing.assert_array_equal(fast(X).numpy(), model(X).numpy())
