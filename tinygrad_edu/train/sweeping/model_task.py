"""The task of a sweep over a model: train a fresh copy with one rule, at one rate, from one seed."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Mapping
from typing import Any

from ...nn import Module, Parameter, ParameterDict, ParameterList
from ...optim import RULES, Optimizer
from ..fit_setup import fit
from ..history import History
from .fingerprint import describe

_OF_FIT = set(inspect.signature(fit).parameters) - {"model", "X", "y", "optimizer", "seed", "progress"}
_CONTAINERS = (ParameterList, ParameterDict)


class FitModel:
    """`fit` with the parameters of a point: fit's arguments go to fit, "optimizer" names a rule, the others are its options.

    model  a function that returns a model, or a Module, which is copied, with its weights redrawn
    data   (X, y), or a loader
    """

    def __init__(self, model: Module | Callable[[], Module], data: Any, options: Mapping[str, Any]) -> None:
        wrong = sorted(set(options) - _OF_FIT)
        if wrong:
            if wrong[0] == "optimizer":
                raise TypeError(f"sweep: the optimizer belongs in the grid: {{'optimizer': [{options['optimizer']!r}], …}}")
            raise TypeError(
                f"sweep: {wrong[0]!r} is not an option that is passed on to fit; options of the optimizer belong in the grid, "
                "and seeds=, data= and progress= are sweep's own"
            )
        self.model, self.data, self.options = model, data, dict(options)

    def __call__(self, seed: int, optimizer: str | type[Optimizer] = "SGD", **params: Any) -> History:
        options = {**self.options, **{name: params.pop(name) for name in list(params) if name in _OF_FIT}}
        rule = _rule(optimizer)
        model = _fresh(self.model)
        rows = self.data if isinstance(self.data, tuple) else (_own(self.data),)
        if "validation" in options:
            options["validation"] = _own(options["validation"])
        return fit(model, *rows, optimizer=rule(model.parameters(), **params), seed=seed, progress=False, **options)

    def fingerprint(self) -> str:
        """A string that is the same for the same model, data and options."""
        return describe([self.model, self.data, sorted(self.options.items())])


def _own(loader: Any) -> Any:
    """A copy of a loader, without copying its data, so that each run gets the same order of batches, whatever ran before it."""
    if not hasattr(loader, "__iter__") or hasattr(loader, "shape") or isinstance(loader, (list, tuple)):
        return loader
    data = [
        part
        for name, part in getattr(loader, "__dict__", {}).items()
        if name in ("dataset", "chunks") or hasattr(part, "shape")
    ]
    try:
        return copy.deepcopy(loader, {id(part): part for part in data})
    except TypeError:  # it holds something that cannot be copied, such as an open file
        return loader


def _fresh(model: Module | Callable[[], Module]) -> Module:
    if not isinstance(model, Module):
        return model()
    made = copy.deepcopy(model)
    _redraw(made, False, set())
    return made


def _redraw(module: Module, covered: bool, seen: set[int]) -> None:
    """Redraw the weights of a module: those of its submodules first, in the order of their creation, then its own.

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
