"""Flowcharts, read by Mermaid itself. It is an npm package: npm install --prefix out mermaid@11 jsdom@29"""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn, viz
from tinygrad_edu.viz.writers.mermaid import LONGEST

MODULES = Path(__file__).parents[2] / "out" / "node_modules"
WORDS_OF_MERMAID = ["end", "graph", "subgraph", "o", "x", "click", "default", "%% comment", "A --> B", "#35;", "<br/>"]


@pytest.fixture(scope="module")
def read():
    """A function from the texts of flowcharts to what Mermaid reads in them."""
    if shutil.which("node") is None or not (MODULES / "mermaid").is_dir() or not (MODULES / "jsdom").is_dir():
        pytest.skip("needs node, and the npm packages mermaid and jsdom in out/node_modules")

    def run(texts):
        script = Path(__file__).with_name("parse_mermaid.mjs")
        ran = subprocess.run(
            ["node", str(script), str(MODULES)], input=json.dumps(texts), capture_output=True, encoding="utf-8", timeout=120
        )
        assert ran.returncode == 0, ran.stderr
        return json.loads(ran.stdout)

    return run


def graph_with_names(name):
    x, w = tg.tensor([1.0, 2.0]), tg.tensor([3.0, -4.0], requires_grad=True)
    x.name = w.name = name
    y = (x * w).sum()
    y.name = name
    return viz.graph(y)


def shown(label):
    """A label as it is drawn: Mermaid keeps #60; as `ﬂ°°60¶ß` until then."""
    return re.sub("ﬂ°°(\\d+)¶ß", lambda m: chr(int(m[1])), label)


def test_hostile_names_pass_through_mermaid(read, hostile_names):
    names = [*hostile_names, *WORDS_OF_MERMAID]
    for name, found in zip(names, read([graph_with_names(n)._written(".mmd") for n in names]), strict=True):
        assert [(a, b) for a, b, _ in found["arrows"]] == [("n0", "n2"), ("n1", "n2"), ("n2", "n3")]
        assert set(found["boxes"]) == {"n0", "n1", "n2", "n3"}
        if name.isprintable() and 0 < len(name.strip()) < LONGEST - 10:
            assert shown(found["boxes"]["n3"]).startswith(f"{name} = sum")


def test_mermaid_parses_frames_and_names_of_arguments(read):
    model = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1))
    (found,) = read([viz.graph(tg.ones(1) - model(tg.ones(1, 2)), model)._written(".mmd")])
    assert [(title, len(boxes)) for title, boxes in found["frames"]] == [("0 Linear", 3), ("2 Linear", 3)]
    assert sorted(label for _, _, label in found["arrows"] if label) == ["left", "right"]
