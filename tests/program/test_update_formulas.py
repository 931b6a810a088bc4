"""The formulas that pages show, evaluated as Python, take the same steps as the rules."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import optim
from tinygrad_edu.program.formulas.update_formulas import PARTS, recipes

PYTHON = {  # in the order of replacement
    "μ₁⋯μₜ₊₁": "product_next", "μ₁⋯μₜ": "product", "μₜ₊₁": "mu_next", "μₜ": "mu", "lrₜ": "lr_t", "m̂": "m_hat", "v̂": "v_hat",
    "ḡ": "g_mean", "β₁": "beta1", "β₂": "beta2", "Δ": "delta",
    "ᵗ": "**t", "²": "**2", "½": "0.5", "^": "**", "−": "-", "·": "*",
}  # fmt: skip
OPTIONS: dict[str, dict[str, Any]] = {  # option -> the arguments that switch it on
    "momentum": {"momentum": 0.7}, "nesterov": {"nesterov": True}, "centered": {"centered": True},
    "amsgrad": {"amsgrad": True},
}  # fmt: skip
START: dict[str, dict[str, Any]] = {"Adagrad": {"lr_decay": 0.3}, "Momentum": {"momentum": 0.7}, "NAG": {"momentum": 0.7}}


def python_of(text: str) -> str:
    """An expression of a formula, as Python."""
    for sign, name in PYTHON.items():
        text = text.replace(sign, name)
    text = re.sub(r"√(\w+)", r"sqrt(\1)", text).replace("√(", "sqrt(")
    return re.sub(r"([\w)]) (?=[A-Za-z(])", r"\1 * ", text)  # β₁ m is a product


def momenta(t: int, beta1: float, momentum_decay: float) -> dict[str, float]:
    """Nadam's μ of this step and of the next, and their products from step 1 on."""
    mu = [beta1 * (1 - 0.5 * 0.96 ** (k * momentum_decay)) for k in range(1, t + 2)]
    return {"mu": mu[-2], "mu_next": mu[-1], "product": math.prod(mu[:-1]), "product_next": math.prod(mu)}


@pytest.mark.parametrize(("rule", "options"), [(rule, options) for rule in PARTS for options in recipes(rule)])
def test_a_recipe_takes_the_steps_of_its_rule(rule: str, options: str) -> None:
    rng = np.random.default_rng(0)
    given = {"lr": 0.1, **START.get(rule, {})}
    for option in filter(None, options.split(", ")):
        given |= OPTIONS[option]
    w = tg.tensor(rng.normal(size=5), requires_grad=True)
    optimizer: Any = getattr(optim, rule)([w], **given)
    group = optimizer.param_groups[0]
    names: dict[str, Any] = {
        **{k: v for k, v in group.items() if k != "params"},
        "sqrt": np.sqrt,
        "max": np.maximum,
        "w": w.detach().numpy().copy(),
    }
    names |= dict.fromkeys(("v", "u", "G", "m", "b", "g_mean", "v_max"), 0.0)
    if "betas" in group:
        names["beta1"], names["beta2"] = group["betas"]
    for t in range(1, 5):
        names |= {"g": rng.normal(size=5), "t": t}
        if "momentum_decay" in group:
            names |= momenta(t, names["beta1"], group["momentum_decay"])
        for line in recipes(rule)[options]:
            name, right = re.split(r" [←=] ", line)
            if not name.startswith("μ"):
                names[python_of(name)] = eval(python_of(right), {}, names)  # a formula of this package
        w.grad = tg.tensor(names["g"])
        optimizer.step()
        np.testing.assert_allclose(names["w"], w.detach().numpy(), rtol=1e-12)
