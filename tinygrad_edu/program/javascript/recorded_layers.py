"""Recording layers and losses, at several sizes, and functions: the engine runs them, so no formula is written by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ..._tensor import Tensor
from ...autograd.node import from_array
from ...nn.module import Module
from ..cleaning import common_subexpressions, needed, without_copies
from ..instructions import CONST, Instr, Store, Untraceable
from ..recorder import Recording
from ..symbols import Traced
from .listing import Listing, Run, listing
from .size_symbols import RUNS, SizeSymbols

Make = Callable[[int, int, int], tuple[Module, tuple[int, ...]]]
"""(B, I, O) -> a module in float64 and the shape of its input."""


def layer_listing(make: Make, *, first: bool = False) -> Listing:
    """A layer's forward and backward pass. first: its input is data, which needs no gradient."""

    def record(size: Mapping[str, int]) -> Run:
        module, shape = make(size["B"], size["I"], size["O"])
        x = _sample(shape).requires_grad_(not first)
        dy = _sample(tuple(module(x).shape))
        return _recorded(lambda x, dy: module(x), [("x", x), ("dy", dy)], dict(module.named_parameters()), seed="dy")

    return listing([record(size) for size in RUNS], SizeSymbols(RUNS))


def loss_listing(make: Make, target: Callable[[int, int], Any]) -> Listing:
    """A loss function's value and its gradient with respect to the model's output; target(B, O) returns a target."""

    def record(size: Mapping[str, int]) -> Run:
        module, shape = make(size["B"], size["I"], size["O"])
        x, t = _sample(shape).requires_grad_(), from_array(np.asarray(target(size["B"], size["O"])))
        return _recorded(
            lambda x, target: module(x, target), [("x", x), ("target", t)], dict(module.named_parameters()), seed=None
        )

    return listing([record(size) for size in RUNS], SizeSymbols(RUNS))


def function_listing(f: Callable[..., Tensor], variables: Mapping[str, float], wrt: Sequence[str]) -> Listing:
    """A function of numbers, and its derivatives with respect to some of them."""
    inputs = [(name, from_array(np.array(float(v))).requires_grad_(name in wrt)) for name, v in variables.items()]
    return listing([_recorded(f, inputs, {}, seed=None)], SizeSymbols([{}]))


def _sample(shape: tuple[int, ...]) -> Tensor:
    x: Tensor = from_array(np.random.default_rng(0).standard_normal(shape))
    return x


def _recorded(
    forward: Callable[..., Tensor], inputs: list[tuple[str, Tensor]], parameters: dict[str, Tensor], seed: str | None
) -> Run:
    """Record and clean forward(*inputs), and backward() from its result with the input named `seed` as gradient."""
    parameters = {name.replace(".", "_"): p for name, p in parameters.items()}
    rec = Recording({id(p): name for name, p in parameters.items()})
    parts: dict[str, Any] = {}

    def step(*args: Tensor) -> Tensor:
        y = forward(*args)
        parts["forward"] = {id(i) for i in rec.tape.instrs}
        if y.requires_grad:
            y.backward(dict(zip((name for name, _ in inputs), args, strict=True))[seed] if seed else None)
        return y

    y = rec.run(step, [x for _, x in inputs], {}, inputs)
    if rec.tape.why:
        raise Untraceable(rec.tape.why)
    instrs, copies = without_copies(rec.tape.instrs)
    instrs, equal = common_subexpressions(instrs)
    same = {store: equal.get(other, other) for store, other in copies.items()} | equal

    def symbol(x: Any) -> Traced:
        found = rec.symbols_of.get(id(x))
        found = rec.tape.made(x._data) if found is None else found
        return found.moved(same[found.store]) if found.store in same else found

    roles = {"y": symbol(y)}
    named = {id(x): name for name, x in [*inputs, *parameters.items()]}
    for x, g in rec.grads_after.values():
        if g is not None and id(x) in named:
            roles[f"d_{named[id(x)]}"] = symbol(g)
    given: dict[Store, str] = {s.store: named[key] for key, s in rec.memory.items() if key in named}
    given |= {s.store: s.store.name for s in rec.tape.known.values() if s.store.kind == "input"}
    instrs = _in_separate_stores(rec, instrs, roles, given, set(parameters))
    parts["forward"] |= {id(i) for i in instrs if i.out is not None and i.out.store is roles["y"].store}
    wanted = [v.store for v in roles.values()]
    return needed(instrs, wanted), parts["forward"], roles, given


def _in_separate_stores(
    rec: Recording, instrs: list[Instr], roles: dict[str, Traced], given: dict[Store, str], parameters: set[str]
) -> list[Instr]:
    """Copy results that are views, constants or inputs, or share a store; gradients of parameters get the caller's names."""
    added = []
    for role, v in roles.items():
        alone = v.path == "{}" and v.store.kind not in ("input", "memory", CONST) and v.a.flags.c_contiguous
        if not alone or sum(other.store is v.store for other in roles.values()) > 1:
            into = rec.tape.symbol(role, "temp", np.array(v.a, order="C"))
            added.append(Instr("copy", "copyto", np.copyto, [v], {}, into, True, ""))
            roles[role] = into
        if role.removeprefix("d_") in parameters and role.startswith("d_"):
            given[roles[role].store] = role
    return [*instrs, *added]
