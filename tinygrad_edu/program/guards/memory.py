"""What may change without the structure clock: the memory of tensors, layouts, gradients, and references to gradients."""

from __future__ import annotations

from collections.abc import Callable
from operator import is_
from sys import getrefcount
from typing import Any

from ..program_text import in_names


def memory_guard(program: Any) -> Callable[[], bool]:
    """A function that compares memory, layouts and gradients with those of the recorded run."""
    space: dict[str, Any] = {"same": same_items}
    terms = []
    tensors = [(x, store.a) for x, store in program.memory if x is not None]
    tensors += [(slot.param, slot.param._data) for u in program.updates for slot in u.slots]
    for n, (x, a) in enumerate({id(x): (x, a) for x, a in tensors}.values()):
        space |= {f"x{n}": x, f"a{n}": a}
        terms.append(f"x{n}._data is a{n}")
    for n, u in enumerate(program.updates):
        space |= {f"o{n}": u.optimizer, f"l{n}": u.optimizer._layouts[u.number], f"u{n}": u, f"p{n}": u.group["params"]}
        space[f"q{n}"] = list(u.group["params"])
        space[f"r{n}"] = u.group
        terms += [f"o{n}.param_groups[{u.number}] is r{n}", f"len(o{n}.param_groups) == {len(u.optimizer.param_groups)}"]
        terms += [f"o{n}._layouts.get({u.number}) is l{n}", f"same(p{n}, q{n})"]
        if len(u.whole) == 1 and not u.some:  # as in even(), without its loops
            space[f"b{n}"] = u.whole[0][0]
            terms.append(f"b{n}.even")
        else:
            terms.append(f"u{n}.even()")
    for n, step in enumerate(program.steps):
        if step.left_out:
            space |= {f"i{n}": step.left_out, "idle": idle}
            terms.append(f"idle(i{n})")
    for n, x in enumerate(program.grads_in):
        space[f"g{n}"] = x
        terms.append(f"g{n}._grad is not None and g{n}._grad._op is None")
    for n, x in enumerate(program.grads_none):
        space[f"n{n}"] = x
        terms.append(f"n{n}._grad is None")
    return _function("fits", "", terms, space)


def scalar_guard(program: Any) -> Callable[..., bool]:
    """A function that returns whether lr and t still satisfy the conditions under which the rules were recorded."""
    names = program.params
    terms = [in_names(c, *names[2 * n : 2 * n + 2]) for n, u in enumerate(program.updates) for c in u.context.conditions]
    return _function("scalars_fit", ", ".join(names), terms, dict(program.printer.space))


def loan_guard(program: Any) -> Callable[[], bool]:
    """A function that returns whether a gradient whose memory the next call would overwrite is referenced elsewhere.

    Created before the first gradient is returned, when only this package refers to the gradients and their memory.
    """
    space: dict[str, Any] = {"getrefcount": getrefcount}
    own = [(x, g) for x, g in program.gradients if g is not None]
    for n, (x, g) in enumerate(own):
        space |= {f"x{n}": x, f"g{n}": g, f"d{n}": g._data}
    flat = [a for u in program.updates for a in u.flat]
    space |= {f"f{n}": a for n, a in enumerate(flat)}
    terms = []
    for n, (x, g) in enumerate(own):
        count = getrefcount(g) - 3  # `own`, the loop variable, and the pair that it comes from refer to it until this returns
        terms.append(f"getrefcount(g{n}) - (x{n}._grad is g{n}) > {count + 1}")
        terms.append(f"getrefcount(d{n}) > {getrefcount(g._data)}")
        del x, g
    terms += [f"getrefcount(f{n}) > {getrefcount(a) - 2}" for n, a in enumerate(flat)]
    del own, flat
    return _function("lent", "", terms or ["False"], space, " or ")


def _function(name: str, arguments: str, terms: list[str], space: dict[str, Any], link: str = " and ") -> Callable[..., bool]:
    """A function that returns the terms, joined by `link`; True if there are none."""
    # Compiled, because it runs before each step; it contains only names generated in this module.
    exec(f"def {name}({arguments}):\n    return {link.join(terms) or 'True'}", space)
    made: Callable[..., bool] = space[name]
    return made


def idle(parameters: list[Any]) -> bool:
    """Whether an optimizer would still leave them as they are: each is frozen or has no gradient."""
    return not any(p._grad is not None and p._requires_grad for p in parameters)


def same_items(a: list[Any], b: list[Any]) -> bool:
    """Whether two lists contain the same objects.

    >>> x = [1]
    >>> same_items([x], [x]), same_items([x], [[1]])
    (True, False)
    """
    return len(a) == len(b) and all(map(is_, a, b))
