"""The table of the update rules: how each follows from the ones before it, what it costs in memory, and when to use it."""

from __future__ import annotations

from typing import NamedTuple

from .optimizer import Optimizer
from .rules import NAG, SGD, Adadelta, Adagrad, Adam, Adamax, AdamW, Momentum, Nadam, RMSprop


class _Row(NamedTuple):
    """A rule's place in the family."""

    rule: type[Optimizer]
    follows: str  # the rules that it builds on
    changes: str  # compared with SGD: a key of GROUPS
    idea: str  # what is new about it
    use: str  # when to use it


GROUPS = {
    "—": "Plain descent",
    "gradient": "The gradient is changed",
    "rate": "The learning rate is changed, element by element",
    "gradient and rate": "Both are changed",
}

FAMILY = (
    _Row(
        SGD, "—", "—",
        "the step itself: down the slope",
        "for convex problems and as the baseline; with momentum and a schedule for image networks",
    ),
    _Row(
        Momentum, "SGD", "gradient",
        "past steps carry over: across flat regions, out of shallow minima",
        "when SGD is slow or zigzags along a valley",
    ),
    _Row(
        NAG, "Momentum", "gradient",
        "the gradient is taken where the momentum leads, so it brakes before the turn",
        "when Momentum overshoots",
    ),
    _Row(
        Adagrad, "SGD", "rate",
        "a rate per element, divided by the size of all its past gradients",
        "for sparse features and short runs: it slows to a stop",
    ),
    _Row(
        RMSprop, "Adagrad", "rate",
        "past gradients are forgotten, so it never stops",
        "for noisy or drifting problems and recurrent networks",
    ),
    _Row(
        Adadelta, "RMSprop", "rate",
        "the size of past steps replaces the rate",
        "when you have no idea what rate to choose",
    ),
    _Row(
        Adam, "RMSprop, Momentum", "gradient and rate",
        "the averages of Momentum and RMSprop, corrected for their start at 0",
        "as the first thing to try",
    ),
    _Row(
        AdamW, "Adam", "gradient and rate",
        "weight decay outside the gradient",
        "when you want weight decay; for transformers",
    ),
    _Row(
        Adamax, "Adam", "gradient and rate",
        "the largest recent gradient in place of the root mean square",
        "when gradients have rare large values; for embeddings",
    ),
    _Row(
        Nadam, "Adam, NAG", "gradient and rate",
        "it looks ahead by including the momentum of the next step",
        "when Adam works and could be faster",
    ),
)  # fmt: skip
"""Every rule that takes one gradient per step, simplest first; so LBFGS is not among them. A new rule is a row here."""

RULES: tuple[type[Optimizer], ...] = tuple(row.rule for row in FAMILY)
"""Every rule that takes one gradient per step, simplest first."""

HEADINGS = ("rule", "follows from", "changes the", "memory", "what is new", "use it")

NOTES = (
    "2×: the parameters and what is stored for them take twice the memory of the parameters alone.",
    "Batch, stochastic and mini-batch gradient descent are SGD with three batch sizes: all samples, one, several.",
)


class FamilyTable:
    """A table of update rules that prints as text and is displayed as a table in a notebook; `rows` holds its cells."""

    def __init__(self) -> None:
        self.rows = [(r.rule.__name__, r.follows, r.changes, numbers_kept(r.rule), r.idea, r.use) for r in FAMILY]

    def __repr__(self) -> str:
        lines = []
        for changes, title in GROUPS.items():
            lines.append(title)
            for name, follows, what, memory, idea, use in self.rows:
                if what == changes:
                    origin = f" (after {follows})" if follows != "—" else ""
                    lines.append(f"  {name:10}{memory.split(',')[0]:4}{idea}{origin}")
                    lines.append(f"{'':16}use it {use}")
        return "\n".join([*lines, "", *NOTES])

    def _repr_markdown_(self) -> str:
        rows = [HEADINGS, ("---",) * len(HEADINGS), *self.rows]
        return "\n".join([*("| " + " | ".join(row) + " |" for row in rows), "", *(note + "  " for note in NOTES)])


def family() -> FamilyTable:
    """A table of the update rules: what each changes, what it follows from, what it costs in memory, and when to use it.

    >>> import tinygrad_edu as tg
    >>> for row in tg.optim.family().rows[1:3]:
    ...     print(row[:4])
    ('Momentum', 'SGD', 'gradient', '2×')
    ('NAG', 'Momentum', 'gradient', '2×')
    """
    return FamilyTable()


def numbers_kept(rule: type[Optimizer]) -> str:
    """How many numbers are stored per weight, including the weight itself, and the options that add one more.

    >>> numbers_kept(Adam)
    '3×, +1 amsgrad'
    """
    always = 1 + sum(b.when is None for b in rule.buffers)
    options = [b.when for b in rule.buffers if b.when]
    return f"{always}×" + "".join(f", +1 {option}" for option in options)
