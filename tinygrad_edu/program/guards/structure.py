"""What a program depends on besides values and the caller's variables: modules, flags of tensors, options, observers."""

from __future__ import annotations

from typing import Any

from ..._tensor import Tensor, structure_clock
from ...autograd import observers
from ...nn import hooks
from ...nn.module import Module

PLAIN = (bool, int, float, complex, str, bytes, type(None), type, range, slice)


class Structure:
    """A snapshot; `holds()` tells whether everything is unchanged, usually by comparing the structure clock alone."""

    def __init__(
        self, called: list[Module], read: list[Module], tensors: list[Any], optimizers: list[Any], names: dict[int, str]
    ) -> None:
        self.called = called
        modules = {id(m): m for m in (*called, *read)}.values()
        self.modules = [(m, dict(m.__dict__), names.get(id(m)) or type(m).__name__) for m in modules]
        self.tensors = [(x, x._requires_grad, names.get(id(x), "a tensor")) for x in tensors]
        self.optimizers = [(o, [_options(g) for g in o.param_groups]) for o in optimizers]
        self.clock = structure_clock.now

    def holds(self) -> bool:
        """Whether everything is unchanged and nothing observes the engine."""
        if watched():
            return False
        if structure_clock.now == self.clock:
            return True
        now = structure_clock.now
        if self.difference() is not None:
            return False
        self.clock = now
        return True

    def difference(self) -> str | None:
        """The name of what has changed, or None."""
        for module in self.called:
            if module._hooks is not None and any(vars(module._hooks).values()):
                return f"a hook of {type(module).__name__}"
        for module, before, name in self.modules:
            after = module.__dict__
            for key in {**before, **after}:
                there = key in before and key in after and same(before[key], after[key])
                if not there and key != "_hooks":
                    return f"{name}.{key}"
        for x, flag, name in self.tensors:
            if x._requires_grad is not flag:
                return f"requires_grad of {name}"
            if x._hooks:
                return f"a hook of {name}"
        for optimizer, before_groups in self.optimizers:
            who = type(optimizer).__name__
            if optimizer._pre_hooks or optimizer._post_hooks:
                return f"a hook of {who}"
            if len(optimizer.param_groups) != len(before_groups):
                return f"the parameter groups of {who}"
            for group, options in zip(optimizer.param_groups, before_groups, strict=True):
                now = _options(group)
                for key in {**options, **now}:
                    if key not in options or key not in now or not same(options[key], now[key]):
                        return f"{key} of {who}"
        return None


def same(a: Any, b: Any) -> bool:
    """Whether two values are the same object or equal plain values of one type, also inside tuples and lists."""
    if a is b:
        return True
    if type(a) is not type(b) or isinstance(a, (Module, Tensor)):
        return False
    if isinstance(a, (tuple, list)):
        return len(a) == len(b) and all(map(same, a, b))
    return isinstance(a, PLAIN) and (a == b or (a != a and b != b))


def watched() -> bool:
    """Whether something observes the engine, or a hook is registered for all modules: a program would bypass both."""
    return (
        observers.on_result is not None
        or observers.on_cut is not None
        or observers.on_gradients is not None
        or hooks.everywhere is not None
    )


def _options(group: dict[str, Any]) -> dict[str, Any]:
    return {
        k: v
        for k, v in group.items()
        if k not in ("lr", "params", "initial_lr") and not k.startswith(("max_", "base_", "min_"))
    }
