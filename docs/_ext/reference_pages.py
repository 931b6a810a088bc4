"""Write the pages of the API reference into docs/reference/api/: one page per subject, with each public name once."""

from __future__ import annotations

import inspect
import re
from collections import defaultdict
from importlib import import_module
from pathlib import Path
from typing import Any

import pictures
from plain_docstrings import prose
from public_names import TOP, Name, all_names, rule

import tinygrad_edu as tg

PARTS = {  # the part of the package -> heading on the index, in the order shown
    TOP: "Tensor, no_grad and related switches",
    f"{TOP}.autograd": "Automatic differentiation",
    f"{TOP}.ops": "Functions on tensors",
    f"{TOP}.nn": "Models: tinygrad_edu.nn",
    f"{TOP}.nn.layers": "Layers: tinygrad_edu.nn",
    f"{TOP}.nn.losses": "Losses: tinygrad_edu.nn",
    f"{TOP}.optim": "Update rules and schedules: tinygrad_edu.optim",
    f"{TOP}.data": "Data: tinygrad_edu.data",
    f"{TOP}.train": "Training: tinygrad_edu.train",
    f"{TOP}.program": "Compiled steps: tinygrad_edu.program",
    f"{TOP}.viz": "Pictures: tinygrad_edu.viz",
    f"{TOP}.distributed": "Several machines: tinygrad_edu.distributed",
}


def part_of(page: str) -> str:
    """The innermost part in PARTS that contains the page."""
    known = [part for part in PARTS if page == part or page.startswith(part + ".")]
    return max(known, key=len)


def summary(value: Any) -> str:
    """The first sentence of a docstring."""
    if getattr(value, "__module__", None) == "numpy" and isinstance(value, type):
        return f"NumPy's ``{value.__name__}``"
    text = inspect.getdoc(value) if callable(value) or isinstance(value, type) else None
    first = " ".join((text or "").partition("\n\n")[0].split())
    return prose(re.split(r"(?<=\.) ", first)[0]) if first else ""


def title_of(page: str) -> str:
    """What the page is about: its module's docstring up to the first period or colon."""
    if page == TOP:
        return PARTS[TOP]
    doc = inspect.getdoc(import_module(page)) or page
    return re.split(r"[.:] ", " ".join(doc.partition("\n\n")[0].split()))[0].rstrip(".:").replace("`", "")


def heading(text: str, mark: str) -> list[str]:
    width = sum(2 if ord(c) > 0x2E80 else 1 for c in text)
    return [text, mark * width, ""]


def short(path: str) -> str:
    """`nn.Linear` rather than `tinygrad_edu.nn.Linear`."""
    return path.removeprefix(TOP + ".")


def entry(name: Name, folder: Path) -> list[str]:
    """An object's section: autodoc's directive, other spellings, the rule of an op, the picture."""
    module, _, base = name.path.rpartition(".")
    value = name.value
    lines = [*heading(short(name.path).replace("_", "\\_") if base.endswith("_") else short(name.path), "-")]
    if name.path == f"{TOP}.Tensor":
        return lines + tensor_class()
    if isinstance(value, type) and value.__module__ == "numpy":  # dtypes: documented there
        lines += [f".. py:data:: {name.path}", "", f"   NumPy's ``numpy.{value.__name__}``.", ""]
    elif isinstance(value, type):
        # the last two are added to every estimator by scikit-learn
        options = (
            ["   :members:", "   :exclude-members: function, set_fit_request, set_score_request"]
            if _documented_methods(value)
            else []
        )
        lines += [f".. autoclass:: {name.path}", *options, ""]
    elif callable(value):
        lines += [f".. autofunction:: {name.path}", ""]
    else:
        shown = ["   :no-value:"] if isinstance(value, (dict, tuple)) else []
        lines += [f".. autodata:: {name.path}", *shown, ""]
    also = [
        short(alias) for alias in name.aliases if not alias.startswith(f"{TOP}.nn.modules.")
    ]  # PyTorch's second path to all layers
    if also:
        lines += ["Also: " + ", ".join(f"``{alias}``" for alias in also) + ".", ""]
    text = rule(module, base)
    if text:
        lines += ["Value and derivative, as they are written in the source:", "", ".. code-block:: python", ""]
        lines += ["   " + line for line in text.splitlines()] + [""]
    picture, caption = pictures.of(name.path, value, folder)
    if picture:
        lines += [f".. figure:: {picture}", f"   :alt: {caption}", "   :class: plot", "", f"   {prose(caption)}", ""]
    return lines


def _documented_methods(value: type) -> list[str]:
    return [n for n, m in vars(value).items() if not n.startswith("_") and getattr(m, "__doc__", None)]


def tensor_class() -> list[str]:
    """Tensor: its own methods in full, and those that are also functions by name."""
    functions: dict[str, str] = {}
    own, in_place = [], []
    for name in dir(tg.Tensor):
        if name.startswith("_") or not hasattr(tg.Tensor, name):  # PyTorch's other names are looked up on access: compat/
            continue
        method = inspect.getattr_static(tg.Tensor, name)
        function = getattr(tg, name, None)
        if callable(function) and getattr(function, "__doc__", None) == getattr(method, "__doc__", ""):
            functions[name] = next((n.path for n in all_names() if n.value is function), "")
        elif name.endswith("_") and callable(getattr(tg, name[:-1], None)):
            in_place.append(name)
        elif getattr(method, "__doc__", None):
            own.append(name)
    lines = [f".. autoclass:: {TOP}.Tensor", f"   :members: {', '.join(own)}", ""]
    links = [f":py:func:`{name} <{path}>`" if path else f"``{name}``" for name, path in functions.items()]
    lines += ["Methods that are also functions (``x.tanh()`` is ``tinygrad_edu.tanh(x)``):", "", ", ".join(links) + ".", ""]
    lines += ["In-place methods, whose names end in ``_`` as in PyTorch:", ""]
    return [*lines, ", ".join(f"``{name}``" for name in in_place) + ".", ""]


def write(app: Any) -> None:
    """Write all pages and their index; remove the pages of names that are no longer public."""
    folder = Path(app.srcdir) / "docs" / "reference" / "api"
    (folder / "pictures").mkdir(parents=True, exist_ok=True)
    pages: dict[str, list[Name]] = defaultdict(list)
    for name in all_names():
        pages[name.page].append(name)
    written = {"index.rst"}
    parts: dict[str, list[str]] = {part: [] for part in PARTS}
    for page in pages:
        parts[part_of(page)].append(page)
    index = [*heading("API reference", "="), "Every public name, by subject. :ref:`genindex` lists them alphabetically.", ""]
    for part, members in parts.items():
        if not members:
            continue
        index += [*heading(PARTS[part], "-"), ".. toctree::", "   :hidden:", "", *(f"   {page}" for page in members), ""]
        for page in members:
            file = folder / f"{page}.rst"
            written.add(file.name)
            links = [f":py:obj:`{short(n.path).rpartition('.')[2]} <{n.path}>`" for n in pages[page]]
            index += [f":doc:`{title_of(page)} <{page}>`", "   " + ", ".join(links), ""]
            replace(file, "\n".join(page_lines(page, pages[page], folder)) + "\n")
    replace(folder / "index.rst", "\n".join(index) + "\n")
    for stale in set(folder.glob("*.rst")) - {folder / name for name in written}:
        stale.unlink()


def page_lines(page: str, names: list[Name], folder: Path) -> list[str]:
    """One page: its title, a table of its names, then each of them."""
    paths = sorted({n.path.rpartition(".")[0] for n in names}, key=len)
    lines = [".. This page is written by docs/_ext/reference_pages.py.", "", *heading(title_of(page), "=")]
    lines += [f"From ``{' , '.join(paths)}``.", "", ".. list-table::", "   :widths: 30 70", "   :class: names", ""]
    for name in names:
        role = (
            "class"
            if isinstance(name.value, type) and name.value.__module__ != "numpy"
            else "func"
            if callable(name.value) and not isinstance(name.value, type)
            else "data"
        )
        lines += [f"   * - :py:{role}:`{short(name.path)} <{name.path}>`", f"     - {summary(name.value)}"]
    lines.append("")
    for name in names:
        lines += entry(name, folder)
    return lines


def replace(file: Path, text: str) -> None:
    """Write a file only if it has changed, so that Sphinx reads only the changed ones."""
    if not file.exists() or file.read_text(encoding="utf-8") != text:
        file.write_text(text, encoding="utf-8")


def setup(app: Any) -> dict[str, Any]:
    """Called by Sphinx."""
    app.connect("builder-inited", write)
    return {"parallel_read_safe": True}
