"""The values that a rule reads are found in its bytecode, and none is missed, however the rule accesses it."""

from __future__ import annotations

import dis
import functools
import inspect
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu.autograd import primitive
from tinygrad_edu.autograd.primitives import PRIMITIVES
from tinygrad_edu.autograd.rule_reads import REST, read_by, reads
from tinygrad_edu.ops.loading import load_all

load_all()

look = locals  # another name for it


def with_closure() -> Any:
    spy = locals
    return lambda g, y, x: spy()["x"] * g


def through_a_helper(g: Any, y: Any, x: Any) -> Any:
    return inspect.currentframe().f_locals["x"] * g  # type: ignore[union-attr]


def aliased(g: Any, y: Any, x: Any) -> Any:
    a = x
    return g * a


def reassigned(g: Any, y: Any, x: Any) -> Any:
    x = x + 1
    return g * x


def unpacked(g: Any, y: Any, x: Any) -> Any:
    a, b = x, y.shape
    return g * a * len(b)


def two_at_once(g: Any, y: Any, x: Any) -> Any:
    y = x  # Python 3.13 stores one and loads the next in one instruction
    return y * g


def nested(g: Any, y: Any, x: Any) -> Any:
    def inner() -> Any:
        return (lambda: x)()

    return g * inner()


def deleted(g: Any, y: Any, x: Any) -> Any:
    a = (x, y.ndim)[0]
    del x
    return g * a


def in_a_class(g: Any, y: Any, x: Any) -> Any:
    class Holder:
        value = x

    return g * Holder.value


def in_a_generator(g: Any, y: Any, x: Any) -> Any:
    return g * sum(v for v in [x])


def in_a_branch(g: Any, y: Any, x: Any) -> Any:
    return g * (x if y.ndim else y.shape)


def on_failure(g: Any, y: Any, x: Any) -> Any:
    try:
        return g[y.shape]
    except TypeError:
        return x


THEY_READ_THE_INPUT: dict[str, Callable[..., Any]] = {
    "plainly": lambda g, y, x: g * x,
    "under another name": aliased,
    "after a change of the name": reassigned,
    "in a tuple": unpacked,
    "two in one instruction": two_at_once,
    "in a nested function": nested,
    "in a nested lambda": lambda g, y, x: (lambda: g * x)(),
    "as a default": lambda g, y, x: (lambda a=x: g * a)(),
    "by getattr": lambda g, y, x: g * getattr(x, "T"),  # noqa: B009 - that is the trick
    "by getattr, of metadata": lambda g, y, x: getattr(x, "shape"),  # noqa: B009 - the same: counts as a read
    "by a method": lambda g, y, x: g * x.sum(),
    "by an attribute that is not metadata": lambda g, y, x: g * x.T,
    "through metadata of something else": lambda g, y, x: g * (x * 2).size,
    "by a walrus": lambda g, y, x: g * (a := x) + a,
    "by a walrus, for metadata first": lambda g, y, x: ((a := x).shape, g * a)[1],
    "in a comprehension": lambda g, y, x: g * [v for v in x][0],  # noqa: C416, RUF015 - the same
    "in a comprehension that uses the name": lambda g, y, x: [x for x in x][0] * g,  # noqa: C416, RUF015
    "in a dict": lambda g, y, x: {"x": x}["x"] * g,
    "by unpacking": lambda g, y, x: g * sum([*x]),
    "in an f-string": lambda g, y, x: g * float(f"{x}"),
    "deleted": deleted,
    "in a class": in_a_class,
    "in a generator": in_a_generator,
    "in one branch": in_a_branch,
    "where something failed": on_failure,
    "by locals()": lambda g, y, x: locals()["x"] * g,
    "by locals() under another name": lambda g, y, x: look()["x"] * g,
    "by locals() in a closure": with_closure(),
    "by vars()": lambda g, y, x: vars()["x"] * g,
    "by eval()": lambda g, y, x: eval("g * x"),
    "by a frame": lambda g, y, x: sys._getframe().f_locals["x"] * g,
    "by inspect": through_a_helper,
    "by a frame, in a nested function": lambda g, y, x: (lambda: sys._getframe(1).f_locals["x"] * g)(),
    "as one of any number": lambda g, y, *inputs: g * inputs[0],
    "as one of all the arguments": lambda *arguments: arguments[2] * arguments[0],
    "as one of any number, passed on": lambda g, y, *inputs: np.multiply(g, *inputs),
}

THEY_DO_NOT: dict[str, Callable[..., Any]] = {
    "nothing": lambda g, y, x: g,
    "its shape": lambda g, y, x: np.broadcast_to(g, x.shape),
    "its shape, dtype, size and ndim": lambda g, y, x: g.reshape(x.shape).astype(x.dtype) / x.size * x.ndim,
    "the output": lambda g, y, x: g * y,
    "a length of its shape": lambda g, y, x: g * len(x.shape) * x.shape[0],
    "a parameter of the same op": lambda g, y, x, *, k: np.tril(g, k),
}


@pytest.mark.parametrize("how", THEY_READ_THE_INPUT)
def test_a_rule_that_accesses_its_input_in_any_way_reads_it(how: str) -> None:
    assert read_by(THEY_READ_THE_INPUT[how]) & {1, REST}


@pytest.mark.parametrize("how", THEY_DO_NOT)
def test_a_rule_that_uses_at_most_the_metadata_of_its_input_does_not_read_it(how: str) -> None:
    assert not read_by(THEY_DO_NOT[how]) & {1, REST}


def test_starred_inputs_do_not_include_the_output() -> None:
    assert read_by(lambda g, y, x, *rest: rest) == {REST}
    assert read_by(lambda g, *arguments: arguments) == {0, REST}
    for op in (tg.ops.einstein._einsum.op, tg.ops.affine._linear.op, tg.ops.normalization._layer_norm.op):
        assert [reads(op)(i) for i in range(3)] == [False, True, True]


@pytest.mark.parametrize(
    "function",
    [
        lambda x: x / 3,
        lambda x: 3 / x,
        lambda x: tg.nn.functional.linear(x, tg.ones(2, 2).double()),
        lambda x: tg.nn.functional.layer_norm(x, (2,)),
        lambda x: tg.nn.functional.silu(x),
        lambda x: tg.einsum("ij,jk->ik", x, x),
    ],
)
def test_an_output_that_no_rule_reads_may_be_overwritten(function: Callable[..., Any]) -> None:
    gradients = []
    for scale in (False, True):
        x = tg.tensor([[1.0, 2.0], [3.0, 5.0]], dtype=tg.float64, requires_grad=True)
        y = function(x)
        (y.mul_(2) if scale else y * 2).sum().backward()
        gradients.append(x.grad.numpy())
    np.testing.assert_array_equal(*gradients)


def test_a_nested_function_is_assumed_to_read_what_it_captures() -> None:
    assert 1 in read_by(lambda g, y, x: (lambda: np.broadcast_to(g, x.shape))())


class Rule:
    def __call__(self, g: Any, y: Any, x: Any) -> Any:
        return g * x

    def bound(self, g: Any, y: Any, x: Any) -> Any:
        return g * x


@pytest.mark.parametrize("rule", [np.multiply, Rule(), Rule().bound, functools.partial(lambda k, g, y, x: g * x, 2)])
def test_a_callable_without_bytecode_is_assumed_to_read_everything(rule: Callable[..., Any]) -> None:
    assert read_by(rule) == {0, REST}


@pytest.mark.parametrize(
    ("instructions", "read"),
    [
        ([("LOAD_FAST", "x"), ("LOAD_ATTR", "shape")], set()),
        ([("LOAD_FAST", "x"), ("LOAD_METHOD", "sum")], {1}),  # 3.11
        ([("LOAD_FAST_CHECK", "x"), ("LOAD_ATTR", "shape")], set()),  # 3.12
        ([("LOAD_FAST_AND_CLEAR", "x"), ("SWAP", 2)], {1}),  # 3.12: a comprehension that uses the name
        ([("LOAD_FAST_LOAD_FAST", ("y", "x")), ("LOAD_ATTR", "shape")], {0}),  # 3.13
        ([("LOAD_FAST_LOAD_FAST", ("x", "y")), ("BINARY_OP", 5)], {0, 1}),
        ([("STORE_FAST_LOAD_FAST", ("y", "x")), ("RETURN_VALUE", None)], {0, 1}),
        ([("LOAD_FAST_BORROW", "x"), ("RETURN_VALUE", None)], {1}),  # 3.14
        ([("LOAD_FAST_BORROW_LOAD_FAST_BORROW", ("x", "g")), ("BINARY_OP", 5)], {1}),
        ([("LOAD_CLOSURE", "x"), ("BUILD_TUPLE", 1)], {1}),
        ([("LOAD_DEREF", "x"), ("RETURN_VALUE", None)], {1}),
        ([("STORE_FAST", "x"), ("RETURN_CONST", None)], set()),
    ],
)
def test_the_instructions_of_every_python_version_are_known(
    instructions: list[tuple[str, Any]], read: set[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Instruction:
        def __init__(self, opname: str, argval: Any) -> None:
            self.opname, self.argval = opname, argval

    monkeypatch.setattr(dis, "get_instructions", lambda code: [Instruction(*i) for i in instructions])
    assert read_by(lambda g, y, x: g) == read


def test_an_op_reads_what_one_of_its_rules_reads() -> None:
    needed = reads(PRIMITIVES["multiply"])
    assert [needed(i) for i in range(3)] == [False, True, True]
    needed = reads(PRIMITIVES["sum"])
    assert [needed(i) for i in range(2)] == [False, False]


@pytest.mark.parametrize("how", [n for n in THEY_READ_THE_INPUT if "frame, in a nested" not in n and "one of" not in n])
def test_changing_what_a_rule_reads_raises(how: str) -> None:
    op = primitive(lambda x: x * 1, THEY_READ_THE_INPUT[how], name=f"reads {how}")
    try:
        x = tg.ones(1, requires_grad=True)
        y = op(x)
        with tg.no_grad():
            x += 1
        with pytest.raises(RuntimeError, match="modified by an inplace operation"):
            y.backward()
    finally:
        del PRIMITIVES[f"reads {how}"]
