"""Which beginners' mistakes get a helpful message, and which correct programs raise a false alarm.

    python benchmarks/mistakes/run.py                 # the open programs, one by one and as a table
    python benchmarks/mistakes/run.py --held-out      # the held-out third: its totals only
    python benchmarks/mistakes/run.py --all --json benchmarks/mistakes/result.json
    python benchmarks/mistakes/run.py zero_grad_forgotten dead_relu       # all messages about these

Each program runs three times: as it is, inside `train.lint()`, and inside `autograd.detect_anomaly()`. What a user would read
is collected in five channels: the error, Python's warnings, the findings of the linter, the findings in the graph of `loss`
after the run, and an error that only anomaly mode raises. A mistake counts as detected if one message contains the words that
its header requires. On a correct program every message is a false alarm. See README.md.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import platform
import re
import signal
import sys
import time
import warnings
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

import tinygrad_edu as tg
from tinygrad_edu import autograd, train, viz

FOLDER = Path(__file__).parent
CHANNELS = ("error", "warning", "lint", "graph", "anomaly")
SECONDS = 20  # after which a program is stopped


@dataclass(frozen=True)
class Program:
    """A file's code and the fields of its header."""

    path: Path
    source_code: str
    about: str
    family: str  # of the mistake, or of the mistake that a correct program resembles
    source: str = ""
    outcome: str = "runs"
    answer: tuple[tuple[str, ...], ...] = ()  # the message must contain one alternative of each group

    @property
    def name(self) -> str:
        return self.path.stem

    @property
    def key(self) -> str:
        return f"{self.path.parent.name}/{self.path.name}"

    @property
    def wrong(self) -> bool:
        return self.path.parent.name == "wrong"

    @property
    def held_out(self) -> bool:
        """Whether it is held out: a hash of the file's name decides, so that nobody chooses."""
        return int(hashlib.sha256(self.path.name.encode()).hexdigest(), 16) % 3 == 0


def read(path: Path) -> Program:
    """A program from its file. The header is the docstring: a sentence, then lines of `key: value`."""
    code = path.read_text(encoding="utf-8")
    header = code.split('"""', 2)[1]
    about, _, rest = header.partition("\n\n")
    fields: dict[str, list[str]] = {}
    for line in rest.strip().splitlines():
        key, _, value = line.partition(": ")
        fields.setdefault(key, []).append(value.strip())
    unknown = fields.keys() - {"family", "resembles", "source", "outcome", "answer"}
    if unknown:
        raise ValueError(f"{path.name}: its header has unknown keys: {', '.join(sorted(unknown))}")
    return Program(
        path,
        code,
        about.replace("\n", " "),
        family=fields.get("family", fields.get("resembles", [""]))[0],
        source=fields.get("source", [""])[0],
        outcome=fields.get("outcome", ["runs"])[0],
        answer=tuple(tuple(word.strip() for word in group.split("|")) for group in fields.get("answer", [])),
    )


def programs() -> list[Program]:
    """All programs, the wrong ones first."""
    return [read(path) for kind in ("wrong", "right") for path in sorted((FOLDER / kind).glob("*.py"))]


# --- running ---


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise TimeoutError in the main thread after `seconds`; without interval timers, as on Windows, there is no limit."""
    if not hasattr(signal, "setitimer"):
        yield
        return

    def stop(*_: object) -> None:
        raise TimeoutError(f"still running after {seconds} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def execute(
    program: Program, inside: AbstractContextManager[Any] | None = None
) -> tuple[dict[str, Any], Exception | None, list[str]]:
    """Run a program; return its variables, the exception that stopped it or None, and the warnings that were shown."""
    variables: dict[str, Any] = {"__name__": "__main__", "__file__": str(program.path)}
    code = compile(program.source_code, str(program.path), "exec")
    error: Exception | None = None
    with warnings.catch_warnings(record=True) as shown, time_limit(SECONDS):
        warnings.simplefilter("always")
        with inside or nullcontext():
            try:
                exec(code, variables)
            except TimeoutError:
                raise
            except Exception as e:
                error = e
    return variables, error, list(dict.fromkeys(f"{w.category.__name__}: {w.message}" for w in shown))


@dataclass
class Heard:
    """The messages that a user would read about one program, by channel."""

    messages: dict[str, list[str]] = field(default_factory=lambda: {channel: [] for channel in CHANNELS})
    error: Exception | None = None
    seconds: float = 0.0


def listen(program: Program) -> Heard:
    """Run a program in all three ways and collect the messages."""
    heard = Heard()
    start = time.perf_counter()
    variables, heard.error, heard.messages["warning"] = execute(program)
    heard.seconds = time.perf_counter() - start
    if heard.error is not None:
        heard.messages["error"] = [f"{type(heard.error).__name__}: {heard.error}"]
    heard.messages["graph"] = graph_findings(variables)

    report = train.lint()
    execute(program, report)
    heard.messages["lint"] = [finding.message for finding in report.findings]

    _, error, _ = execute(program, autograd.detect_anomaly())
    if error is not None and type(error) is not type(heard.error):
        heard.messages["anomaly"] = [f"{type(error).__name__}: {error}"]
    return heard


def graph_findings(variables: dict[str, Any]) -> list[str]:
    """What is found in the graph of the program's last `loss`, if it has one."""
    loss = variables.get("loss")
    if not isinstance(loss, tg.Tensor) or loss.grad_fn is None:
        return []
    model = variables.get("model")
    with warnings.catch_warnings():  # they appeared in the run already
        warnings.simplefilter("ignore")
        return [str(finding) for finding in viz.graph(loss, model=model).findings]


def as_declared(program: Program, error: Exception | None) -> bool:
    """Whether the program ran, or raised, as its header says."""
    kind, _, name = program.outcome.partition(" ")
    if kind == "runs" or error is None:
        return (kind == "runs") == (error is None)
    return name in {cls.__name__ for cls in type(error).__mro__}


# --- scoring ---


def holds(message: str, word: str) -> bool:
    """Whether the message contains the word: whole words, ignoring case; `*` matches any letters."""
    letters = "[^\\W_]"  # letters and digits: `log` is a word of log_softmax
    start = "" if word.startswith("*") else f"(?<!{letters})"
    end = "" if word.endswith("*") else f"(?!{letters})"
    return re.search(start + re.escape(word.strip("*")) + end, message, re.IGNORECASE) is not None


def answers(message: str, program: Program) -> bool:
    """Whether the message contains at least one word of each group in the header."""
    return all(any(holds(message, word) for word in group) for group in program.answer)


def verdict(program: Program, heard: Heard) -> dict[str, str]:
    """For each channel "answer" (helpful), "other" (about something else), "alarm" (on a correct program) or ""."""
    if not program.wrong:
        return {channel: "alarm" if said else "" for channel, said in heard.messages.items()}
    return {
        channel: ("answer" if any(answers(m, program) for m in said) else "other") if said else ""
        for channel, said in heard.messages.items()
    }


def table(results: list[tuple[Program, dict[str, str]]]) -> list[dict[str, Any]]:
    """One row per family and one for all: how many mistakes each channel answers, and how many false alarms it raises."""
    rows = []
    families = sorted({program.family for program, _ in results})
    for family in [*families, "all"]:
        mine = [(p, v) for p, v in results if family in (p.family, "all")]
        wrong = [v for p, v in mine if p.wrong]
        right = [v for p, v in mine if not p.wrong]
        rows.append(
            {
                "family": family,
                "mistakes": len(wrong),
                "answered": sum("answer" in v.values() for v in wrong),
                "answered by": {channel: sum(v[channel] == "answer" for v in wrong) for channel in CHANNELS},
                "correct": len(right),
                "suspected": sum("alarm" in v.values() for v in right),
                "suspected by": {channel: sum(v[channel] == "alarm" for v in right) for channel in CHANNELS},
            }
        )
    return rows


def markdown(rows: list[dict[str, Any]]) -> str:
    """The table, in Markdown: `3/4` means that three of four mistakes were detected, `1!` means one false alarm."""
    lines = [
        f"| family | detected | {' | '.join(CHANNELS)} | correct programs flagged |",
        f"|---|{'---|' * (len(CHANNELS) + 2)}",
    ]
    for row in rows:
        cells = []
        for channel in CHANNELS:
            hits, alarms = row["answered by"][channel], row["suspected by"][channel]
            cells.append(f"{hits or ''}{f' {alarms}!' if alarms else ''}".strip())
        answered, suspected = f"{row['answered']}/{row['mistakes']}", f"{row['suspected']}/{row['correct']}"
        lines.append(f"| {row['family']} | {answered} | {' | '.join(cells)} | {suspected} |")
    return "\n".join(lines)


def details(program: Program, heard: Heard) -> str:
    """Every message about one program; ✓ marks those that answer its mistake."""
    lines = [f"{program.key}: {program.about}"]
    for channel, said in heard.messages.items():
        lines += [f"    {channel:8} {'✓' if program.wrong and answers(m, program) else ' '} {m}" for m in said]
    return "\n".join(lines)


def measure(held_out: bool) -> dict[str, Any]:
    """Run one part. Of the held-out part only the totals are printed, so that no rule can be written for a program in it."""
    results = [(p, verdict(p, listen(p))) for p in programs() if p.held_out == held_out]
    rows = table(results)
    if held_out:
        return {"table": rows[-1:]}
    return {"table": rows, "programs": {p.key: {k: v for k, v in found.items() if v} for p, found in results}}


def report(part: str, measured: dict[str, Any]) -> str:
    """The table of a part as text and, for the open one, the mistakes that were missed and the programs that were flagged."""
    everything = measured["table"][-1]
    lines = [f"{part}: {everything['mistakes']} mistakes, {everything['correct']} correct programs\n"]
    lines.append(markdown(measured["table"]))
    if "programs" in measured:
        found = measured["programs"].items()
        missed = [Path(key).stem for key, said in found if key.startswith("wrong/") and "answer" not in said.values()]
        suspected = [Path(key).stem for key, said in found if "alarm" in said.values()]
        lines += [f"\nnot detected: {', '.join(missed) or 'none'}", f"flagged: {', '.join(suspected) or 'none'}"]
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="programs whose messages are all printed")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--held-out", action="store_true", help="the third that nobody tunes for: only its totals are printed")
    which.add_argument("--all", action="store_true", help="both parts")
    which.add_argument("--list-held-out", action="store_true", help="print what belongs in held_out.txt")
    parser.add_argument("--json", type=Path, help="write the result here")
    options = parser.parse_args(arguments)

    if options.list_held_out:
        print("\n".join(program.key for program in programs() if program.held_out))
    elif options.names:
        for program in programs():
            if program.name in options.names:
                print(details(program, listen(program)))
    else:
        result: dict[str, Any] = {
            "python": platform.python_version(),
            "numpy": np.__version__,
            "tinygrad_edu": tg.__version__,
        }
        if not options.held_out:
            result["open"] = measure(held_out=False)
        if options.held_out or options.all:
            result["held out"] = measure(held_out=True)
        print("\n\n".join(report(part, result[part]) for part in ("open", "held out") if part in result))
        if options.json:
            options.json.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
