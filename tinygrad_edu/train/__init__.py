"""Training helpers: progress in a terminal, a notebook, or a log file."""

from .progress import Progress

__all__ = ["Progress"]
