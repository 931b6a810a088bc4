"""The notebook runs, and its stored outputs are complete."""

import json
import warnings
from pathlib import Path

import pytest

NOTEBOOK = Path(__file__).parents[2] / "examples" / "tour.ipynb"
PICTURES = 7  # graph, boundary, history, weights, activations, race, confusion matrix


def outputs(cells):
    return [output for cell in cells if cell["cell_type"] == "code" for output in cell["outputs"]]


def assert_shown(cells):
    found = outputs(cells)
    assert [output for output in found if output["output_type"] == "error"] == []
    assert [output for output in found if output.get("name") == "stderr"] == []
    assert sum("image/svg+xml" in output.get("data", {}) for output in found) == PICTURES


def test_the_stored_outputs_are_complete_and_contain_no_path_of_a_machine():
    text = NOTEBOOK.read_text(encoding="utf-8")
    assert_shown(json.loads(text)["cells"])
    assert not any(place in text for place in ("/home/", "/tmp/", "/work/", "/root/", "C:\\\\Users"))


def test_the_code_runs_from_top_to_bottom(monkeypatch):
    monkeypatch.chdir(NOTEBOOK.parent)
    code = [
        "".join(cell["source"])
        for cell in json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
        if cell["cell_type"] == "code"
    ]
    names: dict = {}
    for k, source in enumerate(code):
        exec(compile(source, f"cell {k}", "exec"), names)
    assert names["report"].findings[0].rule == "zero_grad"
    assert names["history"]["val_acc"][-1] > 0.95


@pytest.mark.slow
@pytest.mark.live
def test_a_kernel_runs_it_and_shows_every_picture():
    nbformat = pytest.importorskip("nbformat", reason="nbformat reads the notebook")
    nbclient = pytest.importorskip("nbclient", reason="nbclient runs the notebook")
    pytest.importorskip("ipykernel", reason="the notebook needs a kernel")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Jupyter's own
        notebook = nbformat.read(NOTEBOOK, as_version=4)
        nbclient.NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(NOTEBOOK.parents[1])}}).execute()
    assert_shown(notebook.cells)
