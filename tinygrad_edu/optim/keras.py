"""Optimizers created with Keras's names, defaults and conventions, based on the rules in rules.py."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any, NamedTuple

from .optimizer import Optimizer
from .option_names import SYNONYMS
from .param_groups import Params
from .rules import NAG, SGD, Adadelta, Adagrad, Adam, Adamax, AdamW, Momentum, Nadam, RMSprop

EPSILON = 1e-7
"""What `epsilon=None` means in Keras."""


class _Translation(NamedTuple):
    rule: type[Optimizer]
    defaults: Mapping[str, Any]  # Keras 3's
    conventions: Mapping[str, Any]  # the options that make the rule compute what Keras computes


_BETAS = {"beta_1": 0.9, "beta_2": 0.999}
_DECOUPLED = {"decoupled_weight_decay": True}

_RULES = {
    "sgd": _Translation(SGD, {"lr": 0.01}, _DECOUPLED),
    "adagrad": _Translation(
        Adagrad, {"lr": 0.001, "initial_accumulator_value": 0.1, "eps": EPSILON}, {**_DECOUPLED, "eps_in_sqrt": True}
    ),
    "rmsprop": _Translation(
        RMSprop, {"lr": 0.001, "alpha": 0.9, "eps": EPSILON}, {**_DECOUPLED, "eps_in_sqrt": True, "lr_in_buffer": True}
    ),
    "adadelta": _Translation(Adadelta, {"lr": 0.001, "rho": 0.95, "eps": EPSILON}, {**_DECOUPLED, "eps_in_sqrt": True}),
    "adam": _Translation(Adam, {"lr": 0.001, "eps": EPSILON, **_BETAS}, {**_DECOUPLED, "eps_hat": True}),
    "adamw": _Translation(AdamW, {"lr": 0.001, "eps": EPSILON, "weight_decay": 0.004, **_BETAS}, {"eps_hat": True}),
    "adamax": _Translation(Adamax, {"lr": 0.001, "eps": EPSILON, **_BETAS}, {**_DECOUPLED, "eps_in_max": False}),
    "nadam": _Translation(Nadam, {"lr": 0.001, "eps": EPSILON, "momentum_decay": 1.0, **_BETAS}, _DECOUPLED),
}

_SPELLINGS = {key: SYNONYMS[key] for key in ("learning_rate", "epsilon", "schedule_decay")}

_NOT_PART_OF_THE_RULE = {  # accepted as long as they are off
    "clipnorm": "call nn.utils.clip_grad_norm_ between backward() and step()",
    "global_clipnorm": "call nn.utils.clip_grad_norm_ between backward() and step()",
    "clipvalue": "call nn.utils.clip_grad_value_ between backward() and step()",
    "use_ema": "average the parameters in the training loop",
    "loss_scale_factor": "multiply the loss",
    "gradient_accumulation_steps": "call step() and zero_grad() only after every n-th backward()",
}


def from_keras(name: str, params: Params, /, **options: Any) -> Optimizer:
    """The optimizer that Keras calls `name`, with the same results as in Keras 3.

    name: "sgd", "adagrad", "rmsprop", "adadelta", "adam", "adamw", "adamax" or "nadam", in upper or lower case.
    options: Keras's, in the new or old spelling: `learning_rate` or `lr`, `epsilon` (None is 1e-7), `beta_1`, `beta_2`, `rho`,
    `momentum`, `nesterov`, `centered`, `amsgrad`, `weight_decay` (decoupled, as in Keras 3), and Keras 2's `decay`, which
    divides the rate by 1 + decay·(steps taken). Options not given have Keras 3's defaults, many of which differ from PyTorch's.

    "sgd" with momentum returns a Momentum, or a NAG if nesterov is set too. Keras 2.2 differs from Keras 3 in RMSprop and
    Adagrad (eps outside the root; Adagrad's accumulator starts at 0: pass initial_accumulator_value=0), Nadam
    (schedule_decay=0.004) and some default rates (Adagrad 0.01, Adadelta 1, Adamax and Nadam 0.002), and has no weight decay.

    >>> import tinygrad_edu as tg
    >>> w = tg.tensor([1.0], requires_grad=True)
    >>> type(tg.optim.from_keras("SGD", [w], lr=0.01, momentum=0.9)).__name__
    'Momentum'
    """
    if not isinstance(name, str):
        raise TypeError(f"from_keras: name must be a str such as 'adam', got {name!r} ({type(name).__name__})")
    if name.lower() not in _RULES:
        raise ValueError(f"from_keras: no optimizer is called {name!r}; the names are {', '.join(_RULES)}")
    rule, defaults, conventions = _RULES[name.lower()]
    given = {}
    for key, value in options.items():
        spelled = _SPELLINGS.get(key, key)
        if spelled in given:
            raise TypeError(f"from_keras: {key} was given in both spellings")
        if key in _NOT_PART_OF_THE_RULE:
            if value:
                raise ValueError(f"from_keras: {key}={value!r} is not part of the rule here: {_NOT_PART_OF_THE_RULE[key]}")
            continue
        if key == "betas":
            raise TypeError(f"from_keras: {name} has no option 'betas'; pass beta_1 and beta_2")
        given[spelled] = value
    chosen = {**defaults, **{key: value for key, value in given.items() if key != "name"}}

    if chosen.get("eps", EPSILON) is None:
        chosen["eps"] = EPSILON
    if chosen.get("weight_decay", 0) is None:
        chosen["weight_decay"] = 0.0
    if "beta_1" in defaults:
        chosen["betas"] = (chosen.pop("beta_1"), chosen.pop("beta_2"))
    if rule is RMSprop and "rho" in chosen:
        chosen["alpha"] = chosen.pop("rho")
    if rule is SGD:
        momentum, nesterov = chosen.pop("momentum", 0), chosen.pop("nesterov", False)
        if momentum:
            rule = NAG if nesterov else Momentum
            chosen["momentum"] = momentum
    for key in chosen:
        if key not in inspect.signature(rule).parameters:
            raise TypeError(f"from_keras: {name} has no option {key!r}")
    return rule(params, **chosen, **conventions)
