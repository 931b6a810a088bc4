"""`python -m tinygrad_edu`: each command's help and example, its output and files, its errors and exit statuses."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu.__main__ import COMMANDS, main

FORGETFUL = """
import sys
import tinygrad_edu as tg
from tinygrad_edu import nn, optim

tg.manual_seed(0)
X, y = tg.randn(8, 2), tg.randn(8, 1)
model = nn.MLP([2, 3, 1])
opt = optim.SGD(model.parameters(), lr=0.1)
for _ in range(2):
    loss = nn.MSELoss()(model(X), y)
    loss.backward()
    opt.step()
print("arguments", sys.argv[1:])
"""
CAREFUL = FORGETFUL.replace("    loss.backward()", "    opt.zero_grad()\n    loss.backward()")


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "train.py"
    path.write_text(FORGETFUL, encoding="utf-8")
    return path


def status(arguments: list[str]) -> int | str | None:
    """The exit status, also where argparse ends the program itself."""
    try:
        return main(arguments)
    except SystemExit as stop:
        return stop.code


def test_without_a_command_it_lists_all_commands_with_one_line_each(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    printed = capsys.readouterr().out
    assert list(COMMANDS) == ["demo", "play", "graph", "race", "lint", "summary", "bench"]
    for command in COMMANDS.values():
        assert f"    {command.name} " in printed
        assert command.help.split()[0] in printed


def test_it_prints_its_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert status(["--version"]) == 0
    assert capsys.readouterr().out == f"tinygrad_edu {tg.__version__}\n"


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_has_help_with_a_valid_example(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert status([name, "--help"]) == 0
    printed = capsys.readouterr().out
    assert f"Example: {COMMANDS[name].example}\n" in printed
    assert COMMANDS[name].example.startswith(f"python -m tinygrad_edu {name}")
    assert "(default: None)" not in printed
    assert "(default: False)" not in printed


def test_help_shows_defaults_and_lints_exit_statuses(capsys: pytest.CaptureFixture[str]) -> None:
    assert status(["race", "--help"]) == 0
    assert "(default: 0.0)" in capsys.readouterr().out  # of --noise: a default of 0 is shown
    assert status(["lint", "--help"]) == 0
    printed = capsys.readouterr().out
    assert [int(line.split()[0]) for line in printed.partition("Exit status:\n")[2].splitlines()] == [0, 1, 2, 3, 130]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["nothing"], "invalid choice: 'nothing'"),
        (["demo", "--epochs", "0"], "at least 1, got '0'"),
        (["demo", "--seeds", "two"], "at least 1, got 'two'"),
        (["graph", "absent.py"], "there is no file 'absent.py'"),
        (["lint", "data.csv"], "there is no file 'data.csv'"),
        (["lint"], "the following arguments are required: SCRIPT\n"),
        (["lint", "."], "'.' is a folder, not a file"),
        (["race", "--steps", "2", "--out", "absent/race.svg"], "there is no folder 'absent'"),
        (["summary", "absent.npz"], "there is no file 'absent.npz'"),
        (["race", "--rules", "SGD,Foo", "--out", "race.svg"], "'Foo' is not one of the update rules"),
        (["race", "--surface", "moon", "--out", "race.svg"], "moon"),
        (["race", "--steps", "2", "--out", "race.bmp"], "race.bmp"),
        (["race", "--lr", "fast"], "argument --lr: must be a number, such as 0.01, or 'tune', got 'fast'"),
        (["race", "--rules", ""], "argument --rules: must be names of rules, such as SGD,Adam, got ''"),
        (["race", "--rules", " , "], "argument --rules: must be names of rules"),
        (["bench", "nothing"], "invalid choice: 'nothing'"),
    ],
)
def test_the_error_names_wrong_arguments_and_the_status_is_2(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert status(arguments) == 2
    assert told in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_demo_refuses_a_folder_that_cannot_be_created(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert status(["demo", "--out", str(tmp_path / "file")]) == 2
    assert "--out" in capsys.readouterr().err


# --- graph ---


def test_graph_runs_the_script_and_prints_the_tree_of_its_loss(script: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["graph", str(script)]) == 0
    printed = capsys.readouterr().out
    assert "arguments []" in printed
    assert "2.weight" in printed  # a name from the model
    assert "mse" in printed


@pytest.mark.parametrize("name", ["loss.svg", "loss.html", "loss.dot"])
def test_graph_writes_a_picture(script: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    out = script.with_name(name)
    assert main(["graph", str(script), "--out", str(out)]) == 0
    assert capsys.readouterr().out.endswith(f"{out}\n")
    assert out.stat().st_size > 1000


def test_graph_lists_the_tensors_of_the_script(script: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["graph", str(script), "--of", "cost"]) == 2
    assert "no global variable 'cost' that is a Tensor; the script has X, loss, y" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "told"), [("loss.bmp", "must end in one of .html, .svg"), ("absent/loss.svg", "there is no folder")]
)
def test_graph_refuses_what_it_could_not_write_before_it_runs_the_script(
    script: Path, name: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["graph", str(script), "--out", str(script.parent / name)]) == 2
    printed = capsys.readouterr()
    assert f"{name}: {told}" in printed.err
    assert printed.out == ""


def test_a_script_without_its_ending_is_suggested_with_it(script: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert status(["graph", str(script.with_suffix(""))]) == 2
    assert "did you mean" in capsys.readouterr().err


# --- play ---


def test_play_writes_the_page_and_opens_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    out = tmp_path / "playground.html"
    assert main(["play", "--out", str(out)]) == 0
    assert capsys.readouterr().out == f"{out}\n"
    assert "<!doctype html>" in out.read_text(encoding="utf-8")
    assert opened == [out.as_uri()]
    assert main(["play", "--out", str(out), "--no-open"]) == 0
    assert len(opened) == 1
    assert status(["play", "--out", str(tmp_path / "page.txt")]) == 2
    assert "must end in .html" in capsys.readouterr().err


# --- race ---


def test_race_prints_heights_above_the_minimum(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--rules", "SGD", "--lr", "0.1", "--out", str(tmp_path / "race.svg")]
    assert main(["race", "--surface", "saddle", *options]) == 0  # its minimum is -1
    assert capsys.readouterr().out.splitlines()[0].endswith(" < 1e-12 above the minimum")


def test_race_prints_the_ranking_and_writes_the_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "race.html"
    assert main(["race", "--rules", "SGD, Adam", "--steps", "20", "--out", str(out)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[:2]] == ["1.", "2."]
    assert {line.split()[1] for line in lines[:2]} == {"SGD", "Adam"}
    assert lines[2] == str(out)
    assert out.read_text(encoding="utf-8").startswith("<!doctype html>")


# --- lint ---


def test_lint_names_the_line_and_its_status_is_1(script: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lint", str(script), "--epochs", "3"]) == 1
    printed = capsys.readouterr()
    assert "arguments ['--epochs', '3']" in printed.out
    line = FORGETFUL.splitlines().index("    opt.step()") + 1
    assert f"train.py:{line}: zero_grad" in printed.out
    assert printed.out.endswith("1 finding\n")
    assert printed.err == ""  # and not again as a warning


def test_lint_of_a_script_without_mistakes_has_status_0(script: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script.write_text(CAREFUL + "sys.exit()\n", encoding="utf-8")
    assert main(["lint", str(script)]) == 0
    assert capsys.readouterr().out.endswith("nothing found\n")


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        (CAREFUL, "발견된 문제 없음"),
        (FORGETFUL, "문제 1건"),
        (FORGETFUL + "1 / 0\n", "train.py: 실패하기 전까지 문제 1건"),
        (FORGETFUL + "raise KeyboardInterrupt\n", "train.py: 중단되기 전까지 문제 1건"),
    ],
)
def test_lint_counts_in_korean(
    script: Path, text: str, ends: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TINYGRAD_EDU_LANG", "ko")
    script.write_text(text, encoding="utf-8")
    main(["lint", str(script)])
    assert capsys.readouterr().out.endswith(f"{ends}\n")


@pytest.mark.parametrize(("end", "told"), [("1 / 0", "ZeroDivisionError"), ("sys.exit('no data')", "no data")])
def test_a_script_that_fails_has_status_3_and_shows_its_traceback(
    script: Path, end: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    script.write_text(FORGETFUL + end + "\n", encoding="utf-8")
    assert main(["lint", str(script)]) == 3
    printed = capsys.readouterr()
    assert told in printed.err
    assert "runpy" not in printed.err
    assert "zero_grad" in printed.out  # earlier findings are printed
    assert printed.out.endswith("1 finding before it failed\n")
    assert main(["graph", str(script)]) == 3


def test_ctrl_c_in_a_script_still_prints_the_findings(script: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script.write_text(FORGETFUL + "raise KeyboardInterrupt\n", encoding="utf-8")
    assert main(["lint", str(script)]) == 130
    printed = capsys.readouterr()
    assert "zero_grad" in printed.out
    assert "Stopped." in printed.err


def test_a_script_has_its_folder_and_arguments_in_sys_which_are_restored_afterwards(script: Path) -> None:
    script.with_name("helper_beside_it.py").write_text("value = 1\n", encoding="utf-8")
    script.write_text("import helper_beside_it, sys\nassert sys.argv[1:] == ['a']\n", encoding="utf-8")
    before = list(sys.argv), list(sys.path)
    assert main(["lint", str(script), "a"]) == 0
    assert (sys.argv, sys.path) == before


# --- summary ---


def test_summary_of_a_scripts_model(script: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["summary", str(script)]) == 0
    assert "13 numbers, 52 bytes" in capsys.readouterr().out
    assert main(["summary", str(script), "--input", "1,2"]) == 0
    assert "13 parameters" in capsys.readouterr().out
    assert main(["summary", str(script), "--input", "1x2"]) == 2
    assert "--input 1x2: a shape consists of whole numbers" in capsys.readouterr().err
    assert main(["summary", str(script), "--model", "net"]) == 2
    assert "the script has model" in capsys.readouterr().err


def test_summary_of_weights_and_of_a_checkpoint(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = tg.nn.MLP([2, 3, 1])
    tg.train.save_checkpoint(tmp_path / "run.safetensors", model, tg.optim.Adam(model.parameters(), lr=0.02), epoch=3)
    assert main(["summary", str(tmp_path / "run.safetensors")]) == 0
    printed = capsys.readouterr().out
    assert "13 numbers, 52 bytes" in printed
    assert printed.endswith("optimizer: 1 parameter group, lr 0.02\nextra: {'epoch': 3}\n")
    tg.save(model.state_dict(), tmp_path / "model.safetensors")
    assert main(["summary", str(tmp_path / "model.safetensors")]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert any(line.split() == ["0.weight", "(3,", "2)", "float32", "6"] for line in lines)
    assert lines[-1] == "13 numbers, 52 bytes"


def test_summary_of_other_values(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tg.save({"best": [tg.zeros(3), np.arange(2)], "epoch": 3}, tmp_path / "best.safetensors")
    assert main(["summary", str(tmp_path / "best.safetensors")]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[2].split() == ["best.0", "(3,)", "float32", "3"]
    assert lines[3].split() == ["best.1", "(2,)", "int64", "2"]


def test_summary_says_what_kind_of_file_another_file_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    np.savez(tmp_path / "data.npz", x=np.zeros(3))
    assert main(["summary", str(tmp_path / "data.npz")]) == 2
    assert "data.npz is a NumPy archive (.npz); np.load reads it" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["broken.npz", "broken.safetensors", "notes.txt"])
def test_summary_refuses_a_file_that_it_cannot_read(tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / name).write_bytes(b"not what the name says")
    assert main(["summary", str(tmp_path / name)]) == 2
    assert name in capsys.readouterr().err


# --- bench ---


def test_bench_runs_the_script_of_that_name_and_passes_its_options_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    from tinygrad_edu.commands import bench_command

    monkeypatch.setattr(bench_command, "FOLDER", tmp_path)
    assert main(["bench", "optim"]) == 2
    assert "come with the source" in capfd.readouterr().err
    (tmp_path / "optim.py").write_text("import sys; print(sys.argv[1:]); sys.exit(7)\n", encoding="utf-8")
    assert main(["bench", "optim", "Adam"]) == 7
    assert "['Adam']" in capfd.readouterr().out


def test_every_benchmark_that_it_lists_exists() -> None:
    from tinygrad_edu.commands import bench_command

    source = Path(__file__).parents[1] / "benchmarks"
    assert all((source / f"{name}.py").is_file() for name in bench_command.NAMES)


# --- as a process ---


@pytest.fixture(params=["as usual", "ignored"])
def inherited_sigint(request: pytest.FixtureRequest) -> Iterator[None]:
    """Ctrl-C as a child inherits it: ignored if a shell runs the tests in the background."""
    if request.param == "as usual":
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    yield
    signal.signal(signal.SIGINT, before)


IN_THE_FOREGROUND = """
import runpy, signal
signal.signal(signal.SIGINT, signal.default_int_handler)  # as a terminal starts a program
runpy.run_module("tinygrad_edu", run_name="__main__", alter_sys=True)
"""


@pytest.mark.skipif(os.name != "posix", reason="sends SIGINT")
@pytest.mark.usefixtures("inherited_sigint")
def test_ctrl_c_stops_it_cleanly(tmp_path: Path) -> None:
    command = [sys.executable, "-c", IN_THE_FOREGROUND, "demo", "--out", str(tmp_path), "--epochs", "10000"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()  # it has started
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Stopped." in errors
    assert "Traceback" not in errors


def test_it_runs_as_a_module(tmp_path: Path) -> None:
    tg.train.save_checkpoint(tmp_path / "run.safetensors", tg.nn.Linear(2, 1))
    command = [sys.executable, "-m", "tinygrad_edu", "summary", str(tmp_path / "run.safetensors")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "3 numbers, 12 bytes" in done.stdout
