"""Numeric options, flags and arguments: a wrong value raises an error that names the option."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim, train, viz
from tinygrad_edu._numbers import with_numbers
from tinygrad_edu.nn import functional as F
from tinygrad_edu.optim import lr_scheduler
from tinygrad_edu.train.progress import Progress

X, Y = np.zeros((8, 2), np.float32), np.zeros((8, 1), np.float32)
RUN = {"model": tg.nn.Linear(2, 1), "X": X, "y": Y}
NUMBERS, LISTS = {"int", "float"}, {"Sequence[int]", "Sequence[float]", "Iterable[int]"}

NEEDS: dict[Callable[..., Any], dict[str, Any]] = {  # callable -> the arguments that it needs; schedules get an optimizer too
    lr_scheduler.ConstantLR: {},
    lr_scheduler.CosineAnnealingLR: {"T_max": 5},
    lr_scheduler.CosineAnnealingWarmRestarts: {"T_0": 5},
    lr_scheduler.CyclicLR: {"base_lr": 0.1, "max_lr": 0.2},
    lr_scheduler.ExponentialLR: {"gamma": 0.9},
    lr_scheduler.InverseTimeDecay: {"decay_rate": 0.1},
    lr_scheduler.LambdaLR: {"lr_lambda": lambda t: 1.0},
    lr_scheduler.LinearLR: {},
    lr_scheduler.LRScheduler: {},
    lr_scheduler.MultiplicativeLR: {"lr_lambda": lambda t: 1.0},
    lr_scheduler.MultiStepLR: {"milestones": [2, 3]},
    lr_scheduler.OneCycleLR: {"max_lr": 0.1, "total_steps": 10},
    lr_scheduler.PolynomialLR: {},
    lr_scheduler.ReduceLROnPlateau: {},
    lr_scheduler.SequentialLR: {"schedulers": [], "milestones": []},
    lr_scheduler.StepLR: {"step_size": 3},
    train.BestWeights: {},
    train.Monitor: {},
    train.Checkpoint: {"path": "a{epoch}"},
    train.ClipGradNorm: {"max_norm": 1.0},
    train.ClipGradValue: {"clip_value": 1.0},
    train.EarlyStopping: {},
    train.LivePlot: {},
    train.Recorder: {},
    train.ReduceLROnPlateau: {},
    train.TensorBoard: {},
    Progress: {"total": 3, "label": ""},
    train.evaluate: RUN,
    train.fit: RUN,
    train.lr_find: RUN,
    train.predict: {"model": RUN["model"], "X": X},
    train.sweep: {"task": lambda lr: lr, "grid": {"lr": [0.1]}},
    data.ArrayChunks: {},
    data.BatchSampler: {"sampler": range(5), "batch_size": 2, "drop_last": False},
    data.Chunks: {"read": X.take, "count": 3},
    data.ChunkLoader: {"chunks": data.ArrayChunks(X, rows=4), "batch_size": 2},
    data.DataLoader: {"dataset": X},
    data.DistributedBatchSampler: {"rows": 8, "batch_size": 2, "num_replicas": 1, "rank": 0},
    data.DistributedSampler: {"dataset": X, "num_replicas": 1, "rank": 0},
    data.RandomSampler: {"data_source": X},
    data.SubsetRandomSampler: {"indices": [0]},
    data.shuffle_file: {"source": "a", "target": "b"},
    data.WeightedRandomSampler: {"weights": [0.1, 0.9], "num_samples": 2},
    data.circles: {},
    data.blobs: {},
    data.linear: {},
    data.moons: {},
    data.sine: {},
    data.spirals: {},
    data.xor: {},
    data.random_split: {"dataset": X, "lengths": [4, 4]},
    data.train_test_split: {},
}


def kinds_of(parameter: inspect.Parameter) -> set[str]:
    return {part.strip() for part in str(parameter.annotation).split("|")}


def numeric(call: Callable[..., Any]) -> list[str]:
    """The options that are numbers or lists of them, as their annotations say."""
    parameters = inspect.signature(call).parameters.items()
    return [name for name, p in parameters if kinds_of(p) - {"None"} and kinds_of(p) <= NUMBERS | LISTS | {"None"}]


CASES = [(call, name) for call in NEEDS for name in numeric(call)]


@pytest.mark.parametrize(("call", "name"), CASES, ids=[f"{call.__name__}-{name}" for call, name in CASES])
def test_what_is_not_a_number_is_refused_by_name(call: Any, name: str) -> None:
    needs = dict(NEEDS[call])
    if call.__module__.startswith("tinygrad_edu.optim"):
        needs["optimizer"] = tg.optim.SGD([tg.zeros(2, requires_grad=True)], lr=0.1, momentum=0.9)
    kinds = kinds_of(inspect.signature(call).parameters[name])
    wrong = ["a", math.nan, tg.zeros, np.str_("1")] + [None] * ("None" not in kinds) + [["a"]] * bool(kinds & LISTS)
    for value in wrong:
        with pytest.raises((TypeError, ValueError), match=rf"{call.__name__}: {name} must be "):
            call(*[X] * (call in (data.ArrayChunks, data.train_test_split)), **{**needs, name: value})


def test_no_numeric_option_is_left_out() -> None:
    def public(package: Any, names: Any) -> Iterator[Any]:
        for name in names:
            found = getattr(package, name)
            if callable(found) and getattr(found, "__module__", "").startswith("tinygrad_edu."):
                yield found

    callbacks = [c for c in public(train, dir(train)) if isinstance(c, type) and issubclass(c, train.Callback)]
    schedules = [c for c in public(lr_scheduler, dir(lr_scheduler)) if isinstance(c, type)]
    loaders = list(public(data, dir(data)))
    assert len(callbacks) > 10
    assert len(schedules) > 14
    assert len(loaders) > 20
    assert [call for call in (*callbacks, *schedules, *loaders) if call not in NEEDS and numeric(call)] == []


def wrong_for(p: inspect.Parameter) -> list[Any]:
    """Values that an option with this annotation must reject."""
    kinds = kinds_of(p) - {"None"}
    if kinds == {"bool"}:
        return ["relu", "no", 2, 0.5, X]
    return ["a", "0.1", *([] if p.name == "value" else [math.nan]), tg.zeros] if kinds <= NUMBERS | LISTS else [["a"]]


def options_of(package: Any, base: type) -> list[tuple[type, str]]:
    """The numeric options and flags of each public class."""
    classes = [c for name in dir(package) if isinstance(c := getattr(package, name), type) and issubclass(c, base)]
    known = NUMBERS | LISTS | {"bool"}
    return [
        (c, name)
        for c in classes
        for name, p in inspect.signature(c).parameters.items()
        if kinds_of(p) & known and kinds_of(p) <= known | {"None", "str"}
    ]


LAYERS = options_of(nn, nn.Module)


def test_the_options_of_all_layers_and_losses_are_found() -> None:
    assert len(LAYERS) > 350
    assert {(nn.LeakyReLU, "negative_slope"), (nn.Conv2d, "stride"), (nn.Linear, "bias"), (nn.HuberLoss, "delta")} <= {*LAYERS}


@pytest.mark.parametrize(("layer", "name"), LAYERS, ids=[f"{c.__name__}-{name}" for c, name in LAYERS])
def test_layers_and_losses_refuse_what_is_not_a_number_or_a_flag(layer: type, name: str) -> None:
    for value in wrong_for(inspect.signature(layer).parameters[name]):
        with pytest.raises((TypeError, ValueError), match=rf"^{layer.__name__}: {name} must be "):
            layer(**{name: value})


RULES = [
    (c, name) for c, name in options_of(optim, optim.Optimizer) if kinds_of(inspect.signature(c).parameters[name]) & NUMBERS
]


@pytest.mark.parametrize(("rule", "name"), RULES, ids=[f"{c.__name__}-{name}" for c, name in RULES])
def test_optimizers_refuse_text_as_a_number(rule: Any, name: str) -> None:
    for value in ("a", "0.1"):
        with pytest.raises(TypeError, match=rf"^{rule.__name__}: {name} must be a .*number"):
            rule([tg.zeros(2, requires_grad=True)], **{"lr": 0.1, name: value})
        group = {"params": [tg.zeros(2, requires_grad=True)], name: value}
        with pytest.raises(TypeError, match=rf"^{rule.__name__}: {name} must be a .*number"):
            rule([group], lr=0.1)


def test_a_layer_that_is_called_before_it_is_created_says_how_to_apply_it() -> None:
    with pytest.raises(TypeError, match=r"LeakyReLU: .* got Tensor of shape \(2,\); to apply it: nn\.LeakyReLU\(…\)\(x\)"):
        nn.LeakyReLU(tg.ones(2))  # type: ignore[arg-type]  # the mistake under test


def test_numbers_of_numpy_and_0_d_tensors_are_numbers() -> None:
    opt = tg.optim.SGD([tg.zeros(2, requires_grad=True)], lr=0.1)
    for two in (2, np.int64(2), np.float32(2), np.array(2), tg.tensor(2)):
        assert train.EarlyStopping(patience=two).patience == 2
        assert lr_scheduler.ExponentialLR(opt, gamma=two).gamma == 2
    assert list(data.random_split(X, np.array([4, 4]))[0].indices)
    assert lr_scheduler.MultiStepLR(opt, (t for t in (2, 3))).milestones == {2: 1, 3: 1}
    with pytest.raises(TypeError, match="EarlyStopping: patience must be a number, got True"):
        train.EarlyStopping(patience=True)


def test_annotations_in_users_code_are_not_checked(tmp_path: Path) -> None:
    class Mine(train.Callback):
        def __init__(self, factor: float) -> None:
            self.factor = factor

    @with_numbers
    def f(factor: float) -> float:
        return factor

    assert Mine("a").factor == f("a") == "a"  # type: ignore[arg-type, comparison-overlap]


x, y, classes, images = tg.ones(4, 3), tg.ones(4, 3), tg.tensor([0, 1, 2, 0]), tg.ones(1, 1, 4, 4)
FUNCTIONS: dict[str, tuple[Callable[[], Any], str]] = {  # name -> (what is called, the error)
    "zeros": (lambda: tg.zeros("3"), r"zeros\(\): sizes must be ints, or a tuple of ints, got '3'"),
    "randn": (lambda: tg.randn(2, "3"), r"randn\(\): sizes must be ints, .* got \(2, '3'\)"),
    "full": (lambda: tg.full((2.0,), 1.0), r"full\(\): sizes must be ints, .* got \(2.0,\)"),
    "reshape": (lambda: x.reshape("3", 4), r"reshape\(\): sizes must be ints, .* got \('3', 4\)"),
    "reshape to a fraction": (lambda: x.reshape(3.7, 4), r"reshape\(\): sizes must be ints, .* got \(3.7, 4\)"),
    "expand": (lambda: x.expand("2", 4, 3), r"expand\(\): sizes must be ints"),
    "repeat": (lambda: x.repeat("2", 1), r"repeat\(\): sizes must be ints"),
    "randint": (lambda: tg.randint(0, "3", (2,)), r"randint\(\): high must be an int, got '3' \(str\)"),
    "randperm": (lambda: tg.randperm(3.5), r"randperm\(\): n must be an int, got 3.5 \(float\)"),
    "normal_": (lambda: tg.zeros(3).normal_("0", 1), r"normal_\(\): mean must be a number, got '0' \(str\)"),
    "leaky_relu": (lambda: F.leaky_relu(x, "0.1"), r"leaky_relu: negative_slope must be a number, got '0.1' \(str\)"),
    "tg.leaky_relu": (lambda: tg.leaky_relu(x, "0.1"), r"leaky_relu\(\): negative_slope must be a number, got '0.1' \(str\)"),
    "threshold": (lambda: F.threshold(x, 0.1, value="1"), r"threshold: value must be a number, got '1' \(str\)"),
    "celu": (lambda: F.celu(x, alpha="1"), r"celu: alpha must be a number, got '1' \(str\)"),
    "huber_loss": (lambda: F.huber_loss(x, y, delta="1"), r"huber_loss: delta must be a number, got '1' \(str\)"),
    "group_norm": (lambda: F.group_norm(x, "1"), r"group_norm: num_groups must be a number, got '1' \(str\)"),
    "an unknown option": (lambda: F.relu(x, inplac=True), r"relu: there is no option inplac; did you mean inplace\?"),
    "Keras's option": (
        lambda: F.mse_loss(x, y, from_logits=True),
        r"mse_loss: there is no option from_logits; nn.CrossEntropy",
    ),
    "clamp": (lambda: x.clamp(max="1"), r"clamp\(\): max must be a number, got '1' \(str\)"),
    "layer_norm": (lambda: F.layer_norm(x, (3,), eps="1"), r"layer_norm\(\): eps must be a number, got '1' \(str\)"),
    "nll_loss": (lambda: F.nll_loss(x, classes, ignore_index="1"), r"nll_loss: ignore_index must be a number, got '1' \(str\)"),
    "smooth_l1_loss": (lambda: F.smooth_l1_loss(x, y, beta="1"), r"smooth_l1_loss: beta must be a number, got '1' \(str\)"),
    "uniform_": (lambda: nn.init.uniform_(x.clone(), "0", 1), r"uniform_: a must be a number, got '0' \(str\)"),
    "xavier_uniform_": (lambda: nn.init.xavier_uniform_(x.clone(), "1"), r"xavier_uniform_: gain must be a number, got '1'"),
    "AdaptiveAvgPool2d": (lambda: nn.AdaptiveAvgPool2d("2"), r"AdaptiveAvgPool2d: output_size must be a number or"),
    "Upsample": (
        lambda: nn.Upsample(scale_factor="2"),
        r"Upsample: scale_factor must be a number or a list of numbers, got '2'",
    ),
    "hardshrink": (lambda: F.hardshrink(x, "3"), r"hardshrink\(\): lambd must be a number, got '3' \(str\)"),
    "softshrink": (lambda: F.softshrink(x, lambd="3"), r"softshrink\(\): lambd must be a number, got '3' \(str\)"),
    "max_norm": (lambda: F.embedding(classes, x, max_norm="3"), r"embedding\(\): max_norm must be a number, got '3' \(str\)"),
    "norm_type": (
        lambda: F.embedding(classes, x, None, 1.0, "3"),
        r"embedding\(\): norm_type must be a number, got '3' \(str\)",
    ),
    "padding_idx": (lambda: tg.ops.embedding(classes, x, "0"), r"embedding\(\): padding_idx must be a number, got '0' \(str\)"),
    "one_hot": (lambda: F.one_hot(classes, "3"), r"one_hot\(\): num_classes must be a number, got '3' \(str\)"),
    "interpolate": (lambda: F.interpolate(images, "3"), r"interpolate\(\): size must be a number, got '3' \(str\)"),
    "interpolate by sizes": (
        lambda: F.interpolate(images, (3, "3")),
        r"interpolate\(\): size must be a number or a list of numbers, got \(3, '3'\) \(tuple\)",
    ),
    "interpolate by a factor": (
        lambda: F.interpolate(images, scale_factor="3"),
        r"interpolate\(\): scale_factor must be a number, got '3' \(str\)",
    ),
    "topk": (lambda: x.topk("3"), r"topk\(\): k must be a number, got '3' \(str\)"),
    "kthvalue": (lambda: x.kthvalue(k="3"), r"kthvalue\(\): k must be a number, got '3' \(str\)"),
    "chunk": (lambda: x.chunk("3"), r"chunk\(\): chunks must be a number, got '3' \(str\)"),
    "split": (lambda: x.split("3"), r"split\(\): split_size must be an int or a list of ints, got '3'"),
    "split by sizes": (lambda: x.split(["2", "2"]), r"split\(\): split_size must be a number or a list of numbers, got \['2'"),
    "split by a fraction": (lambda: x.split(1.5), r"split\(\): split_size must be an int or a list of ints, got 1.5"),
    "std": (lambda: x.std(correction="3"), r"std\(\): correction must be a number, got '3' \(str\)"),
    "var": (lambda: x.var(dim=0, correction="3"), r"var\(\): correction must be a number, got '3' \(str\)"),
    "roll": (lambda: x.roll("3"), r"roll\(\): shifts must be a number, got '3' \(str\)"),
    "roll along two axes": (
        lambda: x.roll(("3", 1), (0, 1)),
        r"roll\(\): shifts must be a number or a list of numbers, got \('3'",
    ),
    "pad": (lambda: F.pad(x, "33"), r"pad\(\): pad must be a tuple of ints, got '33' \(str\)"),
    "pad by one number": (lambda: F.pad(x, 3), r"pad\(\): pad must be a tuple of ints, got 3 \(int\)"),
    "pad by text": (lambda: F.pad(x, ("3", 3)), r"pad\(\): pad must be a tuple of ints, got \('3', 3\) \(tuple\)"),
    "round": (lambda: x.round(decimals="3"), r"round\(\): decimals must be a number, got '3' \(str\)"),
    "diff": (lambda: x.diff("1"), r"diff\(\): n must be a number, got '1' \(str\)"),
    "narrow": (lambda: x.narrow(0, 1, "2"), r"narrow\(\): length must be a number, got '2' \(str\)"),
    "repeat_interleave": (
        lambda: x.repeat_interleave("2"),
        r"repeat_interleave\(\): repeats must be a number, got '2' \(str\)",
    ),
    "linspace": (lambda: tg.linspace(0, 1, "3"), r"linspace\(\): steps must be a number, got '3' \(str\)"),
    "diagonal": (lambda: x.diagonal("1"), r"diagonal\(\): offset must be a number, got '1' \(str\)"),
    "cdist": (lambda: tg.cdist(x, y, "2"), r"cdist\(\): p must be a number, got '2' \(str\)"),
    "matrix_power": (lambda: tg.linalg.matrix_power(x, "2"), r"matrix_power\(\): n must be an int, got '2' \(str\)"),
    "bincount": (lambda: tg.bincount(classes, minlength="3"), r"bincount\(\): minlength must be a number, got '3' \(str\)"),
    "unfold": (lambda: x.unfold(0, "2", 1), r"unfold\(\): size must be a number, got '2' \(str\)"),
    "groups": (lambda: F.conv2d(images, images, groups="1"), r"conv2d\(\): groups must be an int, got '1' \(str\)"),
    "multinomial": (lambda: x[0].multinomial("2"), r"multinomial\(\): num_samples must be a number, got '2' \(str\)"),
    "Tensor.uniform_": (lambda: x.clone().uniform_("0", 1), r"uniform_\(\): low must be a number, got '0' \(str\)"),
    "exponential_": (lambda: x.clone().exponential_("1"), r"exponential_\(\): lambd must be a number, got '1' \(str\)"),
    "bernoulli": (lambda: x.bernoulli("0.5"), r"bernoulli\(\): p must be a number, got '0.5' \(str\)"),
    "add": (lambda: tg.add(x, x, alpha="2"), r"add\(\): alpha must be a number, got '2' \(str\)"),
    "addcmul": (lambda: x.addcmul(x, x, value="2"), r"addcmul\(\): value must be a number, got '2' \(str\)"),
    "addcdiv": (lambda: x.addcdiv(x, x, value="2"), r"addcdiv\(\): value must be a number, got '2' \(str\)"),
    "addmm": (lambda: tg.addmm(x, x, x.T @ x, beta="2"), r"addmm\(\): beta must be a number, got '2' \(str\)"),
    "isclose": (lambda: x.isclose(x, "1"), r"isclose\(\): rtol must be a number, got '1' \(str\)"),
    "allclose": (lambda: x.allclose(x, atol="1"), r"allclose\(\): atol must be a number, got '1' \(str\)"),
    "nan_to_num": (lambda: x.nan_to_num("0"), r"nan_to_num\(\): nan must be a number, got '0' \(str\)"),
    "tril_indices": (lambda: tg.tril_indices("2", 2), r"tril_indices\(\): row must be a number, got '2' \(str\)"),
    "triu_indices": (lambda: tg.triu_indices(2, 2, "1"), r"triu_indices\(\): offset must be a number, got '1' \(str\)"),
    "diag_embed": (lambda: tg.diag_embed(x, "1"), r"diag_embed\(\): offset must be a number, got '1' \(str\)"),
    "rot90": (lambda: x.rot90("1"), r"rot90\(\): k must be a number, got '1' \(str\)"),
    "tensor_split": (lambda: x.tensor_split("2"), r"tensor_split\(\): indices_or_sections must be a number, got '2' \(str\)"),
    "tensordot": (lambda: tg.tensordot(x, x, "1"), r"tensordot\(\): dims must be a number, got '1' \(str\)"),
    "lerp": (lambda: x.lerp(x, "0.5"), r"lerp\(\): weight must be a number, got '0.5' \(str\)"),
    "logit": (lambda: x.logit(eps="0.1"), r"logit\(\): eps must be a number, got '0.1' \(str\)"),
    "histc": (lambda: x.histc("3"), r"histc\(\): bins must be a number, got '3' \(str\)"),
    "histogram": (lambda: tg.histogram(x, "3"), r"histogram\(\): bins must be a number, got '3' \(str\)"),
    "celu of arrays": (lambda: tg.ops.celu(x, "1"), r"celu\(\): alpha must be a number, got '1' \(str\)"),
    "threshold of arrays": (lambda: tg.ops.threshold(x, 1, "0"), r"threshold\(\): value must be a number, got '0' \(str\)"),
    "rrelu of arrays": (lambda: tg.ops.rrelu(x, "0.1"), r"rrelu\(\): lower must be a number, got '0.1' \(str\)"),
    "avg_pool2d": (
        lambda: F.avg_pool2d(images, 1, divisor_override="2"),
        r"avg_pool2d\(\): divisor_override must be a number, got '2' \(str\)",
    ),
    "std with text for unbiased": (lambda: x.std(0, "3"), r"std\(\): unbiased must be True or False, got '3' \(str\)"),
    "size": (lambda: x.size("1"), r"size\(\): axis must be an int, got str"),
    "stride": (lambda: x.stride("1"), r"stride\(\): axis must be an int, got str"),
    "set_printoptions": (lambda: tg.set_printoptions(precision="2"), r"set_printoptions: precision must be a number, got '2'"),
    "race": (lambda: viz.race(steps="10"), r"race: steps must be a number, got '10' \(str\)"),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_refuse_text_by_the_name_of_the_option(name: str) -> None:
    call, message = FUNCTIONS[name]
    with pytest.raises(TypeError, match=f"^{message}"):
        call()


def test_sizes_of_adaptive_pooling_may_be_none_and_values_to_fill_in_nan() -> None:
    assert nn.AdaptiveAvgPool2d((None, 2))(tg.ones(1, 1, 3, 4)).shape == (1, 1, 3, 2)
    assert np.isnan(nn.ConstantPad1d(1, math.nan)(tg.ones(1, 2)).numpy()[0, 0])
    assert np.isnan(nn.init.constant_(tg.ones(2), math.nan).numpy()).all()


def test_an_error_in_terms_of_the_call_and_one_about_a_dtype_are_left_as_they_are() -> None:
    with pytest.raises(TypeError, match=r"^topk\(\): axis must be an int, got str"):
        x.topk("3", "0")
    with pytest.raises(TypeError, match="'real' not understood"):
        x.sum(dtype="real")


def test_split_and_select_accept_integers_of_every_kind_and_nothing_else() -> None:
    for one in (1, np.int64(1), tg.tensor(1)):
        assert x.select(0, one).tolist() == [1, 1, 1]
    for index in ("1", 1.5):
        with pytest.raises(TypeError, match=r"integer|number"):
            x.select(0, index)
    assert [len(part) for part in x.split(np.int64(3))] == [3, 1]


WRONG_VALUES = {  # name -> (call of a distribution, the end of its error)
    "several": (lambda d: d.Normal(0.0, tg.tensor([-1.0, 2.0])), r"scale of shape \(2,\) to be greater than 0, got -1 to 2"),
    "one": (lambda d: d.Normal(0.0, -1.5), r"scale of shape \(\) to be greater than 0, got -1.5"),
    "nan": (lambda d: d.Normal(0.0, tg.tensor([1.0, math.nan])), r"scale of shape \(2,\) to be greater than 0, got nan"),
    "support": (lambda d: d.Bernoulli(0.5).log_prob(tg.tensor([0.0, 3.0])), r"within the support \(0 or 1\), got 0 to 3"),
}


@pytest.mark.parametrize("name", WRONG_VALUES)
def test_a_distribution_shows_the_range_of_wrong_values(name: str) -> None:
    call, message = WRONG_VALUES[name]
    with pytest.raises(ValueError, match=f"{message}$"):
        call(tg.distributions)
