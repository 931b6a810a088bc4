"""nn.init and nn.utils: PyTorch's numbers from the same seed, bounds computed by hand, and errors."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn

from .cases import INITS, fill

STORED = Path(__file__).parents[1] / "oracles" / "nn_init.npz"


@pytest.mark.parametrize("name", INITS)
def test_initial_weights_equal_stored_numbers_of_pytorch(name: str) -> None:
    with np.load(STORED) as stored:
        np.testing.assert_allclose(fill(tg, name), stored[name], atol=2e-6)


@pytest.mark.live
@pytest.mark.parametrize("name", INITS)
def test_initial_weights_equal_pytorchs(name: str) -> None:
    torch = pytest.importorskip("torch", reason="the live comparison needs PyTorch")
    if "trunc" in name and tuple(map(int, torch.__version__.split(".")[:2])) < (2, 13):
        pytest.skip("PyTorch drew truncated normals differently before 2.13")
    np.testing.assert_allclose(fill(tg, name), fill(torch, name), atol=2e-6)


def test_fans_include_the_kernel() -> None:
    w = tg.empty(4, 3, 5, 5)
    bound = math.sqrt(6 / (3 * 25 + 4 * 25))
    nn.init.xavier_uniform_(w)
    assert 0.95 * bound < abs(w).max().item() <= bound
    nn.init.kaiming_normal_(w, mode="fan_out", nonlinearity="relu")
    assert w.std().item() == pytest.approx(math.sqrt(2 / 100), rel=0.1)


@pytest.mark.parametrize("shape", [(4, 3), (3, 4), (4, 2, 3)])
def test_orthogonal_rows_or_columns_are_orthonormal(shape: tuple[int, ...]) -> None:
    w = nn.init.orthogonal_(tg.empty(*shape, dtype=tg.float64), gain=2.0).reshape(shape[0], -1).numpy() / 2
    product = w @ w.T if w.shape[0] <= w.shape[1] else w.T @ w
    np.testing.assert_allclose(product, np.eye(len(product)), atol=1e-12)


def test_parameters_are_filled_outside_the_graph_and_keep_requiring_a_gradient() -> None:
    p = nn.Parameter(tg.zeros(2, 2))
    assert nn.init.ones_(p) is p
    assert p.requires_grad
    assert p.is_leaf
    assert p.tolist() == [[1, 1], [1, 1]]


@pytest.mark.parametrize("layer", ["linear", *(f"conv{t}{n}d" for t in ("", "_transpose") for n in (1, 2, 3))])
def test_the_gain_of_a_linear_layer_is_1(layer: str) -> None:
    assert nn.init.calculate_gain(layer) == 1


@pytest.mark.parametrize(("call", "message"), [
    (lambda: nn.init.xavier_uniform_(tg.empty(3)), "Fan in and fan out can not be computed"),
    (lambda: nn.init.kaiming_uniform_(tg.empty(2, 2), mode="fan"), "Mode fan not supported"),
    (lambda: nn.init.calculate_gain("rellu"), "Unsupported nonlinearity rellu"),
    (lambda: nn.init.calculate_gain("leaky_relu", "0.1"), "not a valid number"),
    (lambda: nn.init.eye_(tg.empty(2)), "2 dimensions"),
    (lambda: nn.init.dirac_(tg.empty(2, 2)), "3, 4, or 5 dimensions"),
    (lambda: nn.init.dirac_(tg.empty(3, 2, 2), groups=2), "divisible by groups"),
    (lambda: nn.init.sparse_(tg.empty(2), 0.5), "2 dimensions"),
    (lambda: nn.init.orthogonal_(tg.empty(2)), "2 or more dimensions"),
])  # fmt: skip
def test_errors_say_what_is_wrong(call: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


def test_filling_an_empty_tensor_or_truncating_far_from_the_mean_warns() -> None:
    with pytest.warns(UserWarning, match="zero-element"):
        nn.init.kaiming_uniform_(tg.empty(0, 2))
    with pytest.warns(UserWarning, match="more than 2 std"):
        nn.init.trunc_normal_(tg.empty(2), mean=13.0, a=9.0, b=10.5)


# --- nn.utils ---


def grads(*values: list[float] | None) -> list[nn.Parameter]:
    found = []
    for value in values:
        p = nn.Parameter(tg.zeros(len(value or [0])))
        p.grad = None if value is None else tg.tensor(value)
        found.append(p)
    return found


@pytest.mark.parametrize("p", [1.0, 2.0, 3.0, math.inf])
def test_clipping_scales_all_gradients_by_their_total_norm(p: float) -> None:
    params = grads([3.0, -4.0], None, [12.0])
    together = np.array([3.0, -4.0, 12.0])
    norm = np.linalg.norm(together, p)
    total = nn.utils.clip_grad_norm_(params, 2.0, norm_type=p)
    assert total.item() == pytest.approx(norm)
    np.testing.assert_allclose([*params[0].grad, *params[2].grad], together * 2 / norm, rtol=1e-5)
    assert params[1].grad is None
    assert nn.utils.clip_grad_norm_(params, 99.0, norm_type=p).item() == pytest.approx(2.0, rel=1e-5)
    assert nn.utils.clip_grad_norm_([], 1.0).item() == 0
    assert nn.utils.clip_grad_norm_(params[0], 1e-3).item() > 0


def test_clipping_says_when_the_norm_is_not_finite() -> None:
    params = grads([math.inf, 1.0])
    with pytest.raises(RuntimeError, match=r"The total norm of order 2\.0 for gradients from `parameters` is non-finite"):
        nn.utils.clip_grad_norm_(params, 1.0, error_if_nonfinite=True)
    assert params[0].grad.tolist() == [math.inf, 1.0]


def test_clipping_by_value_limits_each_element() -> None:
    params = grads([3.0, -4.0, 0.5], None)
    nn.utils.clip_grad_value_(params, 1.0)
    assert params[0].grad.tolist() == [1, -1, 0.5]


def test_a_vector_of_parameters_is_written_back_to_them() -> None:
    model = nn.MLP([2, 3, 1])
    vector = nn.utils.parameters_to_vector(model.parameters())
    assert vector.requires_grad
    twin = nn.MLP([2, 3, 1])
    nn.utils.vector_to_parameters(vector, twin.parameters())
    x = tg.randn(4, 2)
    np.testing.assert_array_equal(twin(x).detach(), model(x).detach())
    with pytest.raises(ValueError, match="have 13 elements, but the vector has 2"):
        nn.utils.vector_to_parameters(tg.ones(2), model.parameters())
    with pytest.raises(TypeError, match="expected a Tensor"):
        nn.utils.vector_to_parameters([1.0], model.parameters())  # type: ignore[arg-type]  # the mistake under test


def test_a_second_parametrization_may_not_change_the_shape_either() -> None:
    class Doubled(nn.Module):
        def forward(self, x: tg.Tensor) -> tg.Tensor:
            return tg.cat([x, x])

    layer = nn.utils.parametrizations.weight_norm(nn.Linear(3, 2))
    with pytest.raises(ValueError, match=r"may not change the shape of the tensor: \(2, 3\) became \(4, 3\)"):
        nn.utils.parametrize.register_parametrization(layer, "weight", Doubled())
    assert layer.weight.shape == (2, 3)
    nn.utils.parametrize.register_parametrization(layer, "weight", Doubled(), unsafe=True)
    assert layer.weight.shape == (4, 3)
