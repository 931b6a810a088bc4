"""Cleaning recorded instructions: merge common subexpressions, drop copies and unused results, reuse memory."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .instructions import CONST, FREE, INPUT, MEMORY, SCALAR, TEMP, Instr, Store, View
from .symbols import Traced

EFFECTS = {"draw", "check", "step"}
"""Kinds of instructions that are kept even if their output is unused."""


def common_subexpressions(instrs: Iterable[Instr]) -> tuple[list[Instr], dict[Store, Store]]:
    """Compute equal expressions once; also return {removed store: replacement}. Stores updated later are skipped."""
    seen: dict[Any, Store] = {}
    same: dict[Store, Store] = {}
    kept = []
    for i in instrs:
        replace_stores(i, same)
        if i.kind in EFFECTS or not i.define or i.out.store.updated or i.out.store.kind not in (TEMP, FREE):
            kept.append(i)
            continue
        key: Any = (
            i.op,
            id(i.function),
            _key(i.operands),
            _key(sorted(i.params.items(), key=lambda item: item[0])),
            i.versions,
        )
        key = (*key, i.out.a.dtype, i.out.a.shape)
        if key in seen:
            same[i.out.store] = seen[key]
        else:
            seen[key] = i.out.store
            kept.append(i)
    return kept, same


def without_copies(instrs: list[Instr]) -> tuple[list[Instr], dict[Store, Store]]:
    """Drop copies of whole stores if neither side is updated, or if the source is a temporary that is not used again.

    Also return {removed store: replacement}.
    """
    last: dict[Store, int] = {}
    for n, i in enumerate(instrs):
        for s in [v.store for v in i.reads] + ([i.out.store] if i.out is not None else []):
            last[s] = n
    same: dict[Store, Store] = {}
    kept = []
    for n, i in enumerate(instrs):
        replace_stores(i, same)
        if i.kind == "copy" and i.define and isinstance(i.operands[0], Traced):
            source, out = i.operands[0], i.out.store
            fixed = not (source.store.updated or out.updated)
            free = fixed or (last[source.store] == n and source.store.kind == TEMP)
            whole = source.path == "{}" and alike(source.a, out.a) and source.a.dtype == out.a.dtype
            if free and whole and out.kind == TEMP and source.store.kind in (TEMP, INPUT, MEMORY):
                same[out] = source.store
                source.store.updated = source.store.updated or out.updated
                if source.store.name == "tmp":
                    source.store.name = out.name
                continue
        if i.out is not None and i.out.store in same:
            i.out = i.out.moved(same[i.out.store])
        kept.append(i)
    return kept, same


def replace_stores(i: Instr, same: dict[Store, Store]) -> None:
    """Make an instruction read the replacements of removed stores."""
    if not same:
        return

    def new(x: Any) -> Any:
        if isinstance(x, (tuple, list)):
            return type(x)(new(v) for v in x)
        if isinstance(x, Traced) and x.store in same:
            return x.moved(same[x.store])
        return x

    i.operands = [new(x) for x in i.operands]
    i.params = {k: new(v) for k, v in i.params.items()}
    if hasattr(i, "work"):
        i.work = [(run, group, [new(g) for g in grads]) for run, group, grads in i.work]


def _key(x: Any) -> Any:
    if isinstance(x, View):
        store: Any = x.store.name if x.store.kind == SCALAR else x.store
        if x.store.kind == CONST and x.store.a.size < 100:
            store = (x.store.a.dtype, x.store.a.shape, x.store.a.tobytes())
        return store, x.path
    if isinstance(x, (tuple, list)):
        return tuple(_key(v) for v in x)
    return type(x), repr(x)


def needed(instrs: list[Instr], wanted: Iterable[Store]) -> list[Instr]:
    """Keep only the instructions that contribute to the stores in `wanted`, and those with effects."""
    live, kept = set(wanted), []
    for i in reversed(instrs):
        if i.kind in EFFECTS or i.out.store in live:
            if i.define and i.kind not in EFFECTS and not _reads_its_output(i):
                live.discard(i.out.store)
            live.update(i.touched if i.kind not in ("step", "check") else [v.store for v in i.reads])
            kept.append(i)
    return kept[::-1]


def _reads_its_output(i: Instr) -> bool:
    """Whether the previous contents of the output store matter, because the instruction reads it."""
    return any(v.store is i.out.store for v in i.reads)


def share_memory(instrs: list[Instr], kept: set[Store]) -> list[Store]:
    """Assign memory to every temporary not in `kept`: that of an operand no longer needed (in place), free or new memory.

    `kept`: stores whose contents outlive the call; they share no memory. Returns the stores with new memory.
    """
    last: dict[Store, int] = {}
    for n, i in enumerate(instrs):
        for s in [v.store for v in i.reads] + ([i.out.store] if i.out is not None else []):
            last[s] = n
    free: dict[int, list[Store]] = {}
    owners: list[Store] = []
    for n, i in enumerate(instrs):
        dying = {x.store: x for x in i.reads if last[x.store] == n and x.store.kind == TEMP and x.store not in kept}
        s = i.out.store if i.out is not None and i.kind not in ("check", "step") else None
        if s is not None and s.kind == TEMP and s.buffer is None and s not in kept:
            fit = [
                r
                for r, x in dying.items()
                if i.kind == "ufunc" and alike(x.a, s.a) and alike(r.a, s.a) and r.buffer is not None
            ]
            if fit:
                s.buffer = fit[0].buffer
                s.name = fit[0].name if fit[0].a.dtype == s.a.dtype else s.name
                dying.pop(fit[0])
            elif free.get(s.a.nbytes):
                s.buffer = free[s.a.nbytes].pop()
            else:
                s.buffer = s
                owners.append(s)
        for r in dying:
            if r is not s and r.buffer is not None:
                free.setdefault(r.a.nbytes, []).append(r.buffer)
    return owners


def alike(a: Any, b: Any) -> bool:
    """Whether either may be written to the other's memory: shape, strides and item size agree."""
    return bool(a.shape == b.shape and a.strides == b.strides and a.itemsize == b.itemsize)
