"""The font of each letter in a PNG or PDF: matplotlib's own, or else an installed one that has the letter."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import groupby
from typing import Any

from matplotlib import font_manager
from matplotlib.ft2font import FT2Font

from ...autograd.user_line import warn_user

OWN_FONTS = OWN, OWN_MONO = "DejaVu Sans", "DejaVu Sans Mono"  # they come with matplotlib
PREFERRED = (
    OWN, "Noto Sans CJK", "Noto Sans KR", "NanumGothic", "Malgun Gothic", "Apple SD Gothic Neo", "Noto Sans", "Hiragino Sans",
    "Yu Gothic", "Microsoft YaHei", "PingFang",
)  # fmt: skip
UNUSABLE = ("lastresort", "adobeblank", "unicodebmpfallback", "cm")  # boxes for every letter, and TeX's own encodings
INVISIBLE = {"Cc", "Cf", "Cn", "Co", "Cs", "Mn", "Zl", "Zp", "Zs"}  # categories of characters that are not looked up
MOST_NAMED = 12  # characters in the warning

Font = str  # the name of one of matplotlib's own fonts, or the file of another

_files: dict[tuple[str, bool], Font | None] = {}  # (letter, bold) -> a file that has it, or None
_reported: set[str] = set()


def runs(text: str, mono: bool, bold: bool) -> Iterator[tuple[Font, str]]:
    """A line as (font, text) parts, each in a single font."""
    own = OWN_MONO if mono else OWN
    if _letters(own).issuperset(text):
        yield own, text
        return
    composed = unicodedata.normalize("NFC", text)  # file names on a Mac have Hangul as single Jamo

    def font(letter: str) -> Font:
        return own if letter in _letters(own) else _files.get((letter, bold)) or own

    for name, part in groupby(composed, font):
        yield name, "".join(part)


def properties(font: Font, size: float, bold: bool) -> Any:
    """The font as matplotlib's FontProperties."""
    if font in OWN_FONTS:
        return font_manager.FontProperties(family=[font], size=size, weight="bold" if bold else "normal")
    return font_manager.FontProperties(fname=font, size=size)


def find(lines: Iterable[tuple[str, bool, bool]]) -> None:
    """Look for fonts that have the letters which matplotlib's own fonts lack; each line is (text, mono, bold).

    Fonts are opened only if a letter is missing, and each letter is looked up once. Letters that no installed font has are
    reported once.
    """
    missing: dict[bool, set[str]] = {False: set(), True: set()}
    for text, mono, bold in lines:
        own = _letters(OWN_MONO if mono else OWN)
        if not own.issuperset(text):
            missing[bold] |= set(unicodedata.normalize("NFC", text)) - own
    for bold, letters in missing.items():
        wanted = {c for c in letters if (c, bold) not in _files and unicodedata.category(c) not in INVISIBLE}
        found = dict(_found(wanted, bold)) if wanted else {}
        _files.update({(c, bold): found.get(c) for c in wanted})
    absent = {c for bold, letters in missing.items() for c in letters if _files.get((c, bold), c) is None}
    if new := sorted(absent - _reported):
        _reported.update(new)
        warn_user(_message(new))


def _message(absent: list[str]) -> str:
    shown = " ".join(absent[:MOST_NAMED]) + (f" and {len(absent) - MOST_NAMED} more" if len(absent) > MOST_NAMED else "")
    wide = {unicodedata.category(c) for c in absent if unicodedata.east_asian_width(c) in "WF"}
    package = "fonts-noto-cjk" if "Lo" in wide else "fonts-symbola" if wide else "fonts-noto"
    return (
        f"no installed font has {shown}: a PNG or PDF shows boxes instead. Install such a font (Debian, Ubuntu: apt "
        f"install {package}; others: https://fonts.google.com/noto) and restart Python, or save .svg or .html, which are "
        "shown with the fonts of their viewer"
    )


@cache
def _letters(own: str) -> frozenset[str]:
    return frozenset(map(chr, font_manager.get_font(font_manager.findfont(properties(own, 10, False))).get_charmap()))


def _found(wanted: set[str], bold: bool) -> Iterator[tuple[str, Font]]:
    """(letter, font file), from the fonts in matplotlib's list, then from those installed since that list was written."""
    known = font_manager.fontManager.ttflist
    for entries in (lambda: known, lambda: _unlisted({entry.fname for entry in known})):
        for entry in sorted(entries(), key=lambda entry: _rank(entry, bold)):
            name = entry.name.lower().replace(" ", "").lstrip(".")
            if name.startswith(UNUSABLE) or getattr(entry, "index", 0):  # FT2Font opens the first font of a file
                continue
            if (font := _opened(entry.fname)) is None:
                continue
            here = {c for c in wanted if font.get_char_index(ord(c))}
            yield from ((c, entry.fname) for c in here)
            wanted = wanted - here
            if not wanted:
                return


def _unlisted(listed: set[str]) -> list[Any]:
    fonts = [_opened(path) for path in sorted(set(font_manager.findSystemFonts()) - listed)]
    return [font_manager.ttfFontProperty(font) for font in fonts if font is not None]


def _opened(path: str) -> FT2Font | None:
    """The font, or None if FreeType cannot read it or it has no outlines."""
    try:
        font = FT2Font(path)
    except (OSError, RuntimeError):
        return None
    return font if font.scalable else None


def _rank(entry: Any, bold: bool) -> tuple[Any, ...]:
    """A sort key: preferred fonts first; then upright, proportional and sans-serif ones; then by difference in weight."""
    place = next((k for k, name in enumerate(PREFERRED) if entry.name.startswith(name)), len(PREFERRED))
    weight = font_manager.weight_dict.get(entry.weight, entry.weight)
    return (
        place,
        entry.style != "normal",
        "mono" in entry.name.lower(),
        "serif" in entry.name.lower(),
        abs(float(weight) - (700 if bold else 400)),
        entry.name,
        entry.fname,
    )
