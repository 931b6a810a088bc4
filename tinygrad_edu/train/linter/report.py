"""The linter's findings and warnings."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

from ...autograd.user_line import find_user_line
from ...nn.diagnostics import findings


class LintWarning(UserWarning):
    """A mistake in a training loop."""


@dataclass(frozen=True)
class LoopFinding(findings.Finding):
    """One mistake in a loop, with the user's line."""

    file: str
    line: int

    @property
    def rule(self) -> str:
        """The name of the rule, as in Lint.rules."""
        return self.what

    @property
    def message(self) -> str:
        """The text of the warning."""
        return str(self)


class Report:
    """The findings so far: of each rule, only the first."""

    def __init__(self) -> None:
        self.findings: list[LoopFinding] = []

    def has(self, rule: str) -> bool:
        """Whether the rule has already been reported."""
        return any(finding.rule == rule for finding in self.findings)

    def add(self, rule: str, why: str, do: str, at: tuple[str, int] | None = None) -> None:
        """Unless the rule already has a finding, record one and warn, at the line `at` or else the user's current line."""
        if self.has(rule):
            return
        file, line = at or find_user_line()
        finding = LoopFinding(rule, why, do, file, line)
        self.findings.append(finding)
        warnings.warn_explicit(finding.message, LintWarning, file, line)
