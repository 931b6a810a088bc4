"""Readers find the old file or the complete new one, even after an error and while several processes write."""

from __future__ import annotations

import errno
import io
import os
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn, train

posix = pytest.mark.skipif(os.name != "posix", reason="needs POSIX links, modes and limits")
BIG = {"w": tg.ones(100_000)}


@pytest.fixture(autouse=True)
def nothing_is_left(tmp_path: Path) -> Iterator[None]:
    """No temporary file is left, whatever a test does."""
    yield
    assert not [p for p in tmp_path.rglob("*") if p.name.endswith(".part")]


@pytest.fixture(params=["a file without a name", "a file with a temporary name"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways of creating a file: the one for Linux and the one for other systems."""
    if request.param == "a file with a temporary name":
        monkeypatch.delattr(os, "O_TMPFILE", raising=False)
    elif not hasattr(os, "O_TMPFILE"):
        pytest.skip("no O_TMPFILE here")
    return str(request.param)


# --- the target ---


@pytest.mark.parametrize("make", [str, os.fsencode, Path], ids=["str", "bytes", "Path"])
def test_paths_of_every_kind_work(make: Any, tmp_path: Path, way: str) -> None:
    tg.save({"a": 1}, make(tmp_path / "x"))
    assert tg.load(make(tmp_path / "x")) == {"a": 1}
    train.save_checkpoint(make(tmp_path / "run"), nn.Linear(1, 1), epoch=1)
    assert train.load_checkpoint(make(tmp_path / "run"), nn.Linear(1, 1)) == {"epoch": 1}


def test_a_bare_name_is_a_file_in_the_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    monkeypatch.chdir(tmp_path)
    tg.save(1, "x")
    assert tg.load("x") == 1
    assert os.listdir() == ["x"]


@pytest.mark.parametrize("buffering", [-1, 0])
def test_open_files_are_written_and_read_from_their_current_position(buffering: int, tmp_path: Path) -> None:
    with open(tmp_path / "x", "w+b", buffering=buffering) as file:
        file.write(b"before")
        tg.save({"a": tg.ones(2)}, file)
        train.save_checkpoint(file, nn.Linear(1, 1), epoch=3)
        file.seek(6)
        assert tg.load(file)["a"].tolist() == [1, 1]
        assert train.load_checkpoint(file, nn.Linear(1, 1)) == {"epoch": 3}
        assert file.read() == b""


def test_files_in_memory_and_pipes_are_read() -> None:
    file = io.BytesIO()
    tg.save([1, tg.ones(3)], file)
    content = file.getvalue()
    assert tg.load(io.BytesIO(content))[1].tolist() == [1, 1, 1]
    if os.name == "posix":
        reading, writing = os.pipe()
        with open(writing, "wb") as sink:
            sink.write(content)
        with open(reading, "rb") as source:
            assert tg.load(source)[0] == 1


def test_a_file_open_for_text_a_number_and_a_folder_are_refused(tmp_path: Path) -> None:
    with open(tmp_path / "x", "w+") as file:
        with pytest.raises(TypeError, match=r"save: the file is open for text; use open\(path, 'wb'\)"):
            tg.save({}, file)
        with pytest.raises(TypeError, match=r"load: the file is open for text; use open\(path, 'rb'\)"):
            tg.load(file)
    with pytest.raises(TypeError, match="save: expected a path, or a file open for writing bytes, got int"):
        tg.save({}, 3)  # type: ignore[arg-type]  # the mistake under test
    with pytest.raises(TypeError, match="load: expected a path, or a file open for reading bytes, got NoneType"):
        tg.load(None)  # type: ignore[arg-type]  # the same
    with pytest.raises((IsADirectoryError, PermissionError), match=tmp_path.name):
        tg.save({}, tmp_path)
    with pytest.raises((IsADirectoryError, PermissionError), match=tmp_path.name):
        tg.load(tmp_path)
    with pytest.raises(FileNotFoundError, match="absent"):
        tg.save({}, tmp_path / "absent" / "x")


# --- what is kept ---


@posix
def test_a_symbolic_link_is_kept_and_its_target_is_written(tmp_path: Path, way: str) -> None:
    (tmp_path / "far").mkdir()
    target, link, chain = tmp_path / "far" / "target", tmp_path / "link", tmp_path / "chain"
    target.write_bytes(b"old")
    link.symlink_to(target)
    chain.symlink_to("link")
    tg.save(1, chain)
    assert chain.is_symlink()
    assert link.is_symlink()
    assert tg.load(target) == 1
    dangling = tmp_path / "dangling"
    dangling.symlink_to(tmp_path / "far" / "new")
    tg.save(2, dangling)
    assert tg.load(tmp_path / "far" / "new") == 2


@posix
def test_the_mode_of_a_file_is_kept_and_a_new_file_follows_the_umask(tmp_path: Path, way: str) -> None:
    path = tmp_path / "x"
    mask = os.umask(0o027)
    try:
        tg.save(1, path)
        assert stat.S_IMODE(path.stat().st_mode) == 0o640
        for mode in (0o600, 0o664, 0o444):
            path.chmod(mode)
            tg.save(2, path)
            assert stat.S_IMODE(path.stat().st_mode) == mode
    finally:
        os.umask(mask)


@posix
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root may change the owner of a file")
def test_the_owner_is_kept(tmp_path: Path, way: str) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"")
    os.chown(path, 12345, 23456)
    tg.save(1, path)
    assert (path.stat().st_uid, path.stat().st_gid) == (12345, 23456)


@posix
def test_a_file_that_is_not_regular_is_written_to_directly(tmp_path: Path) -> None:
    tg.save(1, "/dev/null")
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)
    os.mkfifo(tmp_path / "pipe")
    got = []
    reader = threading.Thread(target=lambda: got.append((tmp_path / "pipe").read_bytes()))
    reader.start()
    tg.save({"a": 1}, tmp_path / "pipe")
    reader.join(10)
    assert tg.load(io.BytesIO(got[0])) == {"a": 1}


# --- errors ---


@posix
def test_a_full_disk_leaves_the_old_file_and_nothing_else(tmp_path: Path, way: str) -> None:
    resource = pytest.importorskip("resource")
    path = tmp_path / "x"
    tg.save("old", path)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, limits[1]))
        with pytest.raises(OSError, match="x'") as raised:
            tg.save(BIG, path)
        assert raised.value.errno == errno.EFBIG
        assert raised.value.filename == str(path)
        with pytest.raises(OSError, match="run'"):
            train.save_checkpoint(tmp_path / "run", nn.Linear(300, 300))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, ignored)
    assert tg.load(path) == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["x"]


@pytest.mark.parametrize("fault", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt(), MemoryError()])
@pytest.mark.parametrize("at", ["fsync", "replace", "link", "open"])
def test_an_error_at_any_moment_leaves_the_old_file(
    fault: BaseException, at: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    if at == "link" and way != "a file without a name":
        pytest.skip("nothing is linked")
    path = tmp_path / "x"
    tg.save("old", path)

    def fail(*args: Any, **options: Any) -> Any:
        raise fault

    monkeypatch.setattr(os, at, fail)
    with pytest.raises(type(fault)):
        tg.save(BIG, path)
    monkeypatch.undo()
    assert tg.load(path) == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["x"]


def test_the_file_and_its_folder_are_synced_before_save_returns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    done: list[str] = []

    def noted(name: str) -> None:
        real = getattr(os, name)

        def call(*args: Any, **options: Any) -> Any:
            if name == "fsync":
                kind = "folder" if stat.S_ISDIR(os.fstat(args[0]).st_mode) else "file"
                done.append(f"fsync of the {kind} of {os.fstat(args[0]).st_size if kind == 'file' else 0} bytes")
            else:
                done.append(name)
            return real(*args, **options)

        monkeypatch.setattr(os, name, call)

    for name in ("fsync", "replace"):
        noted(name)
    tg.save("new", tmp_path / "x")
    size = (tmp_path / "x").stat().st_size
    assert done == [f"fsync of the file of {size} bytes", "replace", *["fsync of the folder of 0 bytes"] * (os.name == "posix")]


@posix
def test_ctrl_c_during_a_save_waits_for_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    path, real = tmp_path / "x", os.fsync

    def press(descriptor: int) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        real(descriptor)

    monkeypatch.setattr(os, "fsync", press)
    with pytest.raises(KeyboardInterrupt):
        tg.save("whole", path)
    assert tg.load(path) == "whole"
    with pytest.raises(KeyboardInterrupt):
        train.save_checkpoint(tmp_path / "run", nn.Linear(1, 1), epoch=1)
    assert train.load_checkpoint(tmp_path / "run", nn.Linear(1, 1)) == {"epoch": 1}


# --- several writers ---

WRITER = """
import sys
import numpy as np
import tinygrad_edu as tg
path, mine, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
for i in range(count):
    tg.save({"by": mine, "number": i, "w": tg.full((2000 * (mine + 1),), float(mine))}, path)
"""


def write_simultaneously(path: Path, saves: int, writers: int = 2) -> int:
    """Let `writers` processes write the same file; return how often it was read meanwhile. It must be complete each time."""
    command = [sys.executable, "-c", WRITER, str(path)]
    tg.save({"by": 0, "number": -1, "w": tg.zeros(2000)}, path)
    running = [
        subprocess.Popen([*command, str(i), str(saves // writers)], stderr=subprocess.PIPE, text=True) for i in range(writers)
    ]
    reads, end = 0, time.monotonic() + 240
    while any(process.poll() is None for process in running) and time.monotonic() < end:
        value = tg.load(path)
        assert value["w"].shape == (2000 * (value["by"] + 1),)
        assert (value["w"]._data == value["by"]).all()
        reads += 1
    for process in running:
        _, errors = process.communicate(timeout=10)
        assert (process.returncode, errors) == (0, "")
    return reads


@pytest.mark.parametrize("saves", [60, pytest.param(2000, marks=pytest.mark.slow)])
def test_processes_that_save_simultaneously_never_show_a_damaged_file(saves: int, tmp_path: Path) -> None:
    assert write_simultaneously(tmp_path / "x", saves) > 10
    assert [p.name for p in tmp_path.iterdir()] == ["x"]


def test_threads_that_save_simultaneously_never_show_a_damaged_file(tmp_path: Path, way: str) -> None:
    path, errors = tmp_path / "x", []

    def write(mine: int) -> None:
        try:
            for _ in range(20):
                tg.save({"by": mine, "w": np.full(1000 * (mine + 1), mine)}, path)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=write, args=(i,)) for i in range(4)]
    tg.save({"by": 0, "w": np.zeros(1000)}, path)
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        value = tg.load(path)
        assert len(value["w"]) == 1000 * (value["by"] + 1)
        assert (value["w"] == value["by"]).all()
    assert errors == []
    assert [p.name for p in tmp_path.iterdir()] == ["x"]


@posix
def test_a_process_killed_while_it_saves_leaves_the_old_or_the_new_file(tmp_path: Path) -> None:
    path = tmp_path / "x"
    for pause in np.linspace(0.0, 0.02, 6):
        process = subprocess.Popen([sys.executable, "-c", WRITER, str(path), "1", "100000"])
        begun = time.monotonic()
        while not path.exists() and time.monotonic() - begun < 60:
            time.sleep(0.001)
        time.sleep(pause)
        process.kill()
        process.wait(10)
        assert (tg.load(path)["w"]._data == 1).all()
        left = [p for p in tmp_path.iterdir() if p != path]
        assert len(left) <= 1  # the temporary file, if it was killed just before the rename
        for other in [path, *left]:
            other.unlink()
