"""In-place methods write the function's result into the same memory; the graph notices; a forbidden write raises an error."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu.ops import IN_PLACE

x = np.array([[0.5, 1.5, 0.3], [2.0, 0.7, 1.1]])
i2, m = tg.tensor([1, 0]), tg.tensor([[True, False, True], [False, False, True]])

# method without its underscore: its arguments; the function of the same name gives the expected result
WITH_ARGUMENTS: dict[str, tuple[Any, ...]] = {
    **dict.fromkeys(("add", "mul", "multiply", "hypot", "copysign", "atan2", "arctan2", "xlogy"), (2.0,)),
    **dict.fromkeys(("div", "divide", "true_divide", "floor_divide", "remainder", "fmod"), (0.4,)),
    **dict.fromkeys(("sub", "subtract"), (tg.tensor([1.0, 2.0, 3.0]),)),
    **dict.fromkeys(("pow", "float_power"), (2,)),
    **dict.fromkeys(("eq", "ne", "lt", "le", "gt", "ge"), (0.7,)),
    **dict.fromkeys(("not_equal", "less", "less_equal", "greater", "greater_equal"), (0.7,)),
    **dict.fromkeys(("logical_and", "logical_or", "logical_xor"), (m,)),
    **dict.fromkeys(("clamp", "clip"), (0.6, 1.2)),
    **dict.fromkeys(("clamp_min", "clamp_max"), (0.7,)),
    **dict.fromkeys(("cumsum", "cumprod"), (1,)),
    "lerp": (tg.ones(2, 3), 0.3), "addcmul": (tg.ones(2, 3), tg.ones(2, 3)), "addcdiv": (tg.ones(2, 3), 2 * tg.ones(2, 3)),
    "addmm": (tg.ones(2, 4), tg.ones(4, 3)), "masked_fill": (m, -1.0), "scatter": (1, tg.tensor([[0], [2]]), 9.0),
    "scatter_add": (1, tg.tensor([[0], [2]]), tg.ones(2, 1)),
    "index_add": (0, i2, tg.ones(2, 3)), "index_fill": (0, i2, 3.0),
    "index_copy": (0, i2, tg.ones(2, 3, dtype=tg.float64)), "masked_scatter": (m, tg.arange(6.0, dtype=tg.float64)),
}  # fmt: skip
ANOTHER_START = {"addmv", "baddbmm"}  # they need inputs of another shape
INTEGERS = {n: (3,) for n in IN_PLACE if n.startswith("bitwise_")} | {"bitwise_not": ()}
LIKE_THE_FUNCTION = {n: WITH_ARGUMENTS.get(n, ()) for n in IN_PLACE if n not in INTEGERS and n not in ANOTHER_START}

OTHERS: dict[str, tuple[tuple[Any, ...], Any]] = {  # method: its arguments, the result
    "copy_": ((tg.tensor([1, 2, 3]),), np.broadcast_to([1.0, 2, 3], (2, 3))),
    "fill_": ((2,), np.full((2, 3), 2.0)),
    "zero_": ((), np.zeros((2, 3))),
    "fill_diagonal_": ((9.0,), [[9, 1.5, 0.3], [2, 9, 1.1]]),
    "index_put_": (((i2,), tg.zeros(3)), np.zeros((2, 3))),
    "unsqueeze_": ((0,), x[None]),
    "squeeze_": ((), x),
    "t_": ((), x.T),
    "transpose_": ((0, 1), x.T),
    "swapaxes_": ((0, 1), x.T),
    "swapdims_": ((0, 1), x.T),
}
ELSEWHERE = {
    *("requires_grad_", "detach_", "uniform_", "normal_", "exponential_", "bernoulli_", "random_"),
    *(
        "as_strided_",
        "set_",
        "share_memory_",
        "put_",
        "renorm_",
    ),  # PyTorch's names that are refused or do nothing here: tests/compat
}
CALLS = {**{f"{n}_": a for n, a in LIKE_THE_FUNCTION.items()}, **{n: a for n, (a, _) in OTHERS.items()}}


def test_every_in_place_method_is_in_the_tables() -> None:
    methods = {n for n in dir(tg.Tensor) if n.endswith("_") and not n.startswith("_")}
    assert sorted(methods - ELSEWHERE - set(CALLS) - {f"{n}_" for n in {*INTEGERS, *ANOTHER_START}}) == []


@pytest.mark.parametrize("name", INTEGERS)
def test_an_in_place_method_of_integers_keeps_their_dtype(name: str) -> None:
    t = tg.tensor(np.array([1, 6, 12], np.uint8))
    expected = getattr(tg, name)(t.clone(), *INTEGERS[name]).tolist()
    getattr(t, f"{name}_")(*INTEGERS[name])
    assert t.tolist() == expected
    assert t.dtype == np.uint8


def test_addmv_and_baddbmm_write_in_place() -> None:
    a, b = np.arange(6.0).reshape(2, 3), np.arange(3.0)
    np.testing.assert_allclose(tg.ones(2).double().addmv_(tg.tensor(a), tg.tensor(b)), 1 + a @ b)
    batch = tg.ones(1, 2, 2).double().baddbmm_(tg.tensor(a[None]), tg.tensor(a.T[None]))
    np.testing.assert_allclose(batch[0], 1 + a @ a.T)


@pytest.mark.parametrize(
    "change",
    [lambda t: t.add_(0.5), lambda t: t.div_(2), lambda t: t.exp_(), lambda t: t.bool().add_(1), lambda t: t.bool().sub_(t)],
)
def test_an_in_place_result_of_a_wider_dtype_than_its_target_is_refused(change: Any) -> None:
    with pytest.raises(RuntimeError, match="can't be cast to the desired output type"):
        change(tg.tensor([1, 2]))


@pytest.mark.parametrize("name", CALLS)
def test_an_in_place_method_writes_the_result_into_the_same_memory(name: str) -> None:
    t = tg.tensor(x)
    memory = t.numpy()
    with np.errstate(all="ignore"):  # nan where functions like acosh are not defined
        expected = OTHERS[name][1] if name in OTHERS else getattr(tg, name[:-1])(tg.tensor(x), *CALLS[name])
        assert getattr(t, name)(*CALLS[name]) is t
    np.testing.assert_allclose(t, expected, rtol=1e-12)
    assert np.shares_memory(t.numpy(), memory)


@pytest.mark.parametrize("name", CALLS)
def test_an_in_place_change_of_a_saved_value_is_noticed(name: str) -> None:
    w = tg.tensor(x, requires_grad=True)
    y = (w.exp() * w).sum()
    with tg.no_grad(), np.errstate(all="ignore"):
        getattr(w, name)(*CALLS[name])
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.backward()


@pytest.mark.parametrize("name", CALLS)
def test_a_leaf_that_requires_grad_is_not_changed_while_recording(name: str) -> None:
    leaf = tg.tensor(x, requires_grad=True)
    for t in (leaf, leaf[:]):  # itself, and a view of it
        with pytest.raises(RuntimeError, match="a leaf Variable that requires grad"):
            getattr(t, name)(*CALLS[name])
    np.testing.assert_array_equal(leaf.detach(), x)


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("through", ["itself", "a view"])
def test_on_a_result_the_gradient_is_that_of_the_function(name: str, through: str) -> None:
    if through == "a view" and name in RESHAPE:
        pytest.skip("it gives the view another shape, and writes nothing")
    rng = np.random.default_rng(0)
    with np.errstate(all="ignore"):
        leaf = tg.tensor(x, requires_grad=True)
        y = leaf * 1
        changed = y if through == "itself" else y[:]
        assert getattr(changed, name)(*CALLS[name]) is changed
        weights = rng.normal(size=y.shape)
        (y * weights).sum().backward()

        other = tg.tensor(x, requires_grad=True)
        expected = _function(name)(other * 1)
        np.testing.assert_allclose(y.detach(), expected.detach(), rtol=1e-12)
        if expected.requires_grad:
            (expected * weights).sum().backward()
    np.testing.assert_allclose(leaf.grad, 0 * x if other.grad is None else other.grad, rtol=1e-12)


RESHAPE = {"unsqueeze_", "squeeze_", "t_", "transpose_", "swapaxes_", "swapdims_"}


def _function(name: str) -> Any:
    """A function that should give the same result as the in-place method."""
    if name not in OTHERS:
        return lambda y: getattr(tg, name[:-1])(y, *CALLS[name])
    if name in RESHAPE:
        return lambda y: getattr(y, name[:-1])(*CALLS[name])
    kept = 1 - np.eye(2, 3) if name == "fill_diagonal_" else np.zeros((2, 3))
    return lambda y: y * kept + np.asarray(OTHERS[name][1]) * (1 - kept)


@pytest.mark.parametrize(
    ("write", "gradient"),
    [
        (lambda t, v: t.copy_(v), [[3, 3, 3], [3, 3, 3]]),
        (lambda t, v: t.add_(v), [[3, 3, 3], [3, 3, 3]]),
        (lambda t, v: t.__setitem__(0, v[0]), [[3, 3, 3], [0, 0, 0]]),
        (lambda t, v: t.__setitem__(t > 1, v[t > 1]), [[0, 3, 0], [3, 0, 3]]),
        (lambda t, v: t.fill_(v[0, 0]), [[18, 0, 0], [0, 0, 0]]),
        (lambda t, v: t[1].mul_(v[1]), [[0, 0, 0], [6, 2.1, 3.3]]),
        (lambda t, v: t.view(-1).__setitem__(3, v[1, 0]), [[0, 0, 0], [3, 0, 0]]),
        (lambda t, v: t.index_add_(0, i2, v), [[3, 3, 3], [3, 3, 3]]),
        (lambda t, v: t.scatter_(1, tg.tensor([[0], [2]]), v), [[3, 0, 0], [3, 0, 0]]),
    ],
)
def test_a_value_that_requires_grad_is_written_into_a_plain_tensor_with_its_graph(write: Any, gradient: Any) -> None:
    value, target = tg.ones(2, 3, requires_grad=True), tg.tensor(x.astype(np.float32))
    write(target, value)
    (3 * target).sum().backward()
    np.testing.assert_allclose(value.grad, gradient, rtol=1e-6)


SHARED = "more than one element of the written-to tensor refers to a single memory location. Please clone"


@pytest.mark.parametrize("requires_grad", [False, True])
@pytest.mark.parametrize(
    "write", [lambda y: y.add_(1.0), lambda y: y.zero_(), lambda y: y.__setitem__(0, 1.0), lambda y: y.exp_()]
)
@pytest.mark.parametrize(
    "view",
    [
        lambda x: x.expand(4, 3),
        lambda x: tg.broadcast_to(x, (4, 3)),
        lambda x: tg.meshgrid(x, tg.ones(2), indexing="ij")[0],
        lambda x: x.expand_as(tg.ones(4, 3)).t(),
        lambda x: x.unfold(0, 2, 1),
    ],
)
def test_a_write_to_elements_that_share_memory_is_refused(view: Any, write: Any, requires_grad: bool) -> None:
    x = tg.ones(3, requires_grad=requires_grad) * 1
    with pytest.raises(RuntimeError, match=SHARED):
        write(view(x))
    assert x.tolist() == [1.0, 1.0, 1.0]


@pytest.mark.parametrize("requires_grad", [False, True])
@pytest.mark.parametrize(
    ("view", "shows_x"),
    [
        (lambda x: x.expand(4), True),
        (lambda x: x.expand(1, -1), True),
        (lambda x: tg.broadcast_to(x, (4,)), True),
        (lambda x: tg.broadcast_tensors(x, tg.ones(4))[0], True),
        (lambda x: x.unfold(0, 2, 2), True),
        (lambda x: tg.einsum("ij->ji", x.reshape(2, 2)), True),
        (lambda x: tg.einsum("ii->i", x.reshape(2, 2)), True),
        (lambda x: x.tile((1, 1)), False),
        (lambda x: x.repeat(1), False),
        (lambda x: x[:1].repeat(3), False),
        (lambda x: x.repeat(2, 1), False),
    ],
)
def test_a_view_that_repeats_no_element_may_be_written_to(view: Any, shows_x: bool, requires_grad: bool) -> None:
    w = tg.tensor([1.0, 2.0, 3.0, 4.0], requires_grad=requires_grad)
    x = w * 1
    view(x).mul_(10.0)
    assert (x.tolist() != [1.0, 2.0, 3.0, 4.0]) is shows_x
    if requires_grad:
        x.sum().backward()
        np.testing.assert_array_equal(w.grad, x.detach() / w.detach())


def test_the_error_for_read_only_memory_says_what_to_do() -> None:
    fixed = np.ones(3, np.float32)
    fixed.flags.writeable = False
    x = tg.from_numpy(fixed)
    for write in (lambda: x.add_(1.0), lambda: x.__setitem__(0, 2.0), lambda: x.fill_(3.0)):
        with pytest.raises(RuntimeError, match=r"the memory of the tensor is read-only.*Write to a clone\(\)"):
            write()


@pytest.mark.parametrize("freeze", [lambda x: x.requires_grad_(False), lambda x: x.detach_()])
def test_a_view_of_a_leaf_that_was_frozen_since_is_refused_and_a_new_one_is_not(freeze: Any) -> None:
    x = tg.ones(2, requires_grad=True)
    view = x[:1]
    freeze(x)
    with pytest.raises(RuntimeError, match=r"a view of a leaf Variable that requires grad.*Make the view after freezing"):
        view.mul_(2.0)
    assert x.tolist() == [1.0, 1.0]
    x[:1].mul_(2.0)
    assert x.tolist() == [2.0, 1.0]


@pytest.mark.parametrize(
    "write", [lambda x, y: np.multiply(x, 2, out=y), lambda x, y: np.copyto(y, x), lambda x, y: np.add.at(y, [0], x[:1])]
)
def test_the_error_of_a_numpy_function_that_writes_names_the_function_that_records_the_write(write: Any) -> None:
    x, y = tg.ones(2, requires_grad=True), tg.zeros(2)
    with pytest.raises(TypeError, match=r"Use y\[\.\.\.\] = value or y\.index_add_\(0, i, value\), pass x\.detach\(\)"):
        write(x, y)
    assert y.tolist() == [0.0, 0.0]
