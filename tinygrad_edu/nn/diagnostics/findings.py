"""A finding of the training-loop linter or of the graph detectors, and the check for a mistake that both look for."""

from __future__ import annotations

from dataclasses import dataclass

from ..._language import language, translate


@dataclass(frozen=True)
class Finding:
    """A mistake that was found: `what` names it, `why` explains it, `do` is the suggested fix.

    >>> print(Finding("path cut", "no gradient can reach the weight", "remove the detach()"))
    path cut: no gradient can reach the weight. Remove the detach().
    """

    what: str
    why: str
    do: str

    @property
    def title(self) -> str:
        """`what`, in the reader's language."""
        return translate(self.what)

    @property
    def place(self) -> str:
        """Where it was found, as text that follows `what`; "" if there is no particular place."""
        return ""

    def __str__(self) -> str:
        do = self.do if language() == "ko" else self.do[0].upper() + self.do[1:]  # in Korean, `do` may begin with code
        return f"{self.title}{self.place}: {self.why}. {do}."


def pairs_all(a: tuple[int, ...], b: tuple[int, ...]) -> bool:
    """Whether these shapes broadcast to all pairs of elements, as (N,) and (N, 1) do: a squeeze() is missing.

    >>> pairs_all((8,), (8, 1)), pairs_all((8, 1), (8, 1)), pairs_all((8,), (4, 8))
    (True, False, False)
    """
    flat, column = sorted((a, b), key=len)
    return len(flat) == 1 and len(column) > 1 and column[-1] == 1 and flat[0] == column[-2] > 1
