"""Writing, freezing, viewing, detaching, hooks, no_grad and create_graph in any order: each step has PyTorch's result.

A step that both libraries refuse changes nothing here. Where only PyTorch refuses, the program ends: PyTorch saves values that
our rules do not read, and forbids overlapping reads and writes, and detach_() of views. Where only we refuse, the test fails.

Deliberate differences, which are not generated or not compared: a view keeps its retain_grad() when its memory is written to
(PyTorch may forget it); detach_() ends the retain_grad() and the hooks of a result (in PyTorch, they stay); hooks of a leaf run
after those of all results (in PyTorch, earlier).
"""

from __future__ import annotations

import warnings
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

import tinygrad_edu as tg

from ..autograd import programs
from ..autograd.programs import World, difference

torch = pytest.importorskip("torch", reason="PyTorch is not installed")

pytestmark = pytest.mark.live
NUMBERS = st.integers(50, 150).map(lambda n: n / 100)
THROUGH = st.sampled_from([None, None, None, 0, 1, 2, 3])
ANY = st.integers(0, 10_000)  # the index of a tensor, modulo the number of tensors
LAST = st.booleans()


class AnyOrder(RuleBasedStateMachine):
    """One program, run in both libraries step by step."""

    def __init__(self) -> None:
        super().__init__()
        self.ours, self.theirs = World(tg), World(torch)
        self.program: list[Any] = []
        self.ended = False
        self.retaining: dict[int, int] = {}  # view with retain_grad() -> number of writes to its memory until then
        self.frozen: dict[int, int] = {}  # the same for a leaf that was frozen while it had views

    def do(self, *step: Any) -> None:
        if self.ended:
            return
        self.program.append([False, *step])  # whether the step was refused, and the step
        errors = []
        before = self.seen(self.ours)
        for world in (self.ours, self.theirs):
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    world.do(*step)
                errors.append(None)
            except (RuntimeError, IndexError, ValueError, TypeError) as error:
                errors.append(error)
        if errors[1] is not None or errors[0] is not None:
            self.program[-1][0] = True
            self.check(errors[1] is not None, f"only we refuse: {errors[0]} in {self.program}")
            if errors[0] is None or step[0] in ("backward", "grad"):  # hooks may have run
                self.ended = True
                return
            self.check(
                not difference(self.seen(self.ours), before), f"a part of the refused {step} was done, in {self.program}"
            )
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                self.ended = bool(difference(before, self.seen(self.theirs)))  # PyTorch may have written a part
            return
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # PyTorch warns about a result's .grad
                theirs = self.seen(self.theirs)
        except RuntimeError:  # PyTorch refuses even to read a view whose base was changed
            self.ended = True
            return
        if step[0] == "grad" and self.only_records_a_zero():
            self.ended = True
            return
        found = difference(self.seen(self.ours), theirs)
        self.check(not found, f"{found} after {self.program}")

    def check(self, good: bool, why: str) -> None:
        self.ended = self.ended or not good  # otherwise teardown() would fail next and hide this failure
        assert good, why

    def seen(self, world: World) -> dict[str, Any]:
        """The state; the gradients that hooks received are grouped by tensor."""
        state = {**world.state(), "given": {str(i): given for i, given in world.given_to.items()}}
        for i, writes in self.retaining.items():
            if self.theirs.tensors[i]._version > writes:
                state["tensors"][i]["grad"] = None  # which PyTorch may have forgotten
        for i, writes in self.frozen.items():
            if self.theirs.tensors[i]._version > writes:
                state["given"].pop(str(i), None)  # PyTorch rebuilds the views, without the leaf and its hooks
        return state

    def only_records_a_zero(self) -> bool:
        """Whether the last tensors are zero gradients, one of them a constant: overwritten elements have no gradient."""
        mine, yours = (world.tensors[-1] for world in (self.ours, self.theirs))
        zero = not mine.detach().numpy().any() and not yours.detach().numpy().any()
        return bool(zero and mine.requires_grad != yours.requires_grad)

    def shows_written(self, i: int) -> bool:
        """Whether tensor i is a view of memory that was written to."""
        return self.theirs.tensors[i]._is_view() and self.theirs.tensors[i]._version > 0

    def pick(self, n: int) -> int:
        return n % len(self.theirs.tensors)

    def overlap(self, i: int, j: int) -> bool:
        """Whether two tensors share memory, so that PyTorch would read what it has just written."""
        a, b = self.theirs.tensors[i], self.theirs.tensors[j]
        return a.untyped_storage().data_ptr() == b.untyped_storage().data_ptr()

    @initialize(
        leaves=st.lists(
            st.tuples(st.sampled_from(programs.SHAPES), st.booleans(), st.lists(NUMBERS, min_size=9, max_size=9)),
            min_size=3, max_size=3,
        )
    )  # fmt: skip
    def start(self, leaves: Any) -> None:
        for shape, requires_grad, numbers in leaves:
            self.add_leaf(shape, requires_grad, numbers)

    def add_leaf(self, shape: Any, requires_grad: bool, numbers: list[float]) -> None:
        values: Any = numbers[0] if not shape else numbers[: shape[-1]] if len(shape) == 1 else None
        if values is None:
            values = [numbers[shape[1] * k : shape[1] * (k + 1)] for k in range(shape[0])]
        self.do("leaf", values, requires_grad)

    @rule(i=ANY, name=st.sampled_from(programs.UNARY))
    def unary(self, i: int, name: str) -> None:
        self.do("unary", self.pick(i), name)

    @rule(i=ANY, j=ANY, name=st.sampled_from(programs.BINARY))
    def binary(self, i: int, j: int, name: str) -> None:
        self.do("binary", self.pick(i), name, self.pick(j))

    @rule(i=ANY, k=st.integers(0, len(programs.VIEWS) - 1))
    def view(self, i: int, k: int) -> None:
        self.do("view", self.pick(i), k)

    @rule(i=ANY, name=st.sampled_from(programs.PLAIN), through=THROUGH)
    def plain(self, i: int, name: str, through: Any) -> None:
        i = self.pick(i)
        if name == "t_" and (self.theirs.tensors[i].is_leaf or self.theirs.tensors[i].retains_grad):
            return  # its .grad would have a different shape
        self.do("plain_in_place", i, name, through)

    @rule(i=ANY, name=st.sampled_from(sorted(programs.WITH_NUMBER)), c=NUMBERS, through=THROUGH)
    def number(self, i: int, name: str, c: float, through: Any) -> None:
        self.do("number_in_place", self.pick(i), name, c, through)

    @rule(i=ANY, name=st.sampled_from(sorted(programs.WITH_TENSOR)), j=ANY, through=THROUGH)
    def tensor(self, i: int, name: str, j: int, through: Any) -> None:
        i, j = self.pick(i), self.pick(j)
        if self.overlap(i, j):
            return
        self.do("tensor_in_place", i, name, j, through)

    @rule(i=ANY, k=st.integers(0, len(programs.KEYS) - 2), j=ANY)
    def set(self, i: int, k: int, j: int) -> None:
        i, j = self.pick(i), self.pick(j)
        if self.overlap(i, j):
            return
        self.do("set", i, k, j)

    @rule(i=ANY, k=st.integers(0, len(programs.KEYS) - 1), c=NUMBERS)
    def set_number(self, i: int, k: int, c: float) -> None:
        self.do("set_number", self.pick(i), k, c)

    @rule(i=ANY)
    def flip(self, i: int) -> None:
        x = self.theirs.tensors[self.pick(i)]
        shown = x._is_view() or any(y._base is x for y in self.theirs.tensors)
        if not shown or x.requires_grad:  # PyTorch's views of an unfrozen leaf are inconsistent
            if shown:
                self.frozen[self.pick(i)] = x._version
            self.do("flip", self.pick(i))

    @rule(i=ANY)
    def detach(self, i: int) -> None:
        self.do("detach", self.pick(i))

    @rule(i=ANY)
    def detach_in_place(self, i: int) -> None:
        x = self.theirs.tensors[self.pick(i)]
        if x.retains_grad or x._backward_hooks:
            return
        self.do("detach_in_place", self.pick(i))

    @rule(i=ANY)
    def without_grad(self, i: int) -> None:
        self.do("scale_without_grad", self.pick(i))

    @rule(i=ANY, scale=st.booleans())
    def hook(self, i: int, scale: bool) -> None:
        if not self.theirs.tensors[self.pick(i)]._is_view():  # PyTorch never calls it if the view is written to later
            self.do("hook", self.pick(i), scale)

    @rule(i=ANY)
    def retain(self, i: int) -> None:
        i = self.pick(i)
        if self.shows_written(i):
            return
        if self.theirs.tensors[i]._is_view():
            self.retaining[i] = self.theirs.tensors[i]._version
        self.do("retain", i)

    @rule(i=ANY, create_graph=st.sampled_from([False, False, False, True]))
    def backward(self, i: int, create_graph: bool) -> None:
        if self.theirs.tensors[self.pick(i)].requires_grad:
            self.do("backward", self.pick(i), create_graph)

    @rule(i=ANY, j=ANY, create_graph=st.booleans())
    def grad(self, i: int, j: int, create_graph: bool) -> None:
        self.do("grad", self.pick(i), self.pick(j), create_graph)

    def teardown(self) -> None:
        for i in range(len(self.theirs.tensors)):
            if not self.ended and self.theirs.tensors[i].requires_grad:
                self.do("backward", i, False)


@pytest.mark.hypothesis
@pytest.mark.parametrize("programs", [60, pytest.param(2000, marks=pytest.mark.slow)])
def test_any_order_of_writing_freezing_viewing_and_backward_agrees_with_pytorch(programs: int) -> None:
    most = max(programs, settings().max_examples)
    run_state_machine_as_test(AnyOrder, settings=settings(max_examples=most, stateful_step_count=30, deadline=None))
