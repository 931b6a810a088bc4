"""The map of the update rules: how each follows from the ones before it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from .optimizer import Optimizer


class Kin(NamedTuple):
    """A rule's place in the family; written beside the rule."""

    follows: str  # the rules that it builds on
    changes: str  # against SGD: "gradient", "rate", "both", or "" for SGD itself
    idea: str  # what is new
    use: str  # when to take it


HEADINGS = ("rule", "follows from", "changes the", "memory", "what is new", "take it")

GROUPS = {
    "—": "Plain descent",
    "gradient": "The gradient is changed",
    "rate": "The learning rate is changed, element by element",
    "gradient and rate": "Both are changed",
}


class Family:
    """A table of update rules that prints as text and shows as a table in a notebook; `rows` holds its cells."""

    def __init__(self, rules: Sequence[type[Optimizer]]) -> None:
        self.rows = [self._row(rule) for rule in rules]

    @staticmethod
    def _row(rule: type[Optimizer]) -> tuple[str, ...]:
        kin = rule.kin
        changes = {"both": "gradient and rate", "": "—"}.get(kin.changes, kin.changes)
        return (rule.__name__, kin.follows or "—", changes, memory(rule), kin.idea, kin.use)

    def __repr__(self) -> str:
        lines = []
        for changes, title in GROUPS.items():
            lines.append(title)
            for name, follows, what, memory, idea, use in self.rows:
                if what == changes:
                    origin = f" (after {follows})" if follows != "—" else ""
                    lines.append(f"  {name:10}{memory.split(',')[0]:4}{idea}{origin}")
                    lines.append(f"{'':16}take it {use}")
        return "\n".join([*lines, "", *NOTES])

    def _repr_markdown_(self) -> str:
        rows = [HEADINGS, ("---",) * len(HEADINGS), *self.rows]
        return "\n".join([*("| " + " | ".join(row) + " |" for row in rows), "", *(note + "  " for note in NOTES)])


NOTES = (
    "2×: twice the memory of the parameters alone, themselves included.",
    "Batch, stochastic and mini-batch gradient descent are SGD under three batch sizes: all samples, one, some.",
)


def memory(rule: type[Optimizer]) -> str:
    """Numbers kept per parameter, the parameter included; with the options that add one."""
    always = 1 + sum(b.when is None for b in rule.buffers)
    options = [b.when for b in rule.buffers if b.when]
    return f"{always}×" + "".join(f", +1 {option}" for option in options)
