"""Pictures other than the race: decision boundary, weights, activations, plots, and a training run."""

import xml.etree.ElementTree as ET

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn, train, viz

SVG = "{http://www.w3.org/2000/svg}"


def line_at(x, outputs=1):
    """A model that predicts class 1 to the right of x."""
    model = nn.Linear(2, outputs)
    with tg.no_grad():
        rows = [[1.0, 0.0]] if outputs == 1 else [[-1.0, 0.0], [1.0, 0.0]]
        model.weight.copy_(tg.tensor(rows))
        model.bias.copy_(tg.tensor([-x] if outputs == 1 else [x, -x]))
    return model


@pytest.mark.parametrize(
    "model", [line_at(0), line_at(0, 2), nn.Sequential(line_at(0), nn.Sigmoid())], ids=["logit", "two", "p"]
)
def test_the_boundary_lies_where_the_predicted_class_changes(model):
    X = np.array([[-1.0, -1.0], [1.0, 1.0], [-0.5, 1.0]])
    picture = viz.decision_boundary(model, X, [0, 1, 1])
    assert picture.text == "Decision boundary: 2 of 3 classified correctly"
    root = ET.fromstring(picture.svg)
    regions = [e for e in root.iter(f"{SVG}path") if e.get("fill-opacity")]
    assert {e.get("class") for e in regions} == {"tgc-f0", "tgc-f1"}
    middle = 84 + 500 / 2
    for e in regions:
        corners = [float(part.split()[0]) for part in e.get("d").replace("M", "L").rstrip("z").split("L")[1:]]
        left = e.get("class") == "tgc-f0"
        assert all((x <= middle + 0.1) if left else (x >= middle - 0.1) for x in corners)


def test_a_model_in_training_mode_is_evaluated_in_eval_mode_and_restored():
    model = nn.Sequential(nn.Dropout(0.9), line_at(0))
    texts = {viz.decision_boundary(model, np.eye(2), [1, 0]).svg for _ in range(2)}
    assert len(texts) == 1
    assert model.training


def test_the_data_of_a_boundary_must_be_points_in_the_plane():
    with pytest.raises(ValueError, match=r"X must be \[N, 2\] with N class labels in y, got shapes \(3, 3\)"):
        viz.decision_boundary(line_at(0), np.eye(3), [0, 1, 0])


def test_weights_are_shaded_by_their_size_and_colored_by_their_sign():
    picture = viz.weights([("w", tg.tensor([[1.0, -1.0], [0.0, 0.5]]))])
    cells = [(e.get("class"), e.get("fill-opacity")) for e in ET.fromstring(picture.svg).iter(f"{SVG}path")]
    assert cells[:3] == [("tgc-f1", "1.00"), ("tgc-f0", "0.50"), ("tgc-f0", "1.00")]
    assert len(cells) == 3 + 2 * 8  # the shades of the key, except that of zero
    assert "largest 1" in picture.text


def test_a_large_matrix_is_drawn_as_means_of_blocks():
    picture = viz.weights([("w", tg.ones(1000, 700))])
    assert len(picture.svg) < 300_000
    assert "w [1000, 700]  mean 1, std 0, largest 1" in picture.text


def test_activations_count_the_dead_units():
    model = nn.Sequential(nn.Linear(1, 2, bias=False), nn.ReLU())
    with tg.no_grad():
        model[0].weight.copy_(tg.tensor([[1.0], [-1.0]]))
    picture = viz.activations(model, [[1.0], [2.0]])
    assert picture.text.splitlines()[2] == "  1 ReLU    mean 0.75, std 0.8292, zeros 50.0%"
    assert model[0]._hooks is None or not model[0]._hooks.forward


def test_activations_that_are_not_finite_are_counted():
    assert "mean —, std —, zeros 0.0%, not finite 1" in viz.activations(nn.Linear(1, 1), [[float("nan")]]).text


@pytest.mark.parametrize(
    ("lines", "options"),
    [
        ({}, {}),
        ({"a": ([0, 1, 2], [1, float("nan"), 3])}, {"log_y": True}),
        ({"<&>": ([1], [1])}, {}),
        ({"a": ([0, 1], [0, 0])}, {"log_x": True, "log_y": True}),
    ],
)
def test_a_plot_with_few_or_no_points_is_still_a_picture(lines, options):
    picture = viz.plot(lines, {"points": ([0.0, 1.0], [2.0, 0.0])}, title="a < b", **options)
    ET.fromstring(picture.svg)
    assert "nan" not in picture.svg


def test_a_band_covers_the_spread_and_belongs_to_a_line():
    picture = viz.plot({"a": ([1, 2], [1, 2])}, bands={"a": ([1, 2], [0.1, 0.5], [30, 50])}, title="", log_y=True)
    band = [e for e in ET.fromstring(picture.svg).iter(f"{SVG}path") if e.get("fill-opacity")]
    assert [e.get("class") for e in band] == ["tgc-f0"]
    corners = [tuple(map(float, part.split())) for part in band[0].get("d")[1:-1].split("L")]
    assert len(corners) == 4
    assert all(56 <= y <= 340 for _, y in corners)  # inside the panel: the axis range includes the band
    with pytest.raises(ValueError, match="the band 'b' must be"):
        viz.plot({"a": ([1], [1])}, bands={"b": ([1], [0], [2])}, title="")


def test_the_error_of_a_plot_says_which_line_has_different_lengths():
    with pytest.raises(ValueError, match="x and y of 'a' must have the same length, got 2 and 1"):
        viz.plot({"a": ([1, 2], [1])}, title="")


def test_a_training_run_is_drawn_even_when_it_exploded():
    X = np.array([[1.0], [100.0]])
    with pytest.raises(train.DivergedError) as caught:
        train.fit(nn.Linear(1, 1), X, X, optimizer=lambda p: tg.optim.SGD(p, lr=10.0), epochs=50, progress=False)
    picture = viz.history(caught.value.history)
    ET.fromstring(picture.svg)
    assert "nan" not in picture.svg
    epochs = len(caught.value.history["loss"])
    assert picture.text.startswith(f"Training: {epochs} epochs, {epochs} updates")


def test_the_axis_of_a_short_run_has_whole_epochs():
    run = train.History()
    for k in range(3):
        run.epoch({"loss": 1.0 / (k + 1)})
    words = [t.text for t in ET.fromstring(viz.history(run).svg).iter(f"{SVG}text")]
    assert {"1", "2", "3"} <= set(words)
    assert "1.5" not in words
