"""The playground: the content of the page, and errors of its arguments."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn, viz
from tinygrad_edu.program.formulas.update_formulas import PARTS, formula_parts, recipes
from tinygrad_edu.viz.play.page_data import own_set, toy_sets
from tinygrad_edu.viz.play.page_texts import texts

FOLDER = Path(viz.__file__).parent / "play" / "page"
TEXTS = texts()


@cache
def page() -> str:
    return viz.playground().html


# --- the file ---


def test_the_page_is_one_file_of_at_most_250_kilobytes_that_needs_no_network() -> None:
    assert len(page().encode()) <= 250_000
    assert "{{" not in re.sub(r"\$\{\{|\{\{ ", "", page().split("<script>")[0])
    assert not re.search(r"""(src|href)=["']?http|url\(http|@import|fetch\(|XMLHttp|WebSocket""", page())
    assert "default-src 'none'" in page()


def test_without_scripts_the_page_explains_itself_and_shows_the_rules() -> None:
    body = page().split("<script>")[0]
    assert TEXTS["noscript"][0].replace("&", "&amp;") in body
    for name in PARTS:
        assert f"<h2>{name}</h2>" in body
    assert "m ← β₁ m + (1−β₁) g" in body
    sgd = re.findall(r"<h3>(.*)</h3>\n<pre>([^<]*)</pre>", body.split("<h2>SGD</h2>")[1].split("<h2>")[0])
    assert sgd == [
        ("plain", "w ← w − lr · g"),
        ("with momentum", "v ← momentum · v + (1 − dampening) · g\nw ← w − lr · v"),
        ("with momentum, nesterov", "v ← momentum · v + (1 − dampening) · g\nw ← w − lr · (g + momentum · v)"),
    ]


@pytest.mark.parametrize("rule", PARTS)
def test_a_recipe_changes_the_weights_once(rule: str) -> None:
    for options, lines in recipes(rule).items():
        assert sum(line.startswith("w ← ") for line in lines) == 1, options


def test_every_text_exists_in_both_languages_and_is_used() -> None:
    scripts = "".join(p.read_text(encoding="utf-8") for p in [*FOLDER.iterdir(), FOLDER.parent / "training_page.py"])
    used = set(re.findall(r'(?:T_\(|data-t=|data-label=)"([\w.]+)"', scripts))
    made = tuple(set(re.findall(r'T_\(["`]([\w.]+\.)["`$]', scripts)) | set(re.findall(r"T_\(`([\w.]+\.)\$", scripts)))
    assert used - set(TEXTS) == {k for k in used if k.endswith(".")}
    unused = [k for k in TEXTS if k not in used and not k.startswith(made) and f'"{k}"' not in scripts]
    assert unused == []
    for key, (english, korean) in TEXTS.items():
        assert set(re.findall(r"\{\w+\}", english)) == set(re.findall(r"\{\w+\}", korean)), key
        assert english.isascii() or not re.search("[가-힣]", english), key
        assert re.search("[가-힣]", korean) or not re.search("[a-z]{3}", english) or english.lower() == korean.lower(), key


def test_the_page_starts_in_the_readers_language(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TINYGRAD_EDU_LANG", "ko")
    korean = viz.playground().html
    assert '<html lang="ko">' in korean
    assert "놀이터" in korean.split("<script>")[0]


@pytest.mark.parametrize("rule", PARTS)
def test_each_part_of_a_formula_is_one_assignment(rule: str) -> None:
    for _, text in formula_parts(rule):
        assert re.fullmatch(r"\S+ (←|=) [^←:]+", text), text
    assert any(text.startswith("w ← w − ") for _, text in formula_parts(rule))


def test_the_data_sets_are_the_packages_toy_data() -> None:
    sets = toy_sets()
    assert list(sets) == ["moons", "circles", "xor", "spirals", "blobs", "curve", "iris"]
    for name, s in sets.items():
        assert len(s["X"]) == s["features"] * len(s["y"]), name
        assert 0 < s["validation"] < len(s["y"])
        assert s["classes"] == (0 if name == "curve" else len(set(s["y"])))
    upper = np.array(sets["moons"]["X"]).reshape(-1, 2)[np.array(sets["moons"]["y"]) == 0]
    np.testing.assert_allclose(np.hypot(*upper.T), 1, atol=2e-4)


# --- the reader's own model and data ---


def test_user_data_and_a_model_are_in_the_page() -> None:
    tg.manual_seed(0)
    model = nn.MLP([3, 5, 1], activation="tanh")
    X = np.arange(90.0).reshape(30, 3)
    text = viz.playground(model, X, np.arange(30) % 2).html
    assert '"model":{"widths":[3,5,1],"activation":"Tanh","weights":[' in text
    assert '"own":{"X":[' in text
    kept = own_set(X, np.arange(30) % 2)
    assert (kept["classes"], kept["validation"], kept["features"]) == (2, 7, 3)
    assert sorted(kept["X"]) == X.ravel().tolist()
    assert own_set(tg.tensor([1.0, 2.0]), tg.tensor([[0.5], [1.5]]))["classes"] == 0


@pytest.mark.parametrize(
    ("widths", "data", "loss"),
    [([2, 4, 1], "moons", None), ([2, 4, 2], "moons", "CrossEntropyLoss"), ([2, 4, 3], "blobs", "CrossEntropyLoss"),
     ([4, 4, 3], "iris", "CrossEntropyLoss"), ([1, 4, 1], "curve", None)],
)  # fmt: skip
def test_a_model_starts_on_a_set_that_it_fits(widths: list[int], data: str, loss: str | None) -> None:
    shown = "null" if loss is None else f'"{loss}"'
    assert f'{{"start":{{"data":"{data}","loss":{shown}}}' in viz.playground(nn.MLP(widths)).html


class Scaled(nn.Module):
    """A model whose forward does more than apply its layers."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.MLP([2, 3, 1], activation="tanh")

    def forward(self, x: tg.Tensor) -> tg.Tensor:
        return self.layers(x) * 100 + 7


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"X": [[1.0]]}, "X and y go together, got only X"),
        ({"X": [[1.0, 2.0]], "y": [0, 1]}, r"y must be numbers \[1\], one for each row"),
        ({"X": [[1.0], [2.0]], "y": [0, 9]}, "C from 2 to 6, got 0 to 9"),
        ({"X": [[1.0], [np.nan]], "y": [0, 1]}, "must be finite"),
        ({"X": [[1.0], [1e300]], "y": [0, 1]}, r"at most 1e\+100 in magnitude, so that squares do not overflow, got 1e\+300"),
        ({"X": np.zeros((3000, 1)), "y": np.zeros(3000)}, "at most 2000 rows"),
        ({"X": [["a"]], "y": [0]}, "X must be numbers"),
        ({"model": "net"}, "model must be a Module"),
        (
            {"model": lambda: nn.Sequential(nn.Linear(2, 3), nn.GELU(), nn.Linear(3, 1))},
            "activation must be one of .* got GELU",
        ),
        ({"model": lambda: nn.Sequential(nn.Linear(2, 3), nn.Dropout(), nn.ReLU(), nn.Linear(3, 1))}, "Linear, Dropout, ReLU"),
        ({"model": lambda: nn.Linear(2, 3, bias=False)}, "with biases"),
        (
            {"model": lambda: nn.Sequential(nn.Linear(2, 3), nn.LeakyReLU(0.9), nn.Linear(3, 1))},
            r"default options only, got LeakyReLU\(negative_slope=0.9\)",
        ),
        ({"model": lambda: nn.Sequential(nn.Linear(2, 3), nn.ELU(0.5), nn.Linear(3, 1))}, r"got ELU\(alpha=0.5\)"),
        ({"model": lambda: nn.Sequential(nn.Linear(2, 3), nn.Softplus(2), nn.Linear(3, 1))}, r"got Softplus\(beta=2\)"),
        ({"model": lambda: nn.Sequential(nn.Linear(2, 3), nn.Hardtanh(-2), nn.Linear(3, 1))}, r"got Hardtanh\(min_val=-2\)"),
        ({"model": lambda: Scaled()}, "Scaled.forward gives different values from its Linear and Tanh layers applied"),
        ({"model": lambda: nn.MLP([2, 64, 1])}, "hidden layers of 32 units"),
        (
            {"model": lambda: nn.MLP([7, 4, 1])},
            "none of the page's data sets fits a model with 7 inputs and 1 output; pass X and y",
        ),
        (
            {"model": lambda: nn.MLP([2, 4, 1]), "X": [[1.0], [2.0]], "y": [0, 1]},
            "2 inputs and 1 output, but X has 1 feature and y has 2 classes",
        ),
    ],
)
def test_errors_of_arguments_show_the_argument_and_say_what_to_do(arguments: dict[str, Any], message: str) -> None:
    given = {k: v() if callable(v) else v for k, v in arguments.items()}
    with pytest.raises((ValueError, TypeError), match=message):
        viz.playground(**given)
