"""The pictures of the reference: curves of activations, losses and schedules, paths of the update rules, drawn by viz."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import tinygrad_edu as tg
from tinygrad_edu import nn, optim, viz
from tinygrad_edu.optim import lr_scheduler as lrs

CURVES = {"tinygrad_edu.nn.layers.activation", "tinygrad_edu.ops.activation"}
REGRESSION = ("MSELoss", "L1Loss", "SmoothL1Loss", "HuberLoss")
SCHEDULES: dict[str, Callable[[Any], Any]] = {
    "StepLR": lambda o: lrs.StepLR(o, 10, gamma=0.5),
    "MultiStepLR": lambda o: lrs.MultiStepLR(o, [10, 30], gamma=0.3),
    "ConstantLR": lambda o: lrs.ConstantLR(o, factor=0.3, total_iters=10),
    "LinearLR": lambda o: lrs.LinearLR(o, start_factor=0.1, total_iters=20),
    "ExponentialLR": lambda o: lrs.ExponentialLR(o, 0.93),
    "PolynomialLR": lambda o: lrs.PolynomialLR(o, total_iters=40, power=2.0),
    "CosineAnnealingLR": lambda o: lrs.CosineAnnealingLR(o, 40),
    "CosineAnnealingWarmRestarts": lambda o: lrs.CosineAnnealingWarmRestarts(o, 10, T_mult=2),
    "CyclicLR": lambda o: lrs.CyclicLR(o, 0.01, 0.1, step_size_up=10, cycle_momentum=False),
    "OneCycleLR": lambda o: lrs.OneCycleLR(o, 0.1, total_steps=51, cycle_momentum=False),
    "LambdaLR": lambda o: lrs.LambdaLR(o, lambda t: 1 / (1 + 0.1 * t)),
    "MultiplicativeLR": lambda o: lrs.MultiplicativeLR(o, lambda t: 0.95),
    "SequentialLR": lambda o: lrs.SequentialLR(o, [lrs.LinearLR(o, 0.1, total_iters=10), lrs.CosineAnnealingLR(o, 40)], [10]),
}
FILES = {  # pictures stored in the repository, relative to docs/reference/api/
    "tinygrad_edu.viz.graph": ("../../gallery/mlp.svg", "viz.graph(loss, model=model): an MLP's loss after backward()"),
    "tinygrad_edu.viz.race": (
        "../../../examples/lessons/12_momentum_and_nag/valley.svg",
        "viz.race(): eight update rules in a long valley",
    ),
    "tinygrad_edu.viz.loss_curves": (
        "../../../examples/lessons/06_learning_rate/explosion.svg",
        "viz.loss_curves(…, log=True): a loss that explodes",
    ),
    "tinygrad_edu.viz.plot": ("../../../examples/lessons/06_learning_rate/paths.svg", "viz.plot(): x on the way down x²"),
    "tinygrad_edu.viz.loss_slice": (
        "../../../examples/lessons/14_adam_and_the_choice/slice.svg",
        "viz.loss_slice(): the update rules on a slice through a real loss",
    ),
}


def of(path: str, value: Any, folder: Path) -> tuple[str, str]:
    """The picture of a public name and its caption, drawn if necessary; empty if there is none."""
    if path in FILES:
        return FILES[path]
    drawn = _draw(path, value)
    if drawn is None:
        return "", ""
    picture, caption = drawn
    file = folder / "pictures" / f"{path}.svg"
    picture.save(file)
    return f"pictures/{file.name}", caption


def _draw(path: str, value: Any) -> tuple[Any, str] | None:
    module, _, name = path.rpartition(".")
    if module == "tinygrad_edu.optim" and isinstance(value, type) and issubclass(value, optim.Optimizer):
        return _path_of(name)
    if module.endswith("lr_scheduler") and name in SCHEDULES:
        optimizer = optim.SGD([tg.zeros(1, requires_grad=True)], lr=0.1)
        rates = [rate[0] for rate in lrs.preview(SCHEDULES[name](optimizer), 51)]
        source = (
            inspect.getsource(SCHEDULES[name])
            .partition("lambda o: ")[2]
            .strip()
            .rstrip(",")
            .replace("lrs.", "")
            .replace("(o, ", "(")
        )
        return viz.plot(
            {name: (range(51), rates)}, title=name, xlabel="step", ylabel="learning rate"
        ), f"{source}, from lr = 0.1"
    if module == "tinygrad_edu.nn" and name in REGRESSION:
        return _curve(name, lambda x: getattr(nn, name)(reduction="none")(x, tg.zeros_like(x)), "prediction − target")
    if str(getattr(value, "__module__", "")) in CURVES and not name.endswith("_"):
        if re.search("soft.*max|softmin", name, re.IGNORECASE):
            return None  # they normalize over several numbers
        try:
            function = value() if isinstance(value, type) else value
            return _curve(name, function, "x")
        except (TypeError, ValueError, RuntimeError):  # it takes more than one number: Softmax, GLU
            return None
    return None


def _curve(name: str, function: Callable[[Any], Any], xlabel: str) -> tuple[Any, str] | None:
    """y = f(x) and its derivative, by backward()."""
    if isinstance(function, nn.Module):
        function.eval()
    x = tg.linspace(-4, 4, 161).requires_grad_()
    y = function(x)
    if y.shape != x.shape:
        return None
    y.sum().backward()
    grid = np.asarray(x.detach())
    lines = {name: (grid, np.asarray(y.detach())), "derivative": (grid, np.asarray(x.grad))}
    return viz.plot(lines, title=name, xlabel=xlabel, ylabel="y"), f"{name} and its derivative, by backward()"


def _path_of(name: str) -> tuple[Any, str] | None:
    if name not in {rule.__name__ for rule in optim.RULES}:
        return None
    rules = ("SGD", name) if name != "SGD" else ("SGD",)
    caption = f"{name} in a valley twenty times as steep across as along" + (", compared with SGD" if name != "SGD" else "")
    return viz.race(rules, steps=60), caption + ", each at its best learning rate"
