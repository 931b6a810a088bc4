"""A Tensor where Python expects a number, a string or a shape: what is accepted, what warns, and what raises."""

from __future__ import annotations

import copy
import math
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tinygrad_edu as tg

leaf = lambda: tg.tensor(2.5, requires_grad=True)

CUTS: dict[str, Callable[[Any], Any]] = {
    "float": float,
    "math.sin": math.sin,
    "math.floor": math.floor,
    "complex": complex,
    "%": lambda x: f"{'%.2f' % x}",  # noqa: UP031 - the old way of formatting is what is tested
    "np.float64": np.float64,
    "a computed one": lambda x: float(x * 2),
}
QUIET: dict[str, tuple[Callable[[Any], Any], Any]] = {  # with the value for 2.5
    "item": (lambda x: x.item(), 2.5),
    "detach": (lambda x: float(x.detach()), 2.5),
    "f-string": (lambda x: f"{x:.2f} {x}", "2.50 2.5"),
    "int": (int, 2),
    "bool": (bool, True),
    "range": (lambda x: range(int(x)), range(2)),
    "tolist": (lambda x: x.tolist(), 2.5),
    "comparison": (lambda x: x > 2, True),
    "max": (lambda x: max(x, 1.0), 2.5),
    "product": (lambda x: 2 * math.pi * x, pytest.approx(5 * math.pi, rel=1e-6)),
}


@pytest.mark.parametrize("name", CUTS)
def test_a_number_made_from_a_tensor_that_requires_grad_warns_at_the_users_line(name: str) -> None:
    with pytest.warns(UserWarning, match=r"requires_grad=True to a scalar.*np.sin\(x\).*x\.item\(\)") as caught:
        CUTS[name](leaf())
    assert [w.filename for w in caught] == [__file__]


@pytest.mark.parametrize("name", QUIET)
def test_an_intended_conversion_to_a_number_does_not_warn(name: str) -> None:
    convert, expected = QUIET[name]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        found = convert(leaf())
    assert caught == []
    value = found.item() if isinstance(found, tg.Tensor) else found
    assert value == expected


def test_a_conversion_does_not_warn_where_nothing_is_recorded() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert float(tg.tensor(1.0)) == 1.0
        with tg.no_grad():
            assert math.sin(leaf()) == math.sin(2.5)


@pytest.mark.live
@pytest.mark.parametrize("name", [*CUTS, *QUIET])
def test_pytorch_warns_in_the_same_cases(name: str) -> None:
    torch = pytest.importorskip("torch", reason="the live comparison needs PyTorch")
    before = torch.is_warn_always_enabled()
    torch.set_warn_always(True)
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            convert = CUTS[name] if name in CUTS else QUIET[name][0]
            convert(torch.tensor(2.5, requires_grad=True))
    finally:
        torch.set_warn_always(before)
    assert any("to a scalar" in str(w.message) for w in caught) is (name in CUTS)


def test_a_0d_tensor_is_formatted_as_its_number() -> None:
    assert f"{tg.tensor(2.5)}" == "2.5"
    assert f"{leaf()}" == "2.5"
    assert f"{tg.tensor(3)}" == "3"
    assert f"{tg.tensor(True)}" == "True"
    assert f"{tg.tensor(0.1):.3f} {tg.tensor(7):>3}" == "0.100   7"
    assert f"{tg.tensor([1.0])}" == "tensor([1.])"
    assert f"{tg.tensor([1.0]):>14}" == "  tensor([1.])"
    with pytest.raises(ValueError, match=r"format: '\.2f' does not fit a Tensor of shape .*1.* use x\.item\(\)"):
        f"{tg.tensor([1.0]):.2f}"
    with pytest.raises(ValueError, match=r"format: 'q' does not fit a Tensor of shape .*'float'\)$"):
        f"{tg.tensor(1.0):q}"
    assert str(tg.tensor(2.5)) == repr(tg.tensor(2.5)) == "tensor(2.5000)"


@pytest.mark.live
@pytest.mark.parametrize("value", [2.5, 0.1, 3, True, math.nan, 1e-8])
@pytest.mark.parametrize("spec", ["", ".3f", ">8"])
def test_a_0d_tensor_is_formatted_as_in_pytorch(value: Any, spec: str) -> None:
    torch = pytest.importorskip("torch", reason="the live comparison needs PyTorch")
    if spec != ".3f" or not isinstance(value, bool):
        assert format(tg.tensor(value), spec) == format(torch.tensor(value), spec)


# --- sizes ---


def test_ints_are_sizes() -> None:
    for make, dtype in [
        (tg.Tensor, "float32"),
        (tg.FloatTensor, "float32"),
        (tg.LongTensor, "int64"),
        (tg.DoubleTensor, "float64"),
    ]:
        t = make(5, 7)
        assert (t.shape, t.dtype.name, t.requires_grad) == ((5, 7), dtype, False)
        for one in (5, np.int64(5)):
            assert make(one).tolist() == [0] * 5
        assert make([5, 7]).tolist() == [5, 7]
        assert make([5]).tolist() == [5]
        assert make().shape == (0,)
        assert make(np.ones((2, 3))).shape == (2, 3)
    assert tg.Tensor(5.5).item() == 5.5
    assert tg.Tensor(2, 3, requires_grad=True).requires_grad


def test_a_second_argument_that_is_not_a_size_is_refused() -> None:
    with pytest.raises(
        TypeError, match=r"Tensor\(\): expected one list or array, or sizes, got 2 arguments; .*requires_grad= are keywords"
    ):
        tg.Tensor([1.0], True)
    with pytest.raises(ValueError, match="must not be negative"):
        tg.Tensor(2, -3)


# --- in-place shapes ---

WRITES: dict[str, Callable[[Any, Any], Any]] = {
    "copy_": lambda t, v: t.copy_(v),
    "add_": lambda t, v: t.add_(v),
    "mul_": lambda t, v: t.mul_(v),
    "+=": lambda t, v: t.__iadd__(v),
    "fill_": lambda t, v: t.fill_(v),
    "maximum_": lambda t, v: t.clamp_(min=v),
}


@pytest.mark.parametrize("name", WRITES)
@pytest.mark.parametrize(("to", "shape"), [((), (1,)), ((), (1, 1)), ((3,), (1, 3)), ((2, 3), (1, 2, 3)), ((3,), (2, 3))])
def test_a_value_with_more_axes_than_its_target_is_refused(name: str, to: Any, shape: Any) -> None:
    t = tg.zeros(*to)
    with pytest.raises(RuntimeError, match="shape"):
        WRITES[name](t, tg.ones(*shape))
    assert not np.any(t.numpy())


@pytest.mark.live
@pytest.mark.parametrize("name", WRITES)
@pytest.mark.parametrize("to", [(), (1,), (3,), (2, 3)])
@pytest.mark.parametrize("shape", [(), (1,), (1, 1), (3,), (1, 3), (2, 1), (1, 2, 3)])
def test_in_place_shapes_agree_with_pytorch(name: str, to: Any, shape: Any) -> None:
    torch = pytest.importorskip("torch", reason="the live comparison needs PyTorch")
    outcomes = []
    for t in (torch, tg):
        x = t.zeros(to)
        try:
            WRITES[name](x, t.ones(shape))
            outcomes.append(x.tolist())
        except RuntimeError:
            outcomes.append("refused")
    assert outcomes[0] == outcomes[1]


def test_a_deep_copy_keeps_its_class() -> None:
    class Named(tg.Tensor):
        pass

    assert isinstance(copy.deepcopy(Named([1.0])), Named)


SHARED: dict[str, Callable[[Any], tuple[Any, ...]]] = {  # tensors that share memory
    "a row": lambda x: (x, x[0]),
    "a row first": lambda x: (x[0], x),
    "the same numbers in another shape": lambda x: (x, x.view(-1)),
    "transposed": lambda x: (x.T, x),
    "detached": lambda x: (x, x.detach()),
    "overlapping rows": lambda x: (x[0:2], x[1:3], x),
    "rows apart": lambda x: (x[0], x[2]),
    "every other column": lambda x: (x[:, ::2], x[:, 1:]),
    "expanded": lambda x: (x[:1].expand(3, 4), x),
    "a parameter and a part": lambda x: (x.clone().requires_grad_(), x),
}


@pytest.mark.parametrize("name", SHARED)
def test_what_shares_memory_shares_it_after_a_deep_copy(name: str) -> None:
    x = tg.arange(12.0).reshape(3, 4)
    tensors = SHARED[name](x)
    copies = copy.deepcopy(tensors)
    for tensor, twin in zip(tensors, copies, strict=True):
        np.testing.assert_array_equal(twin.detach().numpy(), tensor.detach().numpy())
        assert not np.may_share_memory(twin.detach().numpy(), x.numpy())
    with tg.no_grad():
        tensors[-1][..., 0] = copies[-1][..., 0] = 100.0
    for tensor, twin in zip(tensors, copies, strict=True):
        np.testing.assert_array_equal(twin.detach().numpy(), tensor.detach().numpy())


@pytest.mark.live
@pytest.mark.parametrize("name", SHARED)
def test_deep_copies_share_memory_as_in_pytorch(name: str) -> None:
    torch = pytest.importorskip("torch", reason="the live comparison needs PyTorch")
    outcomes = []
    for t in (torch, tg):
        copies = copy.deepcopy(SHARED[name](t.arange(12.0).reshape(3, 4)))
        with t.no_grad():
            copies[-1][..., 0] = 100.0
        outcomes.append([x.tolist() for x in copies])
    assert outcomes[0] == outcomes[1]


def test_a_write_to_one_copy_is_noticed_where_another_was_saved() -> None:
    x = tg.arange(4.0)
    twin, row = copy.deepcopy((x, x[:2]))
    w = tg.ones(4, requires_grad=True)
    loss = (w * twin).sum()
    row[0] = 5.0
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        loss.backward()


def test_a_deep_copy_of_a_view_alone_copies_only_its_elements() -> None:
    x = tg.zeros(1000, 1000)
    row = copy.deepcopy(x[0])
    assert row.numpy().base is None
    assert row.numpy().nbytes == 4000
