"""Damaged, foreign and forged data files: every loader raises ValueError with path and reason, quickly, in little memory."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import data, train
from tinygrad_edu.data import real

from . import hostile, hostile_data
from .test_hostile import once, refusal, what_other_tests_left_is_not_collected

assert what_other_tests_left_is_not_collected  # an autouse fixture: importing it is enough


@cache
def files(kind: str) -> dict[str, bytes]:
    return once(hostile_data.FILES[kind]())


def of_npy(path: Path) -> Any:
    return data.NpyChunks([path])


def of_npy_as_second_folder(path: Path) -> Any:
    other = path.with_name("other.npy")
    np.save(other, hostile_data.X)
    return data.NpyChunks([other], [path])


def shuffled(path: Path) -> Any:
    return data.shuffle_file(path, path.with_name("target.npy"))


ANY_KIND = {
    "dtype a date", "dtype a duration", "dtype complex", "dtype bytes", "dtype raw bytes", "dtype fields", "dtype nested",
    "dtype text", "dates", "strings", "a table of fields",
}  # fmt: skip
"""Damage that shuffle_file accepts, because it shuffles rows of any dtype except objects."""


@pytest.mark.parametrize("load", [of_npy, of_npy_as_second_folder, shuffled])
def test_every_loader_of_npy_files_refuses_every_damaged_one(load: Callable[[Path], Any], tmp_path: Path) -> None:
    path = tmp_path / "X.npy"
    tried = 0
    for name, content in files("npy").items():
        if load is shuffled and name in ANY_KIND:
            continue
        message = refusal(path, content, lambda: load(path))
        assert re.match(r"(NpyChunks|shuffle_file): FILE (is|was|holds|contains) ", message), (name, message)
        assert "allow_pickle" not in message
        tried += 1
    assert tried > 100
    assert hostile.ran == []
    assert not (tmp_path / "target.npy").exists()


def test_a_file_damaged_after_the_loader_was_made_is_refused_when_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "X.npy"
    path.write_bytes(hostile_data.npy())
    chunks = data.NpyChunks(tmp_path)
    good = chunks[0][0]
    assert np.array_equal(good, hostile_data.X)
    for content in files("npy").values():
        message = refusal(path, content, lambda: list(data.ChunkLoader(chunks, 4, prefetch=0)))
        assert "FILE" in message
    path.write_bytes(hostile_data.npy())
    np.testing.assert_array_equal(chunks[0][0], good)


def test_the_error_names_files_that_should_have_the_same_number_of_rows_but_do_not(tmp_path: Path) -> None:
    for k, rows in enumerate((3, 4)):
        np.save(tmp_path / f"{k}.npy", np.zeros((rows, 2)))
    with pytest.raises(ValueError, match=r"NpyChunks: .*0\.npy, .*1\.npy belong together, but have 3, 4 rows"):
        data.NpyChunks([tmp_path / "0.npy"], [tmp_path / "1.npy"])


@pytest.mark.parametrize("name", ["iris", pytest.param("digits", marks=pytest.mark.slow)])
def test_the_loaders_of_real_data_refuse_every_damaged_file(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(real, "FOLDER", tmp_path)
    path, load = tmp_path / f"{name}.npz", real.REAL[name]
    for what, content in files("npz").items():
        message = refusal(path, content, load)
        assert re.match(rf"load_{name}: FILE (is|was|holds|\(\w+\) (is|was|holds|contains)) ", message), (what, message)
        assert "np.load reads it" not in message or what in ("npy", "npy of objects"), what
    assert hostile.ran == []
    assert len(files("npz")) > 80
    path.write_bytes(hostile_data.npz())
    X, y = load()
    assert (X.tolist(), y.tolist()) == (hostile_data.TABLE["X"].tolist(), [0, 1, 1, 0])


def test_a_flipped_bit_in_the_packages_data_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good = (real.FOLDER / "iris.npz").read_bytes()
    expected = data.load_iris()
    monkeypatch.setattr(real, "FOLDER", tmp_path)
    path = tmp_path / "iris.npz"
    for place in range(0, 8 * len(good), 97):
        byte, bit = divmod(place, 8)
        path.write_bytes(good[:byte] + bytes([good[byte] ^ 1 << bit]) + good[byte + 1 :])
        try:
            found = data.load_iris()
        except ValueError:
            with pytest.raises(ValueError, match=re.escape(str(path))):
                data.load_iris()
            continue
        np.testing.assert_array_equal(found.X, expected.X)  # the bit was in a date of the archive, for example
        np.testing.assert_array_equal(found.y, expected.y)
        assert found.feature_names == expected.feature_names


def test_csv_logger_continues_only_its_own_files(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    run: Any = None
    for name, content in files("log").items():
        message = refusal(path, content, lambda: train.CSVLogger(path, append=True).at_start(run))
        assert re.match(r"CSVLogger: FILE (is|was|does not begin) ", message), (name, message)
        assert path.read_bytes() == content


def test_run_logger_and_sweep_neither_read_nor_truncate_a_file_without_runs(tmp_path: Path) -> None:
    path = tmp_path / "runs.jsonl"
    space = {"lr": [0.1]}
    for name, content in files("log").items():
        message = refusal(path, content, lambda: train.sweep(lambda lr: {"loss": lr}, space, out=path))
        assert re.match(r"sweep: FILE (is|was) ", message), (name, message)
        assert refusal(path, content, lambda: train.RunLogger(path)) == message.replace("sweep", "RunLogger", 1)
        assert path.read_bytes() == content


@pytest.mark.parametrize("damage", ["cut off", "noise in the middle", "no Parquet", "text column"])
def test_the_error_names_a_damaged_parquet_file(damage: str, tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow", reason="reads Parquet: pip install pyarrow")
    from pyarrow import parquet

    path = tmp_path / "f.parquet"
    parquet.write_table(pyarrow.table({"a": list(map(float, range(1000))), "t": ["x"] * 1000}), path)
    good = path.read_bytes()
    path.write_bytes(
        {
            "cut off": good[:-20],
            "noise in the middle": good[:100] + bytes(range(256)) + good[356:],
            "no Parquet": b"\x89PNG\r\n\x1a\n" + bytes(100),
            "text column": good,
        }[damage]
    )
    with pytest.raises(ValueError, match=f"ParquetChunks: .*{re.escape(str(path))} (is|holds|contains) "):
        data.ParquetChunks(path, ["t" if damage == "text column" else "a"])[0]


def test_good_files_of_every_kind_are_read(tmp_path: Path) -> None:
    for k, array in enumerate(
        [
            hostile_data.X,
            np.asfortranarray(hostile_data.X),
            hostile_data.X.astype(">f8"),
            np.zeros((0, 3)),
            np.ones((2, 1), bool),
        ]
    ):
        path = tmp_path / f"{k}.npy"
        np.save(path, array)
        (found,) = data.NpyChunks([path])[0]
        assert found.dtype == array.dtype
        np.testing.assert_array_equal(found, array)
        assert found.flags.writeable
        if len(array):
            data.shuffle_file(path, tmp_path / "shuffled.npy", seed=k)
            assert sorted(map(tuple, np.load(tmp_path / "shuffled.npy"))) == sorted(map(tuple, array))
    file = tmp_path / "two.npy"
    with open(file, "wb") as out:
        np.lib.format.write_array(out, hostile_data.X, version=(2, 0))
    assert np.array_equal(data.NpyChunks([file])[0][0], hostile_data.X)
    shutil.copytree(str(real.FOLDER), tmp_path / "files")
    assert len(tg.data.load_wine().X) == 178
