"""The linter of training loops: what was forgotten, with the line and the fix."""

from .report import LintWarning
from .watcher import Lint, lint

__all__ = ["Lint", "LintWarning", "lint"]
