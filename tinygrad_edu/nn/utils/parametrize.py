"""Parametrizations: a parameter that is computed from others each time it is read.

`module.weight` becomes a property; the trained tensors are in `module.parametrizations.weight`, as `original` (one tensor) or
`original0`, `original1`, … (several), as in PyTorch.
"""

from __future__ import annotations

from typing import Any

from ..._tensor import Tensor
from ...autograd.grad_mode import no_grad
from ..layers.container import ModuleDict, ModuleList
from ..module import Module
from ..parameter import Parameter

__all__ = ["ParametrizationList", "is_parametrized", "register_parametrization", "remove_parametrizations"]


class ParametrizationList(ModuleList):
    """The parametrizations of one parameter, and the tensors that they start from; calling it computes the parameter."""

    def __init__(self, first: Module, start: Tensor) -> None:
        super().__init__([first])
        with no_grad():
            parts = first.right_inverse(start) if hasattr(first, "right_inverse") else start
        self.count = len(parts) if isinstance(parts, (tuple, list)) else 0
        if self.count:
            for i, part in enumerate(parts):
                self.register_parameter(f"original{i}", Parameter(part.detach(), start.requires_grad))
        elif parts is start and isinstance(start, Parameter):
            self.register_parameter("original", start)
        else:
            self.register_parameter("original", Parameter(parts.detach(), start.requires_grad))

    def forward(self) -> Any:
        first, *others = self
        value = first(*(getattr(self, f"original{i}") for i in range(self.count))) if self.count else first(self.original)
        for parametrization in others:
            value = parametrization(value)
        return value

    def right_inverse(self, value: Tensor) -> None:
        """Set the tensors so that the parameter equals `value`; every parametrization must define right_inverse."""
        with no_grad():
            parts: Any = value
            for parametrization in reversed(list(self)):
                if not hasattr(parametrization, "right_inverse"):
                    raise RuntimeError(
                        f"{type(parametrization).__name__} has no right_inverse: the parameter cannot be assigned"
                    )
                parts = parametrization.right_inverse(parts)
            names = [f"original{i}" for i in range(self.count)] or ["original"]
            for name, part in zip(names, parts if self.count else [parts], strict=True):
                getattr(self, name).copy_(part)


def register_parametrization(module: Module, tensor_name: str, parametrization: Module, *, unsafe: bool = False) -> Module:
    """Make `module.<tensor_name>` equal parametrization(original), computed on access; return the module.

    parametrization  a Module whose forward returns the parameter; its `right_inverse`, if defined, computes the original from
                     a value. Several parametrizations of one parameter are applied in the order of registration
    unsafe           True allows the shape to change

    >>> import tinygrad_edu as tg
    >>> class Symmetric(tg.nn.Module):
    ...     def forward(self, x):
    ...         return (x + x.T) / 2
    >>> layer = register_parametrization(tg.nn.Linear(2, 2), "weight", Symmetric())
    >>> bool((layer.weight == layer.weight.T).all()), [name for name, _ in layer.named_parameters()]
    (True, ['bias', 'parametrizations.weight.original'])
    """
    if is_parametrized(module, tensor_name):
        made = _lists(module)[tensor_name]
        with no_grad():
            value = made()
            _check_shape(value, parametrization(value), unsafe)
        made.append(parametrization)
        return module
    start = module.__dict__.get(tensor_name)
    if not isinstance(start, Parameter):
        raise ValueError(f"Module '{module!r}' does not have a parameter with name '{tensor_name}'")
    made = ParametrizationList(parametrization, start)
    with no_grad():
        _check_shape(start, made(), unsafe)
    delattr(module, tensor_name)
    if not is_parametrized(module):
        kind = type(module)
        module.__class__ = type(
            f"Parametrized{kind.__name__}", (kind,), {"__module__": kind.__module__, "_original_class": kind}
        )
        module.parametrizations = ModuleDict()
    setattr(type(module), tensor_name, _computed(tensor_name))
    _lists(module)[tensor_name] = made
    return module


def _check_shape(before: Tensor, after: Tensor, unsafe: bool) -> None:
    if after.shape != before.shape and not unsafe:
        raise ValueError(
            f"Registering a parametrization may not change the shape of the tensor: {before.shape} became {after.shape}"
        )


def _computed(name: str) -> property:
    def read(self: Module) -> Any:
        return _lists(self)[name]()

    def write(self: Module, value: Tensor) -> None:
        _lists(self)[name].right_inverse(value)

    return property(read, write)


def _lists(module: Module) -> Any:
    return module.__dict__["parametrizations"]


def is_parametrized(module: Module, tensor_name: str | None = None) -> bool:
    """Whether the module has a parametrization, of this parameter or of any."""
    lists = module.__dict__.get("parametrizations")
    return isinstance(lists, ModuleDict) and (tensor_name is None or tensor_name in lists)


def remove_parametrizations(module: Module, tensor_name: str, leave_parametrized: bool = True) -> Module:
    """Turn `module.<tensor_name>` back into a Parameter.

    It gets the current value, or, with leave_parametrized=False, that of the original.
    """
    if not is_parametrized(module, tensor_name):
        raise ValueError(f"Module {module!r} does not have a parametrization on {tensor_name}")
    made = _lists(module)[tensor_name]
    if not leave_parametrized and made.count:
        raise ValueError("leave_parametrized=False needs a single original tensor; this parametrization has several")
    with no_grad():
        value = made() if leave_parametrized else made.original
    trained = any(p.requires_grad for p in made.parameters())
    delattr(type(module), tensor_name)
    del _lists(module)[tensor_name]
    setattr(module, tensor_name, Parameter(value.detach().clone(), trained))
    if not len(_lists(module)):
        module.__class__ = type(module)._original_class  # type: ignore[attr-defined]  # set by register_parametrization
        del module.parametrizations
    return module
