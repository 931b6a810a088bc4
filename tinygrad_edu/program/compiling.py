"""tg.compile: a step that is recorded once and then runs as straight-line NumPy."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from typing import Any, Generic, ParamSpec, TypeVar, overload

from .._tensor import Tensor, structure_clock
from ..autograd import node
from ..autograd.grad_mode import grad_enabled
from ..autograd.user_line import warn_user
from . import numba_printer
from .building import Plan
from .call_key import Containers, frozen, named_objects, parameter_names, roots, tensor_names
from .guards.collecting import collect
from .guards.entry import Entry
from .guards.structure import Structure, watched
from .guards.watched_code import Seen
from .instructions import Untraceable
from .numpy_printer import identifier
from .recorder import Recording
from .replay import Program

P = ParamSpec("P")
R = TypeVar("R")

MOST_PROGRAMS = 8
"""The maximum number of programs kept by a compiled step; the least recently used one is dropped."""

MOST_WASTED = 2 * MOST_PROGRAMS
"""After this many recordings in a row, without a call in between that only runs a program, nothing more is recorded."""

TRIES = 3
"""How many times a refused call may be recorded again, each time after the structure clock has advanced."""


_recording = threading.RLock()
"""Only one step is recorded at a time: the observers of tensors, optimizers and generators are global to the process."""


class Compiled(Generic[P, R]):
    """A step that runs as a program if it can, and unchanged otherwise; see compile()."""

    def __init__(self, function: Callable[P, R], strict: bool = False, check: bool = True, backend: str = "numpy") -> None:
        if backend not in ("numpy", "numba"):
            raise ValueError(f"compile: backend must be 'numpy' or 'numba', got {backend!r}")
        if backend == "numba" and not numba_printer.available():
            raise ImportError("compile(backend='numba'): the package numba is missing: pip install numba")
        self._backend = backend
        functools.update_wrapper(self, function, updated=())
        self._function, self._strict, self._check = function, strict, check
        self._entries: list[Entry] = []
        self._lock = threading.Lock()
        self.eager_calls = self._wasted = 0
        self._names = parameter_names(function)

    # --- information ---

    @property
    def programs(self) -> dict[str, Program]:
        """The programs by the shapes and dtypes of their inputs, most recently used first."""
        found: dict[str, Program] = {}
        for e in self._entries:
            if e.program is not None:
                n = sum(1 for shapes in found if shapes.startswith(e.shapes))
                found[e.shapes if not n else f"{e.shapes} ({n + 1})"] = e.program
        return found

    @property
    def why(self) -> str | None:
        """Why the step runs eagerly, or None."""
        if self._wasted >= MOST_WASTED:
            found = next((e.difference() for e in self._entries if e.program is not None), None)
            return f"{found or 'an argument'} was different in each of the last {MOST_WASTED} calls that were recorded"
        found = next((e.why for e in self._entries if e.why is not None), None)
        lent = "a gradient of an earlier call is still referenced: the next call would overwrite it"
        return found or (lent if any(e.lent() for e in self._entries) else None)

    @property
    def source(self) -> str:
        """The most recently used program, as Python source."""
        return next(
            (e.program.source for e in self._entries if e.program is not None),
            f"# not compiled: {self.why or 'not called yet'}",
        )

    def __repr__(self) -> str:
        from .in_numbers import printout

        return printout(self)

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        return self if instance is None else functools.partial(self, instance)

    # --- calls ---

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        if not self._lock.acquire(blocking=False):  # a recursive call, or a call from another thread: the memory is in use
            return self._function(*args, **kwargs)
        try:
            answer: R = self._call(args, kwargs)
            return answer
        finally:
            self._lock.release()

    def _call(self, args: Any, kwargs: Any) -> Any:
        if watched():
            return self._function(*args, **kwargs)
        tensors: list[Any] = []
        key: list[Any] = [grad_enabled(), node.default_float]
        for x in args:
            if isinstance(x, Tensor):
                d = x._data
                key += (d.shape, d.dtype, d.strides, x._requires_grad)
                tensors.append(x)
            else:
                key.append(frozen(x, tensors))
        for name, x in kwargs.items():
            key += (name, frozen(x, tensors))
        ids = [id(x._data) for x in tensors]
        if len(set(ids)) < len(ids):  # the same array is passed more than once
            key.append(tuple(map(ids.index, ids)))
        entry = self._find(tuple(key))
        if entry is None and self._wasted < MOST_WASTED:
            return self._record(tuple(key), tensors, args, kwargs)
        answer = None if entry is None or entry.program is None else self._run(entry, tensors, args, kwargs)
        if answer is not None:
            return answer[0]
        self.eager_calls += 1
        return self._function(*args, **kwargs)

    def _find(self, key: Any) -> Entry | None:
        """The matching entry, moved to the front of the list; None if the call is to be recorded, perhaps again."""
        for n, e in enumerate(self._entries):
            if e.key != key:
                continue
            if e.program is None:
                if e.clock != structure_clock.now and e.tries < TRIES:
                    e.tries += 1
                    continue
            elif not e.fits():
                continue
            if n:
                self._entries.insert(0, self._entries.pop(n))
            return e
        if any(e.key == key and e.lent() for e in self._entries):
            return Entry(key)  # without a program: this call runs eagerly, and is not recorded
        return None

    def _run(self, entry: Entry, tensors: list[Any], args: Any, kwargs: Any) -> tuple[Any] | None:
        program = entry.program
        assert program is not None  # for the type checker
        if entry.checked or not self._check:
            self._wasted = 0
            return program.run(tensors)
        return self._compare(entry, tensors, args, kwargs)

    def _compare(self, entry: Entry, tensors: list[Any], args: Any, kwargs: Any) -> tuple[Any] | None:
        """The second call: run the program, then the eager step from the same state; all numbers must be the same."""
        from .second_call import State

        program = entry.program
        assert program is not None  # for the type checker
        state = State(program, [x._data for x in tensors])
        try:
            found = program.run(tensors)
        except Exception as error:
            state.restore()
            self._refuse(entry, f"the program failed ({type(error).__name__}: {error})")
            return (self._function(*args, **kwargs),)
        if found is None:
            return None
        after = state.now(found[0])
        state.restore()
        answer = self._function(*args, **kwargs)
        difference = state.difference(after, state.now(answer))
        changed = entry.difference()
        if changed:
            self._refuse(entry, f"the step itself changes {changed}")
        elif difference:
            self._refuse(entry, f"the program differed from the eager step in {difference}")
        entry.checked = True
        return (answer,)

    def _refuse(self, entry: Entry, why: str) -> None:
        entry.program, entry.why, entry.clock = None, why, structure_clock.now
        if self._strict:
            raise Untraceable(f"compile(strict=True): {why}")
        if "differed" in why:
            warn_user(f"compile: {why}; this step runs eagerly", RuntimeWarning)

    @staticmethod
    def _refuse_graphs(tensors: list[Any]) -> None:
        if any(x._requires_grad and x._op is not None for x in tensors):
            raise Untraceable("an argument is part of a graph, which backward() would have to follow in each call: detach() it")

    def _record(self, key: Any, tensors: list[Any], args: Any, kwargs: Any) -> Any:
        """Run the step normally, observe it, and turn it into a program."""
        old = next((e for e in self._entries if e.key == key and e.program is None), None)
        entry = old or Entry(key)
        names = [identifier(n) for n in tensor_names(self._names, args, kwargs, tensors)]
        entry.shapes = ", ".join(f"{n} {list(x.shape)} {x.dtype}" for n, x in zip(names, tensors, strict=True))
        if old is None:
            self._entries.insert(0, entry)
            del self._entries[MOST_PROGRAMS:]
        self._wasted += 1
        given = Containers(args, kwargs)
        rec = Recording({id(v): k for k, v in roots(self._function).items()})
        seen = Seen()
        try:
            with _recording, seen:
                result = rec.run(self._function, args, kwargs, list(zip(names, tensors, strict=True)))
            entry.clock = structure_clock.now
            try:
                self._refuse_graphs(tensors)
                values = collect(self._function, seen, named_objects(self._names, args, kwargs), tensors)
                optimizers = list({id(s.optimizer): s.optimizer for s in rec.tape.instrs if s.kind == "step"}.values())  # type: ignore[attr-defined]
                held = [s.store.tensor for s in rec.memory.values() if s.store.tensor is not None]
                modules = list(rec.modules.values()), list(values.modules.values())
                structure = Structure(*modules, [*held, *values.tensors.values()], optimizers, rec.names)
                changed = structure.difference() or values.difference() or given.difference()
                if changed:
                    is_hook = changed.startswith("a hook of ")
                    raise Untraceable(f"a program does not call {changed}" if is_hook else f"the step itself changes {changed}")
                entry.program = Program(Plan(rec, result), names, self._backend)
                entry.structure, entry.values, entry.why, entry.checked = structure, values, None, False
            except Untraceable as why:
                self._refuse(entry, str(why))
            except Exception as error:  # the step itself has run: failing to compile it must not stop the training
                self._refuse(entry, f"it could not be turned into a program ({type(error).__name__}: {error})")
        finally:
            if entry.program is None and entry.why is None:
                self._entries = [e for e in self._entries if e is not entry]
        return result


@overload
def compile(
    function: None = None, *, strict: bool = ..., check: bool = ..., backend: str = ...
) -> Callable[[Callable[P, R]], Compiled[P, R]]: ...
@overload
def compile(function: Callable[P, R], *, strict: bool = ..., check: bool = ..., backend: str = ...) -> Compiled[P, R]: ...
def compile(function: Any = None, *, strict: bool = False, check: bool = True, backend: str = "numpy") -> Any:
    """Record a training step once, and run it as straight-line NumPy from the second call on.

        step = compile(step)                or @compile above the function, or compile(model) for a model under no_grad()

    function  takes Tensors, numbers, strings, and nested containers of these; a training step calls backward() and
              optimizer.step()
    strict    raise Untraceable if the step cannot be compiled, instead of running it eagerly
    check     compare the first run of each program, in the second call, with the step itself: all numbers must be equal, and
              the step must not change Python values that it reads (check=False notices neither)
    backend   "numba" runs the optimizer's rule, and neighboring element-wise calls with small results, as loops compiled by
              numba (extra "fast"), with the same numbers; numba compiles them in the second call (a second or two)

    The first call runs the step normally and records every NumPy call that it makes: forward, backward, the update.
    The calls are simplified (common subexpressions merged, memory allocated once and reused) and printed as Python:
    `step.source`.
    Later calls run this program if everything that the step depends on is unchanged: shapes and dtypes, the mode of each
    module, requires_grad, hooks, options, and every Python value that the step reads, including globals, closures, containers
    and attributes. Otherwise, the step is recorded again, or runs eagerly: `step.why` gives the reason. `step.programs` has one
    program per kind of call (at most 8), and `print(step)` summarizes them.

    A program cannot make decisions that depend on the values of a tensor, draw from generators other than tinygrad_edu's,
    print, or keep the graph of what it returns. NumPy's overflow warnings in the forward pass are not shown.

    >>> import tinygrad_edu as tg
    >>> net = tg.nn.Linear(2, 1)
    >>> opt = tg.optim.SGD(net.parameters(), lr=0.1)
    >>> @tg.compile
    ... def step(x, y):
    ...     loss = ((net(x) - y) ** 2).mean()
    ...     opt.zero_grad()
    ...     loss.backward()
    ...     opt.step()
    ...     return loss
    >>> x, y = tg.ones(4, 2), tg.zeros(4, 1)
    >>> losses = [step(x, y).item() for _ in range(5)]
    >>> print(step.source.split("nesterov")[1])  # the update, below its formula
    <BLANKLINE>
        finite[0] = all_finite(flat_gradient)
        rate[...] = lr
        for w, g, tmp_2 in blocks:
            multiply(rate, g, out=tmp_2)
            subtract(w, tmp_2, out=w)
        return mean.copy(),
    <BLANKLINE>
    """
    if function is None:
        return functools.partial(compile, strict=strict, check=check, backend=backend)
    return Compiled(function, strict, check, backend)
