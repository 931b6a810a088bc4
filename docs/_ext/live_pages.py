"""Let links open the pages written by viz (.html next to a text) in place; Sphinx alone would offer them as downloads."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx import addnodes


def open_in_place(app: Any, doctree: Any, docname: str) -> None:
    """Turn a link to a .html file into a plain link, and copy the file to its place in the site."""
    if app.builder.format != "html":
        return
    for link in list(doctree.findall(addnodes.download_reference)):
        target = link["reftarget"]
        if not target.endswith(".html"):
            continue
        found = (Path(app.srcdir) / docname).parent / target
        place = Path(app.outdir) / found.resolve().relative_to(Path(app.srcdir).resolve())
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(found, place)
        link.replace_self(nodes.reference("", "", *link.children, refuri=target, internal=True))


def copy_live_pages(app: Any, exception: Exception | None) -> None:
    """Copy the pages that the lessons' live.html files lead to."""
    if exception is None and app.builder.format == "html":
        place = Path(app.outdir) / "examples" / "live"
        place.mkdir(parents=True, exist_ok=True)
        for page in (Path(app.srcdir) / "examples" / "live").glob("*.html"):
            shutil.copyfile(page, place / page.name)
        for page in (Path(app.outdir) / "_downloads").glob("*/*.html"):  # Sphinx's own copies, which are no longer linked
            shutil.rmtree(page.parent)


def write_playground(app: Any, exception: Exception | None) -> None:
    """Write the playground that howto/play opens."""
    if exception is None and app.builder.format == "html":
        from tinygrad_edu import viz

        viz.playground().save(Path(app.outdir) / "docs" / "playground.html")


def setup(app: Any) -> dict[str, Any]:
    """Called by Sphinx."""
    app.connect("doctree-resolved", open_in_place)
    app.connect("build-finished", write_playground)
    app.connect("build-finished", copy_live_pages)
    return {"parallel_read_safe": True}
