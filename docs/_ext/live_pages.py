"""Pages that viz wrote (.html beside a text) open where they are, as pages; Sphinx alone would offer them as downloads."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx import addnodes


def open_in_place(app: Any, doctree: Any, docname: str) -> None:
    """A link to a .html file becomes a plain link, and the file is copied to its place in the site."""
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
    """The pages that live.html of each lesson leads to."""
    if exception is None and app.builder.format == "html":
        place = Path(app.outdir) / "examples" / "live"
        place.mkdir(parents=True, exist_ok=True)
        for page in (Path(app.srcdir) / "examples" / "live").glob("*.html"):
            shutil.copyfile(page, place / page.name)
        for page in (Path(app.outdir) / "_downloads").glob("*/*.html"):  # Sphinx's own copies, which nothing links to any more
            shutil.rmtree(page.parent)


def write_playground(app: Any, exception: Exception | None) -> None:
    """The playground, for howto/play to open."""
    if exception is None and app.builder.format == "html":
        from tinygrad_edu import viz

        viz.playground().save(Path(app.outdir) / "playground.html")


def setup(app: Any) -> dict[str, Any]:
    """What Sphinx calls."""
    app.connect("doctree-resolved", open_in_place)
    app.connect("build-finished", write_playground)
    app.connect("build-finished", copy_live_pages)
    return {"parallel_read_safe": True}
