"""Charts of what a model learned and how well: compared with scikit-learn and closed forms, with labeled axes."""

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn, viz
from tinygrad_edu.optim import lr_scheduler as lrs
from tinygrad_edu.viz.charts.classifier_curves import _counts
from tinygrad_edu.viz.charts.contour import contour_lines, regions
from tinygrad_edu.viz.charts.maps.color_map import Scale
from tinygrad_edu.viz.render.markup import polyline

SVG = "{http://www.w3.org/2000/svg}"


def texts(picture):
    return [t.text for t in ET.fromstring(picture.svg).iter(f"{SVG}text")]


def area(ring):
    """The area of a polygon, positive if it is counterclockwise."""
    x, y = ring.T
    return 0.5 * float(x @ np.roll(y, -1) - np.roll(x, -1) @ y)


def points_of(d):
    """The points of a path that consists of one M and relative steps l."""
    assert set("".join(re.findall("[a-zA-Z]", d))) <= set("Ml")
    return np.cumsum(np.array(re.findall(r"-?[\d.]+", d), float).reshape(-1, 2), 0)


def test_a_contour_is_one_line_if_it_can_be_drawn_without_lifting_the_pen():
    y, x = np.mgrid[0:60, 0:60]
    r = np.hypot(x - 30, y - 30)
    (circle,) = contour_lines(r, 20.3)
    assert (circle[0] == circle[-1]).all()
    np.testing.assert_allclose(np.hypot(*(circle - 30).T), 20.3, atol=0.01)
    assert abs(area(circle)) == pytest.approx(np.pi * 20.3**2, rel=2e-3)
    assert len(contour_lines(abs(r - 15), 5)) == 2
    (cut,) = contour_lines(r[:30], 20.3)  # its lower half: from edge to edge
    assert sorted(cut[[0, -1], 0]) == pytest.approx([30 - np.sqrt(20.3**2 - 1), 30 + np.sqrt(20.3**2 - 1)], abs=0.01)
    assert cut[[0, -1], 1].tolist() == [29, 29]


def test_a_drawn_line_is_within_a_fifth_of_a_pixel_of_its_points():
    turn = np.linspace(0, 6 * np.pi, 3000)
    x, y = 250 + 12 * turn * np.cos(turn), 250 + 12 * turn * np.sin(turn)
    corners = points_of(polyline(x, y))
    assert len(corners) < 400
    share = np.linspace(0, 1, 400)[:, None, None]
    drawn = (corners[:-1] + share * np.diff(corners, axis=0)).reshape(-1, 2)
    away = [np.hypot(*(drawn - point).T).min() for point in np.stack([x, y], 1)[::20]]
    assert max(away) < 0.2
    there_and_back = points_of(polyline(np.array([0.0, 9.0, 4.0]), np.zeros(3)))
    assert there_and_back.tolist() == [[0, 0], [9, 0], [4, 0]]


def test_regions_of_a_disc_and_of_a_ring_have_their_areas():
    y, x = np.mgrid[0:60, 0:60]
    r = np.hypot(x - 30, y - 30)
    (disc,) = regions(20 - r, 0)
    assert area(disc) == pytest.approx(np.pi * 400, rel=2e-3)
    assert sorted(area(a) > 0 for a in regions(5 - abs(r - 15), 0)) == [False, True]
    assert sum(area(a) for a in regions(5 - abs(r - 15), 0)) == pytest.approx(np.pi * (400 - 100), rel=2e-3)


def test_regions_and_their_complement_fill_the_grid():
    noise = np.random.default_rng(0).normal(size=(20, 30))
    filled = sum(area(a) for a in regions(noise, 0)) + sum(area(a) for a in regions(-noise, 0))
    assert filled == pytest.approx(19 * 29, rel=1e-6)
    assert regions(noise, 99) == []


def test_after_an_error_of_the_model_it_is_in_training_mode_again():
    model = nn.Linear(3, 1)
    with pytest.raises(ValueError, match="in_features"):
        viz.decision_boundary(model, np.zeros((2, 2)), [0, 1])
    assert model.training


def test_a_boundary_is_where_the_logit_is_zero():
    model = nn.Linear(2, 1)
    with tg.no_grad():
        model.weight.copy_(tg.tensor([[1.0, 1.0]]))
        model.bias.fill_(0.0)
    picture = viz.decision_boundary(model, [[-1.0, -1.0], [1.0, 1.0]], [0, 1], xlabel="width (cm)", ylabel="height (cm)")
    assert {"width (cm)", "height (cm)", "class 0", "class 1"} <= set(texts(picture))
    (line,) = [e.get("d") for e in ET.fromstring(picture.svg).iter(f"{SVG}path") if e.get("stroke-opacity") == "0.90"]
    points = points_of(line)
    assert len(points) == 2  # a straight line
    for x, y in points:  # the panel is 500 × 400 pixels from (84, 56), both axes from −1.24 to 1.24
        assert (x - 84) / 500 == pytest.approx((y - 56) / 400, abs=1e-3)  # y = −x, and pixels count down


@pytest.mark.parametrize("model", [lambda x: x.sum(1, keepdim=True), lambda x: tg.sigmoid(x.sum(1, keepdim=True))])
def test_logits_and_probabilities_have_the_same_boundary(model):
    picture = viz.decision_boundary(model, [[-1.0, 0.0], [1.0, 0.5], [-2.0, 1.0]], [0, 1, 1])
    assert "2 of 3" in picture.text
    assert "misclassified" in texts(picture)


def test_kernels_are_tiles_and_the_scale_shows_its_ends():
    conv = nn.Conv2d(3, 4, 3)
    picture = viz.weights(conv)
    frames = [e for e in ET.fromstring(picture.svg).iter(f"{SVG}rect") if "tgc-frame" in (e.get("class") or "")]
    assert len(frames) == 3 * 4 + 1  # a frame around every kernel, and around the key
    largest = f"{abs(conv.weight.detach().numpy()).max():.3g}"
    assert {largest, f"−{largest}", "0", "row of tiles: output channel, column: input channel"} <= set(texts(picture))


def test_a_transposed_convolution_is_drawn_like_a_convolution_with_a_row_per_output_channel():
    transposed = nn.ConvTranspose2d(3, 2, 2)  # PyTorch's layout: input channels first
    conv = nn.Conv2d(3, 2, 2)
    with tg.no_grad():
        conv.weight.copy_(transposed.weight.transpose(0, 1))
    assert texts(viz.weights(transposed))[2:] == texts(viz.weights(conv))[2:]
    paths = [re.findall(r'<path [^>]*d="([^"]*)"', viz.weights(m).svg) for m in (transposed, conv)]
    assert paths[0] == paths[1]


def test_the_rows_of_an_embedding_are_its_entries():
    assert "row: entry" in texts(viz.weights(nn.Embedding(7, 3)))


def test_the_columns_of_a_1d_convolution_are_input_channels_and_kernel_positions():
    assert "row: output, column: input and kernel position" in texts(viz.weights(nn.Conv1d(2, 4, 3)))
    for layer in (nn.Conv1d(2, 4, 1), nn.Conv2d(2, 4, 1), nn.Linear(2, 4)):
        assert "row: output, column: input" in texts(viz.weights(layer))


def test_a_weight_without_elements_is_omitted():
    picture = viz.weights([("none", tg.zeros(3, 0)), ("w", tg.ones(2, 2))])
    assert str(picture).splitlines() == ["Weights", "  w [2, 2]  mean 1, std 0, largest 1"]


def test_of_many_channels_sixteen_are_drawn_and_the_picture_says_so():
    picture = viz.weights(nn.Conv2d(20, 40, 3))
    assert any("the first 16 of 40" in t for t in texts(picture))
    assert len(picture.svg) < 300_000


def test_shades_are_blue_above_zero_and_orange_below():
    up, down = Scale(2.0, True).shades(np.array([[2.0, -1.0, 0.0]]), 0, 0, 10)[-2::-1]
    assert ('class="tgc-f0"' in up, 'fill-opacity="1.00"' in up) == (True, True)
    assert ('class="tgc-f1"' in down, 'fill-opacity="0.50"' in down, "M10 0h10" in down) == (True, True, True)
    assert any("M0 0l10 10" in part for part in Scale(1.0, True).shades(np.array([[np.nan, 1.0]]), 0, 0, 10))


def test_activation_maps_show_the_requested_sample():
    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.Flatten(), nn.Linear(8, 3))
    x = np.zeros((2, 1, 4, 4), np.float32)
    x[1] = 5.0
    picture = viz.activation_maps(model, x, sample=1)
    assert "input      [1, 4, 4]  5 … 5" in picture.text
    assert "3 Linear   [3]" in picture.text
    assert model.training
    with pytest.raises(IndexError, match="sample=2 is not in X, which has length 2"):
        viz.activation_maps(model, x, sample=2)


def test_attention_of_a_model_is_what_its_layer_returns():
    tg.manual_seed(0)
    layer, x = nn.TransformerEncoderLayer(8, 2, 16, dropout=0.5, batch_first=True), tg.randn(1, 3, 8)
    layer.eval()
    with tg.no_grad():
        weights = layer.self_attn(x, x, x, average_attn_weights=False)[1]
    layer.train()
    tokens = ["a", "b", "c"]
    from_model, given = viz.attention_maps(layer, x, tokens=tokens), viz.attention_maps(weights, tokens=tokens)
    assert from_model.text.replace("self_attn", "weights") == given.text
    assert layer.training
    assert {"query", "key", *tokens} <= set(texts(from_model))


def test_errors_of_attention_say_what_is_wrong():
    with pytest.raises(ValueError, match="no MultiheadAttention"):
        viz.attention_maps(nn.Linear(2, 2), tg.ones(1, 2))
    with pytest.raises(ValueError, match="needs its input"):
        viz.attention_maps(nn.MultiheadAttention(4, 2))
    with pytest.raises(ValueError, match=r"tokens must have one name per position \(2\), got 3"):
        viz.attention_maps(np.eye(2), tokens=["a", "b", "c"])
    with pytest.raises(ValueError, match="got shape"):
        viz.attention_maps(np.ones(3))
    with pytest.raises(IndexError, match="sample=2 is not in the weights, which have length 2"):
        viz.attention_maps(np.ones((2, 1, 3, 3)), sample=2)


@pytest.mark.parametrize("rounded", [False, True])
def test_areas_below_roc_and_precision_curves_agree_with_scikit_learn(rounded):
    metrics = pytest.importorskip("sklearn.metrics", reason="compares with scikit-learn")
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 200)
    scores = y + rng.normal(0, 1, 200)
    if rounded:
        scores = scores.round()  # many equal scores
    assert f"AUC {metrics.roc_auc_score(y, scores):.4g}" in viz.roc_curve(y, scores).text
    assert f"AP {metrics.average_precision_score(y, scores):.4g}" in viz.precision_recall_curve(y, scores).text
    false, true, _ = metrics.roc_curve(y, scores, drop_intermediate=False)
    ours = _counts(y == 1, scores)
    np.testing.assert_allclose(ours[0] / ours[0][-1], false)
    np.testing.assert_allclose(ours[1] / ours[1][-1], true)


def test_perfect_and_reversed_scores_have_areas_one_and_zero():
    assert "AUC 1" in viz.roc_curve([0, 0, 1], [0.1, 0.2, 0.3]).text
    assert "AUC 0" in viz.roc_curve([1, 1, 0], [0.1, 0.2, 0.3]).text
    assert "AUC 0.5" in viz.roc_curve([0, 1], [0.3, 0.3]).text


def test_each_class_or_model_has_its_curve():
    scores = np.eye(3)[[0, 1, 2, 1]] + 0.01
    assert [line.split("  ")[1] for line in viz.roc_curve([0, 1, 2, 0], scores).text.splitlines()[1:]] == [
        "class 0", "class 1", "class 2",
    ]  # fmt: skip
    named = viz.precision_recall_curve([0, 1], {"a": [0.1, 0.9], "b": tg.tensor([0.9, 0.1])})
    assert {"a: AP 1", "b: AP 0.5", "recall", "precision", "guessing"} <= set(texts(named))


@pytest.mark.parametrize(
    ("truth", "scores", "words"),
    [
        ([0, 1], [0.1], "must have one score per sample, got 1 for a truth of length 2"),
        ([0, 1], [0.1, np.nan], "must have no NaN, got 1 in 2"),
        ([1, 1], [0.1, 0.2], "truth must have samples of class 1 and of others, got 2 of 2 in class 1"),
    ],
)
def test_errors_of_curves_say_what_is_wrong(truth, scores, words):
    for call in (viz.roc_curve, viz.precision_recall_curve):
        with pytest.raises(ValueError, match=words):
            call(truth, scores)


def test_residuals_and_calibration_of_a_line_that_is_too_steep():
    t = np.linspace(0, 10, 101)
    steep = viz.calibration(t, 2 * t - 5, unit="cm")
    assert "slope 0.5, intercept 2.5" in steep.text
    assert {"predicted (cm)", "truth (cm)", "calibrated"} <= set(texts(steep))
    rest = viz.residuals(t, t + 1, unit="cm")
    assert "RMSE 1 cm" in rest.text
    assert "mean -1" in rest.text
    assert f"R² {1 - 101 / ((t - 5) ** 2).sum():.4g}" in rest.text
    dots = list(ET.fromstring(rest.svg).iter(f"{SVG}circle"))
    assert len(dots) == 101
    assert len({e.get("cy") for e in dots}) == 1


def test_calibration_of_equal_predictions_names_their_value_instead_of_a_line():
    constant = viz.calibration([1.0, 2.0, 6.0], [0.1, 0.1, 0.1])
    assert constant.text.startswith("Calibration: every prediction is 0.1, error ")
    assert "NaN" not in constant.svg.replace("title", "")
    assert "slope" in viz.calibration([1.0, 2.0], [0.1, 0.2]).text


def test_calibration_of_probabilities_is_the_reliability_diagram():
    metrics = pytest.importorskip("sklearn.calibration", reason="compares with scikit-learn")
    rng = np.random.default_rng(0)
    p = rng.uniform(0, 1, 1000)
    y = (rng.uniform(0, 1, 1000) < p**2).astype(int)
    picture = viz.calibration(y, p)
    assert "fraction of class 1" in texts(picture)
    shares, means = metrics.calibration_curve(y, p, n_bins=10, strategy="quantile")
    assert f"error {abs(shares - means).mean():.4g}" in picture.text


def test_errors_of_fits_say_what_is_wrong():
    for call in (viz.residuals, viz.calibration):
        with pytest.raises(ValueError, match="of equal length"):
            call([1.0, 2.0], [1.0])
        with pytest.raises(ValueError, match="of equal length"):
            call(np.ones((2, 2)), np.ones(4))
        with pytest.raises(ValueError, match="no NaN"):
            call([1.0, np.nan], [1.0, 2.0])


def test_schedules_are_evaluated_without_stepping_them():
    optimizer = tg.optim.SGD([tg.zeros(1, requires_grad=True)], lr=1.0)
    scheduler = lrs.StepLR(optimizer, 2, 0.5)
    picture = viz.schedules({"mine": scheduler, "other": lambda o: lrs.ExponentialLR(o, 0.5)}, steps=5, lr=0.8, unit="epoch")
    assert picture.text.splitlines()[1:] == ["  mine   1 → 0.25", "  other  0.8 → 0.05"]
    assert (scheduler.last_epoch, optimizer.param_groups[0]["lr"]) == (0, 1.0)
    assert {"epoch", "learning rate", "mine", "other"} <= set(texts(picture))
    plateau = viz.schedules({"plateau": lambda o: lrs.ReduceLROnPlateau(o, patience=0)}, 3, metrics=[1.0, 1.0, 1.0])
    assert "0.1 → 0.01" in plateau.text
    with pytest.raises(TypeError, match="'x' must be a scheduler"):
        viz.schedules({"x": 3}, 5)


def test_attention_of_a_layer_with_one_input_is_that_from_the_input_to_itself():
    tg.manual_seed(0)
    layer, x = nn.MultiheadAttention(4, 2, batch_first=True), tg.randn(1, 3, 4)
    assert str(viz.attention_maps(layer, x)) == str(viz.attention_maps(layer, (x, x, x)))
