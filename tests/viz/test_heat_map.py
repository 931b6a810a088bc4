"""heatmap: numbers in colored cells, the lowest one framed, those that are not finite crossed out."""

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from tinygrad_edu import viz


def cells(picture):
    root = ET.fromstring(picture.svg)
    return [r for r in root.iter("{http://www.w3.org/2000/svg}rect") if r.get("rx") == "4" and r.get("fill-opacity")]


def test_every_cell_has_its_number_and_a_color_by_rank():
    picture = viz.heatmap([[1.0, 1e9, 3.0], [2.0, np.nan, np.inf]], ["a", "b"], [0.1, 1, 10], title="loss")
    assert [re.split(r"\s{2,}", line.strip()) for line in str(picture).splitlines()[1:]] == [
        ["0.1", "1", "10"],
        ["a", "1", "1e9", "3"],
        ["b", "2", "×", "×"],
    ]
    shades = [float(cell.get("fill-opacity")) for cell in cells(picture)]
    assert shades == pytest.approx([0.94, 0.06, 0.06 + 0.88 / 3, 0.06 + 0.88 * 2 / 3, 0.05, 0.05], abs=1e-3)
    assert picture.svg.count('class="tgc-line tgc-l1"') == 1  # the frame around the lowest number


def test_names_may_be_an_array():
    assert str(viz.heatmap(np.eye(2), columns=np.array([0.1, 1.0]))) == str(viz.heatmap(np.eye(2), columns=[0.1, 1.0]))


def test_names_are_escaped_and_counted():
    assert "&lt;b&gt;" in viz.heatmap([[1.0]], ["<b>"], ["x"]).svg
    with pytest.raises(ValueError, match=r"rows must have one name per row of values \(1\), got 2"):
        viz.heatmap([[1.0]], ["a", "b"])
    with pytest.raises(ValueError, match=r"values must have shape \[rows, columns\], got \(2,\)"):
        viz.heatmap([1.0, 2.0])


@pytest.mark.parametrize("values", [np.zeros((1, 1)), np.full((2, 2), np.nan), np.ones((30, 12)), np.zeros((0, 3))])
def test_unusual_tables_can_be_drawn(values):
    assert len(cells(viz.heatmap(values, title="odd"))) == values.size
