"""The gallery runs, its pictures are XML, and they show what their captions say."""

import re
import runpy
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "examples" / "graph_gallery.py"
NAMES = ["neuron", "mlp", "residual", "rnn", "transformer", "broken"]


@pytest.fixture(scope="module")
def gallery():
    return runpy.run_path(str(SCRIPT))


def test_all_pictures_and_pages_are_written(gallery, tmp_path, capsys):
    gallery["main"](str(tmp_path))
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(f"{n}{s}" for n in NAMES for s in (".svg", ".html"))
    for name in NAMES:
        ET.parse(tmp_path / f"{name}.svg")
    said = capsys.readouterr().out
    for fault in ("NaN appears", "broadcast", "dead ReLU"):
        assert fault in said


def test_a_picture_drawn_anew_has_the_same_bytes(gallery, tmp_path, capsys):
    for run in ("first", "second"):
        gallery["main"](str(tmp_path / run))
    for name in NAMES:
        assert (tmp_path / "first" / f"{name}.svg").read_bytes() == (tmp_path / "second" / f"{name}.svg").read_bytes()


def test_the_neuron_has_the_gradients_of_its_caption(gallery):
    grads = {n.name: n.grad.first[0] for n in gallery["neuron"]().nodes if n.name}
    assert (round(grads["x1"], 4), round(grads["w1"], 4)) == (-1.5, 1.0)


def test_the_steps_of_the_rnn_are_folded(gallery):
    assert "× 40" in str(gallery["rnn"]())


@pytest.mark.parametrize("name", NAMES)
def test_a_stored_picture_tells_no_folder_of_the_machine_that_drew_it(name):
    text = (SCRIPT.parents[1] / "docs" / "gallery" / f"{name}.svg").read_text("utf-8")
    assert "graph_gallery.py:" in text or name not in ("residual", "transformer")  # these two are traced
    assert not re.search(r"(?:/|\\|[A-Z]:)\S*[/\\]examples[/\\]graph_gallery\.py", text)
