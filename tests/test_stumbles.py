"""The messages for beginners' common mistakes say what was given and what to write instead."""

from __future__ import annotations

import inspect
import sys
import types
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim, train
from tinygrad_edu._foreign import CONVERSIONS, described

F = nn.functional


class FakeTensor:
    """An array of another framework, as far as messages use it."""

    shape, ndim, dtype, requires_grad = (4, 2), 2, np.dtype(np.float32), False

    def __len__(self) -> int:
        return 4


def foreign(package: str) -> Any:
    kind = type("Tensor", (FakeTensor,), {"__module__": f"{package}._tensor"})
    return kind()


WAYS: dict[str, Callable[[Any], Any]] = {
    "operator": lambda x: tg.ones(4, 2) + x,
    "operator from the left": lambda x: x * tg.ones(4, 2),
    "matmul": lambda x: tg.ones(4, 4) @ x,
    "Linear": lambda x: nn.Linear(2, 1)(x),
    "Conv1d": lambda x: nn.Conv1d(4, 1, 1)(x),
    "Sequential": lambda x: nn.Sequential(nn.Linear(2, 1))(x),
    "mse_loss": lambda x: F.mse_loss(tg.ones(4, 2), x),
    "MSELoss": lambda x: nn.MSELoss()(tg.ones(4, 2), x),
    "mse_loss of it": lambda x: F.mse_loss(x, tg.ones(4, 2)),
    "TensorDataset": lambda x: data.TensorDataset(x),
    "optimizer": lambda x: optim.SGD([x], lr=0.1),
}


@pytest.mark.parametrize("package", ["torch", "jax", "tensorflow"])
@pytest.mark.parametrize("way", WAYS)
def test_the_error_for_a_tensor_of_another_framework_gives_the_conversion(way: str, package: str) -> None:
    with pytest.raises(TypeError) as caught:
        WAYS[way](foreign(package))
    assert f"{package}.Tensor; use {CONVERSIONS[package]}" in str(caught.value)


@pytest.mark.parametrize("way", WAYS)
def test_the_error_for_a_tensor_of_pytorch_itself_gives_the_conversion(way: str) -> None:
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    if way == "operator from the left":
        return  # PyTorch raises its own error
    with pytest.raises(TypeError, match=r"torch\.Tensor; use tg\.from_numpy\(x\.detach\(\)\.numpy\(\)\)"):
        WAYS[way](torch.ones(4, 2))
    tg.from_numpy(torch.ones(4, 2).detach().numpy())


def test_errors_for_tables_lists_modules_and_functions_describe_them() -> None:
    pd = pytest.importorskip("pandas", reason="pandas is not installed")
    table = pd.DataFrame({"a": [1.0], "b": [2.0]})
    with pytest.raises(
        TypeError, match=r"Linear\(2, 1\).*got pandas\.DataFrame; use tg\.tensor\(x\.to_numpy\(dtype='float32'\)\)"
    ):
        nn.Linear(2, 1)(table)
    assert nn.Linear(2, 1)(tg.tensor(table.to_numpy(dtype="float32"))).shape == (1, 1)
    assert described([tg.ones(1)]) == "list of Tensor; use tg.stack(x) to combine several Tensors"
    assert described(nn.ReLU()).startswith("ReLU, a module, not its output: call it")
    assert described(tg.ones(1).mean) == "method mean: call it, with parentheses"
    assert described(None) == "NoneType"


@pytest.mark.parametrize(
    ("stumble", "words"),
    [
        (lambda: nn.Linear(2, 1)([[1.0, 2.0]]), r"Linear\(2, 1\): the input must be a Tensor, got list; use tg\.tensor\(x\)"),
        (lambda: nn.Conv2d(1, 1, 1)([[[1.0]]]), r"Conv2d: the input must be a Tensor, got list; use tg\.tensor\(x\)"),
        (lambda: F.mse_loss(tg.ones(2), [1.0, 2.0]), r"but the target is list; use tg\.tensor\(x\)"),
        (
            lambda: nn.CrossEntropyLoss()(tg.ones(2, 2), ["cat", "dog"]),
            r"list of str; use np\.unique\(names, return_inverse=True\)",
        ),
        (lambda: tg.tensor(["cat", "dog"]), r"np\.unique\(names, return_inverse=True\)\[1\] for names"),
        (lambda: F.mse_loss(nn.Linear(1, 1), tg.ones(1)), "a module, not its output: call it, as in model"),
        (lambda: train.fit(nn.Linear(2, 2), np.ones((2, 2)), np.array(["a", "b"]), verbose=0), r"np\.unique\(names"),
        (
            lambda: data.DataLoader([1, 2], collate_fn="stack"),
            "collate_fn must be a function of a list of samples, got 'stack'",
        ),
        (lambda: nn.Linear(1, 1).register_forward_hook("print"), r"a hook must be a function, got 'print' \(str\)"),
        (
            lambda: train.fit(nn.Linear(1, 1), [[1.0]], [1.0], optimizer=lambda p: "adam", verbose=0),
            "the function passed as optimizer must return an Optimizer, but returned",
        ),
        (lambda: train.evaluate(nn.Linear(1, 1), [[1.0]], [1.0], "msee"), "no loss is called 'msee'"),
        (lambda: data.DataLoader({"x": tg.ones(2)}), r"with the keys \['x'\]; use TensorDataset\(\*columns\.values\(\)\)"),
        (lambda: train.EarlyStopping(patience=3, resore_best_weights=True), r"did you mean restore_best_weights\?"),
    ],
)
def test_the_message_for_a_common_mistake_says_what_to_do(stumble: Any, words: str) -> None:
    with pytest.raises((TypeError, ValueError), match=words):
        stumble()


MODULES = [
    nn.Linear(1, 1),
    nn.Sequential(nn.Linear(1, 1)),
    nn.ModuleList([nn.Linear(1, 1)]),
    nn.ModuleDict({"a": nn.Linear(1, 1)}),
    nn.ParameterDict({"a": nn.Parameter(tg.ones(1))}),
    nn.MLP([1, 1]),
    nn.MSELoss(),
    nn.LSTM(1, 1),
    nn.Linear,
]


@pytest.mark.parametrize("rule", [optim.SGD, optim.Adam, optim.LBFGS])
@pytest.mark.parametrize("module", MODULES, ids=lambda m: m.__name__ if isinstance(m, type) else type(m).__name__)
def test_the_error_for_a_module_given_to_an_optimizer_suggests_parameters(module: Any, rule: Any) -> None:
    with pytest.raises(
        TypeError, match=r"should be an iterable of Tensors or dicts, but got \w+: for a module, pass its \.param"
    ):
        rule(module)


def test_a_list_of_parameters_is_iterable() -> None:
    w = nn.Parameter(tg.ones(1))
    assert optim.SGD(nn.ParameterList([w]), lr=0.1).param_groups[0]["params"][0] is w


def test_the_error_of_a_user_defined_rule_says_where_lr_belongs() -> None:
    class Passing(optim.Optimizer):
        def __init__(self, params: Any, lr: float = 0.1) -> None:
            super().__init__(params, lr=lr)  # type: ignore[call-arg]

    class Without(optim.Optimizer):
        pass

    for rule in (Passing, Without):
        with pytest.raises(
            TypeError, match=r"no option lr; a rule passes options as a dict: super\(\).__init__\(params, {'lr': lr}\)"
        ):
            rule([tg.ones(1)], lr=0.1)  # type: ignore[call-arg]
    Without([tg.ones(1)], {"lr": 0.1})

    class Rated(optim.Optimizer):
        def __init__(self, params: Any, rate: float = 0.1) -> None:
            super().__init__(params, {"lr": rate})

    with pytest.raises(TypeError, match=r"Rated: there is no option lr; .*rate"):
        Rated([tg.ones(1)], lr=0.1)  # type: ignore[call-arg]


METHODS = [
    "modules",
    "parameters",
    "state_dict",
    "train",
    "eval",
    "children",
    "named_parameters",
    "apply",
    "to",
    "float",
    "forward",
]


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("value", [[nn.Linear(1, 1)], nn.Linear(1, 1), 3, {"a": 1}], ids=["list", "layer", "number", "dict"])
def test_an_attribute_that_would_hide_a_method_raises(name: str, value: Any) -> None:
    model = nn.Module()
    with pytest.raises(TypeError, match=rf"Module: this \w+ would hide {name}\(\), a method of every Module; "):
        setattr(model, name, value)
    model.eval()
    assert list(model.parameters()) == []


def test_a_method_may_be_replaced_by_a_function() -> None:
    model = nn.Linear(1, 1)
    model.forward = types.MethodType(lambda self, x: x * 2, model)  # type: ignore[method-assign]
    assert model(tg.ones(1)).item() == 2


@pytest.mark.parametrize(
    ("layer", "shape", "hint"),
    [
        (nn.Conv2d(1, 2, 3), (8, 8), r"x\[None, None\] adds the batch axis and the channel axis"),
        (nn.Conv2d(1, 2, 3), (5, 8, 8), r"x\[:, None\] adds the channel axis"),
        (nn.Conv2d(3, 2, 3), (5, 8, 8, 3), r"the channels come first: x\.permute\(0, 3, 1, 2\)"),
        (nn.Conv1d(3, 2, 3), (5, 8, 3), r"the channels come first: x\.permute\(0, 2, 1\)"),
        (nn.BatchNorm1d(3), (3,), r"x\[None\] adds the batch axis"),
        (nn.BatchNorm2d(3), (3, 4, 4), r"x\[None\] adds the batch axis"),
        (nn.Sequential(nn.Flatten(), nn.Linear(64, 10)), (8, 8), r"x\.reshape\(1, -1\) turns it into a batch of one row"),
        (nn.Linear(64, 10), (5, 8, 8), r"put nn\.Flatten\(\) before this layer to turn each sample into a row"),
    ],
)
def test_the_error_for_a_missing_axis_says_how_to_add_it(layer: Any, shape: tuple[int, ...], hint: str) -> None:
    with pytest.raises(ValueError, match=hint):
        layer(tg.ones(*shape))


def test_the_error_for_one_sample_without_a_batch_axis_says_how_to_add_it() -> None:
    with pytest.raises(ValueError, match=r"target must have shape \(\), got \(1,\); input\[None\] adds the batch axis"):
        nn.CrossEntropyLoss()(tg.ones(3), tg.tensor([1]))


@pytest.mark.parametrize(
    "rule", [r for name in dir(optim) if isinstance(r := getattr(optim, name), type)], ids=lambda r: r.__name__
)
def test_help_says_what_each_option_of_a_rule_is_for(rule: Any) -> None:
    if rule is optim.Optimizer:
        return
    for name in inspect.signature(rule).parameters:
        assert name == "params" or name in rule.__doc__, name


@pytest.mark.parametrize("callback", [train.EarlyStopping, train.BestWeights, train.ReduceLROnPlateau, train.ModelCheckpoint])
def test_help_says_what_each_option_of_a_callback_is_for(callback: Any) -> None:
    for name in inspect.signature(callback).parameters:
        assert f"\n{name} " in (inspect.getdoc(callback) or "")  # getdoc removes the indentation, as Python 3.13 does itself


def test_decay_is_documented_and_does_what_its_documentation_says() -> None:
    assert "decay" in optim.SGD.__doc__
    assert "lr / (1 + decay · steps taken)" in optim.SGD.__doc__
    w = tg.tensor([0.0], requires_grad=True)
    opt = optim.SGD([w], lr=1.0, decay=0.5)
    for expected in (1.0, 1 / 1.5, 1 / 2.0):
        before = w.item()
        w.grad = tg.ones(1)
        opt.step()
        assert before - w.item() == pytest.approx(expected, rel=1e-6)


def test_each_conversion_ends_in_this_package_and_arrays_need_none() -> None:
    assert "numpy" not in CONVERSIONS
    assert all(name in text for text in CONVERSIONS.values() for name in ("tg.",))
    assert "torch" not in sys.modules or described(foreign("torch")).startswith("torch.Tensor")
