"""`fit` on several ranks equals `fit` in one process; runs resume bit for bit; weights load on any number of ranks."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import train

from .launch import PROGRAMS, needs_mpi, run

pytestmark = [pytest.mark.slow, needs_mpi]
FITTING = runpy.run_path(str(PROGRAMS / "fitting.py"))


@pytest.fixture(scope="module")
def plain() -> dict[str, Any]:
    return FITTING["facts"](False)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    """The output of 2 and 3 ranks; the 3 ranks also continue from the checkpoint of the 2."""
    two, three = tmp_path_factory.mktemp("two"), tmp_path_factory.mktemp("three")
    for ranks, folder, more in ((2, two, ()), (3, three, ("other", two / "run.safetensors"))):
        job = run("fitting.py", folder, *more, ranks=ranks, seconds=120)
        assert (job.code, job.left, job.err) == (0, [], "")
    return {2: two, 3: three}


def found_in(folder: Path) -> dict[str, Any]:
    with np.load(folder / "found.npz") as file:
        return dict(file)


@pytest.mark.parametrize("ranks", [2, 3])
def test_fit_on_ranks_has_the_weights_losses_and_stops_of_one_process(ranks, folders, plain) -> None:
    found = found_in(folders[ranks])
    assert 4 < len(plain["stopping loss"]) < 60  # it did stop early
    assert len(set(plain["stopping lr"])) > 1  # and the plateau did lower the rate
    for name, values in plain.items():
        assert found[name].shape == values.shape, name
        np.testing.assert_allclose(found[name], values, atol=1e-6 if "acc" in name else 1e-14, rtol=0, err_msg=name)


@pytest.mark.parametrize("ranks", [2, 3])
def test_resuming_from_a_checkpoint_is_bit_for_bit_on_the_same_number_of_ranks(ranks, folders) -> None:
    found = found_in(folders[ranks])
    np.testing.assert_array_equal(found["resumed"], found["in one go"])
    assert (found["saved"] != found["resumed"]).any()


@pytest.mark.parametrize("ranks", [2, 3])
def test_fit_is_resumed_inside_an_epoch_bit_for_bit_on_the_same_number_of_ranks(ranks, folders) -> None:
    found = found_in(folders[ranks])
    np.testing.assert_array_equal(found["inside parts"], found["inside whole"])


def test_the_weights_of_a_checkpoint_load_on_another_number_of_ranks_and_in_one_process(folders) -> None:
    saved = found_in(folders[2])["saved"]
    np.testing.assert_array_equal(found_in(folders[3])["from another number"], saved)
    model = FITTING["model_of"](False, tg.nn.Dropout(0.3))
    opt = tg.optim.Adam(model.parameters(), lr=0.01)
    before = tg.get_rng_state()
    assert train.load_checkpoint(folders[2] / "run.safetensors", model, opt) == {"epoch": 2}
    np.testing.assert_array_equal(FITTING["numbers"](model), saved)
    np.testing.assert_array_equal(before, tg.get_rng_state())


def test_only_rank_0_writes_the_checkpoints_of_the_callback(folders) -> None:
    names = sorted(p.name for p in folders[2].iterdir())
    assert names == ["epoch2.safetensors", "epoch4.safetensors", "found.npz", "run.safetensors"]


def test_ranks_whose_weights_differ_cannot_be_saved(tmp_path) -> None:
    job = run("fitting.py", tmp_path, "differ", ranks=2, seconds=120)
    assert job.code != 0
    assert "save_checkpoint: all ranks must agree, but rank 0 has 2.bias" in job.text
    assert job.left == []
