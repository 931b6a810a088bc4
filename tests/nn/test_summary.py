"""summary agrees with counts by hand; functional_call makes a model a function of its weights."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn
from tinygrad_edu.autograd import observers
from tinygrad_edu.nn import hooks


def lenet() -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(1, 6, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Sequential(nn.Linear(96, 10), nn.ReLU())
    )


@pytest.mark.parametrize(("option", "what"), [({"input_size": (1, 4)}, "shape"), ({"input_data": tg.zeros(1, 4)}, "input")])
def test_the_error_for_an_option_of_torchinfo_says_what_to_write(option: dict[str, Any], what: str) -> None:
    with pytest.raises(TypeError, match=rf"the {what} follows the model, as in nn.summary\(model, {what}\)"):
        nn.summary(nn.Linear(4, 1), **option)


def test_an_argument_of_forward_may_be_called_input_size() -> None:
    class Upscaled(nn.Module):
        def forward(self, x: tg.Tensor | None = None, input_size: int = 1) -> tg.Tensor:
            return tg.zeros(input_size)

    assert nn.summary(Upscaled(), input_size=3).rows[0].shape == (3,)


def test_totals_agree_with_a_count_by_hand() -> None:
    table = nn.summary(lenet(), (2, 1, 8, 8))
    assert table.parameters == table.trainable == 6 * 9 + 6 + 96 * 10 + 10
    assert table.parameter_bytes == 4 * table.parameters
    assert table.multiply_adds == 2 * (6 * 64 * 9) + 2 * 96 * 10
    rows = {row.path: row for row in table.rows}
    assert rows["0"].shape == (2, 6, 8, 8)
    assert rows["0"].parameters == 60
    assert rows["0"].multiply_adds == 2 * 6 * 64 * 9
    assert rows["1"].bytes == 2 * 6 * 64 * 4
    assert rows["4.0"].multiply_adds == 2 * 96 * 10
    assert rows["4"].shape == (2, 10)
    assert rows["4.1"].depth == 2


def test_layers_before_the_first_parameter_and_products_without_a_gradient_are_counted() -> None:
    class Gram(nn.Module):
        def forward(self, x: tg.Tensor) -> tg.Tensor:
            with tg.no_grad():
                return (x.detach() @ x.T).relu()

    rows = nn.summary(nn.Sequential(nn.ReLU(), nn.Flatten(), Gram(), nn.Linear(2, 1)), (2, 3, 4)).rows
    assert [(row.multiply_adds, row.bytes) for row in rows] == [
        (0, 0),
        (0, 2 * 12 * 4),
        (0, 0),
        (2 * 2 * 12, 2 * 4 * 4),
        (4, 2 * 4),
    ]


def test_the_matrix_products_of_attention_are_counted() -> None:
    length, e, f = 5, 8, 16
    layer = nn.TransformerEncoderLayer(e, 2, f, batch_first=True)
    table = nn.summary(layer, (1, length, e))
    assert table.multiply_adds == length * (3 * e * e + e * e + 2 * e * f) + 2 * length * length * e


def test_tied_weights_count_once_and_frozen_ones_separately() -> None:
    layer = nn.Linear(3, 3)
    model = nn.Sequential(layer, nn.Tanh(), layer)
    model.requires_grad_(False)
    table = nn.summary(model, tg.zeros(1, 3))
    assert (table.parameters, table.trainable) == (12, 0)
    assert [row.parameters for row in table.rows if row.kind == "Linear"] == [12, 0]
    assert table.multiply_adds == 18
    assert not layer.weight.requires_grad


def test_the_mode_and_the_statistics_of_the_model_do_not_change() -> None:
    model = nn.Sequential(nn.BatchNorm1d(3), nn.LazyLinear(2), nn.Dropout())
    model[2].eval()
    text = str(nn.summary(model, tg.ones(4, 3)))
    assert "Linear  " in text
    assert "Lazy" not in text
    assert [m.training for m in model.modules()] == [True, True, True, False]
    assert model[0].running_mean.tolist() == [0, 0, 0]
    assert model[1].weight.grad is None
    with pytest.raises(RuntimeError):
        nn.summary(model, (4, 7))
    assert model.training
    assert observers.on_result is None
    assert hooks.everywhere is None


def test_recurrent_layers_and_tuples_have_rows_too() -> None:
    table = nn.summary(nn.LSTM(3, 4), (5, 2, 3))
    assert table.rows[0].shape == (5, 2, 4)
    assert table.multiply_adds == 5 * 2 * 16 * 3 + 5 * 2 * 16 * 4


# --- functional_call ---


def test_a_model_is_a_function_of_its_weights() -> None:
    model = nn.MLP([2, 3, 1], activation="tanh")
    x = tg.randn(4, 2)
    names = [name for name, _ in model.named_parameters()]
    values = [tg.tensor(p.detach().numpy() * 2, requires_grad=True) for p in model.parameters()]
    y = nn.functional_call(model, dict(zip(names, values, strict=True)), x)
    twin = nn.MLP([2, 3, 1], activation="tanh")
    nn.utils.vector_to_parameters(nn.utils.parameters_to_vector(values), twin.parameters())
    np.testing.assert_array_equal(y.detach(), twin(x).detach())
    y.sum().backward()
    assert all(v.grad is not None for v in values)
    assert all(p.grad is None for p in model.parameters())
    assert all(isinstance(p, nn.Parameter) for p in model.parameters())


def test_the_hessian_of_a_models_loss_agrees_with_the_formula() -> None:
    layer = nn.Linear(2, 1, bias=False).double()
    x, t = tg.randn(5, 2, dtype=tg.float64), tg.randn(5, 1, dtype=tg.float64)

    def loss(w: Any) -> Any:
        return nn.functional.mse_loss(nn.functional_call(layer, {"weight": w}, x), t)

    w = tg.tensor(layer.weight.detach().numpy(), requires_grad=True)
    (g,) = tg.autograd.grad(loss(w), [w], create_graph=True)
    rows = [tg.autograd.grad(g[0, i], [w], retain_graph=True)[0][0].tolist() for i in range(2)]
    np.testing.assert_allclose(rows, 2 / 5 * x.numpy().T @ x.numpy(), rtol=1e-10)


def test_tied_weights_are_replaced_under_all_their_paths_and_restored_after_an_error() -> None:
    model = nn.Sequential(nn.Linear(2, 2, bias=False), nn.Linear(2, 2, bias=False))
    model[1].weight = model[0].weight
    own = model[0].weight
    y = nn.functional_call(model, {"0.weight": tg.tensor([[2.0, 0.0], [0.0, 2.0]])}, tg.ones(1, 2))
    assert y.tolist() == [[4, 4]]
    with pytest.raises(RuntimeError):
        nn.functional_call(model, {"0.weight": own}, (tg.ones(1, 5),))
    assert model[0].weight is own
    assert model[1].weight is own
    with pytest.raises(RuntimeError, match=r"functional_call: 0\.weight must have shape \(2, 2\), got \(5, 5\)"):
        nn.functional_call(model, {"0.weight": tg.ones(5, 5)}, (tg.ones(1, 2),))
    with pytest.raises(KeyError, match=r"no parameter or buffer '0\.bias'"):
        nn.functional_call(model, {"0.bias": own}, tg.ones(1, 2))
