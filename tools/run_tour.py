"""Run examples/tour.ipynb from top to bottom and store its outputs in it (needs the `browser` and `viz` extras). Run it after a
change to what the notebook shows, such as the page of a graph:

    python tools/run_tour.py
"""

from __future__ import annotations

import os
from pathlib import Path

import nbclient
import nbformat

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOK = ROOT / "examples" / "tour.ipynb"


def main() -> None:
    os.environ["PYTHONPATH"] = str(ROOT)  # the kernel imports this checkout
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    about = dict(notebook.metadata)  # a kernel adds its own version of Python, which is not a change to the notebook
    client = nbclient.NotebookClient(notebook, timeout=300, record_timing=False, resources={"metadata": {"path": str(ROOT)}})
    client.execute()
    notebook.metadata = nbformat.from_dict(about)
    nbformat.write(notebook, NOTEBOOK)
    print(f"wrote {NOTEBOOK.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
