"""The gallery runs, its pictures are XML, and they show what their captions say."""

import contextlib
import io
import re
import runpy
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest

SCRIPT = Path(__file__).parents[2] / "examples" / "graph_gallery.py"
NAMES = [
    "neuron", "mlp", "residual", "rnn", "transformer", "broken", "lstm", "lenet", "gan", "second_order", "residual_100"
]  # fmt: skip


@pytest.fixture(scope="module")
def gallery():
    return runpy.run_path(str(SCRIPT))


@pytest.fixture(scope="module")
def drawn(gallery, tmp_path_factory):
    """A folder with every picture, and what the script printed."""
    folder, printed = tmp_path_factory.mktemp("gallery"), io.StringIO()
    with contextlib.redirect_stdout(printed):
        gallery["main"](str(folder))
    return folder, printed.getvalue()


def test_all_pictures_and_pages_are_written(drawn):
    folder, printed = drawn
    assert sorted(p.name for p in folder.iterdir()) == sorted(f"{n}{s}" for n in NAMES for s in (".svg", ".html"))
    for name in NAMES:
        ET.parse(folder / f"{name}.svg")
    for fault in ("NaN appears", "broadcast", "dead ReLU"):
        assert fault in printed


def test_a_redrawn_picture_has_the_same_bytes(gallery, drawn, tmp_path, capsys):
    gallery["main"](str(tmp_path))
    for name in NAMES:
        assert (tmp_path / f"{name}.svg").read_bytes() == (drawn[0] / f"{name}.svg").read_bytes()


def test_the_neuron_has_the_gradients_of_its_caption(gallery):
    grads = {n.name: n.grad.first[0] for n in gallery["neuron"]().nodes if n.name}
    assert (round(grads["x1"], 4), round(grads["w1"], 4)) == (-1.5, 1.0)


def test_the_steps_of_the_rnn_are_folded(gallery):
    assert "× 40" in str(gallery["rnn"]())
    assert next(line for line in str(gallery["lstm"]()).splitlines() if "× 20" in line).startswith("● c2 ")


def test_the_gans_picture_names_the_detached_tensor(gallery):
    assert "path cut at fake.detach()" in str(gallery["gan"]())


def test_the_second_derivative_agrees_with_its_caption(gallery):
    (x,) = [n for n in gallery["second_order"]().nodes if n.name == "x"]
    assert x.grad.first[0] == pytest.approx(12 - np.sin(2), rel=1e-5)  # 6x - sin x at 2


def test_a_hundred_residual_blocks_are_one_box(gallery):
    assert "× 100" in str(gallery["residual_100"]())


@pytest.mark.parametrize("name", NAMES)
def test_a_stored_picture_contains_no_path_of_the_machine_that_drew_it(name):
    text = (SCRIPT.parents[1] / "docs" / "gallery" / f"{name}.svg").read_text("utf-8")
    assert "graph_gallery.py:" in text or name not in ("residual", "transformer", "lenet")  # these are traced
    assert not re.search(r"(?:/|\\|[A-Z]:)\S*[/\\]examples[/\\]graph_gallery\.py", text)


CHARTS = SCRIPT.with_name("chart_gallery.py")


def test_the_charts_of_the_gallery_agree_with_their_captions(tmp_path, capsys):
    runpy.run_path(str(CHARTS))["main"](str(tmp_path))
    drawn = {p.name for p in tmp_path.iterdir()}
    stored = set(re.findall(r"gallery/(\w+\.svg)", (SCRIPT.parents[1] / "docs" / "gallery.md").read_text("utf-8")))
    assert drawn <= stored
    assert drawn | {f"{name}.svg" for name in NAMES} == stored
    said = capsys.readouterr().out
    for letter, mirror in zip("autogr", "rgotua", strict=True):
        assert f"{letter}→{mirror} " in said  # attention learned to reverse
    auc = [float(found) for found in re.findall(r"AUC ([\d.]+)", said)]
    assert auc[0] > 0.98 > 0.75 > auc[1] > 0.5
    assert "slope" in said
