"""Anomaly detection: the error for the first NaN, Inf or changed array names its op and the user's line."""

from __future__ import annotations

import inspect

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu.autograd import detect_anomaly


def test_a_nan_in_forward_names_op_index_shapes_and_line() -> None:
    x = tg.tensor([1.0, -1.0], requires_grad=True)
    line = inspect.currentframe().f_lineno + 2  # type: ignore[union-attr]
    with np.errstate(invalid="ignore"), detect_anomaly(), pytest.raises(FloatingPointError) as caught:
        tg.sqrt(x)
    assert "sqrt produced nan at index (1,), from inputs of shape (2,)" in str(caught.value)
    assert f"{__file__}:{line}" in str(caught.value)


def test_an_inf_in_backward_names_the_rule_and_the_line_of_the_forward_pass() -> None:
    x = tg.tensor([1.0, 0.0], requires_grad=True)
    with detect_anomaly():
        line = inspect.currentframe().f_lineno + 1  # type: ignore[union-attr]
        y = tg.sqrt(x)
        with pytest.raises(FloatingPointError, match="the rule of sqrt returned inf at index") as caught:
            y.sum().backward()
    assert f":{line}" in str(caught.value)


@pytest.mark.parametrize("kind", [RuntimeError, FloatingPointError])
def test_the_error_is_a_runtime_error_as_in_pytorch_and_a_floating_point_error(kind: type[Exception]) -> None:
    x = tg.tensor([0.0], requires_grad=True)
    with detect_anomaly(), pytest.raises(kind, match="the rule of sqrt returned inf"):
        x.sqrt().sum().backward()


def test_an_op_recorded_before_the_block_has_no_line() -> None:
    y = tg.tensor([0.0], requires_grad=True).sqrt()
    with detect_anomaly(), pytest.raises(FloatingPointError, match=r"called at a line outside detect_anomaly\(\)$"):
        y.sum().backward()


def test_nan_only_lets_infinities_pass() -> None:
    x = tg.tensor([1.0, 0.0], requires_grad=True)
    with np.errstate(divide="ignore"), detect_anomaly(nan_only=True):
        assert np.isinf(tg.log(x).detach().numpy()[1])


def test_a_change_through_numpy_is_noticed() -> None:
    array = np.ones(2, np.float32)
    x = tg.from_numpy(array).requires_grad_()
    with detect_anomaly():
        loss = (x * x).sum()
        array[0] = 7.0
        with pytest.raises(RuntimeError, match=r"multiply, from inputs of shape \(2,\).*: an array that it saved has changed"):
            loss.backward()


def test_nothing_is_left_behind_when_it_ends() -> None:
    x = tg.tensor([0.0], requires_grad=True)
    with detect_anomaly():
        pass
    tg.sqrt(x).sum().backward()
    assert np.isinf(x.grad.item())  # type: ignore[union-attr]


def test_a_nan_made_outside_the_graph_names_the_op_that_made_it_not_the_one_that_received_it() -> None:
    w, data = tg.ones(2, requires_grad=True), tg.tensor([1.0, -1.0])
    with (
        np.errstate(invalid="ignore"),
        detect_anomaly(),
        pytest.raises(FloatingPointError, match=rf"log produced nan .*{__file__}:"),
    ):
        (w * tg.log(data)).sum()


def test_nan_in_the_data_can_be_inspected_and_cleaned() -> None:
    data = tg.tensor([[1.0, float("nan")], [float("-inf"), 2.0]])
    with detect_anomaly(), tg.no_grad():
        assert tg.nan_to_num(data[:, 0] * 2, neginf=0.0).tolist() == [2.0, 0.0]
