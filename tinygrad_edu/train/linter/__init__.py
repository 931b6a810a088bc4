"""The linter of training loops: what was forgotten, with the line and the fix."""

from .watcher import Lint, LintWarning, lint

__all__ = ["Lint", "LintWarning", "lint"]
