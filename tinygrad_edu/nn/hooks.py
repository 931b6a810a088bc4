"""Hooks: functions that a Module calls before and after `forward`, and when gradients flow back through it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from .._tensor import Handle, Tensor
from ..autograd.grad_mode import grad_enabled
from ..ops.casting import clone

if TYPE_CHECKING:
    from .module import Module

Hook = Callable[..., Any]


class Entry(NamedTuple):
    """A hook, and the options it was registered with."""

    hook: Hook
    with_kwargs: bool = False
    always_call: bool = False

    def call(self, module: Module, args: Any, kwargs: Any, *output: Any) -> Any:
        """Call a forward or forward-pre hook, with the keyword arguments if it was registered with with_kwargs=True."""
        return self.hook(module, args, kwargs, *output) if self.with_kwargs else self.hook(module, args, *output)


class Hooks:
    """The hooks registered on one module, or on all modules: four kinds, each in the order in which they are called."""

    def __init__(self) -> None:
        self.forward_pre: OrderedDict[int, Entry] = OrderedDict()
        self.forward: OrderedDict[int, Entry] = OrderedDict()
        self.backward_pre: OrderedDict[int, Entry] = OrderedDict()
        self.backward: OrderedDict[int, Entry] = OrderedDict()


class ModuleHooks:
    """The part of a Module that calls functions before and after `forward`, and when gradients flow back through it."""

    _hooks: Hooks | None = None

    def _add_hook(self, kind: str, entry: Entry, prepend: bool) -> Handle:
        """Add a hook after the existing ones, or before them."""
        if not callable(entry.hook):
            raise TypeError(f"a hook must be a function, got {entry.hook!r} ({type(entry.hook).__name__})")
        registry: OrderedDict[int, Entry] = getattr(self.__dict__.setdefault("_hooks", Hooks()), kind)
        handle = Handle(registry, entry)
        if prepend:
            registry.move_to_end(next(reversed(registry)), last=False)
        return handle

    def register_forward_pre_hook(self, hook: Hook, *, prepend: bool = False, with_kwargs: bool = False) -> Handle:
        """Call hook(module, args) before forward; its result, unless None, replaces the arguments.

        prepend      call it before the existing hooks
        with_kwargs  call hook(module, args, kwargs), which returns None or (args, kwargs)
        """
        return self._add_hook("forward_pre", Entry(hook, with_kwargs), prepend)

    def register_forward_hook(
        self, hook: Hook, *, prepend: bool = False, with_kwargs: bool = False, always_call: bool = False
    ) -> Handle:
        """Call hook(module, args, output) after forward; its result, unless None, replaces the output.

        prepend      call it before the existing hooks
        with_kwargs  call hook(module, args, kwargs, output)
        always_call  call it even if forward raises an error, with output None
        """
        return self._add_hook("forward", Entry(hook, with_kwargs, always_call), prepend)

    def register_full_backward_pre_hook(self, hook: Hook, prepend: bool = False) -> Handle:
        """Call hook(module, grad_output) when the output's gradient is known; its result, unless None, replaces it.

        With several outputs, unlike in PyTorch, it is called once per output; gradients that are not yet known are None.
        """
        return self._add_hook("backward_pre", Entry(hook), prepend)

    def register_full_backward_hook(self, hook: Hook, prepend: bool = False) -> Handle:
        """Call hook(module, grad_input, grad_output) when both are known; its result, unless None, replaces grad_input.

        If several inputs require a gradient, unlike in PyTorch, replacing grad_input raises an error.
        """
        return self._add_hook("backward", Entry(hook), prepend)


everywhere: Hooks | None = None
"""Hooks on every module; None if there are none, so that module calls have no overhead."""


def register_module_forward_pre_hook(hook: Hook) -> Handle:
    """Call hook(module, args) before the forward of every module."""
    return _Everywhere("forward_pre", hook)


def register_module_forward_hook(hook: Hook) -> Handle:
    """Call hook(module, args, output) after the forward of every module."""
    return _Everywhere("forward", hook)


class _Everywhere(Handle):
    def __init__(self, kind: str, hook: Hook) -> None:
        global everywhere
        everywhere = everywhere or Hooks()
        super().__init__(getattr(everywhere, kind), Entry(hook))

    def remove(self) -> None:
        """Remove the hook; once the last one is removed, module calls have no overhead again."""
        global everywhere
        super().remove()
        if everywhere is not None and not any(vars(everywhere).values()):
            everywhere = None


def call_with_hooks(module: Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Call module.forward with all registered hooks."""
    found = [hooks for hooks in (everywhere, module._hooks) if hooks is not None]
    called: set[int] = set()
    try:
        args, kwargs = _before(module, args, kwargs, found)
        watch = _Backward(module, found) if grad_enabled() and any(h.backward or h.backward_pre for h in found) else None
        if watch is not None:
            args = watch.inputs(args)
        output = module.forward(*args, **kwargs)
        for hooks in found:
            for key, entry in tuple(hooks.forward.items()):
                called.add(key)
                answer = entry.call(module, args, kwargs, output)
                output = output if answer is None else answer
        return output if watch is None else watch.outputs(output)
    except Exception:
        for hooks in found:
            for key, entry in tuple(hooks.forward.items()):
                if entry.always_call and key not in called:
                    entry.call(module, args, kwargs, None)
        raise


def _before(module: Module, args: Any, kwargs: Any, found: list[Hooks]) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Call the forward-pre hooks, and return the arguments for forward."""
    for entry in [entry for hooks in found for entry in hooks.forward_pre.values()]:
        answer = entry.call(module, args, kwargs)
        if answer is None:
            continue
        if not entry.with_kwargs:
            args = answer if isinstance(answer, tuple) else (answer,)
        elif isinstance(answer, tuple) and len(answer) == 2:
            args, kwargs = answer
        else:
            raise RuntimeError(f"forward pre-hook must return None or a tuple of (new_args, new_kwargs), but got {answer}.")
    return args, kwargs


class _Backward:
    """Collects the gradients of one call's outputs and positional inputs, and calls the backward hooks with them.

    Inputs and outputs are copied, so that the hooks see only the gradient that flowed through this call, whatever
    else the same tensors are used for.
    """

    def __init__(self, module: Module, found: list[Hooks]) -> None:
        self.module = module
        self.before = [entry.hook for hooks in found for entry in hooks.backward_pre.values()]
        self.after = [entry.hook for hooks in found for entry in hooks.backward.values()]

    def inputs(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        copies, self.all_inputs = self._watched(args, self._input_arrived)
        self.input_count = len(copies)
        return tuple(copies)

    def outputs(self, output: Any) -> Any:
        several = isinstance(output, (tuple, list))
        copies, self.all_outputs = self._watched(output if several else [output], self._output_arrived)
        self.output_count = len(copies)
        self._await_all()
        return type(output)(copies) if several else copies[0]

    @staticmethod
    def _watched(values: Sequence[Any], arrived: Callable[[int, Tensor], Tensor | None]) -> tuple[list[Any], set[int]]:
        """(values, indices): copies replace those that require grad, at these indices; `arrived` gets their gradients."""
        copies, places = list(values), {i for i, x in enumerate(values) if isinstance(x, Tensor) and x._requires_grad}
        for i in places:
            copies[i] = clone(values[i])
            copies[i].register_hook(partial(arrived, i))
        return copies, places

    def _await_all(self) -> None:
        self.grad_input: list[Tensor | None] = [None] * self.input_count
        self.grad_output: list[Tensor | None] = [None] * self.output_count
        self.awaited_inputs, self.awaited_outputs = set(self.all_inputs), set(self.all_outputs)

    def _output_arrived(self, i: int, g: Tensor) -> Tensor | None:
        self.grad_output[i] = g
        self.awaited_outputs.discard(i)
        for hook in self.before:
            answer = hook(self.module, tuple(self.grad_output))
            if answer is not None:
                self.grad_output = list(answer) if isinstance(answer, (tuple, list)) else [answer]
        replaced = self.grad_output[i]
        if not self.awaited_outputs and not self.all_inputs:
            self._both_known()
        return replaced

    def _input_arrived(self, i: int, g: Tensor) -> Tensor | None:
        self.grad_input[i] = g
        self.awaited_inputs.discard(i)
        replaced = None if self.awaited_inputs else self._both_known()
        if replaced is not None and len(self.all_inputs) > 1:
            raise RuntimeError(
                f"full backward hook of {type(self.module).__name__}: the gradients of {len(self.all_inputs)} inputs cannot be "
                "replaced, because some have been passed on already; return None, or use register_hook on the inputs"
            )
        return None if replaced is None else replaced[i]

    def _both_known(self) -> list[Tensor | None] | None:
        grad_input, replaced = self.grad_input, False
        for hook in self.after:
            answer = hook(self.module, tuple(grad_input), tuple(self.grad_output))
            if answer is not None:
                grad_input, replaced = (list(answer) if isinstance(answer, (tuple, list)) else [answer]), True
        self._await_all()
        return grad_input if replaced else None
