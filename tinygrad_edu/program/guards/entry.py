"""What a compiled step knows about one kind of call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..replay import Program
    from .python_values import PythonValues
    from .structure import Structure


class Entry:
    """What is known about one kind of call: a program and its guards, or the reason why there is none."""

    def __init__(self, key: Any) -> None:
        self.key = key
        self.program: Program | None = None
        self.structure: Structure | None = None
        self.values: PythonValues | None = None
        self.why: str | None = None
        self.clock = 0
        self.tries = 0
        self.shapes = ""
        self.checked = False

    def difference(self) -> str | None:
        """The name of something that has changed since the program was recorded, or None."""
        found = self.structure.difference() if self.structure is not None else None
        return found or (self.values.difference() if self.values is not None else None)

    def lent(self) -> bool:
        """Whether a gradient of an earlier call is still referenced elsewhere."""
        return self.program is not None and self.program.lent is not None and self.program.lent()

    def fits(self) -> bool:
        program, structure, values = self.program, self.structure, self.values
        return (
            program is not None and structure is not None and values is not None
            and structure.holds() and program.fits() and values.holds() and not self.lent()
        )  # fmt: skip
