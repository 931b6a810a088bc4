"""The programs in benchmarks/mistakes do what their headers say, and are scored as README.md there describes."""

import ast
import importlib.util
import json
import sys
from pathlib import Path

import pytest

folder = Path(__file__).parents[2] / "benchmarks" / "mistakes"
if not folder.exists():
    pytest.skip("the folder benchmarks/mistakes does not exist", allow_module_level=True)
spec = importlib.util.spec_from_file_location("benchmark_of_mistakes", folder / "run.py")
benchmark = sys.modules[spec.name] = importlib.util.module_from_spec(spec)  # dataclasses look up their module
spec.loader.exec_module(benchmark)

PROGRAMS = benchmark.programs()
WRONG, RIGHT = ([p for p in PROGRAMS if p.wrong is kind] for kind in (True, False))
by_name = {p.name: p for p in PROGRAMS}


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda p: p.key)
def test_a_program_runs_or_raises_as_its_header_says(program):
    _, error, _ = benchmark.execute(program)  # stopped after a time limit
    assert benchmark.as_declared(program, error), f"declared: {program.outcome}; got: {error!r}"


def test_there_are_many_programs_of_both_kinds_with_distinct_names():
    assert len(WRONG) >= 66
    assert len(RIGHT) >= 66
    assert len(by_name) == len(PROGRAMS)


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda p: p.key)
def test_the_header_of_a_program_is_complete_and_the_program_short(program):
    assert program.about.endswith(".")
    assert len(program.source_code.splitlines()) <= 40
    if program.wrong:
        assert program.family
        assert program.source.startswith("https://")
        assert program.answer
        assert all(word.strip("*") for group in program.answer for word in group)
    else:
        assert program.family in {p.family for p in WRONG}  # the family that it resembles
        assert program.outcome == "runs"
        assert program.answer == ()
    nodes = list(ast.walk(ast.parse(program.source_code)))
    modules = {a.name.split(".")[0] for node in nodes if isinstance(node, ast.Import) for a in node.names}
    modules |= {node.module.split(".")[0] for node in nodes if isinstance(node, ast.ImportFrom)}
    assert modules <= {"tinygrad_edu", "numpy", *sys.stdlib_module_names}
    assert "manual_seed" in program.source_code or not program.wrong or program.name == "saved_value_overwritten"


def test_a_hash_of_the_name_holds_out_a_third():
    listed = (folder / "held_out.txt").read_text(encoding="utf-8").splitlines()
    assert listed == [p.key for p in PROGRAMS if p.held_out]
    assert 0.25 < len(listed) / len(PROGRAMS) < 0.42


@pytest.mark.parametrize(
    ("message", "word", "expected"),
    [
        ("call zero_grad() first", "zero_grad", True),
        ("log(0) is -inf", "log", True),
        ("use log_softmax", "log", True),
        ("already there", "lr", False),
        ("lr=10.0 is large", "lr", True),
        ("use BCEWithLogitsLoss", "*logits*", True),
        ("use BCEWithLogitsLoss", "logits", False),
        ("shapes (64, 1) and (64,) broadcasted", "broadcast*", True),
        ("rebroadcasted", "broadcast*", False),
        ("NaN at step 3", "nan", True),
    ],
)
def test_words_of_an_answer_are_whole_words_unless_they_have_a_star(message, word, expected):
    assert benchmark.holds(message, word) is expected


def test_an_answer_contains_one_word_of_each_group():
    program = by_name["softmax_before_cross_entropy"]
    assert benchmark.answers("softmax before CrossEntropyLoss, which takes logits", program)
    assert not benchmark.answers("softmax of a matrix", program)
    assert not benchmark.answers("the logits are large", program)


def test_each_channel_gets_its_messages():
    heard = benchmark.listen(by_name["zero_grad_forgotten"])
    assert benchmark.verdict(by_name["zero_grad_forgotten"], heard)["lint"] == "answer"
    assert heard.error is None
    heard = benchmark.listen(by_name["super_init_forgotten"])
    assert benchmark.verdict(by_name["super_init_forgotten"], heard)["error"] == "answer"
    heard = benchmark.listen(by_name["sqrt_at_zero"])
    assert benchmark.verdict(by_name["sqrt_at_zero"], heard)["anomaly"] == "answer"
    heard = benchmark.listen(by_name["plain_classifier"])
    assert not any(heard.messages.values())


def test_a_table_adds_up_answers_and_alarms():
    silent = dict.fromkeys(benchmark.CHANNELS, "")
    wrong, right = WRONG[0], RIGHT[0]
    rows = benchmark.table(
        [(wrong, {**silent, "lint": "answer"}), (wrong, {**silent, "lint": "other"}), (right, {**silent, "graph": "alarm"})]
    )
    everything = rows[-1]
    assert everything["mistakes"] == 2
    assert everything["answered"] == everything["answered by"]["lint"] == 1
    assert everything["correct"] == everything["suspected"] == everything["suspected by"]["graph"] == 1
    assert "| all | 1/2 |" in benchmark.markdown(rows)


@pytest.mark.parametrize("page", ["README.md", "benchmarks/mistakes/README.md"])
def test_the_pages_have_the_numbers_of_the_stored_result(page):
    result = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    text = " ".join((folder.parents[1] / page).read_text(encoding="utf-8").split())
    for row in (result["open"]["table"][-1], result["held out"]["table"][0]):
        assert f"{row['answered']} of {row['mistakes']}" in text
        assert f"{row['suspected']} of {row['correct']}" in text


def test_the_stored_result_is_for_these_programs():
    result = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    assert list(result["open"]["programs"]) == [p.key for p in PROGRAMS if not p.held_out]
    assert len(result["held out"]["table"]) == 1  # the totals, but nothing about its programs
    assert result["held out"]["table"][0]["mistakes"] == sum(p.held_out for p in WRONG)


@pytest.mark.slow
@pytest.mark.parametrize(("part", "held_out"), [("open", False), ("held out", True)])
def test_the_current_messages_give_the_stored_result(part, held_out):
    stored = json.loads((folder / "result.json").read_text(encoding="utf-8"))[part]["table"][-1]
    now = benchmark.measure(held_out)["table"][-1]
    assert (now["answered"], now["suspected"]) == (stored["answered"], stored["suspected"])
