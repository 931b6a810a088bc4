"""Shortened runs of the examples' language models and LeNet reach the expected losses or accuracy."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(autouse=True)
def _examples_can_be_imported(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    if not EXAMPLES.is_dir():
        pytest.skip("the examples are not next to the tests")
    monkeypatch.syspath_prepend(str(EXAMPLES))
    yield
    for name in ("char_text", *NAMES):
        sys.modules.pop(name, None)


def run(name: str, *args: Any) -> Any:
    return importlib.import_module(name).main(*args)


NAMES = ("char_lm_bigram", "char_lm_mlp", "char_lm_transformer", "lenet_digits")


def test_the_bigram_model_finds_what_counting_finds(capsys: Any) -> None:
    trained, counted = run("char_lm_bigram", 300)
    assert 2.0 < counted < 2.6
    assert abs(trained - counted) < 0.1
    assert "test loss" in capsys.readouterr().out


@pytest.mark.slow
def test_an_mlp_with_a_context_of_twelve_characters_beats_the_bigram_model() -> None:
    assert run("char_lm_mlp", 300) < 2.2


@pytest.mark.slow
def test_a_transformer_learns_characters() -> None:
    assert run("char_lm_transformer", 60) < 3.5  # guessing gives 4.5


def test_lenet_reads_the_digits() -> None:
    assert run("lenet_digits", 3) > 0.95


def test_the_examples_are_short() -> None:
    for name in NAMES:
        assert len((EXAMPLES / f"{name}.py").read_text(encoding="utf-8").splitlines()) < 80
