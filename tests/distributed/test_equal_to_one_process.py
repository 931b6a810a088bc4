"""Ranks train the same weights together as one process does alone, and all ranks agree bit for bit."""

from __future__ import annotations

import runpy
from typing import Any

import numpy as np
import pytest

from .launch import PROGRAMS, needs_mpi, run

pytestmark = [pytest.mark.slow, needs_mpi]
TRAINING = runpy.run_path(str(PROGRAMS / "training.py"))
SIZES = [1, 2, 3, 4]
WITHIN = {"float64": 1e-15, "float32": 1e-7}  # for weights near 1, after 72 steps; the others involve more operations


@pytest.fixture(scope="module")
def plain() -> dict[str, np.ndarray]:
    """Every training loop in one process, with nothing distributed."""
    return {name: TRAINING["plain"](name) for name in TRAINING["SCENARIOS"]}


@pytest.fixture(scope="module", params=SIZES)
def ranks(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[int, dict[str, Any]]:
    """The same on 1 to 4 ranks; the program itself compares the hashes of its ranks."""
    path = tmp_path_factory.mktemp("ranks") / f"{request.param}.npz"
    job = run("training.py", path, ranks=request.param, seconds=240)
    assert (job.code, job.left) == (0, []), job.err
    with np.load(path) as file:
        return request.param, dict(file)


@pytest.mark.parametrize("name", TRAINING["SCENARIOS"])
def test_training_on_ranks_agrees_with_one_process(name: str, ranks: Any, plain: dict[str, np.ndarray]) -> None:
    size, found = ranks
    assert found[name].shape == plain[name].shape
    off = np.abs(found[name] - plain[name]).max()
    assert np.isfinite(plain[name]).all()
    assert off <= (0 if size == 1 or (name == "exact" and size != 3) else WITHIN.get(name, 1e-13))


def test_batchnorm_per_rank_agrees_bit_for_bit_with_an_emulation_in_one_process(ranks: Any) -> None:
    size, found = ranks
    if size == 1:
        assert np.array_equal(found["batchnorm_per_rank"], TRAINING["batchnorm_per_rank"](TRAINING["OneProcess"]()))
    else:
        assert np.array_equal(found["batchnorm_per_rank"], TRAINING["emulated"](size))


def test_each_row_comes_once_per_epoch_and_each_epoch_has_a_different_order(ranks: Any) -> None:
    _, found = ranks
    first, second = found["rows of epoch 0"], found["rows of epoch 1"]
    assert sorted(first) == sorted(second) == list(range(TRAINING["ROWS"]))
    assert first.tolist() != second.tolist()


def test_dropout_differs_between_ranks_that_were_seeded_differently(ranks: Any) -> None:
    size, found = ranks
    assert len({mask.tobytes() for mask in found["dropout masks"]}) == size


def test_the_plain_loops_do_learn(plain: dict[str, np.ndarray]) -> None:
    """Weights that never changed would agree, too."""
    start = TRAINING["numbers"](TRAINING["mlp"]())
    for name in ("float64", "clipped_adam", "schedule", "no_sync", "lbfgs"):
        assert np.abs(plain[name] - start).max() > 0.05, name
