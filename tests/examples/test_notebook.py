"""The notebook runs, and its stored outputs are complete and current."""

import html
import json
import re
import warnings
from pathlib import Path

import numpy as np
import pytest

import tinygrad_edu as tg

NOTEBOOK = Path(__file__).parents[2] / "examples" / "tour.ipynb"
PICTURES = 7  # graph, boundary, history, weights, activations, race, confusion matrix


def stored():
    return json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]


def outputs(cells):
    return [output for cell in cells if cell["cell_type"] == "code" for output in cell["outputs"]]


def assert_shown(cells):
    found = outputs(cells)
    assert [output for output in found if output["output_type"] == "error"] == []
    assert [output for output in found if output.get("name") == "stderr"] == []
    assert sum("image/svg+xml" in output.get("data", {}) for output in found) == PICTURES


def test_the_stored_outputs_are_complete_and_contain_no_path_of_a_machine():
    text = NOTEBOOK.read_text(encoding="utf-8")
    assert_shown(stored())
    assert not any(place in text for place in ("/home/", "/tmp/", "/work/", "/root/", "C:\\\\Users"))


def test_the_stored_page_is_the_current_page_of_a_graph():
    def style_and_script(frame):
        page = html.unescape(frame)
        return re.findall(r"<style>(.*?)</style>", page, re.DOTALL)[0], re.findall(r"<script>(.*?)</script>", page, re.DOTALL)

    (found,) = [
        page for output in outputs(stored()) if "<iframe" in (page := "".join(output.get("data", {}).get("text/html", "")))
    ]
    w = tg.tensor(0.5, requires_grad=True)
    loss = (np.tanh(2 * w) - 1) ** 2
    loss.backward()
    now = tg.viz.graph(loss, names={"w": w})._repr_mimebundle_()["text/html"]
    assert style_and_script(found) == style_and_script(now), "run tools/run_tour.py"
    assert len(style_and_script(now)[1]) == 1


def test_the_code_runs_from_top_to_bottom(monkeypatch):
    monkeypatch.chdir(NOTEBOOK.parent)
    names: dict = {}
    for k, cell in enumerate(stored()):
        if cell["cell_type"] == "code":
            exec(compile("".join(cell["source"]), f"cell {k}", "exec"), names)
    assert names["report"].findings[0].rule == "zero_grad"
    assert names["history"]["val_acc"][-1] > 0.95


@pytest.mark.slow
@pytest.mark.live
def test_a_kernel_runs_the_notebook_and_shows_every_picture():
    nbformat = pytest.importorskip("nbformat", reason="nbformat is not installed")
    nbclient = pytest.importorskip("nbclient", reason="nbclient is not installed")
    pytest.importorskip("ipykernel", reason="ipykernel is not installed")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Jupyter's own warnings
        notebook = nbformat.read(NOTEBOOK, as_version=4)
        nbclient.NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(NOTEBOOK.parents[1])}}).execute()
    assert_shown(notebook.cells)
