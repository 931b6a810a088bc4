"""The task of a sweep over a model: train a fresh copy with one rule, at one rate, from one seed."""

from __future__ import annotations

import copy
import hashlib
import inspect
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ..._tensor import Tensor
from ...nn import Module, Parameter, ParameterDict, ParameterList
from ...optim import RULES, Optimizer
from ..fit_setup import fit
from ..history import History

_OF_FIT = set(inspect.signature(fit).parameters) - {"model", "X", "y", "optimizer", "seed", "progress"}
_CONTAINERS = (ParameterList, ParameterDict)


class FitModel:
    """`fit` with the parameters of a point: fit's arguments go to fit, "optimizer" names a rule, the others are its options.

    model  a function that returns a model, or a Module, which is copied and its weights redrawn
    data   (X, y), or a loader
    """

    def __init__(self, model: Module | Callable[[], Module], data: Any, options: Mapping[str, Any]) -> None:
        wrong = sorted(set(options) - _OF_FIT)
        if wrong:
            raise TypeError(f"sweep: fit has no option {wrong[0]!r}; put an optimizer's options in the grid")
        self.model, self.data, self.options = model, data, dict(options)

    def __call__(self, seed: int, optimizer: str | type[Optimizer] = "SGD", **params: Any) -> History:
        options = {**self.options, **{name: params.pop(name) for name in list(params) if name in _OF_FIT}}
        rule = _rule(optimizer)
        model = _fresh(self.model)
        rows = self.data if isinstance(self.data, tuple) else (self.data,)
        return fit(model, *rows, optimizer=rule(model.parameters(), **params), seed=seed, progress=False, **options)

    def fingerprint(self) -> str:
        """A string that is the same for the same model, data and options."""
        source = repr(self.model) if isinstance(self.model, Module) else source_of(self.model)
        arrays = self.data if isinstance(self.data, tuple) else ()
        parts = [source, repr(sorted(self.options.items(), key=str)), *(_of_array(a) for a in arrays)]
        return "\n".join(parts)


def source_of(function: Any) -> str:
    """The source of a function, or its name if there is none."""
    try:
        return inspect.getsource(function)
    except (OSError, TypeError):
        return getattr(function, "__qualname__", type(function).__qualname__)


def _fresh(model: Module | Callable[[], Module]) -> Module:
    if not isinstance(model, Module):
        return model()
    made = copy.deepcopy(model)
    _redraw(made, False, set())
    return made


def _redraw(module: Module, covered: bool, seen: set[int]) -> None:
    """Redraw the weights in the order in which the layers were created: those of its parts first, then its own.

    covered: whether the module that contains this one redraws its own parameters, which may be in a ParameterList.
    """
    seen.add(id(module))
    redraw = getattr(module, "reset_parameters", None) or getattr(module, "_reset_parameters", None)
    if redraw is None and any(True for _ in module._own(Parameter)) and not (covered and isinstance(module, _CONTAINERS)):
        raise TypeError(
            f"sweep: the parameters of {type(module).__name__} cannot be redrawn for each run, because it has no "
            "reset_parameters(); define it, or pass a function that returns the model"
        )
    for _, part in module._own(Module):
        if id(part) not in seen:
            _redraw(part, redraw is not None, seen)
    if redraw is not None:
        redraw()


def _rule(optimizer: str | type[Optimizer]) -> Callable[..., Optimizer]:
    if not isinstance(optimizer, str):
        return optimizer
    rules = {rule.__name__.lower(): rule for rule in RULES}
    if optimizer.lower() not in rules:
        raise ValueError(f"sweep: no optimizer is called {optimizer!r}; the names are {', '.join(r.__name__ for r in RULES)}")
    return rules[optimizer.lower()]


def _of_array(values: Any) -> str:
    array = np.asarray(values._data if isinstance(values, Tensor) else values)
    if isinstance(values, np.memmap):  # reading all of it would take too long
        return f"{array.dtype} {array.shape} {values.filename}"
    return f"{array.dtype} {array.shape} {hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()}"
