"""Recording more while a block runs: module, source line and time of each op, and, if an op raises, the graph up to it.

Which module is running is read from the call stack, so nothing needs to be restored after an error, in a module that calls
itself, or on another thread.
"""

from __future__ import annotations

import contextlib
import sys
import threading
import weakref
from collections.abc import Callable, Iterator, Mapping
from time import perf_counter
from types import FrameType, TracebackType
from typing import Any, Self

import numpy as np

from ..._tensor import Tensor
from ...autograd.checking.forward_wrapping import wrap_forwards
from ...autograd.grad_mode import is_grad_enabled
from ...autograd.observers import Watcher
from ...autograd.primitives import Primitive
from ...autograd.recording import RECORDERS
from ...autograd.user_line import find_user_line, is_ours, outwards
from ...nn.module import Module
from ...ops.loading import load_all
from ..render.escape import source_line
from .cuts import Cut, label, leaves, remember
from .graph_data import GraphData
from .snapshot import snapshot, snapshot_of_failure

MOST_ARGUMENTS = 100  # operands in longer lists are not drawn


class Recorder:
    """The context manager behind `viz.trace`, with its records as data."""

    def __init__(self, model: Any = None) -> None:
        if model is not None and not isinstance(model, Module):
            raise TypeError(f"trace: expected an nn.Module, got {type(model).__name__}")
        self._model = model
        self._paths: dict[int, str] = {}  # id of a module -> its path in the model
        self._clock = threading.local()  # .ended: the op whose forward function ended last, and the seconds that it took
        self._last: weakref.ref[Tensor] | None = None
        self._failure: GraphData | None = None
        self._cuts: list[Cut] = []  # all cuts of the block, in a list that its results share

    def __enter__(self) -> Self:
        self._last = self._failure = None
        self._cuts = []
        self._paths = {id(module): path for path, module in self._model.named_modules()} if self._model is not None else {}
        self._watcher = Watcher(self._see, self._see_cut)
        load_all()  # an op loaded later would not be timed
        self._stop_clocks = wrap_forwards(self._timed)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, place: TracebackType | None) -> None:
        self._watcher.close()
        self._stop_clocks()
        if self._model is not None:
            remember(self._model, self._cuts)
        if error is not None:
            with contextlib.suppress(Exception):  # a picture that cannot be drawn must not replace the error
                self._failure = self._drawn(error, list(_frames(place)))

    @property
    def data(self) -> GraphData:
        """The graph of the op that failed, or else of the result that was recorded last."""
        if self._failure is not None:
            return self._failure
        last = self._last() if self._last is not None else None
        if last is None:
            raise RuntimeError("trace.graph: nothing that still exists was recorded in this block: keep the result (loss = …)")
        return snapshot(last, self._model)

    def _see(self, out: Any) -> None:
        op, seconds = getattr(self._clock, "ended", (None, None))
        out._seconds = seconds if op is out._op else None  # a Function's forward is not timed
        out._origin = find_user_line()
        out._cuts = self._cuts
        if self._model is not None:
            out._module = running(outwards(sys._getframe(1)), self._paths)
        self._last = weakref.ref(out)

    def _timed(self, op: Primitive, forward: Callable[..., Any]) -> Callable[..., Any]:
        def run(*inputs: Any, **params: Any) -> Any:
            if not self._watcher.here:
                return forward(*inputs, **params)
            start = perf_counter()
            data = forward(*inputs, **params)
            self._clock.ended = op, perf_counter() - start
            return data

        return run

    def _see_cut(self, out: Any, how: str, inputs: tuple[Any, ...]) -> None:
        """Record, for the findings, where a path to parameters ends: `out` has no graph, although an input has, or had, one."""
        out._cuts = self._cuts
        behind: dict[int, str] = {}
        earlier: Cut | None = None
        for x in inputs:
            if isinstance(x, Tensor) and x._requires_grad:
                behind |= leaves(x)
            elif isinstance(cut := getattr(x, "_cut", None), Cut):
                behind |= cut.behind
                earlier = earlier or cut
        if not behind:
            return
        if earlier is None:
            frames = list(outwards(sys._getframe(1)))
            value = next(label(x) for x in inputs if isinstance(x, Tensor) and x._requires_grad)
            cut = Cut(self._how(out, how, frames), running(iter(frames), self._paths), source_line(*find_user_line()), value)
        else:
            cut = earlier
        out._cut = cut._replace(behind=behind)
        self._cuts.append(out._cut)

    def _how(self, out: Any, how: str, frames: list[FrameType]) -> str:
        """What cut the path: the function that the user called, and why nothing was recorded."""
        if how == "detach()":
            return how
        called = _called(iter(frames))
        if how == "item()":
            return f"{called}()"
        if not is_grad_enabled():
            return f"{how or called} under no_grad() or inference_mode()"
        return f"{how or called} to {out.dtype}"

    def _drawn(self, error: BaseException, frames: list[FrameType]) -> GraphData:
        name, operands = failed_call(frames)
        last = self._last() if self._last is not None else None
        by_hand = not operands or not is_ours(frames[-1])  # raised by the user's own code, after the last op
        return snapshot_of_failure(
            name or type(error).__name__,
            operands,
            [last] if last is not None and by_hand else [],
            error,
            self._model,
            running(reversed(frames), self._paths),
            source_of(error.__traceback__),
        )


def _frames(place: TracebackType | None) -> Iterator[FrameType]:
    """The frames of a traceback, from the block inward."""
    while place is not None:
        yield place.tb_frame
        place = place.tb_next


def running(frames: Iterator[FrameType], paths: Mapping[int, str]) -> str:
    """The path of the innermost module in `paths` that is being called; "" if there is none. `frames` are innermost first."""
    for frame in frames:
        if frame.f_code is Module.__call__.__code__:
            path = paths.get(id(frame.f_locals["self"]))
            if path is not None:
                return path
    return ""


def failed_call(frames: list[FrameType]) -> tuple[str, list[Any]]:
    """The name of the call that failed, and its Tensors and arrays: the op, or else the innermost module or function.

    frames    from the block inward; the first one, which contains the block, is skipped

    Of this package's functions, only the one called directly by the user's code is named, not its helpers.
    """
    name, operands, helpers = "", list[Any](), False
    for frame in frames[1:]:
        code, values, found = frame.f_code, frame.f_locals, _arrays(frame)
        owner = values.get(code.co_varnames[0]) if code.co_argcount else None
        tensors = any(isinstance(x, Tensor) for x in found)
        if code in RECORDERS:
            if tensors:
                return values["op"].name, found
        elif isinstance(owner, Module) and code.co_name in ("__call__", "forward"):
            name, operands, helpers = type(owner).__name__, found, is_ours(frame)
        elif not is_ours(frame):
            helpers = False
            if tensors:
                name, operands = code.co_qualname.rpartition("<locals>.")[2].removesuffix(".forward"), found
        elif not helpers and code.co_name != "__getattr__":
            name, operands, helpers = _name(frame), found, True
    return name, operands


def _called(frames: Iterator[FrameType]) -> str:
    """The function of this package that the user's code, or a module, called; `frames` are innermost first."""
    name = ""
    for frame in frames:
        if not is_ours(frame) or frame.f_code.co_name in ("forward", "__call__"):
            break
        name = _name(frame)
    return name


def _name(frame: FrameType) -> str:
    """The name of a function; for a wrapper, that of the wrapped function; for a constructor, that of its class."""
    values, code = frame.f_locals, frame.f_code
    inner = values.get("function", values.get("ufunc", values.get("init")))
    name = getattr(inner, "__name__", values["name"] if "name" in code.co_freevars else code.co_name)
    return type(values["self"]).__name__ if name == "__init__" and "self" in values else str(name).strip("_")


def _arrays(frame: FrameType) -> list[Any]:
    """The Tensors and arrays among the arguments of a function, including those in a tuple, list or dict."""
    code = frame.f_code
    count = code.co_argcount + code.co_kwonlyargcount + bool(code.co_flags & 0x04) + bool(code.co_flags & 0x08)
    # without the self of these two methods, which is also among their other arguments
    names = code.co_varnames[:count][code.co_name in ("__array_function__", "__array_ufunc__") :]
    flat: list[Any] = []
    todo = [frame.f_locals.get(name) for name in reversed(names)]
    while todo:
        value = todo.pop()
        if isinstance(value, Tensor | np.ndarray):
            flat.append(value)
        elif isinstance(value, dict | tuple | list) and len(value) <= MOST_ARGUMENTS:
            todo += reversed(list(value.values() if isinstance(value, dict) else value))
    return flat


def source_of(place: TracebackType | None) -> str:
    """The file and line of the innermost frame of a traceback that is neither in this package nor in NumPy."""
    found = "?:0"
    while place is not None:
        frame = place.tb_frame
        if not is_ours(frame) and not str(frame.f_globals.get("__name__", "")).startswith("numpy."):
            found = source_line(frame.f_code.co_filename, place.tb_lineno)
        place = place.tb_next
    return found
