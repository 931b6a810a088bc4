"""Pictures of training: the numbers in them, and that they are XML."""

import itertools
import math
import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import tinygrad_edu as tg
from tinygrad_edu import viz
from tinygrad_edu.train.records.shown_rows import ShownRows
from tinygrad_edu.viz.charts.ticks import log_ticks, ticks
from tinygrad_edu.viz.render.style import pixels

SVG = "{http://www.w3.org/2000/svg}"


def texts(picture):
    return [t.text for t in ET.fromstring(picture.svg).iter(f"{SVG}text")]


def lines(picture):
    return [p.get("d") for p in ET.fromstring(picture.svg).iter(f"{SVG}path") if p.find(f"{SVG}title") is not None]


@given(st.floats(-1e6, 1e6), st.floats(1e-6, 1e6))
def test_ticks_are_round_and_inside(low, width):
    assume(width > 1e-6 * abs(low))
    found = ticks(low, low + width)
    assert 1 <= len(found) <= 12
    assert all(low - 1e-6 * width <= t <= low + width * (1 + 1e-6) for t in found)
    steps = np.diff(found)
    if len(steps):
        mantissa = steps[0] / 10 ** math.floor(math.log10(steps[0] * 1.0001))
        assert min(abs(mantissa - m) for m in (1, 2, 5)) < 1e-2


@given(st.floats(1e-12, 1e6), st.floats(1.05, 1e9))
def test_logarithmic_ticks_are_few_and_inside(low, factor):
    found = log_ticks(low, low * factor)
    assert 1 <= len(found) <= 12
    assert all(low * 0.99 <= t <= low * factor * 1.01 for t in found)


def test_a_curve_goes_through_its_points_in_order():
    (d,) = lines(viz.loss_curves([3.0, 2.0, 1.0]))
    xy = [tuple(map(float, p.split())) for p in d.replace("M", "").split("L")]
    assert [y for _, y in xy] == sorted(y for _, y in xy)  # down the page as the loss falls
    assert xy[1][0] - xy[0][0] == pytest.approx(xy[2][0] - xy[1][0], abs=0.2)
    assert xy[1][1] - xy[0][1] == pytest.approx(xy[2][1] - xy[1][1], abs=0.2)


def test_negative_numbers_on_axes_have_a_minus_sign_not_a_hyphen():
    for picture in (
        viz.plot({"line": ([-2, 2], [1e-8, 1.0])}, title="x", log_y=True),
        viz.loss_curves({"run": [-1.0, -2.0]}),
        viz.race(["SGD"], steps=2, lr=0.01, rates=[1e-5, 0.01]),
    ):
        texts = [e.text or "" for e in ET.fromstring(picture.svg).iter() if e.tag.endswith("text")]
        assert any("−" in text for text in texts)
        assert not [text for text in texts if re.search(r"-\d", text)]


def test_a_point_that_is_not_finite_is_omitted():
    picture = viz.plot({}, {"a": ([0, math.nan, 2, 3], [0, 1, math.inf, 1])}, title="x").svg
    assert picture.count("<circle") == 2 + 1  # and one in the legend
    assert 'cx="nan"' not in picture


def test_a_point_that_would_hide_another_is_a_ring_around_it():
    same = viz.plot({}, {"a": ([0, 1], [0, 1]), "b": ([1], [1]), "c": ([1, 2], [1, 0])}, title="x").svg
    circles = [e for e in ET.fromstring(same).iter() if e.tag.endswith("circle")]
    drawn = sorted((e.get("cx"), e.get("cy"), e.get("r"), "line" in e.get("class")) for e in circles if e.get("cx") != "588")
    meeting = [entry[2:] for entry in drawn if entry[:2] == drawn[1][:2]]
    assert meeting == [("12", True), ("4", False), ("8", True)]
    assert sum(entry[3] for entry in drawn) == 2
    assert ["line" in e.get("class") for e in circles if e.get("cx") == "588"] == [False, True, False]


def test_a_logarithmic_axis_makes_exponential_decay_straight():
    (d,) = lines(viz.loss_curves([1.0, 0.1, 0.01], log=True))
    ys = [float(p.split()[1]) for p in d.replace("M", "").split("L")]
    assert ys[1] - ys[0] == pytest.approx(ys[2] - ys[1], abs=0.2)


def test_a_value_that_is_not_finite_breaks_the_line():
    (d,) = lines(viz.loss_curves([1.0, 2.0, math.nan, 3.0, 4.0]))
    assert d.count("M") == 2


def test_a_long_curve_keeps_its_peak():
    values = [1.0] * 50_000
    values[31_337] = 9.0
    picture = viz.loss_curves({"loss": values})
    assert len(picture.svg) < 60_000
    (d,) = lines(picture)
    ys = [float(p.split()[1]) for p in d.replace("M", "").split("L")]
    assert len(set(ys)) == 2


def test_the_legend_names_each_curve_with_its_last_value():
    shown = texts(viz.loss_curves({"SGD": [2.0, 1.0], "Adam": [2.0, 0.25]}, title="Two rules"))
    assert "Two rules" in shown
    assert any(t.startswith("Adam") and t.endswith("0.25") for t in shown)


@pytest.mark.parametrize(
    "curves", [{}, {"a": []}, {"a": [1.0]}, {"a": [math.nan]}, [0.0, 0.0], [1e300, 1e-300], {"a": [-1.0, -2.0]}]
)
@pytest.mark.parametrize("log", [False, True])
def test_unusual_curves_can_be_drawn(curves, log):
    picture = viz.loss_curves(curves, log=log)
    assert "Loss" in texts(picture)
    assert str(picture).splitlines()[0] == "Loss"


def test_a_hostile_name_draws_the_same_elements_as_a_plain_one(hostile):
    def elements(name):
        pictures = viz.loss_curves({name: [1.0, 2.0]}, title=name), viz.confusion_matrix([0], [0], [name])
        return [[e.tag for e in ET.fromstring(picture.svg).iter()] for picture in pictures]

    assert elements(hostile) == elements("plain")


def test_confusion_is_the_confusion_matrix():
    assert viz.confusion is viz.confusion_matrix


def test_a_confusion_matrix_counts_rows_by_truth():
    picture = viz.confusion_matrix([0, 0, 0, 1], [0, 1, 1, 1], ["cat", "dog"])
    tips = [t.text for t in ET.fromstring(picture.svg).iter(f"{SVG}title")]
    assert "true cat, predicted dog: 2 (66.7%)" in tips
    assert "true dog, predicted cat: 0 (0.0%)" in tips
    assert "2 of 4 right (50.0%)" in str(picture)


def test_pictures_accept_tensors():
    t = tg.tensor([0, 1])
    assert "2 of 2" in str(viz.confusion_matrix(t, t))


def test_the_state_of_a_regression_of_two_features_has_no_empty_panel():
    run, X = tg.train.History(), np.eye(2, dtype=np.float32)
    shown = ShownRows.of(X, X[:, 0], "numbers", False, np.float32)
    assert viz.training_state(run, shown, np.zeros((len(shown.points), 1))).svg == viz.training_state(run).svg


def test_misread_digits_shows_only_the_wrong_ones():
    images = np.zeros((2, 8, 8))
    images[1, 2, 3] = 16.0
    picture = viz.misread_digits(images.reshape(2, 64), [1, 4], [1, 9])
    assert "4 read as 9" in texts(picture)
    (ink,) = [r for r in ET.fromstring(picture.svg).iter(f"{SVG}rect") if r.get("class") == "tgc-ink"]
    assert (float(ink.get("x")), float(ink.get("y"))) == (24 + 3 * 8, 50 + 2 * 8)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: viz.confusion_matrix([0, 1], [0]), "the same number of rows"),
        (lambda: viz.confusion_matrix([0.5], [0]), "truth must contain class indices 0, 1, …"),
        (lambda: viz.confusion_matrix([3], [0], ["a", "b"]), "class 3 is not one of the 2 classes"),
        (lambda: viz.misread_digits(np.zeros((2, 7)), [0, 0], [0, 0]), "side²"),
        (lambda: viz.misread_digits(np.zeros((2, 4, 8)), [0, 0], [1, 0]), "side²"),
        (lambda: viz.loss_curves([1.0]).save("x.bmp"), ".svg"),
        (lambda: viz.decision_boundary(tg.nn.Linear(2, 1), np.full((2, 2), np.nan), [0, 1]), "no NaN or infinity"),
        (lambda: viz.decision_boundary(tg.nn.Linear(2, 1), np.zeros((0, 2)), []), "at least one row"),
        (lambda: viz.decision_boundary(tg.nn.Linear(2, 1), np.zeros((2, 2)), [-1, 1]), "y must contain class indices 0, 1, …"),
        (lambda: viz.weights(3), "a Module, or"),
        (lambda: viz.weights(tg.ones(2, 2)), "got Tensor"),
    ],
)
def test_errors_say_what_is_wrong(call, words):
    with pytest.raises((ValueError, TypeError), match=words.replace(".", r"\.")):
        call()


def test_a_picture_can_be_saved_and_displayed(tmp_path):
    picture = viz.loss_curves([2.0, 1.0])
    picture.save(tmp_path / "loss.svg")
    assert (tmp_path / "loss.svg").read_text("utf-8") == picture.svg == picture._repr_svg_()


def test_long_names_of_classes_are_turned_above_the_columns_and_do_not_overlap():
    tree = ET.fromstring(viz.confusion_matrix([0, 1], [0, 1], ["a very long name", "another long name"]).svg)
    turned = [t for t in tree.iter("{http://www.w3.org/2000/svg}text") if t.get("transform") and t.text.startswith("a")]
    assert [t.text for t in turned] == ["a very long name", "another long name"]
    assert [float(b.get("x")) - float(a.get("x")) for a, b in itertools.pairwise(turned)] == [44]
    assert all(float(t.get("y")) - pixels(t.text, 12) > 54 for t in turned)  # they end below "predicted"
