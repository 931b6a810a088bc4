"""A replayed run: what a Recorder stores, that it changes nothing, the content of the page, and its behavior in a browser."""

import base64
import json
import math
import re

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn, optim, train


def moons(record=None, n=80, model=None, **options):
    tg.manual_seed(3)
    X, y = tg.data.moons(n)
    model = model or nn.MLP([2, 8, 1])
    rule = optim.Adam(model.parameters(), lr=0.05)
    options = {"loss": "binary_crossentropy", "optimizer": rule, "epochs": 8, "progress": False, "seed": 0, **options}
    return train.fit(model, X, y, record=record, **options), model, X, y


def data_of(page):
    return json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', page.html, re.DOTALL)[1])


def unpacked(text):
    return np.frombuffer(base64.b64decode(text), np.uint8)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_explanations_hold_in_the_light_and_in_the_dark_theme(monkeypatch, language):
    monkeypatch.setenv("TINYGRAD_EDU_LANG", language)
    history, *_ = moons(train.Recorder(), epochs=2)
    page = history.replay().html
    assert ("stronger the color" if language == "en" else "색이 뚜렷할수록") in page
    assert not re.search("[Dd]arker|[Pp]aler|짙을|옅을", page)


# --- what is stored ---


def test_a_run_that_is_recorded_has_the_same_numbers():
    layers = [nn.Linear(2, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.2), nn.Linear(8, 1)]
    tg.manual_seed(0)
    plain = nn.Sequential(*layers)
    start = {name: value.numpy().copy() for name, value in plain.state_dict().items()}
    first, *_ = moons(model=plain)
    end = {name: value.numpy().copy() for name, value in plain.state_dict().items()}
    plain.load_state_dict(start)
    second, *_ = moons(train.Recorder(), model=plain)
    assert first.steps["loss"] == second.steps["loss"]
    for name, value in plain.state_dict().items():
        np.testing.assert_array_equal(value.numpy(), end[name])


def test_a_frame_has_the_model_before_its_update_and_the_gradients_that_it_got():
    history, model, X, y = moons(train.Recorder(every=4), epochs=3, batch_size=80, shuffle=False)
    frames = history.recording.frames
    assert [frame.step for frame in frames] == [0, 3]
    tg.manual_seed(3)
    tg.data.moons(80)
    twin = nn.MLP([2, 8, 1])
    for frame, name in ((frames[0], "0.weight"), (frames[0], "2.bias")):
        np.testing.assert_array_equal(frame.weights[name], dict(twin.named_parameters())[name].detach().numpy().ravel())
    loss = nn.BCEWithLogitsLoss()(twin(tg.tensor(X)), tg.tensor(y, dtype=tg.float32).reshape(-1, 1))
    loss.backward()
    np.testing.assert_allclose(frames[0].grads["0.weight"], twin[0].weight.grad.numpy().ravel(), rtol=1e-6)
    total = math.sqrt(sum(frames[0].norms[name][1] ** 2 for name in frames[0].norms))
    assert total == pytest.approx(history.steps["grad_norm"][0], rel=1e-6)
    np.testing.assert_array_equal(frames[-1].weights["0.weight"], model[0].weight.detach().numpy().ravel())
    np.testing.assert_allclose(frames[-1].rows, model(tg.tensor(X)).detach().numpy(), rtol=1e-5)
    assert frames[-1].grads["0.weight"].size == 0


@pytest.mark.parametrize(("every", "most", "steps"), [(1, 200, 41), (5, 200, 9), (1, 16, None), (3, 4, None)])
def test_frames_are_evenly_spaced_and_not_too_many(every, most, steps):
    history, *_ = moons(train.Recorder(every, frames=most, findings=False), epochs=10, batch_size=20)
    kept = [frame.step for frame in history.recording.frames]
    assert kept[0] == 0
    assert kept[-1] == 40
    assert len(kept) == steps or (steps is None and most / 2 <= len(kept) <= most + 1)
    assert len(set(np.diff(kept[:-1]))) == 1
    assert all(step % every == 0 for step in kept[:-1])


def test_a_single_epoch_and_update_are_counted_in_the_singular():
    history, *_ = moons(train.Recorder(), epochs=1, batch_size=80)
    page = history.replay()
    assert str(page).endswith("frames of 1 update")
    assert ">1 update, 1 epoch<" in page.html


def test_findings_are_those_of_that_steps_graph():
    model = nn.Sequential(nn.Linear(2, 4), nn.ReLU(), nn.Linear(4, 1))
    with tg.no_grad():
        model[0].bias.fill_(-100.0)
    history, *_ = moons(train.Recorder(), model=model, epochs=2)
    assert {what for what, _ in history.recording.frames[0].findings} >= {"dead ReLU"}
    (finding,) = [f for f in data_of(history.replay())["findings"] if f["what"] == "dead ReLU"]
    assert finding["at"] == list(range(len(history.recording.frames) - 1))


def test_a_compiled_run_and_a_loader_are_recorded_too():
    history, *_ = moons(train.Recorder(), compile=True)
    assert len(history.recording.frames) > 5
    assert history.replay().html
    X, y = tg.data.moons(64)
    loader = tg.data.DataLoader(tg.data.TensorDataset(tg.tensor(X), tg.tensor(y)), batch_size=16)
    history = train.fit(
        nn.MLP([2, 4, 1]), loader, loss="binary_crossentropy", epochs=2, progress=False, record=train.Recorder()
    )
    assert len(history.recording.shown.X) == 16


def test_a_run_that_diverges_can_be_replayed():
    model = nn.Linear(1, 1)
    with pytest.raises(train.DivergedError) as caught:
        train.fit(
            model, [[1.0], [2.0]], [[2.0], [4.0]], epochs=400, progress=False, optimizer=optim.SGD(model.parameters(), lr=1e3),
            record=train.Recorder(),
        )  # fmt: skip
    page = caught.value.history.replay()
    assert "DivergedError in epoch" in page.html
    data_of(page)


def test_an_unfinished_epoch_does_not_move_the_ends_of_the_others():
    class Stop(train.Callback):
        def after_step(self, run):
            if len(run.history.steps["loss"]) == 21:
                raise KeyboardInterrupt

    history, *_ = moons(train.Recorder(), batch_size=10, callbacks=[Stop()])  # 8 updates per epoch
    assert history.stopped.startswith("Ctrl-C in epoch 3")
    assert data_of(history.replay())["perEpoch"]["at"] == [8, 16]
    history, *_ = moons(train.Recorder(), batch_size=10, epochs=3)
    assert data_of(history.replay())["perEpoch"]["at"] == [8, 16, 24]


@pytest.mark.parametrize(
    ("options", "error", "text"),
    [
        ({"every": 0}, ValueError, "every must be a whole number >= 1, got 0"),
        ({"frames": 1}, ValueError, "frames must be a whole number >= 2"),
        ({"data": 3}, TypeError, "data must be"),
    ],
)
def test_errors_say_which_options_are_wrong(options, error, text):
    with pytest.raises(error, match=text):
        train.Recorder(**options)


def test_a_history_without_frames_says_what_to_do():
    with pytest.raises(ValueError, match=r"record=train.Recorder\(\)"):
        moons()[0].replay()


# --- what is in the page ---


def test_boundary_and_confusion_matrix_agree_with_the_model():
    history, model, X, y = moons(train.Recorder())
    seen = data_of(history.replay())["predictions"]
    last = history.recording.frames[-1]
    answers = (model(tg.tensor(X)).detach().numpy()[:, 0] > 0).astype(int)
    assert seen["right"][-1] == pytest.approx((answers == np.asarray(y)).mean(), abs=1e-3)
    assert seen["confusion"][-1] == [int(((np.asarray(y) == a) & (answers == b)).sum()) for a in (0, 1) for b in (0, 1)]
    grid = unpacked(seen["grid"]).reshape(len(history.recording.frames), -1)
    np.testing.assert_array_equal(grid[-1] // 16, (last.points[:, 0] > 0).astype(int))
    np.testing.assert_array_equal(unpacked(seen["said"]).reshape(-1, len(y))[-1], answers)


def test_a_line_is_kept_to_four_digits():
    x = np.linspace(-2, 2, 50, dtype=np.float32)[:, None]
    history = train.fit(nn.MLP([1, 8, 1]), x, np.sin(x), epochs=5, progress=False, record=train.Recorder(every=3))
    seen = data_of(history.replay())["predictions"]
    raw = unpacked(seen["levels"]).astype(float).reshape(len(history.recording.frames), -1, 2)
    y = seen["low"] + (seen["high"] - seen["low"]) * (256 * raw[..., 0] + raw[..., 1]) / 65535
    for shown, frame in zip(y, history.recording.frames, strict=True):
        np.testing.assert_allclose(shown, frame.points[:, 0], atol=1e-4)


def test_histograms_count_the_values():
    history, *_ = moons(train.Recorder())
    entry = data_of(history.replay())["parameters"][0]
    weights = history.recording.frames[-1].weights["0.weight"]
    low, high = entry["weights"]["low"], entry["weights"]["high"]
    counts, _ = np.histogram(np.clip(weights, low, high), 28, (low, high))
    bins = unpacked(entry["weights"]["bins"]).reshape(-1, 28)[-1].astype(int)
    assert np.abs(np.round(255 * counts / counts.max()) - bins).sum() <= 2 * 255 / counts.max()  # a value on an edge


def test_several_classes_and_numbers_of_many_features():
    wine = tg.data.load_wine()
    X = tg.data.StandardScaler().fit(wine.X).transform(wine.X)
    history = train.fit(
        nn.MLP([13, 8, 3]), X, wine.y, loss="categorical_crossentropy", epochs=3, progress=False, record=train.Recorder(every=4)
    )
    seen = data_of(history.replay())["predictions"]
    assert (seen["view"], seen["classes"], len(seen["confusion"][0])) == ("none", 3, 9)
    history = train.fit(nn.MLP([13, 8, 1]), X, X[:, :1], epochs=2, progress=False, record=train.Recorder(every=4))
    assert data_of(history.replay())["predictions"]["view"] == "scatter"
    history = train.fit(nn.MLP([2, 8, 1]), X[:, :2], X[:, :1], epochs=2, progress=False, record=train.Recorder(every=4))
    assert data_of(history.replay())["predictions"]["view"] == "surface"


def test_classes_with_names_and_sequences_are_recorded():
    words = np.random.default_rng(0).integers(0, 9, (40, 3))
    model = nn.Sequential(nn.Embedding(9, 4), nn.Flatten(), nn.Linear(12, 3))
    options = {"loss": "categorical_crossentropy", "epochs": 2, "progress": False}
    history = train.fit(model, words, words[:, 0] % 3, record=train.Recorder(data=(words, words[:, 0] % 3)), **options)
    assert data_of(history.replay())["predictions"]["classes"] == 3
    model, cross_entropy = nn.Linear(3, 6), nn.CrossEntropyLoss()  # two words for each row
    options["loss"] = lambda output, target: cross_entropy(output.reshape(-1, 3), target.reshape(-1))
    rows, targets = words.astype(np.float32), words[:, :2] % 3
    seen = data_of(train.fit(model, rows, targets, record=train.Recorder(), **options).replay())["predictions"]
    assert (seen["kind"], seen["view"]) == ("numbers", "none")


@pytest.mark.parametrize("dtype", ["float32", "int64", "bool"])
def test_one_hot_rows_of_any_dtype_are_classes(dtype):
    classes = np.arange(12) % 3
    history = train.fit(
        nn.Linear(3, 3), np.eye(3)[classes], np.eye(3, dtype=dtype)[classes], loss="categorical_crossentropy", progress=False,
        record=train.Recorder(),
    )  # fmt: skip
    assert data_of(history.replay())["predictions"]["classes"] == 3


@pytest.mark.slow
def test_two_hundred_frames_of_a_small_model_are_less_than_two_megabytes():
    tg.manual_seed(0)
    history, *_ = moons(train.Recorder(findings=False), model=nn.MLP([2, 16, 16, 1]), epochs=100, batch_size=20, n=200)
    assert 100 <= len(history.recording.frames) <= 201
    history, *_ = moons(train.Recorder(5, findings=False), model=nn.MLP([2, 16, 16, 1]), epochs=100, batch_size=20, n=200)
    assert len(history.recording.frames) == 201
    assert len(history.replay().html.encode()) < 2_000_000


def test_the_page_fetches_nothing():
    html = moons(train.Recorder())[0].replay(title="</script>").html
    assert "default-src 'none'" in html
    assert html.count("<script") == html.count("</script") == 2
    assert not re.search(r"""(src|href)\s*=|url\((?!#)|@import|https?://(?!www\.w3\.org)""", html.replace("default-src", ""))


# --- in a browser ---


def test_without_scripts_there_are_the_curves(shown):
    tab = shown(moons(train.Recorder())[0].replay(), java_script_enabled=False)
    assert tab.locator("button:visible, input:visible, canvas:visible").count() == 0
    assert tab.is_visible("text=Scripts are off")
    assert tab.locator("svg.tgc:visible").count() == 1


def test_time_is_moved_by_slider_keys_buttons_and_a_click(shown):
    history, *_ = moons(train.Recorder())
    tab = shown(history.replay())
    last = len(history.recording.frames) - 1
    assert tab.inner_text("#where") == f"update {last}, epoch 8"
    tab.keyboard.press("Home")
    assert tab.inner_text("#where") == "update 0, epoch 1"
    tab.keyboard.press("ArrowRight")
    tab.click("#next")
    assert tab.inner_text("#where").startswith("update 2,")
    tab.fill("#slider", "7")
    assert tab.inner_text("#where").startswith("update 7,")
    loss = history.steps["grad_norm"][7]
    assert f"gradient norm {tab.evaluate('show', float(f'{loss:.4g}'))}" in tab.inner_text("#numbers")
    box = tab.locator("#loss").bounding_box()
    x = tab.evaluate("charts.loss.px(12)")
    tab.mouse.click(box["x"] + x, box["y"] + 100)
    assert tab.inner_text("#where").startswith("update 12,")
    tab.keyboard.press("Home")
    tab.focus("#slider")
    tab.keyboard.press(" ")
    assert tab.inner_text("#play") == "Pause"
    tab.locator("#where", has_text=f"update {last},").wait_for()
    assert tab.inner_text("#play") == "Play"


PIXELS = """places => {
  const canvas = document.getElementById("plane");
  const { data, width, height } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const at = ([u, v]) => 4 * (Math.floor((1 - v) * height) * width + Math.floor(u * width));
  return places.map(place => [data[at(place)], data[at(place) + 2]]);
}"""


def test_the_picture_shows_the_models_classes(shown):
    history, model, *_ = moons(train.Recorder())
    tab = shown(history.replay())
    assert tab.inner_text("#seen") == "Decision boundary"
    (x0, x1), (y0, y1) = history.recording.shown.box
    places = [(0.1, 0.9), (0.9, 0.1), (0.3, 0.2)]
    points = [[x0 + u * (x1 - x0), y0 + v * (y1 - y0)] for u, v in places]
    wanted = [bool(answer > 0) for answer in model(tg.tensor(points)).detach().numpy()[:, 0]]
    colors = tab.evaluate(PIXELS, places)
    assert [red > blue for red, blue in colors] == wanted  # series 0 is blue, 1 is orange
    rows = [[cell.strip() for cell in row.split("\t")] for row in tab.locator("#confusion tr").all_inner_texts()]
    assert len(rows) == 3
    assert sum(int(cell) for row in rows[1:] for cell in row[1:] if cell != "·") == 80


def test_a_finding_leads_to_its_first_frame(shown):
    model = nn.Sequential(nn.Linear(2, 4), nn.ReLU(), nn.Linear(4, 1))
    with tg.no_grad():
        model[0].bias.fill_(-100.0)
    history, *_ = moons(train.Recorder(), model=model, epochs=2)
    tab = shown(history.replay())
    item = tab.locator("#findings li", has_text="every sample").first
    assert "off" in item.get_attribute("class")  # the last frame has no graph
    item.locator("button").click()
    assert tab.inner_text("#where") == "update 0, epoch 1"
    assert "off" not in (item.get_attribute("class") or "")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_phone_shows_the_page_in_both_themes_without_scrolling_sideways(shown, theme):
    tab = shown(moons(train.Recorder())[0].replay(), width=380, color_scheme=theme)
    assert tab.evaluate("document.documentElement.scrollWidth") <= 380


def test_the_page_speaks_korean(shown, monkeypatch):
    monkeypatch.setenv("TINYGRAD_EDU_LANG", "ko")
    tab = shown(moons(train.Recorder())[0].replay())
    assert tab.inner_text("#seen") == "결정 경계"
