"""The package's source as pages of the site; each entry of the reference links to its definition."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from public_names import PACKAGE, TOP, source
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

FOLDER = "source"


def resolve(domain: str, info: dict[str, str]) -> str | None:
    """Return the address of an object's source for sphinx.ext.linkcode; pages of the reference are three folders deep."""
    if domain != "py" or not info["module"]:
        return None
    place = source(info["module"], info["fullname"])
    return place and f"../../../{FOLDER}/{place[0]}.html#L-{place[1]}"


def write(app: Any, exception: Exception | None) -> None:
    """Highlight every module of the package; each line has an anchor."""
    if exception or app.builder.format != "html":
        return
    folder = Path(app.outdir) / FOLDER
    folder.mkdir(exist_ok=True)
    for path in sorted(PACKAGE.rglob("*.py")):
        name = ".".join([TOP, *path.relative_to(PACKAGE).with_suffix("").parts]).removesuffix(".__init__")
        form = HtmlFormatter(
            full=True,
            title=name,
            linenos="inline",
            lineanchors="L",
            anchorlinenos=True,
            cssstyles="font-size: 13px; line-height: 1.45; padding: 0 1em",
        )
        (folder / f"{name}.html").write_text(highlight(path.read_text(encoding="utf-8"), PythonLexer(), form), encoding="utf-8")


def setup(app: Any) -> dict[str, Any]:
    """Called by Sphinx."""
    app.connect("build-finished", write)
    return {"parallel_read_safe": True}
