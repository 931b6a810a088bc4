"""The user's line: the nearest one on the call stack that is not in this package. For errors, warnings, traces and findings."""

from __future__ import annotations

import os
import sys
import warnings
from types import FrameType

PACKAGE = __name__.partition(".")[0]
_FOLDER = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep


def is_ours(frame: FrameType) -> bool:
    """Whether the code of a frame belongs to this package. The file tells: a doctest has the `__name__` of what it tests."""
    return frame.f_code.co_filename.startswith(_FOLDER)


def _levels_up() -> int:
    """How many frames above its caller's caller the user's frame is; the outermost frame if all are ours."""
    frame, levels = sys._getframe(2), 0
    while is_ours(frame) and frame.f_back is not None:
        frame, levels = frame.f_back, levels + 1
    return levels


def find_user_line() -> tuple[str, int]:
    """File and line of the nearest caller outside this package."""
    frame = sys._getframe(1 + _levels_up())
    return frame.f_code.co_filename, frame.f_lineno


def warn_user(message: str, category: type[Warning] = UserWarning) -> None:
    """A warning at the nearest line outside this package."""
    warnings.warn(message, category, stacklevel=2 + _levels_up())
