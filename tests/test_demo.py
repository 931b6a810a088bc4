"""The main job, shortened: what it prints and what it writes."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tinygrad_edu import demo

PICTURES = [
    "loss_curves.svg",
    "confusion_matrix.svg",
    "misread_digits.svg",
    "graph_before_backward.svg",
    "graph_after_backward.svg",
]


def test_it_learns_compares_and_writes_its_pictures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    numbers = demo.main(tmp_path, seeds=1, epochs=8, rule_epochs=2)
    assert numbers["scores"][0] > 0.93
    assert [run.name for run in numbers["rules"]] == list(demo.RULES)
    assert all(run.losses[-1] < 2.4 for run in numbers["rules"])  # ln 10 = 2.30 is guessing
    printed = capsys.readouterr().out
    for name in PICTURES:
        assert str(tmp_path / name) in printed
        ET.parse(tmp_path / name)


def test_the_split_is_stratified_and_standardised_on_the_training_part_only() -> None:
    split = demo.load(1)
    assert (len(split.X_train), len(split.X_test)) == (1437, 360)
    train, test = split.X_train.numpy(), split.X_test.numpy()
    assert abs(train.mean()) < 1e-5
    assert abs(train.std(axis=0)[train.std(axis=0) > 0] - 1).max() < 1e-3
    assert abs(test.mean(axis=0)).max() > 1e-3  # the test part keeps its own mean
    counts = [(split.y_test.numpy() == digit).sum() for digit in range(10)]
    assert max(counts) - min(counts) <= 2


def test_the_same_seed_gives_the_same_run() -> None:
    split = demo.load(1)
    rule = demo.RULES["Adam"][0]
    first, second = (demo.train("Adam", split, rule, seed=3, epochs=1) for _ in range(2))
    assert first.losses == second.losses
