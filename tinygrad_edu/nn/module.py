"""Module: a function with parameters, composed of other modules.

This file defines a module's call, its attributes, its modes and its printed form. How it finds its children and parameters
is in module_parameters.py; saving and loading, conversion and hooks are in state_dict.py, conversion.py and hooks.py.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Self

from .. import _shortcuts
from .._tensor import Tensor
from .._tensor.structure_clock import structure_changed
from ..autograd.backprop import fill_gradient_with_zeros
from . import hooks
from .conversion import Conversion
from .diagnostics import call_arguments, module_use
from .parameter import Parameter
from .state_dict import StateDict

if TYPE_CHECKING:
    from ..viz import Graph
    from .signatures import Forward, P, R


class Module(StateDict, Conversion, hooks.ModuleHooks, call_arguments.CheckedArguments):
    """The base class of all layers and models: assign layers and Parameters in `__init__`, compute in `forward`.

    training  True after train(), False after eval(): Dropout and BatchNorm depend on it

    >>> import tinygrad_edu as tg
    >>> class Scale(tg.nn.Module):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.factor = tg.nn.Parameter(tg.tensor(2.0))
    ...
    ...     def forward(self, x):
    ...         return self.factor * x
    >>> model = Scale()
    >>> model(tg.tensor([1.0, 2.0])).tolist(), dict(model.named_parameters()).keys()
    ([2.0, 4.0], dict_keys(['factor']))
    """

    training: bool = True

    def __init__(self) -> None:
        self.__dict__["training"] = True

    # --- calling ---

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """Compute the output; subclasses override this."""
        raise module_use.no_forward(self)

    def __call__(self: Forward[P, R], *args: P.args, **kwargs: P.kwargs) -> R:  # takes and returns what forward does
        try:
            if self._hooks is None and hooks.everywhere is None:
                return self.forward(*args, **kwargs)
            return hooks.call_with_hooks(self, args, kwargs)  # type: ignore[arg-type]  # self is a Module
        except Exception as error:
            module_use.say_where(self, error)  # type: ignore[arg-type]  # self is a Module
            raise

    # --- attributes ---

    def __setattr__(self, name: str, value: Any) -> None:
        own = self.__dict__
        if name in _METHODS and (isinstance(value, Module) or not callable(value)):
            raise module_use.name_of_a_method(self, name, value)
        if isinstance(value, (Parameter, Module)):
            if "training" not in own:
                kind = "module" if isinstance(value, Module) else "parameters"
                raise AttributeError(
                    f"cannot assign {kind} before Module.__init__() call: "
                    f"start {type(self).__name__}.__init__ with super().__init__()"
                )
            self._forget_buffer(name)
        elif value is not None:
            old = own.get(name)
            for held, what in ((Parameter, "parameter"), (Module, "child module")):
                if isinstance(old, held):
                    raise TypeError(
                        f"cannot assign {type(value).__name__!r} as {what} {name!r} (nn.{held.__name__} or None expected); "
                        + ("to change its values: with no_grad(): p.copy_(value)" if held is Parameter else "delete it first")
                    )
            if name in self._buffer_names and not isinstance(value, Tensor):
                raise TypeError(f"cannot assign {type(value).__name__!r} as buffer {name!r} (Tensor or None expected)")
        if own.get(name) is not value:
            structure_changed()
        object.__setattr__(self, name, value)

    def __delattr__(self, name: str) -> None:
        structure_changed()
        object.__delattr__(self, name)
        self._forget_buffer(name)

    def _forget_buffer(self, name: str) -> None:
        if name in self._buffer_names:
            object.__setattr__(self, "_buffer_names", {k: v for k, v in self._buffer_names.items() if k != name})

    def __getattr__(self, name: str) -> Any:
        """Called only if the attribute does not exist."""
        if hasattr(type(self), name):  # a property raised AttributeError: raise that error again
            return object.__getattribute__(self, name)
        raise module_use.no_such_attribute(self, name)

    def register_parameter(self, name: str, param: Parameter | None) -> None:
        """Set self.<name> = param for a computed name; None reserves the name."""
        self._check_new("parameter", name, param, Parameter)
        setattr(self, name, param)

    def register_buffer(self, name: str, tensor: Tensor | None, persistent: bool = True) -> None:
        """Register a Tensor that is part of the state but not trained, such as a running mean.

        persistent=False leaves it out of state_dict().
        """
        self._check_new("buffer", name, tensor, Tensor)
        structure_changed()
        object.__setattr__(self, "_buffer_names", {**self._buffer_names, name: persistent})
        object.__setattr__(self, name, tensor)

    def add_module(self, name: str, module: Any) -> None:
        """Set self.<name> = module for a computed name."""
        if module is not None and not isinstance(module, Module):
            made = f"; write {module.__name__}(), with parentheses" if isinstance(module, type) else ""
            raise TypeError(f"{getattr(module, '__name__', type(module).__name__)} is not a Module subclass{made}")
        self._check_new("module", name, module, Module)
        setattr(self, name, module)

    register_module = add_module

    def _check_new(self, what: str, name: str, value: Any, kind: type[Any]) -> None:
        if "training" not in self.__dict__:
            raise AttributeError(f"cannot assign {what} before Module.__init__() call: call super().__init__() first")
        if not isinstance(name, str):
            raise TypeError(f"{what} name should be a string, got {type(name).__name__}")
        if not name or "." in name:
            raise KeyError(f"{what} name can't be empty and can't contain '.', got {name!r}")
        old = self.__dict__.get(name)
        same = name in self._buffer_names if what == "buffer" else isinstance(old, kind)
        if not same and (old is not None or hasattr(type(self), name)):
            raise KeyError(f"attribute {name!r} already exists in {type(self).__name__}: choose another {what} name")
        if value is not None and not isinstance(value, kind):
            required = "nn.Parameter" if kind is Parameter else kind.__name__
            raise TypeError(f"cannot assign {type(value).__name__!r} object to {what} {name!r} ({required} or None required)")

    # --- changing the whole module ---

    def apply(self, fn: Callable[[Module], None]) -> Self:
        """Call fn(module) on every module inside and then on this one, for example to initialize weights."""
        for module in self.children():
            module.apply(fn)
        fn(self)
        return self

    def train(self, mode: bool = True) -> Self:
        """Switch to training mode (Dropout drops elements, BatchNorm uses the batch) and return the module."""
        if not isinstance(mode, bool):
            raise ValueError(f"training mode is expected to be boolean, got {mode!r}")
        self.training = mode
        for module in self.children():
            module.train(mode)  # a module may override train(), for example to keep a frozen part in eval mode
        return self

    def eval(self) -> Self:
        """Switch to evaluation mode (Dropout does nothing, BatchNorm uses its running statistics) and return the module."""
        return self.train(False)

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Freeze (False) or unfreeze all parameters."""
        for p in self.parameters():
            p.requires_grad = requires_grad
        return self

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Clear the gradients of all parameters; set_to_none=False fills them with zeros instead."""
        for module in self.modules():
            for p in module.__dict__.values():
                if isinstance(p, Parameter) and set_to_none:
                    p._grad = None
                elif isinstance(p, Parameter):
                    fill_gradient_with_zeros(p)

    def graph(self, *inputs: Any, **options: Any) -> Graph:
        """The computation graph of one call, `self(*inputs)`, with its modules as frames; a notebook displays it.

        If there are several outputs, it is the graph of the first.

        >>> import tinygrad_edu as tg
        >>> model = tg.nn.Linear(2, 1, bias=False)
        >>> model.graph(tg.ones(3, 2)).nodes[-1].op
        'linear'
        """
        output = self(*inputs)
        while isinstance(output, (tuple, list)) and output:  # (y, state) of recurrent layers, (y, weights) of attention
            output = output[0]
        return _shortcuts.load("viz").graph(output, self, **options)

    # --- printing ---

    def extra_repr(self) -> str:
        """The text between the parentheses when the module is printed."""
        return ""

    def _get_name(self) -> str:
        return type(self).__name__

    def __repr__(self) -> str:
        extra = self.extra_repr()
        children = [f"({name}): {module!r}" for name, module in self._own(Module)]
        if not children and "\n" not in extra:
            return f"{self._get_name()}({extra})"
        body = "\n".join([extra, *children] if extra else children)
        return f"{self._get_name()}(\n{textwrap.indent(body, '  ')}\n)"


_METHODS = frozenset(name for name in dir(Module) if name[0] != "_" and callable(getattr(Module, name)))
