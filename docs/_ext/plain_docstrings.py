"""Convert docstrings from plain text (a sentence, formulas, shapes, doctests) to the reStructuredText that autodoc expects.

A paragraph that is indented, or has columns (runs of spaces) or an arrow in each line, is a formula, and is kept line by line
in a fixed-width font. Doctests, lists and tables of parameters are recognized, too. Everything else is prose, in which only
`code` has a meaning.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

FULL_LINE = 100  # a line that could have held the next word at this width was broken on purpose
ARGUMENT = r"[*\w.]+(?:\([\w, ]*\)|=\S+)?"  # lr, *args, on_epoch_end(epoch, logs), batch_size=1
ARGUMENTS = rf"{ARGUMENT}(?:, (?:{ARGUMENT}|…))*"


def paragraphs(lines: list[str]) -> list[list[str]]:
    """Groups of lines between empty lines; a doctest marks empty lines in its output, as doctest itself requires."""
    found: list[list[str]] = [[]]
    for line in lines:
        if line.strip():
            found[-1].append(line.rstrip())
        elif found[-1]:
            found.append([])
    return [paragraph for paragraph in found if paragraph]


def definitions(paragraph: list[str]) -> tuple[list[tuple[str, str]], list[str]]:
    """((name, description), …) if the paragraph begins with such a table, and the lines that follow the table."""
    found: list[tuple[str, str]] = []
    indent = len(paragraph[0]) - len(paragraph[0].lstrip())
    columns = set()
    for i, line in enumerate(paragraph):
        row = re.fullmatch(rf" {{{indent}}}({ARGUMENTS}|[A-Za-z_.\"*(][^←=]*?)(?:( {{2,}})(\S.*))?", line)
        argument = row is not None and re.fullmatch(ARGUMENTS, row[1]) is not None
        if row and row[3] and (argument or "←" not in line):
            columns.add(row.start(3) if not argument else 0)
            found.append((row[1], row[3]))
        elif argument and row and any(following.startswith(" " * (indent + 1)) for following in paragraph[i + 1 : i + 2]):
            found.append((row[1], ""))  # names that leave no room: their description is on the next line
        elif found and line.startswith(" " * (indent + 1)):
            found[-1] = (found[-1][0], f"{found[-1][1]} {line.strip()}".strip())
        elif columns == {0}:
            return found, paragraph[i:]
        else:
            return [], paragraph
    return (found, []) if len(columns - {0}) <= 1 else ([], paragraph)


def is_formula(paragraph: list[str]) -> bool:
    """Whether the positions of the characters matter."""
    if all(line.startswith(("- ", "  ")) for line in paragraph) and paragraph[0].startswith("- "):
        return False
    columns = any(re.search(r"\S {3,}\S", line) for line in paragraph)
    return columns or paragraph[0].startswith(" ") or all("←" in line for line in paragraph)


def prose(text: str) -> str:
    """reStructuredText that shows this text unchanged, with `code` as code."""
    parts = re.split(r"(``[^`]+``|`[^`]+`)", text)
    shown = [f"``{part.strip('`')}``" if i % 2 else re.sub(r"([\\*_|`<])", r"\\\1", part) for i, part in enumerate(parts)]
    joined = ""
    for i, part in enumerate(shown):  # a literal must not touch letters: an escaped space separates them
        joined += rf"\ {part}\ " if i % 2 else part
    return joined.strip()


def broken_on_purpose(line: str, following: str) -> bool:
    short = len(line) + 1 + len(following.split()[0]) <= FULL_LINE and line.endswith((".", ";", ":", ")", "]"))
    return short or re.match(r"Sources?: ", following) is not None


def convert(lines: list[str]) -> list[str]:
    """A docstring as reStructuredText."""
    result: list[str] = []
    for paragraph in paragraphs(lines):
        if paragraph[0].lstrip().startswith(">>>"):
            indent = len(paragraph[0]) - len(paragraph[0].lstrip())
            result += [".. code-block:: pycon", "", *("   " + line[indent:] for line in paragraph), ""]
        elif (table := definitions(paragraph))[0]:
            for term, text in table[0]:
                result += [f"``{term}``", f"   {prose(text)}"]
            result += ["", *convert(table[1])]
        elif is_formula(paragraph):
            indent = min(len(line) - len(line.lstrip()) for line in paragraph)
            result += [".. code-block:: text", "   :class: formula", "", *("   " + line[indent:] for line in paragraph), ""]
        elif paragraph[0].startswith("- "):
            result += ["- " + prose(line[2:]) if line.startswith("- ") else "  " + prose(line) for line in paragraph]
            result.append("")
        else:
            groups = [[paragraph[0].strip()]]
            for line, following in pairwise(paragraph):
                if broken_on_purpose(line, following):
                    groups.append([following.strip()])
                else:
                    groups[-1].append(following.strip())
            mark = "| " if len(groups) > 1 else ""
            result += [mark + prose(" ".join(group)) for group in groups]
            result.append("")
    return result


def process(app: Any, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    """Autodoc's event: change the lines in place."""
    lines[:] = convert(lines)


def signature(app: Any, what: str, name: str, obj: Any, options: Any, arguments: str | None, returned: str | None) -> Any:
    """An op made from a NumPy ufunc has the arguments of the ufunc without its options."""
    if arguments is None or "subok" not in arguments:
        return None
    return arguments.partition(", /")[0] + ")", returned


def setup(app: Any) -> dict[str, Any]:
    """Called by Sphinx."""
    app.connect("autodoc-process-docstring", process)
    app.connect("autodoc-process-signature", signature)
    return {"parallel_read_safe": True}
