"""The linter of training loops, which reports common mistakes with their lines and fixes."""

from .report import LintWarning
from .watcher import Lint, lint

__all__ = ["Lint", "LintWarning", "lint"]
