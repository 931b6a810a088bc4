"""Hooks: functions that a Module calls before and after `forward`, and when gradients flow back through it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from .._tensor import Handle, Tensor
from ..autograd.grad_mode import grad_enabled
from ..ops.casting import clone

if TYPE_CHECKING:
    from .module import Module

Hook = Callable[..., Any]


class Entry(NamedTuple):
    """A forward or forward-pre hook, and the options it was registered with."""

    hook: Hook
    with_kwargs: bool = False
    always_call: bool = False


class Hooks:
    """The hooks registered on one module, or on all: four kinds, each called in the order of registration."""

    def __init__(self) -> None:
        self.forward_pre: OrderedDict[int, Entry] = OrderedDict()
        self.forward: OrderedDict[int, Entry] = OrderedDict()
        self.backward_pre: OrderedDict[int, Hook] = OrderedDict()
        self.backward: OrderedDict[int, Hook] = OrderedDict()


def register(registry: OrderedDict[int, Any], entry: Any, prepend: bool) -> Handle:
    """Add a hook after the existing ones, or before them."""
    hook = entry.hook if isinstance(entry, Entry) else entry
    if not callable(hook):
        raise TypeError(f"a hook must be a function, got {hook!r} ({type(hook).__name__})")
    handle = Handle(registry, entry)
    if prepend:
        registry.move_to_end(next(reversed(registry)), last=False)
    return handle


class ModuleHooks:
    """The part of a Module that calls functions before and after `forward`, and when gradients flow back through it."""

    _hooks: Hooks | None = None

    def _own_hooks(self) -> Hooks:
        if self._hooks is None:
            object.__setattr__(self, "_hooks", Hooks())
        return self._hooks  # type: ignore[return-value]  # set above

    def register_forward_pre_hook(self, hook: Hook, *, prepend: bool = False, with_kwargs: bool = False) -> Handle:
        """Call hook(module, args) before forward; its result, unless None, replaces the arguments.

        prepend      call it before the existing hooks
        with_kwargs  call hook(module, args, kwargs), which returns None or (args, kwargs)
        """
        return register(self._own_hooks().forward_pre, Entry(hook, with_kwargs), prepend)

    def register_forward_hook(
        self, hook: Hook, *, prepend: bool = False, with_kwargs: bool = False, always_call: bool = False
    ) -> Handle:
        """Call hook(module, args, output) after forward; its result, unless None, replaces the output.

        prepend      call it before the existing hooks
        with_kwargs  call hook(module, args, kwargs, output)
        always_call  call it even if forward raises an error, with output None
        """
        return register(self._own_hooks().forward, Entry(hook, with_kwargs, always_call), prepend)

    def register_full_backward_pre_hook(self, hook: Hook, prepend: bool = False) -> Handle:
        """Call hook(module, grad_output) when the output's gradient is known; its result, unless None, replaces it."""
        return register(self._own_hooks().backward_pre, hook, prepend)

    def register_full_backward_hook(self, hook: Hook, prepend: bool = False) -> Handle:
        """Call hook(module, grad_input, grad_output) when both are known; its result, unless None, replaces grad_input."""
        return register(self._own_hooks().backward, hook, prepend)


everywhere: Hooks | None = None
"""Hooks on every module; None costs nothing."""


def register_module_forward_pre_hook(hook: Hook) -> Handle:
    """Call hook(module, args) before the forward of every module."""
    return _Everywhere(_everywhere().forward_pre, Entry(hook))


def register_module_forward_hook(hook: Hook) -> Handle:
    """Call hook(module, args, output) after the forward of every module."""
    return _Everywhere(_everywhere().forward, Entry(hook))


class _Everywhere(Handle):
    def remove(self) -> None:
        """Remove the hook; after the last one, module calls have no overhead again."""
        global everywhere
        super().remove()
        if everywhere is not None and not (everywhere.forward_pre or everywhere.forward):
            everywhere = None


def _everywhere() -> Hooks:
    global everywhere
    if everywhere is None:
        everywhere = Hooks()
    return everywhere


def call_with_hooks(module: Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Call module.forward with all registered hooks."""
    found = [hooks for hooks in (everywhere, module._hooks) if hooks is not None]
    called: set[int] = set()
    try:
        return _call(module, args, kwargs, found, called)
    except Exception:
        for hooks in found:
            for key, entry in tuple(hooks.forward.items()):
                if entry.always_call and key not in called:
                    _after(entry, module, args, kwargs, None)
        raise


def _after(entry: Entry, module: Module, args: Any, kwargs: Any, output: Any) -> Any:
    return entry.hook(module, args, kwargs, output) if entry.with_kwargs else entry.hook(module, args, output)


def _call(module: Module, args: tuple[Any, ...], kwargs: dict[str, Any], found: list[Hooks], called: set[int]) -> Any:
    for hooks in found:
        for hook, with_kwargs, _ in tuple(hooks.forward_pre.values()):
            answer = hook(module, args, kwargs) if with_kwargs else hook(module, args)
            if answer is None:
                continue
            if with_kwargs:
                if not isinstance(answer, tuple) or len(answer) != 2:
                    raise RuntimeError(
                        f"forward pre-hook must return None or a tuple of (new_args, new_kwargs), but got {answer}."
                    )
                args, kwargs = answer
            else:
                args = answer if isinstance(answer, tuple) else (answer,)
    watch = _Backward(module, found) if grad_enabled() and any(h.backward or h.backward_pre for h in found) else None
    if watch is not None:
        args = watch.inputs(args)
    output = module.forward(*args, **kwargs)
    for hooks in found:
        for key, entry in tuple(hooks.forward.items()):
            called.add(key)
            answer = _after(entry, module, args, kwargs, output)
            if answer is not None:
                output = answer
    return output if watch is None else watch.outputs(output)


class _Backward:
    """Collects the gradients of one call's outputs and inputs, and calls the backward hooks once both are known.

    Inputs and outputs pass through a copy, so that the hooks see only the gradient that flowed through this call, whatever
    else the same tensors are used for.
    """

    def __init__(self, module: Module, found: list[Hooks]) -> None:
        self.module = module
        self.before = [hook for hooks in found for hook in hooks.backward_pre.values()]
        self.after = [hook for hooks in found for hook in hooks.backward.values()]
        self.grad_input: list[Tensor | None] = []
        self.grad_output: list[Tensor | None] = []
        self.awaited_inputs: set[int] = set()
        self.awaited_outputs: set[int] = set()

    def inputs(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        self.grad_input = [None] * len(args)
        self.all_inputs = {i for i, x in enumerate(args) if isinstance(x, Tensor) and x._requires_grad}
        self.awaited_inputs = set(self.all_inputs)
        return tuple(self._through(x, self._input_arrived, i) if i in self.all_inputs else x for i, x in enumerate(args))

    def outputs(self, output: Any) -> Any:
        several = isinstance(output, (tuple, list))
        items = list(output) if several else [output]
        self.grad_output = [None] * len(items)
        self.all_outputs = {i for i, y in enumerate(items) if isinstance(y, Tensor) and y._requires_grad}
        self.awaited_outputs = set(self.all_outputs)
        items = [self._through(y, self._output_arrived, i) if i in self.all_outputs else y for i, y in enumerate(items)]
        return type(output)(items) if several else items[0]

    @staticmethod
    def _through(x: Tensor, arrived: Callable[[int, Tensor], Tensor | None], i: int) -> Tensor:
        copy: Tensor = clone(x)
        copy.register_hook(lambda g: arrived(i, g))
        return copy

    def _output_arrived(self, i: int, g: Tensor) -> Tensor | None:
        self.grad_output[i] = g
        self.awaited_outputs.discard(i)
        for hook in self.before:
            answer = hook(self.module, tuple(self.grad_output))
            if answer is not None:
                self.grad_output = list(answer) if isinstance(answer, (tuple, list)) else [answer]
        if not self.awaited_outputs and not self.all_inputs:
            self._both_known()
        return self.grad_output[i]

    def _input_arrived(self, i: int, g: Tensor) -> Tensor | None:
        self.grad_input[i] = g
        self.awaited_inputs.discard(i)
        if self.awaited_inputs:
            return None
        replaced = self._both_known()
        if replaced is None:
            return None
        if len(self.all_inputs) > 1:
            raise RuntimeError(
                f"full backward hook of {type(self.module).__name__}: the gradients of {len(self.all_inputs)} inputs cannot be "
                "replaced, because some have been passed on already; return None, or register_hook on the inputs themselves"
            )
        return replaced[i]

    def _both_known(self) -> list[Tensor | None] | None:
        grad_input, replaced = list(self.grad_input), False
        for hook in self.after:
            answer = hook(self.module, tuple(grad_input), tuple(self.grad_output))
            if answer is not None:
                grad_input, replaced = (list(answer) if isinstance(answer, (tuple, list)) else [answer]), True
        self.awaited_inputs, self.awaited_outputs = set(self.all_inputs), set(self.all_outputs)
        return grad_input if replaced else None
