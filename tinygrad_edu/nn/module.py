"""Module: a function with parameters, made of other modules.

A Module keeps its parameters, buffers and children as plain attributes, and finds them by looking at its `__dict__`: a
Parameter by its type, a child Module by its type, a buffer by its name. There is no second registry that could disagree.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, TypeVar

import numpy as np

from .._tensor import Handle, Tensor
from ..autograd.mutation_clock import mark_changed
from ..autograd.node import from_array
from ..ops.creation import check_device
from . import diagnostics, hooks
from .parameter import Parameter, UninitializedParameter
from .state_dict import IncompatibleKeys, load_into, named_state

M = TypeVar("M", bound="Module")


class Module:
    """The base class of all layers and models: assign layers and Parameters in `__init__`, compute in `forward`.

    training  True after train(), False after eval(): Dropout and BatchNorm look at it

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
    _hooks: hooks.Hooks | None = None
    _buffer_names: Mapping[str, bool] = MappingProxyType({})  # name -> whether it is part of state_dict()

    def __init__(self) -> None:
        self.__dict__["training"] = True

    # --- calling ---

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """What the module computes; every subclass defines it."""
        raise diagnostics.no_forward(self)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        try:
            if self._hooks is None and hooks.everywhere is None:
                return self.forward(*args, **kwargs)
            return hooks.call_with_hooks(self, args, kwargs)
        except Exception as error:
            diagnostics.say_where(self, error)
            raise

    # --- attributes ---

    def __setattr__(self, name: str, value: Any) -> None:
        own = self.__dict__
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
                        + ("to change the numbers: with no_grad(): p.copy_(value)" if held is Parameter else "del it first")
                    )
            if name in self._buffer_names and not isinstance(value, Tensor):
                raise TypeError(f"cannot assign {type(value).__name__!r} as buffer {name!r} (Tensor or None expected)")
        object.__setattr__(self, name, value)

    def __delattr__(self, name: str) -> None:
        object.__delattr__(self, name)
        self._forget_buffer(name)

    def _forget_buffer(self, name: str) -> None:
        if name in self._buffer_names:
            object.__setattr__(self, "_buffer_names", {k: v for k, v in self._buffer_names.items() if k != name})

    def __getattr__(self, name: str) -> Any:
        """Reached only where there is no such attribute."""
        if hasattr(type(self), name):  # a property of the subclass raised AttributeError: show that one
            return object.__getattribute__(self, name)
        raise diagnostics.no_such_attribute(self, name)

    def register_parameter(self, name: str, param: Parameter | None) -> None:
        """self.<name> = param, where the name is computed; None keeps the place empty."""
        self._check_name("parameter", name)
        if param is not None and not isinstance(param, Parameter):
            raise TypeError(
                f"cannot assign {type(param).__name__!r} object to parameter {name!r} (nn.Parameter or None required)"
            )
        setattr(self, name, param)

    def register_buffer(self, name: str, tensor: Tensor | None, persistent: bool = True) -> None:
        """Keep a Tensor that is part of the state but not trained, such as a running mean.

        persistent=False leaves it out of state_dict().
        """
        self._check_name("buffer", name)
        if tensor is not None and not isinstance(tensor, Tensor):
            raise TypeError(f"cannot assign {type(tensor).__name__!r} object to buffer {name!r} (Tensor or None required)")
        object.__setattr__(self, "_buffer_names", {**self._buffer_names, name: persistent})
        object.__setattr__(self, name, tensor)

    def add_module(self, name: str, module: Any) -> None:
        """self.<name> = module, where the name is computed."""
        if module is not None and not isinstance(module, Module):
            made = f"; write {module.__name__}(), with parentheses" if isinstance(module, type) else ""
            raise TypeError(f"{getattr(module, '__name__', type(module).__name__)} is not a Module subclass{made}")
        self._check_name("module", name)
        setattr(self, name, module)

    register_module = add_module

    def _check_name(self, what: str, name: str) -> None:
        if "training" not in self.__dict__:
            raise AttributeError(f"cannot assign {what} before Module.__init__() call: call super().__init__() first")
        if not isinstance(name, str):
            raise TypeError(f"{what} name should be a string, got {type(name).__name__}")
        if not name or "." in name:
            raise KeyError(f"{what} name can't be empty and can't contain '.', got {name!r}")
        old = self.__dict__.get(name)
        same = isinstance(old, {"parameter": Parameter, "module": Module}.get(what, ())) or (
            what == "buffer" and name in self._buffer_names
        )
        if not same and (old is not None or hasattr(type(self), name)):
            raise KeyError(f"attribute {name!r} already exists in {type(self).__name__}: choose another {what} name")

    # --- finding what it is made of ---

    def _own(self, kind: type[Any]) -> Iterator[tuple[str, Any]]:
        """(name, value) of this module's own attributes of a kind, in the order of their declaration."""
        for name, value in list(self.__dict__.items()):
            if isinstance(value, kind):
                yield name, value

    def _own_buffers(self) -> Iterator[tuple[str, Tensor]]:
        for name in self._buffer_names:
            if self.__dict__[name] is not None:
                yield name, self.__dict__[name]

    # PyTorch's names; views that refuse to be written to, because what is found is what is assigned as an attribute

    @property
    def _modules(self) -> Mapping[str, Module]:
        return MappingProxyType(dict(self._own(Module)))

    @property
    def _parameters(self) -> Mapping[str, Parameter]:
        return MappingProxyType(dict(self._own(Parameter)))

    @property
    def _buffers(self) -> Mapping[str, Tensor]:
        return MappingProxyType(dict(self._own_buffers()))

    def named_children(self) -> Iterator[tuple[str, Module]]:
        """(name, module) of the direct children; one that has two names comes once."""
        seen: set[int] = set()
        for name, module in self._own(Module):
            if id(module) not in seen:
                seen.add(id(module))
                yield name, module

    def children(self) -> Iterator[Module]:
        """The direct children."""
        return (module for _, module in self.named_children())

    def named_modules(
        self, memo: set[int] | None = None, prefix: str = "", remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Module]]:
        """(path, module) of this module, whose path is "", and all inside it: "encoder.0.norm"."""
        memo = set() if memo is None else memo
        if remove_duplicate and id(self) in memo:
            return
        memo.add(id(self))
        yield prefix, self
        for name, module in self._own(Module):
            yield from module.named_modules(memo, f"{prefix}.{name}" if prefix else name, remove_duplicate)

    def modules(self) -> Iterator[Module]:
        """This module and all inside it, each once, in the order of named_modules()."""
        seen: set[int] = set()
        waiting: list[Module] = [self]
        while waiting:  # no recursion: this runs in every training step
            module = waiting.pop()
            if id(module) not in seen:
                seen.add(id(module))
                yield module
                waiting += [value for value in module.__dict__.values() if isinstance(value, Module)][::-1]

    def _named(
        self, find: Callable[[Module], Iterator[tuple[str, Any]]], prefix: str, recurse: bool, remove_duplicate: bool
    ) -> Iterator[tuple[str, Any]]:
        seen: set[int] = set()
        modules = self.named_modules(None, prefix, remove_duplicate) if recurse else iter([(prefix, self)])
        for path, module in modules:
            for name, tensor in find(module):
                if remove_duplicate and id(tensor) in seen:
                    continue
                seen.add(id(tensor))
                yield (f"{path}.{name}" if path else name), tensor

    def named_parameters(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Parameter]]:
        """(path, Parameter), the module's own first, then those of its children; tied ones once.

        >>> import tinygrad_edu as tg
        >>> [(name, p.shape) for name, p in tg.nn.Linear(2, 3).named_parameters()]
        [('weight', (3, 2)), ('bias', (3,))]
        """
        diagnostics.warn_about_plain_lists(self, Module)
        return self._named(lambda module: module._own(Parameter), prefix, recurse, remove_duplicate)

    def parameters(self, recurse: bool = True) -> Iterator[Parameter]:
        """The Parameters, tied ones once: what an optimizer is given."""
        diagnostics.warn_about_plain_lists(self, Module)
        modules = self.modules() if recurse else iter((self,))
        return iter({id(p): p for module in modules for p in module.__dict__.values() if isinstance(p, Parameter)}.values())

    def named_buffers(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Tensor]]:
        """(path, Tensor) of the buffers."""
        return self._named(lambda module: module._own_buffers(), prefix, recurse, remove_duplicate)

    def buffers(self, recurse: bool = True) -> Iterator[Tensor]:
        """The buffers."""
        return (b for _, b in self.named_buffers(recurse=recurse))

    def get_submodule(self, target: str) -> Module:
        """The module at a path such as "encoder.0"; "" is this one."""
        module: Any = self
        for name in target.split(".") if target else ():
            child = module.__dict__.get(name)
            if not isinstance(child, Module):
                raise AttributeError(f"{type(module).__name__} has no child module {name!r} (looking for {target!r})")
            module = child
        return module

    def get_parameter(self, target: str) -> Parameter:
        """The Parameter at a path such as "encoder.0.weight"."""
        path, _, name = target.rpartition(".")
        param = self.get_submodule(path).__dict__.get(name)
        if not isinstance(param, Parameter):
            raise AttributeError(f"{type(self).__name__} has no parameter {target!r}")
        return param

    def get_buffer(self, target: str) -> Tensor:
        """The buffer at a path such as "encoder.0.running_mean"."""
        path, _, name = target.rpartition(".")
        module = self.get_submodule(path)
        if name not in module._buffer_names:
            raise AttributeError(f"{type(self).__name__} has no buffer {target!r}")
        return module.__dict__[name]

    # --- changing all of it ---

    def apply(self: M, fn: Callable[[Module], None]) -> M:
        """Call fn(module) on every module inside and then on this one, for instance to initialise weights."""
        for module in self.children():
            module.apply(fn)
        fn(self)
        return self

    def train(self: M, mode: bool = True) -> M:
        """Switch to training (Dropout drops, BatchNorm uses the batch) and return the module."""
        if not isinstance(mode, bool):
            raise ValueError(f"training mode is expected to be boolean, got {mode!r}")
        self.training = mode
        for module in self.children():
            module.train(mode)  # by its own method: a model may keep a frozen part in eval()
        return self

    def eval(self: M) -> M:
        """Switch to evaluation: Dropout lets everything pass, BatchNorm uses its running statistics."""
        return self.train(False)

    def requires_grad_(self: M, requires_grad: bool = True) -> M:
        """Freeze (False) or unfreeze all parameters."""
        for p in self.parameters():
            p.requires_grad = requires_grad
        return self

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients of all parameters; set_to_none=False fills them with zeros instead."""
        for module in self.modules():
            for p in module.__dict__.values():
                if isinstance(p, Parameter) and p._grad is not None:
                    p._grad = None if set_to_none else from_array(np.zeros_like(p._grad._data))

    def to(self: M, *args: Any, **kwargs: Any) -> M:
        """Convert parameters and floating buffers to a dtype, in place; the only device is "cpu".

        Unlike Tensor.to, which returns a new tensor, this changes the module itself and returns it. Parameters keep their
        identity, so an optimizer that holds them goes on.
        """
        for value in (*args, *kwargs.values()):
            if isinstance(value, (bool, type(None))):
                continue  # non_blocking=
            if isinstance(value, str) and not _is_dtype(value):
                check_device(value)
            else:
                self._convert(np.dtype(value.dtype if isinstance(value, Tensor) else value))
        return self

    def _convert(self, dtype: np.dtype[Any]) -> None:
        if dtype not in (np.float32, np.float64):
            raise TypeError(f"{type(self).__name__}.to(): parameters are float32 or float64, got {dtype}")
        for module in self.modules():
            for _, tensor in (*module._own(Parameter), *module._own_buffers()):
                array = tensor.__dict__["_data"]  # that of an uninitialized parameter too
                if array.dtype.kind == "f" and array.dtype != dtype:
                    tensor._data = array.astype(dtype)
                    mark_changed(tensor)
                    if tensor._grad is not None:
                        tensor._grad = from_array(tensor._grad._data.astype(dtype))

    def float(self: M) -> M:
        """Convert parameters and floating buffers to float32."""
        return self.to(np.float32)

    def double(self: M) -> M:
        """Convert parameters and floating buffers to float64, for gradient checks."""
        return self.to(np.float64)

    def half(self) -> Module:
        """Refused: NumPy computes float16 slowly and 3 digits do not train."""
        raise TypeError(f"{type(self).__name__}.half(): parameters are float32 or float64; float16 saves nothing on a CPU")

    def cpu(self: M) -> M:
        """The module itself: everything is on the CPU."""
        return self

    def cuda(self, device: Any = None) -> Module:
        """Refused: there is only the CPU."""
        check_device("cuda")
        raise AssertionError  # for the type checker: check_device raises

    # --- saving and loading ---

    def state_dict(self, *, prefix: str = "", keep_vars: bool = False) -> dict[str, Tensor]:
        """path -> Tensor of all parameters and persistent buffers: a snapshot, which later training does not change.

        PyTorch's shares the memory of the parameters, so that a "best" state kept during training changes with them; this
        one is a copy. keep_vars=True gives the parameters themselves; those of a lazy layer are given as they are before its
        first call, and refuse to be used.

        >>> import tinygrad_edu as tg
        >>> list(tg.nn.Linear(2, 1).state_dict())
        ['weight', 'bias']
        """
        diagnostics.warn_about_plain_lists(self, Module)
        found = {prefix + path: tensor for path, tensor in named_state(self)}
        if keep_vars:
            return found
        return {k: t if isinstance(t, UninitializedParameter) else from_array(t._data.copy()) for k, t in found.items()}

    def load_state_dict(self, state_dict: Mapping[str, Any], strict: bool = True) -> IncompatibleKeys:
        """Copy the values of `state_dict` (Tensors, arrays, PyTorch tensors) into the parameters and buffers of that path.

        All that is missing, unexpected or of another shape is listed in one RuntimeError, and then nothing is changed.
        strict=False ignores missing and unexpected keys and returns them.
        """
        return load_into(self, state_dict, strict)

    # --- hooks ---

    def _own_hooks(self) -> hooks.Hooks:
        if self._hooks is None:
            object.__setattr__(self, "_hooks", hooks.Hooks())
        return self._hooks  # type: ignore[return-value]  # set above

    def register_forward_pre_hook(self, hook: hooks.Hook, *, prepend: bool = False, with_kwargs: bool = False) -> Handle:
        """Call hook(module, args) before forward; what it returns replaces the arguments.

        prepend      call it before the hooks that are there already
        with_kwargs  hook(module, args, kwargs), and it returns (args, kwargs)
        """
        return hooks.register(self._own_hooks().forward_pre, hooks.Entry(hook, with_kwargs), prepend)

    def register_forward_hook(
        self, hook: hooks.Hook, *, prepend: bool = False, with_kwargs: bool = False, always_call: bool = False
    ) -> Handle:
        """Call hook(module, args, output) after forward; what it returns replaces the output.

        prepend      call it before the hooks that are there already
        with_kwargs  hook(module, args, kwargs, output)
        always_call  call it also where forward raises an error, with output None
        """
        return hooks.register(self._own_hooks().forward, hooks.Entry(hook, with_kwargs, always_call), prepend)

    def register_full_backward_pre_hook(self, hook: hooks.Hook, prepend: bool = False) -> Handle:
        """Call hook(module, grad_output) when the gradient of the output is known; what it returns replaces it."""
        return hooks.register(self._own_hooks().backward_pre, hook, prepend)

    def register_full_backward_hook(self, hook: hooks.Hook, prepend: bool = False) -> Handle:
        """Call hook(module, grad_input, grad_output) when both are known; what it returns replaces grad_input."""
        return hooks.register(self._own_hooks().backward, hook, prepend)

    def graph(self, *inputs: Any, **options: Any) -> Any:
        """The computation graph of one call, `self(*inputs)`, with its modules as frames: a picture that draws itself.

        Of several outputs it is that of the first.

        >>> import tinygrad_edu as tg
        >>> model = tg.nn.Linear(2, 1, bias=False)
        >>> model.graph(tg.ones(3, 2)).nodes[-1].op
        'linear'
        """
        from .. import viz  # pictures are loaded when the first one is asked for

        output = self(*inputs)
        while isinstance(output, (tuple, list)) and output:  # (y, state) of recurrent layers, (y, weights) of attention
            output = output[0]
        return viz.graph(output, self, **options)

    # --- printing ---

    def extra_repr(self) -> str:
        """What stands between the parentheses when the module is printed."""
        return ""

    def _get_name(self) -> str:
        return type(self).__name__

    def __repr__(self) -> str:
        extra = self.extra_repr()
        children = [f"({name}): {indent(repr(module))}" for name, module in self._own(Module)]
        if not children and "\n" not in extra:
            return f"{self._get_name()}({extra})"
        lines = [*(extra.split("\n") if extra else ()), *children]
        return f"{self._get_name()}(\n  " + "\n  ".join(lines) + "\n)"


def indent(text: str) -> str:
    """All lines but the first two spaces further in."""
    first, _, rest = text.partition("\n")
    return f"{first}\n{textwrap.indent(rest, '  ')}" if rest else first


def _is_dtype(name: str) -> bool:
    try:
        np.dtype(name)
    except TypeError:
        return False
    return True
