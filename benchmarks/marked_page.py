"""Tables that a benchmark writes into a documentation page, between two markers."""

from __future__ import annotations

from pathlib import Path


def write_between(page: Path, marks: tuple[str, str], text: str) -> None:
    """Replace the text between the markers."""
    old = page.read_text(encoding="utf-8")
    before, after = old.split(marks[0])[0], old.split(marks[1])[1]
    page.write_text(f"{before}{marks[0]}\n{text}\n\n{marks[1]}{after}", encoding="utf-8")
