"""Make mistakes in a copy of the project, one at a time, and print those that no test noticed.

    python tools/mutation.py rules           each rule of each op, multiplied by 1.001: seconds
    python tools/mutation.py lines [N]       one mistake in each of N sampled lines of the engine and optim (60): an hour
    python tools/mutation.py tests [N]       N sampled tests (100), each with mistakes in lines that it runs, until it fails:
                                             an hour or two
    ... --seed 1                             another sample

An interrupted run continues where it stopped, as long as the commit is the same (its notes are in out/mutation). The last
results are in tools/mutation.txt. EQUIVALENT explains mistakes that change nothing that a test could notice.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

import numpy as np  # noqa: F401 - for the forks
import pytest

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tools")]

from mutants import Mutant, mutants  # noqa: E402 - a script of the same folder

for slow_to_import in ("hypothesis", "torch"):  # for the forks
    with contextlib.suppress(ImportError):
        importlib.import_module(slow_to_import)

PACKAGE = "tinygrad_edu"
SAMPLED = ("autograd", "optim")  # the folders of the package whose lines are sampled
NOT_SAMPLED = {"signatures.py"}  # only type checkers read it
SECONDS = 1800  # for one run of pytest; a mistake that makes it hang counts as noticed
FEW = 200  # tests tried first, of those that run a line
TRIES = 12  # mistakes made for one test before it counts as noticing nothing

SET_UP_ONLY = "after the last comparison, one more derivative is set up, and never called"
EQUIVALENT = {("autograd/checking/finite_differences.py", "< -> <="): SET_UP_ONLY}
"""(file, mistake) -> why no test can notice it."""


class Place(NamedTuple):
    """A mistake, and the file of the package it is made in."""

    file: str
    mutant: Mutant

    def __str__(self) -> str:
        return f"{self.file}:{self.mutant.line}: {self.mutant.what}"


# --- a copy of the project to make mistakes in ---


@contextlib.contextmanager
def project() -> Iterator[Path]:
    """A copy of what is under version control."""
    with tempfile.TemporaryDirectory() as folder:
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
        for name in filter(None, listed.split("\0")):
            if (ROOT / name).is_file():
                (Path(folder) / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / name, Path(folder) / name)
        yield Path(folder)


@contextlib.contextmanager
def mistake(copy: Path, place: Place) -> Iterator[None]:
    """The copy, with one mistake in it."""
    path = copy / PACKAGE / place.file
    source = path.read_text(encoding="utf-8")
    path.write_text(place.mutant.applied(source), encoding="utf-8")
    try:
        yield
    finally:
        path.write_text(source, encoding="utf-8")


def passes(copy: Path, *arguments: str, **variables: str) -> bool:
    """Whether pytest passes in the copy.

    It runs in a fork of this process, which has imported what takes long to import, but nothing from the package.
    """
    assert PACKAGE not in sys.modules
    child = os.fork()
    if not child:
        imported = "-Wignore::pytest.PytestAssertRewriteWarning"  # Hypothesis was imported before pytest started
        chosen = ["-m", "not slow", "-k", "not dask"]  # Dask cannot start its workers from a fork
        run_pytest(copy, ["-q", "--no-header", "-p", "no:cacheprovider", imported, *chosen, *arguments], variables)
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return status == 0
        time.sleep(0.01)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return False


def run_pytest(copy: Path, arguments: list[str], variables: dict[str, str]) -> NoReturn:
    """Run pytest in the copy, silently, and end this process."""
    status = 1
    try:
        os.setsid()  # so that what a test starts can be killed together with it
        os.chdir(copy)
        silence = os.open(os.devnull, os.O_RDWR)
        for stream in range(3):
            os.dup2(silence, stream)
        sys.path[:] = [str(copy), *(path for path in sys.path if not path.startswith(str(ROOT)))]
        os.environ.update({"PYTHONPATH": str(copy), **variables})
        sys.dont_write_bytecode = True
        status = int(pytest.main(arguments))
    finally:
        os._exit(status)


def mistakes_in(file: str) -> list[Place]:
    """Every mistake that can be made in a file of the package."""
    return [Place(file, mutant) for mutant in mutants((ROOT / PACKAGE / file).read_text(encoding="utf-8"))]


class Notes:
    """Answers by name, kept in a file: a run takes hours, and may be interrupted."""

    def __init__(self, question: str) -> None:
        commit = subprocess.run(
            ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, check=True, capture_output=True, text=True
        ).stdout
        self.path = ROOT / "out" / "mutation" / f"{question}-{commit.strip()}.jsonl"
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.touch()
        self.answers: dict[str, Any] = dict(map(json.loads, self.path.read_text(encoding="utf-8").splitlines()))

    def answer(self, name: str, ask: Callable[[], Any]) -> Any:
        """The result of ask(), or the stored one if there is one."""
        if name not in self.answers:
            self.answers[name] = ask()
            with self.path.open("a", encoding="utf-8") as file:
                file.write(json.dumps([name, self.answers[name]]) + "\n")
        return self.answers[name]


# --- the three questions ---


def ask_rules() -> None:
    """Does the registry's test notice each rule that is off by a thousandth?"""
    from tests.ops import test_registry as registry

    checked, survivors = sorted(set(registry.rules())), []
    for name, i in checked:
        op = registry.FUNCTIONS[name].op
        right = {"rules": op.rules, "joint": op.joint}
        for attribute, wrong in registry.off_by_a_thousandth(op, i).items():
            setattr(op, attribute, wrong)
        try:
            samples = [s for s in registry.SAMPLES[name] if any(map(registry.is_float, s.inputs))]
            if all(registry.check_derivatives(name, s, order=1) for s in samples):
                survivors.append((name, i))
        except registry.GradcheckError:
            pass
        finally:
            for attribute, value in right.items():
                setattr(op, attribute, value)
    flat = registry.FLAT & set(survivors)
    print(
        f"rules: {len(checked)}, of which {len(flat)} are 0 everywhere; not noticed: {sorted(set(survivors) - flat) or 'none'}"
    )


def ask_lines(count: int, seed: int) -> None:
    """Does a test notice a mistake in a line of the engine or of optim?"""
    rng = random.Random(seed)
    files = [p for folder in SAMPLED for p in sorted((ROOT / PACKAGE / folder).rglob("*.py")) if p.name not in NOT_SAMPLED]
    places = [place for p in files for place in mistakes_in(p.relative_to(ROOT / PACKAGE).as_posix())]
    lines = sorted({(place.file, place.mutant.line) for place in places})
    chosen = sorted(rng.sample(lines, count))
    notes, noticed = Notes(f"lines-{seed}"), 0
    print(f"lines: {count} of {len(lines):,}, seed {seed}", flush=True)
    with project() as copy:
        ran = notes.answer("the lines that each test runs", lambda: trace(copy, ["tests"], chosen))
        for file, line in chosen:
            place = rng.choice([p for p in places if (p.file, p.mutant.line) == (file, line)])
            tests = [test for test, lines in ran["passed"].items() if [file, line] in lines]
            if notes.answer(str(place), lambda place=place, tests=tests: survives(copy, place, tests, ran["failed"])):
                reason = EQUIVALENT.get((file, place.mutant.what))
                print(f"  not noticed: {place}" + (f"\n    {reason}" if reason else ""), flush=True)
            else:
                noticed += 1
    print(f"  noticed: {noticed} of {count}")


def survives(copy: Path, place: Place, tests: list[str], failed: list[str]) -> bool:
    """Whether all tests pass with the mistake: first some of those that run the line, then their files, then all tests.

    A mistake in a line that runs when its file is imported may be noticed by any test.
    """
    few = random.Random(str(place)).sample(tests, min(FEW, len(tests)))
    files = sorted({test.partition("::")[0] for test in tests})
    others = [f"--deselect={test}" for test in failed]
    with mistake(copy, place):
        return all(passes(copy, "-x", *others, *tried) for tried in (few, files, ["tests"]) if tried)


PLUGIN = """
import json, os, sys, threading
from pathlib import Path
import pytest

PACKAGE = str(Path.cwd() / "tinygrad_edu") + os.sep
wanted = {tuple(line) for line in json.loads(os.environ["LINES_WANTED"])}
files = {PACKAGE + file for file, _ in wanted}
ran, failed = {}, []  # test: lines; tests

@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_protocol(item):
    seen = ran[item.nodeid] = set()
    def tracer(frame, event, argument):
        file = frame.f_code.co_filename
        if not (file in files if files else file.startswith(PACKAGE)):
            return None
        def lines(frame, event, argument):
            seen.add((file.removeprefix(PACKAGE), frame.f_lineno))
            return lines
        return lines
    threading.settrace(tracer)
    sys.settrace(tracer)
    yield
    sys.settrace(None)
    threading.settrace(None)

def pytest_runtest_logreport(report):
    if report.failed:
        failed.append(report.nodeid)

def pytest_sessionfinish():
    kept = {test: sorted(seen & wanted if wanted else seen) for test, seen in ran.items() if test not in failed}
    Path(os.environ["LINES_RUN"]).write_text(json.dumps({"passed": kept, "failed": failed}))
"""


def trace(copy: Path, tests: list[str], lines: list[tuple[str, int]]) -> dict[str, Any]:
    """{"passed": {test: those of `lines` that it runs, or all lines if none are given}, "failed": tests}.

    Some tests that measure memory fail because of the tracer.
    """
    (copy / "lines_run.py").write_text(PLUGIN, encoding="utf-8")
    found = copy / "lines_run.json"
    found.write_text('{"passed": {}, "failed": []}')  # in case pytest cannot start
    passes(copy, "-p", "lines_run", *tests, LINES_RUN=str(found), LINES_WANTED=json.dumps(lines))
    ran: dict[str, Any] = json.loads(found.read_text())
    return ran


def lines_run(copy: Path, test: str) -> list[tuple[str, int]] | None:
    """The lines of the package that a test runs, or None if it does not pass alone."""
    passed = trace(copy, [test], [])["passed"]
    return [(file, line) for seen in passed.values() for file, line in seen] if passed else None


def ask_tests(count: int, seed: int) -> None:
    """Does each test fail when what it runs is wrong?"""
    rng, notes = random.Random(seed), Notes(f"tests-{seed}")
    with project() as copy:
        every = notes.answer("every test", lambda: collected(copy))
        print(f"tests: {count} of {len(every):,}, seed {seed}", flush=True)
        sample = rng.sample(every, count)
        runs = {test: notes.answer(f"lines {test}", lambda test=test: lines_run(copy, test)) for test in sample}
        for test in [test for test, lines in runs.items() if not lines]:
            print(f"  skipped, it {'fails alone' if runs.pop(test) is None else 'runs no line of the package'}: {test}")
        common = Counter((file, line) for lines in runs.values() for file, line in lines)
        possible: dict[tuple[str, int], list[Place]] = {}
        for file in sorted({file for file, _ in common}):
            for place in mistakes_in(file):
                possible.setdefault((file, place.mutant.line), []).append(place)
        noticed = 0
        for test, lines in runs.items():
            own = random.Random(f"{seed} {test}")
            candidates = [(file, line) for file, line in lines if (file, line) in possible]
            candidates.sort(key=lambda line: (common[line], own.random()))  # lines that few other tests run come first
            tried = [own.choice(possible[line]) for line in candidates[:TRIES]]
            if notes.answer(test, lambda test=test, tried=tried: fails_with_one_of(copy, test, tried)):
                noticed += 1
            else:
                print(f"  notices nothing: {test}\n" + "".join(f"    {place}\n" for place in tried), end="", flush=True)
        print(f"  fail when what they run is wrong: {noticed} of {len(runs)}")


def collected(copy: Path) -> list[str]:
    """The names of all tests except the slow ones."""
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-m", "not slow", "tests"]
    environment = {**os.environ, "PYTHONPATH": str(copy)}
    listed = subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False, env=environment).stdout
    return [line for line in listed.splitlines() if "::" in line]


def fails_with_one_of(copy: Path, test: str, places: list[Place]) -> bool:
    """Whether any of the mistakes makes the test fail."""
    for place in places:
        with mistake(copy, place):
            if not passes(copy, "-x", test):
                return True
    return False


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("question", choices=("rules", "lines", "tests"))
    parser.add_argument("count", nargs="?", type=int)
    parser.add_argument("--seed", type=int, default=0)
    asked: Any = parser.parse_args()
    if asked.question == "rules":
        ask_rules()
    elif asked.question == "lines":
        ask_lines(asked.count or 60, asked.seed)
    else:
        ask_tests(asked.count or 100, asked.seed)


if __name__ == "__main__":
    main()
