"""A finished page: one HTML file that needs no network."""

from __future__ import annotations

import html
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .page_widget import PageWidget


@dataclass(frozen=True, repr=False)
class Page:
    """A finished page: displayed in a notebook, printed as text, saved as .html."""

    html: str
    text: str
    title: str
    height: int = 720  # of the frame in a notebook, in pixels

    def save(self, path: str | os.PathLike[str]) -> str:
        """Write a file ending in .html; return the path."""
        file = os.fspath(path)
        if os.path.splitext(file)[1].lower() != ".html":
            raise ValueError(f"Page.save: {file!r} must end in .html")
        with open(file, "wb") as out:
            out.write(self.html.encode())
        return file

    def widget(self) -> PageWidget:
        """The page as a notebook widget (extra `notebook`): `.state` is what it reports, `.weights` the playground's weights.

        `.load(fragment)`, `.play()` and `.pause()` control the playground and the race.
        """
        try:
            from .page_widget import PageWidget
        except ImportError as error:
            raise ImportError("widgets need anywidget: pip install anywidget") from error
        return PageWidget(page=self.html, title=self.title, height=self.height)

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        """The page in a sandboxed frame, where it can only run its scripts."""
        style = f"width:100%;height:{self.height}px;border:0"
        inside, title = html.escape(self.html), html.escape(self.title)
        return f'<iframe sandbox="allow-scripts" srcdoc="{inside}" style="{style}" title="{title}"></iframe>'
