"""Damaged, foreign and forged files: ValueError with path and reason, quickly, in little memory, and nothing is changed."""

from __future__ import annotations

import contextlib
import gc
import re
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import train
from tinygrad_edu.ops.stream_states import streams

from . import hostile

SECONDS, BYTES = 1.0, 100_000_000


@pytest.fixture(scope="module", autouse=True)
def what_other_tests_left_is_not_collected() -> Iterator[None]:
    """A garbage collection started by a large file would visit everything that the test session holds."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@cache
def for_load() -> dict[str, bytes]:
    return once(hostile.for_load())


@cache
def for_checkpoints() -> dict[str, bytes]:
    return once(hostile.for_checkpoints())


def once(files: Iterator[tuple[str, bytes]]) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for name, content in files:
        assert name not in found
        found[name] = content
    return found


@contextlib.contextmanager
def little_memory() -> Iterator[None]:
    """Limit memory, so that allocating more than BYTES raises MemoryError, on systems that support it."""
    resource = pytest.importorskip("resource")
    status = Path("/proc/self/statm")
    if not status.exists():
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (int(status.read_text().split()[0]) * resource.getpagesize() + BYTES, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def state_of(parts: dict[str, Any]) -> str:
    return repr([part.state_dict() for part in parts.values()]) + repr(streams())


def refusal(path: Path, content: bytes, use: Callable[[], Any]) -> str:
    """Write `content` to `path`; return the message of the ValueError that `use()` raises, with FILE for the path."""
    path.write_bytes(content)
    begun = time.process_time()
    with little_memory(), pytest.raises(ValueError) as raised:
        use()
    assert time.process_time() - begun < SECONDS
    assert type(raised.value) is ValueError
    assert str(path) in str(raised.value)
    return str(raised.value).replace(str(path), "FILE")


def test_the_memory_limit_works() -> None:
    np.ones(BYTES // 2, np.uint8)
    with little_memory(), pytest.raises(MemoryError):
        np.ones(2 * BYTES, np.uint8)


def test_load_refuses_every_hostile_file(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    for name, content in for_load().items():
        message = refusal(path, content, lambda: tg.load(path))
        assert message.startswith("load: FILE "), name
    assert hostile.ran == []
    assert len(for_load()) > 369


def test_load_checkpoint_refuses_every_hostile_file_and_changes_nothing(tmp_path: Path) -> None:
    path, parts = tmp_path / "run.safetensors", hostile.trained()
    before = state_of(parts)
    for name, content in for_checkpoints().items():
        message = refusal(path, content, lambda: train.load_checkpoint(path, **parts))
        assert message.startswith("load_checkpoint: FILE "), name
        assert state_of(parts) == before, name
    assert hostile.ran == []
    assert len(for_checkpoints()) > 369
    path.write_bytes(hostile.checkpoint())  # the undamaged file loads
    assert train.load_checkpoint(path, **parts) == {"epoch": 3}


def test_no_message_advises_unpickling(tmp_path: Path) -> None:
    path = tmp_path / "model.pt"
    for name in ("pickle 4", "evil pickle 2", "torch", "torch, old", "npy of objects"):
        message = refusal(path, for_load()[name], lambda: tg.load(path))
        assert "allow_pickle" not in message
        assert "weights_only=False" not in message


FOREIGN = {
    "text": "is a text file, which begins with 'Dear reader",
    "CSV": "is a text file",
    "HTML": "is an HTML page: the download has failed",
    "PNG": "is a PNG image",
    "HDF5": "is an HDF5 file",
    "npy": r"is a NumPy array \(\.npy\)",
    "npz": r"is a NumPy archive \(\.npz\)",
    "pickle 4": "is a pickle, and loading it could run code stored in it",
    "pickle 0": "is a pickle, and loading it could run code stored in it",
    "torch": r"was written by torch\.save: .*weights_only=True",
    "torch, old": r"was written by torch\.save in its old form",
    "Keras": "is a Keras model",
    "ZIP": "is a ZIP archive",
    "zip bomb": r"is a NumPy archive",
    "empty": "is empty",
    "Git LFS pointer": "is a Git LFS pointer, not the file itself: git lfs pull",
    "gzip": "is compressed with gzip",
}


@pytest.mark.parametrize("name", FOREIGN)
def test_the_error_names_the_kind_of_a_foreign_file(name: str, tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    path.write_bytes(for_load()[name])
    with pytest.raises(ValueError, match=f"load: {re.escape(str(path))} {FOREIGN[name]}"):
        tg.load(path)


def test_the_error_for_a_newer_version_says_so(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    path.write_bytes(for_load()["version '2'"])
    with pytest.raises(ValueError, match=r"by a newer version of tinygrad_edu \(format 2; this one reads 1\): upgrade"):
        tg.load(path)


@pytest.mark.parametrize("part", ["weights", "nest", "checkpoint"])
@pytest.mark.parametrize("step", [41, pytest.param(1, marks=pytest.mark.slow)])
def test_every_flipped_bit_is_noticed(part: str, step: int, tmp_path: Path) -> None:
    good, path = getattr(hostile, part)(), tmp_path / "file"
    tried = 0
    for place in range(0, 8 * min(len(good), 4000), step):
        byte, bit = divmod(place, 8)
        path.write_bytes(good[:byte] + bytes([good[byte] ^ 1 << bit]) + good[byte + 1 :])
        with pytest.raises(ValueError) as raised:
            tg.load(path)
        assert str(path) in str(raised.value)
        tried += 1
    assert tried > 60
