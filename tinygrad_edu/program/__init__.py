"""A recorded training step: instructions, clean-up passes, printers, replay."""

from .compiling import Compiled, compile
from .instructions import Untraceable
from .replay import Program

__all__ = ["Compiled", "Program", "Untraceable", "compile"]
