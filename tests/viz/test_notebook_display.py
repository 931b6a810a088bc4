"""The outputs of an executed notebook, embedded in a page as by nbconvert, VS Code and Colab, in a browser."""

from __future__ import annotations

import html
import os
import re
from pathlib import Path

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import viz

from . import readers

ROOT = Path(__file__).parents[2]
CELLS = (
    "import numpy as np\nimport tinygrad_edu as tg\nfrom tinygrad_edu import nn, train, viz\ntg.manual_seed(0)\n"
    "X, y = tg.data.moons(60)\nmodel = nn.MLP([2, 8, 1])\n"
    "h = train.fit(model, X, y, loss='binary_crossentropy', epochs=3, progress=False)",
    "h",
    "h.plot()",
    "viz.race(['SGD', 'Momentum'], steps=20)",
    "viz.decision_boundary(model, X, y)",
    "viz.plot({'a': ([0, 1], [0, 1])}, title='one')",
    "viz.plot({'b': ([0, 5], [3, 1])}, title='two')",
    "viz.graph(nn.functional.mse_loss(model(tg.tensor(X)), tg.zeros(60, 1)), model)",
)
PICTURES = 6  # each cell but the first and the last


@pytest.fixture(scope="module")
def book():
    """The notebook after a run."""
    nbclient = pytest.importorskip("nbclient", reason="needs nbclient and a kernel")
    nbformat = pytest.importorskip("nbformat", reason="needs nbformat")
    pytest.importorskip("ipykernel", reason="needs a kernel")
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code) for code in CELLS])
    nbclient.NotebookClient(book, timeout=120, kernel_name="python3").execute(env={**os.environ, "PYTHONPATH": str(ROOT)})
    return book


def richest(output):
    """The format that viewers choose: HTML before SVG and text."""
    return output["data"]["text/html"]


def nbconvert_lab(book):
    """The page of `jupyter nbconvert --to html`."""
    exporters = pytest.importorskip("nbconvert.exporters", reason="needs nbconvert")
    return exporters.HTMLExporter(template_name="lab").from_notebook_node(book)[0]


def nbconvert_classic(book):
    """The same with the template of the old notebook."""
    exporters = pytest.importorskip("nbconvert.exporters", reason="needs nbconvert")
    return exporters.HTMLExporter(template_name="classic").from_notebook_node(book)[0]


def vs_code(book):
    """VS Code puts each output into an element of one page, with a margin on the left."""
    outputs = "".join(f'<div class="output">{richest(o)}</div>' for cell in book.cells for o in cell.outputs)
    return f'<!doctype html><body style="margin:0"><main style="margin-left:40px">{outputs}</main>'


def colab(book):
    """Colab puts each cell into a separate frame."""
    insides = [html.escape("<!doctype html><body>" + richest(o)) for cell in book.cells for o in cell.outputs]
    look = "width:100%;height:700px;border:0"
    return "<!doctype html><body>" + "".join(f'<iframe style="{look}" srcdoc="{inside}"></iframe>' for inside in insides)


SIZES = """() => {
  const found = [];
  const look = (root, room) => {
    for (const part of root.querySelectorAll('svg.tgc, img')) {
      const box = part.getBoundingClientRect(), view = part.getAttribute('viewBox');
      const [w, h] = view ? view.split(' ').slice(2).map(Number) : [part.naturalWidth, part.naturalHeight];
      found.push({left: box.left, right: box.right, room, width: box.width, height: box.height, ratio: w / h, natural: w});
    }
    for (const frame of root.querySelectorAll('iframe')) {
      const box = frame.getBoundingClientRect();
      if (!frame.hasAttribute('sandbox')) look(frame.contentDocument, box.width);
      else found.push({page: true, left: box.left, right: box.right, room, width: box.width, height: box.height});
    }
  };
  look(document, innerWidth);
  return found;
}"""


def test_every_output_has_html_svg_and_text(book):
    for output in (o["data"] for cell in book.cells for o in cell.outputs):
        assert set(output) == {"text/html", "image/svg+xml", "text/plain"}
        assert output["image/svg+xml"].startswith("<svg")
    assert sum('alt="' in richest(o) for cell in book.cells for o in cell.outputs) == PICTURES


@pytest.mark.slow
@pytest.mark.parametrize("viewer", [nbconvert_lab, nbconvert_classic, vs_code, colab])
def test_every_output_fits_its_cell_also_after_resizing(viewer, book, chromium, tmp_path):
    (tmp_path / "book.html").write_text(viewer(book), "utf-8")
    tab = chromium.new_page(viewport={"width": 1300, "height": 900})
    tab.route("**/*", lambda route: route.continue_() if route.request.url.startswith("file:") else route.abort())
    tab.goto(f"file://{tmp_path}/book.html")
    for width in (1300, 700, 380, 1300):
        tab.set_viewport_size({"width": width, "height": 900})
        found = tab.evaluate(SIZES)
        pictures = [box for box in found if "page" not in box]
        assert len(pictures) == PICTURES
        assert len(found) == PICTURES + 1  # the graph is a page in a frame
        for box in found:
            assert box["left"] >= 0
            assert box["right"] <= box["room"]
        for box in pictures:
            assert box["width"] / box["height"] == pytest.approx(box["ratio"], rel=0.01)
            assert box["width"] <= box["natural"] + 1
        assert sum(box["width"] > 0.5 * min(width, box["natural"]) for box in pictures) == PICTURES
    tab.close()


@pytest.mark.slow
def test_every_viewer_shows_the_same_pictures(book, chromium, tmp_path):
    shown = {}
    for viewer in (nbconvert_lab, nbconvert_classic, vs_code):
        (tmp_path / "book.html").write_text(viewer(book), "utf-8")
        tab = chromium.new_page(viewport={"width": 1300, "height": 900})
        tab.route("**/*", lambda route: route.continue_() if route.request.url.startswith("file:") else route.abort())
        tab.goto(f"file://{tmp_path}/book.html")
        shown[viewer.__name__] = [readers.decoded(svg.screenshot()) for svg in tab.query_selector_all("svg.tgc, img")]
        tab.close()
    outputs = [o["data"] for cell in book.cells[:-1] for o in cell.outputs]
    alone = [readers.photographed(chromium, data["image/svg+xml"]) for data in outputs]
    for name, pictures in shown.items():
        same_size = [(own, one) for own, one in zip(alone, pictures, strict=True) if abs(own.shape[1] - one.shape[1]) < 2]
        assert len(same_size) >= PICTURES - 2, name  # the others are wider than a cell of this viewer
        for own, one in same_size:
            height, width = np.minimum(own.shape[:2], one.shape[:2])
            first, second = (readers.averaged(picture[:height, :width], 8) for picture in (own, one))
            apart = abs(first - second).max(-1)  # shifted by a fraction of a pixel, letters differ
            assert (apart > 0.25).mean() < 0.01, name


def test_the_frame_of_a_graph_is_as_high_as_its_picture_within_limits():
    def height(depth):
        h = tg.tensor(1.0, requires_grad=True)
        for _ in range(depth):
            h = h.tanh()
        return int(re.search(r"height:(\d+)px", viz.graph(h)._repr_mimebundle_()["text/html"])[1])

    assert (height(1), height(20)) == (480, 760)
    assert 480 < height(4) < height(5) < 760
