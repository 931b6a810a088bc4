"""The user's line: the nearest one on the call stack outside this package and NumPy; for errors, warnings and traces."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Iterator
from types import FrameType
from typing import Any

import numpy as np

PACKAGE = __name__.partition(".")[0]
_FOLDER = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep
_NOT_THE_USERS = (_FOLDER, os.path.dirname(np.__file__) + os.sep)


def is_ours(frame: FrameType) -> bool:
    """Whether a frame's code belongs to this package, judged by its file: a doctest has the tested module's `__name__`."""
    return frame.f_code.co_filename.startswith(_FOLDER)


def is_users(frame: FrameType) -> bool:
    """Whether a frame's code belongs to neither this package nor NumPy; the two call each other."""
    return not frame.f_code.co_filename.startswith(_NOT_THE_USERS)


def outwards(frame: FrameType | None) -> Iterator[FrameType]:
    """A frame and its callers, the innermost first."""
    while frame is not None:
        yield frame
        frame = frame.f_back


def _levels_up() -> int:
    """The number of frames from its caller's caller up to the user's frame, or to the outermost one if none is the user's."""
    frame, levels = sys._getframe(2), 0
    while not is_users(frame) and frame.f_back is not None:
        frame, levels = frame.f_back, levels + 1
    return levels


def find_user_frame() -> FrameType:
    """The frame of the nearest caller outside this package and NumPy."""
    return sys._getframe(1 + _levels_up())


def find_user_line() -> tuple[str, int]:
    """File and line of the nearest caller outside this package and NumPy."""
    frame = find_user_frame()
    return frame.f_code.co_filename, frame.f_lineno


def find_argument(value: Any) -> tuple[str, str] | None:
    """The name of the function of this package that the user called with `value`, and of the parameter; None if not found."""
    found = None
    for frame in outwards(sys._getframe(1)):
        if is_users(frame):
            break
        code = frame.f_code
        names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        found = next(((code.co_name, n) for n in names if frame.f_locals.get(n) is value), found)
    return found


def warn_user(message: str, category: type[Warning] = UserWarning) -> None:
    """Warn at the nearest line outside this package and NumPy."""
    warnings.warn(message, category, stacklevel=2 + _levels_up())
