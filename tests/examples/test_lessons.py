"""The lessons run in a reduced form, draw the pictures that they show, and their claims are true."""

import math
import re
import runpy
import warnings
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tinygrad_edu import optim

EXAMPLES = Path(__file__).parents[2] / "examples"
LESSONS = sorted(path for path in (EXAMPLES / "lessons").iterdir() if path.is_dir())
SECTIONS = [
    "1.1",
    "1.2",
    "1.3",
    "1.3.1",
    "1.3.2",
    "2.1",
    "2.1.1",
    "2.1.2",
    "2.1.3",
    "2.2",
    "2.2.1",
    "2.2.2",
    "2.3",
    "2.4",
    "2.5",
]
SECTIONS += [f"2.5.{k}" for k in range(1, 8)]
BEYOND = {"15_what_the_framework_does", "16_memory_of_one_sample"}  # lessons that cover none of these sections
facts = {}


def run(name, tmp_path_factory):
    """(folder, what a lesson's main() returned); each lesson runs only once."""
    if name not in facts:
        folder = tmp_path_factory.mktemp(name)
        main = runpy.run_path(str(EXAMPLES / "lessons" / name / "lesson.py"))["main"]
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # the linter's findings are warnings
            facts[name] = folder, main(folder, quick=True)
    return facts[name]


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda p: p.name)
def test_a_lesson_draws_every_picture_that_its_text_shows(lesson, tmp_path_factory):
    folder, _ = run(lesson.name, tmp_path_factory)
    drawn = {p.name for p in folder.iterdir()}
    for text in (lesson / "lesson.md", lesson / "lesson.ko.md"):
        shown = set(re.findall(r"!\[[^\]]+\]\(([\w.]+)\)", text.read_text(encoding="utf-8")))
        assert shown == {name for name in drawn if name.endswith(".svg")}
    assert all((lesson / name).exists() for name in drawn)
    for picture in folder.glob("*.svg"):
        ET.parse(picture)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda p: p.name)
def test_a_lesson_is_short_and_asks_three_questions_in_both_languages(lesson):
    assert len((lesson / "lesson.py").read_text(encoding="utf-8").splitlines()) < 80
    english, korean = ((lesson / name).read_text(encoding="utf-8") for name in ("lesson.md", "lesson.ko.md"))
    for text, heading in ((english, "## Questions"), (korean, "## 생각해 볼 질문")):
        questions = text.partition(heading)[2]
        assert re.findall(r"^\d\. ", questions, re.MULTILINE) == ["1. ", "2. ", "3. "]
    assert re.search("[가-힣]{2}", korean)
    numbers = [set(re.findall(r"\d+\.\d+", text)) for text in (english, korean)]
    assert numbers[0] == numbers[1]  # the same measurements in both


@pytest.mark.parametrize("name", ["README.md", "README.ko.md"])
def test_the_table_has_a_lesson_for_every_section_and_no_dead_link(name):
    text = (EXAMPLES / name).read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d[\d.]*) .*\]\((lessons/[^)]+)\)", text, re.MULTILINE)
    assert [section for section, _ in rows] == SECTIONS
    links = re.findall(r"\]\(([^)#:]+)\)", text)
    assert [link for link in links if not (EXAMPLES / link).exists()] == []
    assert {(EXAMPLES / link).parent for _, link in rows} == {p for p in LESSONS if p.name not in BEYOND}
    assert all(f"lessons/{lesson}/" in text for lesson in BEYOND)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda p: p.name)
def test_running_a_lesson_does_not_change_the_pictures_next_to_its_text(lesson, tmp_path, monkeypatch):
    script = (lesson / "lesson.py").read_text(encoding="utf-8")
    copy = tmp_path / "lesson.py"
    copy.write_text(
        "import sys\nfrom pathlib import Path\n\nHERE = Path(__file__).parent\n\n\n"
        'def main(out, quick):\n    (out / "picture.svg").write_text(str(quick))\n\n\n'
        + script[script.rindex("if __name__") :],  # the lesson's own end, with a main that draws one file
        encoding="utf-8",
    )
    monkeypatch.setattr("sys.argv", ["lesson.py", "--quick"])
    runpy.run_path(str(copy), run_name="__main__")
    assert {p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*")} == {"lesson.py", "out", "out/picture.svg"}
    monkeypatch.setattr("sys.argv", ["lesson.py", "--redraw"])
    runpy.run_path(str(copy), run_name="__main__")
    assert (tmp_path / "picture.svg").read_text(encoding="utf-8") == "False"
    assert "out/" in (EXAMPLES.parent / ".gitignore").read_text(encoding="utf-8").splitlines()


# --- what the lessons claim ---


@pytest.fixture
def fact(request, tmp_path_factory):
    return lambda name: run(next(p.name for p in LESSONS if p.name.startswith(name)), tmp_path_factory)[1]


def test_brute_force_costs_points_to_the_power_of_axes_and_descent_does_not(fact):
    found = fact("02")
    assert found["tried"] == [21, 441, 9261]
    assert len({*found["walked"], found["many"]}) == 1
    assert found["tops"] == pytest.approx([0.37, 0.37], abs=1e-5)


def test_descent_converges_to_the_formulas_solution(fact):
    found = fact("03")
    assert 0 <= found["gap"] < 0.01 * found["least"]


def test_backward_gives_the_derivative_and_the_difference_quotient_is_best_for_a_medium_step(fact):
    found = fact("04")
    assert found["slope"] == pytest.approx(found["exact"], rel=1e-12)
    assert 1e-10 < found["best"] < 1e-6
    assert found["gradient"] == [4, 1, 1]
    # x − 1 shrinks by a factor of 1 − 2 · 0.15 per step
    assert found["paths"][3.0][-1] == pytest.approx(1 + 2 * 0.7**12, rel=1e-5)


def test_scaling_makes_the_valley_round(fact):
    found = fact("05")
    assert found["before"] > 1e6
    assert found["after"] < 10
    assert found["left"] > 0.5
    assert found["needed"] < 20


def test_the_learning_rates_do_what_their_names_say(fact):
    found = fact("06")
    for name, end in found["ends"].items():
        assert end == pytest.approx(3 * (1 - 2 * float(name.split(":")[0])) ** 25, rel=1e-3)
    assert "the loss became inf" in found["message"]


def test_a_small_rate_misses_the_global_minimum_that_a_large_decreasing_one_finds(fact):
    reached = fact("06")["reached"]
    assert reached["0.01"] == reached["0.05"] == 11  # the starts in the middle dip, between the two maxima
    assert reached["0.5"] < reached["0.01"] < reached["0.5, shrinking to 0"] / 10


def test_only_on_the_convex_function_do_all_starts_end_in_one_place(fact):
    found = fact("07")
    assert found["bowl"] == [0.0]
    assert len(found["hills"]) == 2
    assert found["twins"] == [-1.73, 0.0, 1.73]  # ±√3, and the start that is exactly on top stays there
    assert found["swapped"] < 1e-6  # another minimum of the same height: the same network with its units in another order


def test_no_rule_leaves_the_ridge_without_noise(fact):
    found = fact("08")
    assert set(found["ridge"].values()) == {None}
    assert None not in found["beside"].values()
    assert None not in found["noise"].values()


def test_smaller_batches_are_noisier_and_need_less_memory(fact):
    rows = fact("09")["rows"]
    assert [rows[k]["updates"] for k in ("batch", "stochastic")] == [1, 200]
    assert rows["batch"]["noise"] < 1e-5 < rows["mini-batch"]["noise"] < rows["stochastic"]["noise"]
    assert rows["batch"]["memory"] > rows["mini-batch"]["memory"]


def test_single_samples_jump_out_of_local_minima_and_mini_batches_less(fact):
    reached = fact("09")["reached"]
    assert reached[1, 0.1] > reached[4, 0.1] >= reached[256, 0.1] > 0
    assert abs(reached[32, 0.1] - reached[256, 0.1]) <= 2
    assert reached[1, 0.5] < reached[256, 0.1]  # too noisy to stay anywhere


def test_a_fraction_of_1_over_e_is_never_drawn(fact):
    found = fact("10")
    assert found["never"] == pytest.approx(math.exp(-1), abs=0.03)
    assert found["shuffled"] == (1, 1)


def test_one_sample_at_a_time_needs_the_same_memory_for_data_of_any_size(fact):
    found = fact("16")
    drawn, batch = found["one sample, drawn"], found["batch, all rows"]
    assert max(drawn) < 1.1 * min(drawn)
    assert batch[-1] > 3 * found["the file"][-1] > 10 * max(drawn)
    assert found["one sample, shuffled order"][-1] > 2 * max(drawn)  # the order is remembered
    assert max(found["32 samples, chunks of 100 mixed"]) < 3 * max(drawn)


def test_momentum_rolls_through_the_first_minimum_and_stores_one_number_per_parameter(fact):
    found = fact("12")
    assert found["ends"]["SGD"] < 0 < found["ends"]["Momentum"]
    assert found["sizes"] == {"SGD": 0, "Momentum": 1, "NAG": 1}
    assert found["valley"]["Momentum"] < found["valley"]["SGD"]


def test_adagrads_steps_shrink_as_one_over_root_t_and_rmsprops_do_not(fact):
    found = fact("13")
    assert found["last"]["Adagrad"][0] == pytest.approx(0.01 / math.sqrt(100), rel=1e-4)
    assert found["last"]["RMSprop"][0] == pytest.approx(0.01, rel=1e-3)
    assert found["first"]["SGD"][1] == pytest.approx(1.0)
    assert found["first"]["Adagrad"][1] == pytest.approx(found["first"]["Adagrad"][0], rel=1e-5)


def test_every_rule_but_adamw_and_adamax_is_compared(fact):
    assert set(fact("14")) == {r.__name__ for r in optim.RULES} - {"AdamW", "Adamax"}


def test_the_compiled_step_equals_the_eager_one_and_the_one_by_hand(fact):
    found = fact("15")
    assert found["losses"]["compiled"] == found["losses"]["eager"]
    assert found["losses"]["by hand"] == pytest.approx(found["losses"]["eager"], abs=1e-6)
    assert found["same"]
    assert (found["kept"], found["recorded"]) == (20, 25)  # as the text says
    assert [round(size / 1000) for size in found["memory"]] == [5, 13]
    assert "dot(d_linear_v, x, out=d_net_0_weight)" in found["source"]
