"""The race: real optimizers on surfaces whose minima are known and whose gradients agree with finite differences."""

import html
import json
import math
import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn, optim, viz

SURFACES = {**viz.SURFACES, "steep quadratic": viz.quadratic(100)}


@pytest.mark.parametrize("name", SURFACES)
def test_the_gradient_agrees_with_finite_differences(name):
    surface, h = SURFACES[name], 1e-6
    for w in np.random.default_rng(0).uniform(-1.5, 1.5, (5, 2)):
        value, gradient = surface.value_and_gradient(w)
        assert value == pytest.approx(float(surface.values(*w)))
        shifts = h * np.eye(2)
        slope = [(float(surface.values(*(w + s))) - float(surface.values(*(w - s)))) / (2 * h) for s in shifts]
        np.testing.assert_allclose(gradient, slope, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("name", SURFACES)
def test_the_listed_minima_are_minima(name):
    surface = SURFACES[name]
    x0, x1, y0, y1 = surface.box
    x, y = np.meshgrid(np.linspace(x0, x1, 200), np.linspace(y0, y1, 200))
    for w in surface.minima:
        value, gradient = surface.value_and_gradient(np.array(w))
        np.testing.assert_allclose(gradient, 0, atol=1e-8)
        assert value <= surface.values(x, y).min() + 1e-9


def test_gradient_descent_takes_the_steps_of_its_closed_form():
    # on (x² + 20 y²)/2 a step multiplies x by 1 − lr and y by 1 − 20 lr
    lane = viz.race(["SGD"], "quadratic", steps=10, lr=0.04).lanes[0]
    k = np.arange(11)[:, None]
    x, y = viz.SURFACES["quadratic"].start
    np.testing.assert_allclose(lane.path, np.hstack([x * 0.96**k, y * 0.2**k]), rtol=1e-12)
    np.testing.assert_allclose(lane.movement, -0.04 * lane.gradient, rtol=1e-9, atol=1e-15)


def test_momentum_keeps_its_last_movement():
    lane = viz.race(["Momentum"], "quadratic", steps=10, lr=0.01).lanes[0]
    assert lane.momentum == "v"
    np.testing.assert_allclose(lane.remembered["v"], -lane.movement, rtol=1e-9, atol=1e-15)


def test_a_rate_beyond_the_stable_one_is_reported_with_the_step_at_which_it_diverges():
    # gradient descent on curvature 20 is stable below 2/20
    found = viz.race(["SGD"], "quadratic", steps=400, lr=0.2)
    lane = found.lanes[0]
    # |y| grows threefold per step from 1.51; 1000 widths of 8 are passed at the first k with 1.51 · 3ᵏ > 8000
    assert lane.diverged == math.ceil(math.log(8000 / abs(lane.path[0, 1]), 3))
    assert math.isinf(lane.final)
    assert f"diverged at step {lane.diverged}" in str(found)
    assert f"diverged at step {lane.diverged}" in found.svg
    stable = {rate for rate, final in lane.tried if math.isfinite(final)}
    assert stable == {rate for rate, _ in lane.tried if rate <= 0.1}


def test_tune_takes_the_rate_with_the_smallest_final_loss():
    for lane in viz.race(["SGD", "Adam"], "rosenbrock", steps=30).lanes:
        assert dict(lane.tried)[lane.lr] == lane.final == min(final for _, final in lane.tried)


def test_noise_follows_from_the_seed_and_other_seeds_change_the_final_loss():
    one = [viz.race(["SGD"], steps=20, lr=0.05, noise=1.0).lanes[0].final for _ in range(2)]
    assert one[0] == one[1]
    several = viz.race(["SGD"], steps=20, lr=0.05, noise=1.0, seeds=3).lanes[0].final
    assert several != one[0]


def test_all_seeds_are_drawn_and_the_median_run_represents_them():
    found = viz.race(["SGD"], steps=20, lr=0.05, noise=1.0, seeds=5)
    lane, surface = found.lanes[0], found.surface
    assert len({path.tobytes() for path in lane.paths}) == 5
    # each is what that seed gives: w ← w − lr (∇f + noise of the seed)
    for seed, path in enumerate(lane.paths):
        noise = np.random.default_rng(seed).normal(0, 1.0, (20, 2))
        w = np.array(surface.start)
        for k in range(20):
            w = w - 0.05 * (surface.value_and_gradient(w)[1] + noise[k])
        np.testing.assert_allclose(path[-1], w, rtol=1e-9)
    ends = [float(surface.values(*path[-1])) for path in lane.paths]
    assert lane.loss[-1] == pytest.approx(np.median(ends))
    assert lane.final == pytest.approx(np.mean(ends))
    thin = [e for e in ET.fromstring(found.svg).iter("{http://www.w3.org/2000/svg}path") if e.get("stroke-opacity") == "0.35"]
    assert len(thin) == 8  # four paths and their four losses
    assert "bold: the median of 5 seeds" in found.svg
    assert "mean of 5 seeds" in str(found)
    data = json.loads(re.search(r'id="data">(.*?)</script>', found.html(), re.DOTALL)[1])
    assert len(data["lanes"][0]["others"]) == 4


def test_of_several_seeds_those_that_diverge_are_counted():
    # a slope that pushes outwards beyond |x| = √2: the noise of a seed decides whether it gets there
    found = viz.race(["SGD"], lambda x, y: x**2 / 2 - x**4 / 8 + y * y, start=(0.5, 0.0), steps=60, lr=0.1, noise=3.0, seeds=9)
    gone = sum(len(path) <= 60 for path in found.lanes[0].paths)
    assert 0 < gone < 9
    first = min(len(path) for path in found.lanes[0].paths) - 1
    assert f"{gone} of 9 seeds diverged, first at step {first}\n" in f"{found}\n"
    assert f"{gone} of 9 seeds diverged" in found.svg
    assert f"first at step {first}" in found.svg
    assert f'"{gone} of 9 seeds diverged, first at step {first}"' in found.html()  # without "above the minimum"


def test_without_noise_there_is_one_seed():
    found = viz.race(["SGD"], steps=5, lr=0.05, seeds=3)
    assert (found.seeds, len(found.lanes[0].paths)) == (1, 1)


def test_the_legend_of_many_rules_fits_the_picture():
    rules = {f"rule {i}": lambda p, lr: optim.SGD(p, lr=lr) for i in range(14)}
    root = ET.fromstring(viz.race(rules, steps=3, lr=0.01).svg)
    rows = [float(e.get("y")) for e in root.iter("{http://www.w3.org/2000/svg}text")]
    assert max(rows) < float(root.get("viewBox").split()[3])


def test_no_rule_leaves_the_ridge_of_a_saddle_on_which_it_starts():
    lanes = viz.race(surface="saddle", start=(-1.5, 0.0), steps=100, lr=0.1).lanes
    assert all((lane.path[:, 1] == 0).all() for lane in lanes)


def test_the_picture_is_xml_and_names_every_rule():
    svg = viz.race(surface="beale", steps=20).svg
    root = ET.fromstring(svg)
    text = " ".join(e.text or "" for e in root.iter("{http://www.w3.org/2000/svg}text"))
    assert all(name in text for name in ("SGD", "Momentum", "NAG", "Adagrad", "RMSprop", "Adadelta", "Adam", "Nadam"))
    assert "nan" not in svg
    assert "inf " not in svg


EXTREMES = {
    "one step": {"steps": 1, "lr": 0.1},
    "diverged at once": {"surface": "rosenbrock", "steps": 20, "lr": 1e6},
    "every rate diverges": {"rules": ["SGD"], "surface": "rosenbrock", "steps": 20, "lr": 10.0, "rates": [10.0, 100.0]},
    "unbounded below": {"surface": lambda x, y: x - y**2, "steps": 20},
    "constant": {"surface": lambda x, y: 0 * x + 0 * y + 1, "steps": 5},
    "undefined in half the picture": {"surface": lambda x, y: np.log(x) + y * y, "steps": 5, "start": (1.0, 1.0)},
    "from the minimum": {"start": (0.0, 0.0), "steps": 5},
    "more rules than colors": {
        "rules": {f"rule {i}": lambda p, lr, i=i: optim.SGD(p, lr=lr, momentum=i / 13) for i in range(12)},
        "steps": 20,
    },
}


@pytest.mark.parametrize("name", EXTREMES)
def test_extreme_races_can_be_drawn(name):
    found = viz.race(**{"rules": ["SGD", "Adam"], **EXTREMES[name]})
    ET.fromstring(found.svg)
    assert "nan" not in found.svg
    assert "{{" not in found.html()


def test_user_defined_functions_and_rules_can_be_raced(tmp_path):
    def bowl(x, y):
        return x**2 + np.sin(y)

    found = viz.race({"brave": lambda p, lr: optim.SGD(p, lr=lr, momentum=0.5)}, bowl, steps=5, lr=0.1)
    assert found.surface.name == "bowl"
    assert found.lanes[0].name == "brave"
    assert (tmp_path / "a.svg").write_text(found.svg)
    for kind in ("svg", "html"):
        found.save(tmp_path / f"race.{kind}")
    with pytest.raises(ValueError, match=r"must end in .svg, .html or .png"):
        found.save(tmp_path / "race.gif")


def test_the_grid_of_rosenbrocks_valley_is_fine_enough_for_smooth_contours():
    ground = viz.SURFACES["rosenbrock"]

    def pieces(points):
        x0, x1, y0, y1 = ground.box
        x, y = np.meshgrid(np.linspace(x0, x1, points), np.linspace(y0, y1, points))
        rest = {(int(i), int(j)) for i, j in zip(*np.nonzero(ground.values(x, y) < 0.1), strict=True)}
        found = 0
        while rest:
            found, todo = found + 1, [next(iter(rest))]
            while todo:
                i, j = todo.pop()
                if (i, j) in rest:
                    rest.discard((i, j))
                    todo += [(i + di, j + dj) for di in (-1, 0, 1) for dj in (-1, 0, 1)]
        return found

    assert 2 * pieces(ground.grid) < pieces(90)


def test_an_exploding_rate_does_not_flatten_the_axis_of_a_function_below_zero():
    found = viz.race(["SGD"], lambda x, y: np.sin(3 * x) * np.cos(2 * y) + (x * x + y * y) / 10, steps=40, start=(1.2, 0.6))
    assert max(final for _, final in found.lanes[0].tried if math.isfinite(final)) > 1000
    ticks = [float(t) for t in re.findall(r">(-?[\d.]+)</text>", found.svg)]
    assert max(ticks) <= 100  # a tick of the rates, not of the heights


def test_the_player_plays_steps_and_shows_the_numbers_of_a_step(shown):
    found = viz.race(["SGD", "Momentum"], "quadratic", steps=9, lr=0.01)
    tab = shown(found, fragment="#step=0")
    assert tab.inner_text("#count") == "0 / 9"
    tab.click(".rule button:has-text('Momentum')")
    tab.keyboard.press("ArrowRight")
    assert tab.inner_text("#count") == "1 / 9"
    x, y = found.lanes[1].movement[1]
    cells = tab.inner_text("#numbers tr:last-child").replace("−", "-").split("\t")
    assert cells[0].startswith("step Δw")
    assert [float(c) for c in cells[1:3]] == pytest.approx([x, y], rel=1e-3)
    assert tab.inner_text("#name") == "Momentum"
    height = found.lanes[1].loss[1]  # the minimum is 0
    numbers = re.match(r"Loss ([\d.]+), ([\d.]+) above the minimum, at step 1\.", tab.inner_text("#note"))
    assert [float(v) for v in numbers.groups()] == pytest.approx([height, height], rel=1e-3)
    tab.select_option("#speed", "30")
    tab.click("#play")
    tab.locator("#count", has_text="9 / 9").wait_for()
    tab.locator("#play", has_text="Play").wait_for()  # it stopped at the end


def test_the_picture_explains_a_line_along_its_lower_edge():
    # at the rate 0.02, ten steps stay far above the floor; at the rate 1, one step reaches the minimum, whose logarithm is −∞
    bowl = viz.Surface("bowl", lambda x, y: (x * x + y * y) / 2, (-2, 2, -2, 2), (1.0, 1.0), ((0.0, 0.0),))
    said = re.findall(r"on the lower edge: below ([^<]+)<", viz.race(["SGD"], bowl, steps=3, lr=1.0, rates=[0.02, 1.0]).svg)
    # the loss starts at 1, and its axis ends ten decades below; that of the distances ends at about a millionth of the
    # picture's width, 4; the strip has the axis of the loss
    assert said == ["1e−10", "1e−6", "1e−10"]
    assert "lower edge" not in viz.race(["SGD"], bowl, steps=10, lr=0.02, rates=[0.02]).svg


def test_a_png_is_drawn_if_matplotlib_is_installed(tmp_path):
    pytest.importorskip("matplotlib", reason="matplotlib draws the PNG")
    viz.race(["SGD"], steps=5, lr=0.01).save(tmp_path / "race.png")
    assert (tmp_path / "race.png").read_bytes().startswith(b"\x89PNG")


def test_a_slice_of_a_networks_loss_does_not_change_the_network_and_has_its_gradient():
    tg.manual_seed(0)
    X, y = tg.data.moons(40)
    model, X, y = nn.MLP([2, 4, 2], dtype=np.float64), tg.tensor(X.astype(np.float64)), tg.tensor(y)
    before = [p.detach().numpy().copy() for p in model.parameters()]
    surface = viz.loss_slice("moons", lambda: nn.CrossEntropyLoss()(model(X), y), model.parameters())
    w, h = np.array([0.3, -0.2]), 1e-6
    value, gradient = surface.value_and_gradient(w)
    slope = [(surface.value_and_gradient(w + s)[0] - surface.value_and_gradient(w - s)[0]) / (2 * h) for s in h * np.eye(2)]
    np.testing.assert_allclose(gradient, slope, rtol=1e-4)
    center = surface.value_and_gradient(np.zeros(2))[0]
    assert center == pytest.approx(nn.CrossEntropyLoss()(model(X), y).item())
    assert value != center
    for p, old in zip(model.parameters(), before, strict=True):
        np.testing.assert_array_equal(p.detach().numpy(), old)
        assert p.grad is None


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"rules": ["Adan"]}, "'Adan' is not one of the update rules SGD, "),
        ({"surface": "hill"}, "no surface is called 'hill'"),
        ({"lr": "best"}, 'lr must be a finite number >= 0, or "tune"'),
        ({"steps": 0}, "steps must be at least 1"),
        ({"seeds": 0}, "seeds must be at least 1"),
        ({"steps": 1.5}, "steps must be a whole number"),
        ({"rules": []}, "no rules to race"),
        ({"rules": "SGD"}, r"rules must be a list such as \['SGD'"),
        ({"rules": [3]}, "'3' is not one of the update rules"),
        ({"rules": ["LBFGS"]}, "'LBFGS' is not one of the update rules"),
        ({"rules": {"mine": 3}}, "mine must be a function of"),
        ({"lr": None}, "lr must be a (finite )?number"),
        ({"lr": math.nan}, "lr must be a (finite )?number"),
        ({"noise": -1}, "noise must be a finite number >= 0"),
        ({"rates": []}, "rates must be a list"),
        ({"rates": [0.1, -1]}, "each of rates must be a finite number"),
        ({"start": (1, 2, 3)}, "start must be a point"),
        ({"start": (math.nan, 0)}, "start must be a point"),
        (
            {"surface": lambda x, y: x * float("nan")},
            r"no finite value at the start \(-1.5, 1.5\), where it is nan; pass start=",
        ),
        ({"surface": lambda x, y: np.log(x) + y}, "no finite value at the start"),
        ({"surface": lambda x, y: 3.0}, "must compute a Tensor from x and y"),
        ({"surface": lambda x, y: tg.tensor(float(x.detach()))}, "which has no graph"),
    ],
)
def test_the_error_names_a_wrong_argument(arguments, words):
    with pytest.raises((ValueError, TypeError), match=words):
        viz.race(**arguments)


def test_a_quadratic_without_curvature_is_refused():
    with pytest.raises(ValueError, match="condition must be a finite number above 0"):
        viz.quadratic(0)


def test_a_loss_that_fails_on_a_slice_does_not_change_the_network():
    tg.manual_seed(0)
    model = nn.Linear(2, 1)
    before = [p.detach().numpy().copy() for p in model.parameters()]

    def loss():
        model(tg.ones(1, 2))
        raise KeyboardInterrupt

    surface = viz.loss_slice("broken", loss, model.parameters())
    with pytest.raises(KeyboardInterrupt):
        surface.value_and_gradient(np.array([0.5, 0.5]))
    for p, old in zip(model.parameters(), before, strict=True):
        np.testing.assert_array_equal(p.detach().numpy(), old)
    with pytest.raises(TypeError, match=r"model.parameters\(\)"):
        viz.loss_slice("broken", loss, model)


# --- surfaces whose gradient is cut off, and rates ---


@pytest.mark.parametrize(
    "surface",
    [
        lambda x, y: math.sin(x.item()) + y * y,
        lambda x, y: x * x + y * y + 3 * x.detach(),
        lambda x, y: (x - y.item()) ** 2,
    ],
)
def test_a_surface_whose_gradient_is_cut_off_is_refused(surface):
    with pytest.raises(ValueError, match=r"the gradient at .* computed from plain numbers"):
        viz.race(["SGD"], surface, start=(0.5, 0.7), steps=3, rates=[0.1])


def test_a_surface_that_has_a_kink_or_ignores_an_axis_is_accepted():
    for surface, start in ((lambda x, y: abs(x) + y * y, (0.0, 1.0)), (lambda x, y: y * y, (1.0, 1.0))):
        (lane,) = viz.race(["SGD"], surface, start=start, steps=3, rates=[0.1]).lanes
        x, y = lane.path[-1]
        assert (x, y) == (start[0], pytest.approx(0.8**3))


def test_a_slice_of_a_loss_that_is_cut_off_from_the_parameters_is_refused():
    model, X = nn.Linear(2, 1), tg.ones(4, 2)
    w = tg.ones(1, requires_grad=True)
    surface = viz.loss_slice("slice", lambda: (model(X).detach() * w).sum(), model.parameters())
    with pytest.raises(ValueError, match="does not depend on the parameters"):
        viz.race(["SGD"], surface, steps=3, rates=[0.1])


def test_a_lane_shows_the_rate_of_its_optimizer():
    rules = {"own": lambda p, lr: optim.SGD(p, lr=0.01), "tenth": lambda p, lr: optim.SGD(p, lr=lr / 10)}
    found = viz.race(rules, "quadratic", steps=20, rates=[0.1, 0.5])
    own, tenth = found.lanes
    assert (own.lr, [rate for rate, _ in own.tried]) == (0.01, [0.01])
    assert [rate for rate, _ in tenth.tried] == [0.01, 0.05]
    assert tenth.lr == 0.05
    falling = viz.race({"schedule": lambda p, lr: optim.SGD(p, lr=lambda t: lr / (1 + t))}, steps=3, rates=[0.1])
    assert falling.lanes[0].lr == 0.1


def test_where_the_minimum_is_unknown_the_best_rate_is_the_best_that_was_tried():
    tg.manual_seed(0)
    X = tg.randn(64, 3)
    y, model = X.sum(1, keepdim=True), nn.Linear(3, 1)
    surface = viz.loss_slice("slice", lambda: nn.functional.mse_loss(model(X), y), model.parameters())
    for rules in (["SGD"], ["Momentum"], ["Adam"]):
        [lane] = viz.race(rules, surface, steps=60).lanes
        assert lane.final == min(final for _, final in lane.tried)
        assert (lane.lr, lane.final) in lane.tried


def test_where_an_unknown_minimum_is_near_zero_the_best_rate_is_the_best_that_was_tried():
    race = viz.race(["SGD", "Momentum", "Adam"], lambda x, y: x**2 + 2 * y**2, start=(2.0, 1.0), steps=300)
    assert race.surface.lowest is None
    for lane in race.lanes:
        close = [final for _, final in lane.tried if final < 1e-3 * lane.loss[0]]
        assert len(close) > 1, "several rates arrive, and the smallest of them is not the best"
        assert lane.final == min(close)
    assert any(lane.lr != min(rate for rate, final in lane.tried if final < 1e-3 * lane.loss[0]) for lane in race.lanes)


def test_where_the_minimum_is_known_the_first_rate_within_a_billionth_of_it_is_the_best():
    # on curvature 1, a step multiplies the distance by 1 − lr: after 20 steps the height is (1 − lr)⁴⁰ times the first one
    def best(rates):
        return viz.race(["SGD"], viz.quadratic(1.0), steps=20, lr="tune", rates=rates).lanes[0].lr

    assert best([0.2, 0.3, 0.35]) == 0.35  # 1e-4, 6e-7 and 3e-8: all small, and not equal
    assert best([0.5, 0.6, 0.7]) == 0.5  # 9e-13 and less


def test_the_title_counts_one_step_in_the_singular_and_says_whether_all_rules_have_one_rate():
    rules = {"own": lambda p, lr: optim.SGD(p, lr=lr), "tenth": lambda p, lr: optim.SGD(p, lr=lr / 10)}
    assert str(viz.race(rules, steps=1, lr=0.1)).startswith(
        "quadratic, condition number 20: 1 step, each rule's own learning rate\n"
    )
    assert str(viz.race(["SGD", "Adam"], steps=2, lr=0.1)).startswith(
        "quadratic, condition number 20: 2 steps, one learning rate\n"
    )


def test_a_path_that_starts_outside_the_picture_does_not_leave_it():
    svg = viz.race(["SGD"], steps=3, lr=0.01, start=(9.0, 1.0)).svg
    assert "starts outside the picture" in svg
    assert "leaves the picture" not in svg


def test_a_rule_that_updates_another_parameter_is_refused():
    with pytest.raises(ValueError, match=r"SGD does not have the parameter.*lambda p, lr: optim\.SGD\(p, lr=lr\)"):
        viz.race({"own": lambda p, lr: optim.SGD([tg.zeros(2, requires_grad=True)], lr=lr)}, "quadratic", steps=3)


def test_the_title_says_when_a_smaller_rate_was_preferred_to_the_lowest_loss():
    smallest = "each rule's best learning rate (the smallest that converges)"
    several = viz.race(["SGD"], viz.quadratic(1.0), steps=60, rates=[0.5, 0.9, 1.0])
    assert several.lanes[0].lr == 0.5
    assert smallest in str(several)
    assert smallest in html.unescape(several.svg)
    none = viz.race(["SGD"], "quadratic", steps=10)
    assert "each rule's best learning rate\n" in str(none)
