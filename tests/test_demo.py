"""The demo, shortened: what it prints and what it writes."""

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


def test_the_demo_learns_compares_and_writes_its_pictures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    numbers = demo.main(tmp_path, seeds=1, epochs=8, rule_epochs=2)
    assert numbers["scores"][0] > 0.93
    assert [run.name for run in numbers["rules"]] == list(demo.RULES)
    assert all(run.losses[-1] < 2.4 for run in numbers["rules"])  # guessing gives ln 10 = 2.30
    printed = capsys.readouterr().out
    for name in PICTURES:
        assert str(tmp_path / name) in printed
        ET.parse(tmp_path / name)
    assert "Adam, learning rate 0.002, batches of 32, 8 epochs." in printed
    rates = {line[:16].rstrip(): line[16:23].strip() for line in printed.splitlines() if line[:16].rstrip() in demo.RULES}
    assert rates == {run.name: f"{run.lr:g}" for run in numbers["rules"]}
    curves = (tmp_path / "loss_curves.svg").read_text("utf-8")
    assert "seed 1" in curves
    assert all(f"{run.name}, rate {run.lr:g}" in curves for run in numbers["rules"])
    assert "(Adam, seed 1, 8 epochs)" in (tmp_path / "confusion_matrix.svg").read_text("utf-8")
    assert "(Adam, seed 1, 8 epochs)" in (tmp_path / "misread_digits.svg").read_text("utf-8")


def test_the_split_is_stratified_and_standardized_on_the_training_part_only() -> None:
    split = demo.load(1)
    assert (len(split.X_train), len(split.X_test)) == (1437, 360)
    train, test = split.X_train.numpy(), split.X_test.numpy()
    assert abs(train.mean()) < 1e-5
    assert abs(train.std(axis=0)[train.std(axis=0) > 0] - 1).max() < 1e-3
    assert abs(test.mean(axis=0)).max() > 1e-3  # the test part has a different mean
    counts = [(split.y_test.numpy() == digit).sum() for digit in range(10)]
    assert max(counts) - min(counts) <= 2


def test_the_same_seed_gives_the_same_run() -> None:
    split = demo.load(1)
    rule = demo.RULES["Adam"][0]
    first, second = (demo.train("Adam", split, rule, seed=3, epochs=1) for _ in range(2))
    assert first.losses == second.losses
