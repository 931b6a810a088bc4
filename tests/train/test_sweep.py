"""A sweep runs every point once, gives the same rows with any scheduler, and loses nothing to a run that fails or dies."""

from __future__ import annotations

import functools
import itertools
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim, train
from tinygrad_edu.train.sweeping.fingerprint import describe
from tinygrad_edu.train.sweeping.model_task import _fresh, _own
from tinygrad_edu.train.sweeping.points import key_of, points_of

SCHEDULERS = [None, "processes"]
REQUIRED = bool(os.environ.get("TINYGRAD_EDU_DISTRIBUTED"))  # set by `make distributed`: there a skipped test is a failure


@pytest.fixture(params=SCHEDULERS, ids=["here", "processes"])
def scheduler(request):
    if request.param == "processes" and not REQUIRED:
        pytest.importorskip("joblib", reason="joblib runs the processes: pip install joblib")
    return request.param


def quiet(*args, **options):
    return train.sweep(*args, progress=False, **options)


def without_times(rows):
    return [{name: value for name, value in row.items() if name != "seconds"} for row in rows]


def draws(x, kind="fine"):  # from every random stream that a task may use
    return {"loss": x, "ours": float(tg.rand(1)), "numpys": np.random.random(), "pythons": random.random()}  # noqa: NPY002


# --- the points ---


def test_a_grid_is_every_combination_and_every_seed_once():
    points = points_of({"rule": ["SGD", "Adam"], "lr": (0.1, 0.2), "name": "word"}, seeds=[7, 3])
    assert [(p.params["rule"], p.params["lr"], p.seed) for p in points[:3]] == [
        ("SGD", 0.1, 7),
        ("SGD", 0.1, 3),
        ("SGD", 0.2, 7),
    ]
    assert len(points) == len({p.key for p in points}) == 8
    assert {p.params["name"] for p in points} == {"word"}
    assert len(points_of([{"x": 1}, {"x": 1}, {"x": 2}], 1)) == 2


def test_a_key_is_the_same_in_another_process_and_for_equal_numpy_numbers():
    code = "from tinygrad_edu import optim; from tinygrad_edu.train.sweeping.points import key_of\n"
    code += "print(key_of({'lr': 0.1, 'rule': optim.Adam, 'sizes': [1, 2]}, 3))"
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert printed.strip() == key_of({"sizes": (1, np.int64(2)), "rule": optim.Adam, "lr": np.float64(0.1)}, 3)
    assert key_of({"lr": 0.1}, 3) != key_of({"lr": 0.1}, 4)


@pytest.mark.parametrize("value", [lambda: 1, object(), nn.Linear(1, 1)])
def test_a_parameter_without_a_stable_repr_is_refused(value):
    with pytest.raises(TypeError, match=f"got {type(value).__name__}; create it inside the task, from a name"):
        quiet(draws, {"x": [value]}, None)


# --- rows ---


def test_every_scheduler_gives_the_same_rows_in_the_order_of_the_grid(scheduler):
    rows = quiet(draws, {"x": range(5)}, scheduler, seeds=2)
    assert [(row["params"]["x"], row["seed"]) for row in rows] == [(x, s) for x in range(5) for s in (0, 1)]
    assert without_times(rows) == without_times(quiet(draws, {"x": range(5)}, None, seeds=2))
    by_seed = {s: {row["result"][k] for row in rows if row["seed"] == s} for s in (0, 1) for k in ("ours", "numpys", "pythons")}
    assert all(len(values) == 1 for values in by_seed.values())  # every point gets the same numbers


def test_a_run_does_not_change_the_callers_random_numbers():
    def streams():
        return float(tg.rand(1)), np.random.random(), random.random()  # noqa: NPY002

    tg.manual_seed(1)
    np.random.seed(1)  # noqa: NPY002
    random.seed(1)
    expected = streams()
    tg.manual_seed(1)
    np.random.seed(1)  # noqa: NPY002
    random.seed(1)
    quiet(draws, {"x": [1]}, None)
    assert streams() == expected


def test_errors_and_nan_results_are_rows(scheduler):
    def task(x):
        if x == 1:
            raise KeyError("x is one")
        return [
            None,
            None,
            {"loss": float("nan")},
            {"loss": np.float32(np.inf)},
            {"loss": [1]},
            7.0,
            {"loss": np.float32(0.5)},
        ][x]

    rows = quiet(task, {"x": range(1, 7)}, scheduler)
    assert [row["status"] for row in rows] == ["failed", "diverged", "diverged", "failed", "failed", "ok"]
    assert rows[0]["error"] == "KeyError: 'x is one'"
    assert "in task" in rows[0]["where"]
    assert [row["result"] for row in rows[1:3]] == [{"loss": None}] * 2
    assert "'loss' is a list" in rows[3]["error"]
    assert "must return a History or a dict of numbers, got float" in rows[4]["error"]
    assert rows[5]["result"] == {"loss": 0.5}


def test_a_killed_worker_loses_only_its_run():
    if not REQUIRED:
        pytest.importorskip("joblib", reason="joblib runs the processes: pip install joblib")

    def task(x):
        if x == 3:
            os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))  # Windows has no SIGKILL
        time.sleep(0.02)
        return {"loss": x}

    rows = quiet(task, {"x": range(8)}, workers=2)
    assert [row["status"] for row in rows] == ["ok"] * 3 + ["killed"] + ["ok"] * 4
    assert rows[3]["error"].startswith("TerminatedWorkerError")
    assert [row["result"] for row in rows[4:]] == [{"loss": x} for x in range(4, 8)]


def test_each_run_has_one_thread(scheduler):
    pool = pytest.importorskip("threadpoolctl", reason="counts threads: pip install threadpoolctl")

    def task(x):
        np.ones((64, 64)) @ np.ones((64, 64))
        return {"threads": max(library["num_threads"] for library in pool.threadpool_info())}

    assert {row["result"]["threads"] for row in quiet(task, {"x": range(3)}, scheduler)} == {1}


def test_dask_gives_the_same_rows_and_a_killed_worker_loses_only_its_run(tmp_path):
    if not REQUIRED:
        pytest.importorskip("distributed", reason="Dask runs the cluster: pip install distributed")
    program = Path(__file__).parent / "programs" / "sweep_on_dask.py"
    command = [sys.executable, str(program), str(tmp_path / "runs.jsonl")]
    env = {**os.environ, "PYTHONPATH": str(Path(tg.__file__).parents[1])}
    done = subprocess.run(command, capture_output=True, text=True, timeout=180, env=env)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    kinds = [(x, kind) for x in range(6) for kind in ("fine", "kill", "raise") for _ in range(2)]
    odd = {(2, "kill"): "killed", (3, "raise"): "failed", (4, "raise"): "failed"}  # the last one by sys.exit()
    assert found["statuses"] == [odd.get(k, "ok") for k in kinds]
    assert found["models"] == ["ok", "ok", "diverged", "diverged"] * 2
    assert len((tmp_path / "runs.jsonl").read_text().splitlines()) == 36


# --- the file ---


def counted(folder):
    """A task that writes a file each time it is run."""

    def task(x):
        (folder / f"{x}-{time.time_ns()}").touch()
        if x == 2:
            raise ValueError("two")
        return {"loss": x}

    return task


def runs_in(folder):
    return len(list(folder.iterdir()))


def test_runs_that_are_in_the_file_are_not_repeated(scheduler, tmp_path):
    marks, out = tmp_path / "marks", tmp_path / "runs.jsonl"
    marks.mkdir()
    task = counted(marks)
    first = quiet(task, {"x": range(3)}, scheduler, out=out)
    assert runs_in(marks) == len(out.read_text().splitlines()) == 3
    again = quiet(task, {"x": range(3)}, scheduler, out=out)
    assert runs_in(marks) == 3
    assert list(again) == list(first)
    more = quiet(task, {"x": range(5)}, scheduler, out=out)
    assert runs_in(marks) == 5
    assert list(more[:3]) == list(first)
    assert quiet(task, {"x": range(5)}, scheduler, out=out, retry=True)[2]["status"] == "failed"
    assert runs_in(marks) == 6


@pytest.mark.parametrize("kept", range(0, 160, 13))
def test_a_file_truncated_anywhere_is_repaired(kept, tmp_path):
    marks, out = tmp_path / "marks", tmp_path / "runs.jsonl"
    marks.mkdir()
    task = counted(marks)
    whole = quiet(task, {"x": [0, 1]}, None, out=out)
    content = out.read_bytes()
    out.write_bytes(content[: len(content) - kept])
    lost = 2 - content[: len(content) - kept].count(b"\n")
    again = quiet(task, {"x": [0, 1]}, None, out=out)
    assert runs_in(marks) == 2 + lost
    assert without_times(again) == without_times(whole)
    assert [json.loads(line)["params"]["x"] for line in out.read_text().splitlines()] == [0, 1]


def test_a_damaged_line_warns_and_its_run_is_repeated(tmp_path):
    out = tmp_path / "runs.jsonl"
    quiet(draws, {"x": [0, 1]}, None, out=out)
    lines = out.read_text().splitlines()
    out.write_text("\n".join(["not a row", lines[1]]) + "\n")
    with pytest.warns(UserWarning, match=r"line 1 of .*runs.jsonl is not the row of a run"):
        rows = quiet(draws, {"x": [0, 1]}, None, out=out)
    assert [row["params"]["x"] for row in rows] == [0, 1]


def test_rows_of_another_version_of_the_task_warn(tmp_path):
    out = tmp_path / "runs.jsonl"
    quiet(lambda x: {"loss": x}, {"x": [0]}, None, out=out)
    with pytest.warns(UserWarning, match="come from another version of the task, and are kept"):
        assert quiet(lambda x: {"loss": x + 1}, {"x": [0]}, None, out=out)[0]["result"] == {"loss": 0}


def test_results_before_an_interruption_are_in_the_file(tmp_path):
    def task(x):
        if x == 2:
            raise KeyboardInterrupt
        return {"loss": x}

    out = tmp_path / "runs.jsonl"
    with pytest.raises(KeyboardInterrupt):
        quiet(task, {"x": range(4)}, None, out=out)
    assert [json.loads(line)["result"]["loss"] for line in out.read_text().splitlines()] == [0, 1]


def test_ctrl_c_inside_fit_ends_the_sweep_and_adds_no_row(tmp_path):
    def interrupted_at(epoch, run):
        if run.epoch == epoch:
            raise KeyboardInterrupt

    class Interrupt(train.Callback):
        def after_epoch(self, run):
            interrupted_at(2, run)

    def task(lr):
        history = train.fit(small_model(), X, Y, epochs=3, callbacks=[Interrupt()], progress=False)
        return {"loss": history["loss"][-1]}

    out = tmp_path / "runs.jsonl"
    with pytest.raises(KeyboardInterrupt):
        quiet(small_model, {"lr": [0.1, 0.2]}, None, out=out, callbacks=[Interrupt()], **FITTED)
    with pytest.raises(KeyboardInterrupt):
        quiet(task, {"lr": [0.1, 0.2]}, None, out=out)
    assert not out.exists()
    assert task(0.1)["loss"] > 0  # outside a sweep, fit returns the History so far


def test_sys_exit_in_a_task_is_a_failed_row(scheduler):
    def task(x):
        if x == 1:
            sys.exit(3)
        return {"loss": x}

    rows = quiet(task, {"x": range(3)}, scheduler)
    assert [row["status"] for row in rows] == ["ok", "failed", "ok"]
    assert rows[1]["error"] == "SystemExit: 3"


# --- models ---

X = np.linspace(-1, 1, 60, dtype=np.float32).reshape(30, 2)
Y = (X[:, :1] > 0).astype(np.float32)


def small_model():
    return nn.MLP([2, 4, 1])


FITTED = {"data": (X, Y), "loss": "binary_crossentropy", "metrics": ["acc"], "epochs": 3}


def test_a_model_is_fitted_with_every_rule_from_the_weights_of_the_seed(scheduler):
    grid = {"optimizer": ["SGD", "adam"], "lr": [0.1, 1e30], "batch_size": [10]}
    rows = quiet(small_model, grid, scheduler, seeds=2, **FITTED)
    assert [row["status"] for row in rows] == ["ok", "ok", "diverged", "diverged"] * 2
    assert rows[2]["error"].startswith("fit: the loss became")
    tg.manual_seed(1)
    model = nn.MLP([2, 4, 1])
    expected = train.fit(
        model, X, Y, loss="binary_crossentropy", metrics=["acc"], epochs=3, batch_size=10, seed=1, progress=False,
        optimizer=optim.SGD(model.parameters(), lr=0.1),
    )  # fmt: skip
    assert rows[1]["curves"]["loss"] == expected["loss"]
    assert rows[1]["result"]["acc"] == expected["acc"][-1]
    if scheduler is not None:
        assert without_times(rows) == without_times(quiet(small_model, grid, None, seeds=2, **FITTED))


def test_a_module_is_copied_and_its_weights_are_redrawn():
    model = nn.MLP([2, 4, 1])
    before = [p.detach().numpy().copy() for p in model.parameters()]
    rows = quiet(model, {"optimizer": ["SGD"], "lr": [0.1]}, None, seeds=2, **FITTED)
    for p, old in zip(model.parameters(), before, strict=True):
        np.testing.assert_array_equal(p.detach(), old)
    assert rows[0]["result"]["loss"] != rows[1]["result"]["loss"]
    made = quiet(small_model, {"optimizer": ["SGD"], "lr": [0.1]}, None, seeds=2, **FITTED)
    assert [row["result"] for row in made] == [row["result"] for row in rows]


LAYERS = {
    "attention": lambda: nn.MultiheadAttention(4, 2),
    "other keys": lambda: nn.MultiheadAttention(4, 2, kdim=3, vdim=5, add_bias_kv=True),
    "encoder layer": lambda: nn.TransformerEncoderLayer(4, 2, 8),
    "transformer": lambda: nn.Transformer(4, 2, 1, 1, 8),
    "norms": lambda: nn.Sequential(nn.LayerNorm(4), nn.RMSNorm(4), nn.GroupNorm(2, 4), nn.BatchNorm1d(4)),
    "no bias": lambda: nn.Sequential(nn.LayerNorm(4, bias=False), nn.GroupNorm(2, 4, affine=False)),
    "PReLU": lambda: nn.PReLU(3, init=0.5),
    "recurrent": lambda: nn.LSTM(3, 4),
    "tables": lambda: nn.Sequential(nn.Embedding(3, 4), nn.EmbeddingBag(3, 4), nn.Bilinear(2, 3, 4)),
    "convolutions": lambda: nn.Sequential(nn.Conv2d(1, 2, 3), nn.ConvTranspose1d(2, 3, 2)),
}  # fmt: skip


@pytest.mark.parametrize("make", LAYERS.values(), ids=LAYERS)
def test_every_trained_parameter_is_redrawn_as_when_the_model_was_created(make):
    trained = make()
    for p in trained.parameters():
        p.data.fill_(7.0)
    tg.manual_seed(3)
    expected = make().state_dict()
    tg.manual_seed(3)
    found = _fresh(trained).state_dict()
    for name, values in expected.items():
        np.testing.assert_array_equal(found[name].numpy(), values.numpy(), err_msg=name)


class Scaled(nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(tg.ones(1))


def test_a_module_whose_parameters_cannot_be_redrawn_is_refused():
    rows = quiet(nn.Sequential(nn.Linear(2, 1), Scaled()), {"lr": [0.1]}, None, **FITTED)
    assert "the parameters of Scaled cannot be redrawn for each run" in rows[0]["error"]
    with pytest.raises(TypeError, match="ParameterList cannot be redrawn"):
        _fresh(nn.Sequential(nn.ParameterList([nn.Parameter(tg.ones(1))])))

    class Redrawn(nn.Module):
        def __init__(self):
            super().__init__()
            self.parts = nn.ParameterList([nn.Parameter(tg.ones(2))])

        def reset_parameters(self):
            nn.init.zeros_(self.parts[0])

    assert _fresh(Redrawn()).parts[0].tolist() == [0, 0]


def test_each_run_starts_from_the_same_state_of_a_loaders_own_generator(scheduler):
    def loader(seed):
        return data.DataLoader(data.TensorDataset(X, Y), 10, shuffle=True, generator=tg.Generator().manual_seed(seed))

    given, grid = loader(5), {"optimizer": ["SGD"], "lr": [0.1, 0.1, 0.2]}
    options = {**FITTED, "data": given, "validation": loader(6)}
    rows = quiet(small_model, grid, scheduler, **options)
    again = quiet(small_model, {**grid, "lr": [0.2, 0.1]}, None, **options)
    assert [row["curves"]["loss"] for row in rows] == [row["curves"]["loss"] for row in again[::-1]]
    assert given.generator.get_state().tolist() == loader(5).generator.get_state().tolist()
    assert _own(given).dataset is given.dataset


def halved(output, target):
    return ((output - target) ** 2).mean() / 2


class Weighed:
    def __init__(self, weight):
        self.weight = weight

    def __call__(self, output, target):
        return self.weight * halved(output, target)


def loader_of(x):
    return data.DataLoader(data.TensorDataset(x, Y), 10, shuffle=True, generator=tg.Generator().manual_seed(1))


OPTIONS = {
    "function": lambda: {"loss": halved},
    "layer": lambda: {"loss": nn.BCEWithLogitsLoss()},
    "object": lambda: {"loss": Weighed(2.0)},
    "metrics": lambda: {"metrics": {"m": halved, "n": train.metrics.F1()}},
    "callbacks": lambda: {"callbacks": [train.EarlyStopping("loss", patience=2), train.BestWeights("loss")]},
    "validation": lambda: {"validation": (X, Y)},
    "loader": lambda: {"data": loader_of(X)},
    "chunks": lambda: {"data": data.ChunkLoader(data.ArrayChunks(X, Y, rows=10), 5, shuffle=True)},
}


@pytest.mark.parametrize("make", OPTIONS.values(), ids=OPTIONS)
def test_equal_objects_as_options_are_not_another_version(make, tmp_path):
    plain, out = {**FITTED, "epochs": 1, "metrics": []}, tmp_path / "runs.jsonl"
    options = {**plain, **make()}
    quiet(small_model, {"lr": [0.1]}, None, out=out, **options)
    assert len(quiet(small_model, {"lr": [0.1, 0.2]}, None, out=out, **options)) == 2  # the same objects, after use
    assert (
        len(quiet(small_model, {"lr": [0.1, 0.2]}, None, out=out, **{**plain, **make()})) == 2
    )  # equal new ones; a warning would be an error


def test_other_data_or_options_are_another_version(tmp_path):
    np.save(tmp_path / "x.npy", X)
    mapped = np.load(tmp_path / "x.npy", mmap_mode="r")
    changed = np.load(tmp_path / "x.npy", mmap_mode="c")
    changed[-1] = 9
    large = np.zeros((40, 50))
    pairs = [
        (loader_of(X), loader_of(X + 1)),
        (data.ChunkLoader(data.ArrayChunks(X, Y), 5), data.ChunkLoader(data.ArrayChunks(X + 1, Y), 5)),
        (mapped, changed),
        (large, np.where(np.arange(50) == 25, 1, large)),  # repr abbreviates both
        (np.array(["a", None], object), np.array(["b", None], object)),
        (Weighed(1.0), Weighed(2.0)),
        (train.EarlyStopping(patience=2), train.EarlyStopping(patience=3)),
        (functools.partial(nn.MLP, [2, 4, 1]), functools.partial(nn.MLP, [2, 5, 1])),
        (nn.BCEWithLogitsLoss(pos_weight=tg.ones(1)), nn.BCEWithLogitsLoss(pos_weight=tg.zeros(1))),
    ]
    for first, second in pairs:
        assert describe(first) == describe(first)
        assert describe(first) != describe(second)
        assert " at 0x" not in describe(first)


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda: quiet(draws, {"x": [1]}, "threads"), TypeError, "scheduler must be None, 'processes' or a dask"),
        (lambda: quiet(draws, {"x": []}, None), ValueError, r"there is nothing to run \(combinations: 0, seeds: 1\)"),
        (lambda: quiet(nn.Linear(2, 1), {"lr": [1]}, None), TypeError, r"to fit a model, pass data=\(X, y\)"),
        (lambda: quiet(draws, {"x": 0.1}, None), TypeError, r"a list of values for 'x', got 0.1; use \[0.1\]"),
        (lambda: quiet(draws, {"x": [1, float("nan")]}, None), ValueError, "must be a finite number, got nan"),
        (lambda: quiet(draws, {"x": [1]}, workers=0), ValueError, "workers must be a positive integer or None, got 0"),
        (lambda: quiet(draws, {"x": [1]}, workers=-1), ValueError, "workers must be a positive integer"),
        (lambda: quiet(draws, {"x": [1]}, workers=1.5), ValueError, "workers must be a positive integer"),
        (lambda: quiet(draws, {"x": [1]}, None, out="no/such/a.jsonl"), FileNotFoundError, "there is no folder no/such"),
        (lambda: quiet(small_model, {"lr": [1]}, None, data=(X, Y), optimizer="Adam"), TypeError, "belongs in the grid"),
        (lambda: train.Sweep([]).plot(), ValueError, "there are no runs to show"),
        (lambda: train.Sweep([]).heatmap(), ValueError, "there are no runs to show"),
        (lambda: quiet(draws, {"x": [1]}, None, epoch=3), TypeError, "there is no option 'epoch' without data"),
        (
            lambda: quiet(nn.Linear(2, 1), {"lr": [1]}, None, data=(X, Y), epoch=3),
            TypeError,
            "'epoch' is not an option that is passed on to fit",
        ),
    ],
)
def test_errors_say_which_arguments_are_wrong(call, error, text):
    with pytest.raises(error, match=text):
        call()


def test_an_unknown_rule_or_option_is_a_failed_row_that_says_so():
    rows = quiet(nn.Linear(2, 1), [{"optimizer": "sdg"}, {"optimizer": "SGD", "momentun": 0.9}], None, **FITTED)
    assert "no optimizer is called 'sdg'; the names are SGD, " in rows[0]["error"]
    assert "momentun" in rows[1]["error"]


# --- the results of a Sweep ---


@pytest.fixture
def found():
    def task(optimizer, lr, seed):
        loss = (np.log10(lr) + (1 if optimizer == "Adam" else 0)) ** 2 + 0.1 * seed + 0.01
        return {"loss": np.nan if lr > 1 and optimizer == "SGD" else loss}

    return quiet(task, {"optimizer": ["SGD", "Adam"], "lr": [0.01, 10.0, 0.1, 1.0]}, None, seeds=3)


def test_columns_are_arrays_with_nan_where_a_run_has_no_number(found):
    table = found.table()
    assert list(table) == ["optimizer", "lr", "seed", "status", "loss", "seconds"]
    assert table["lr"].dtype == np.float64
    assert table["seed"].tolist() == [0, 1, 2] * 8
    assert np.isnan(table["loss"]).sum() == (table["status"] == "diverged").sum() == 3
    assert len(table["seconds"]) == len(found) == 24
    assert repr(found) == "Sweep(24 runs: 21 ok, 3 diverged)"
    assert "<td>Adam</td>" in found._repr_html_()
    with pytest.raises(ValueError, match="there is no column 'los'; the columns are optimizer, lr, seed, status, loss"):
        found.column("los")


def test_the_table_converts_to_pandas(found):
    pytest.importorskip("pandas", reason="pandas is not installed")
    frame = found.to_pandas()
    assert frame.groupby("optimizer")["loss"].min().to_dict() == pytest.approx({"Adam": 0.01, "SGD": 0.01})


def test_best_is_the_lowest_loss_of_the_successful_runs(found):
    assert found.best()["params"] in ({"optimizer": "SGD", "lr": 1.0}, {"optimizer": "Adam", "lr": 0.1})
    assert found.best("loss", larger_is_better=True)["result"]["loss"] == max(row["result"]["loss"] or 0 for row in found)
    with pytest.raises(ValueError, match="no successful run has a number 'acc'"):
        found.best("acc")


def test_the_plot_has_a_line_for_each_rule_and_a_band_from_the_lowest_to_the_highest_seed(found):
    picture = found.plot()
    assert str(picture).splitlines()[0] == "loss for each lr, 3 seeds"
    assert " ".join(str(picture).splitlines()[1].split()) == "SGD x 0.01 … 10, y 0.11 … 4.11"
    assert picture.svg.count('fill-opacity="0.15"') == 2
    with pytest.raises(ValueError, match="there is no parameter 'rate'; the parameters are optimizer, lr"):
        found.plot(x="rate")


def test_the_heat_map_has_the_means_over_seeds_and_a_cross_where_a_run_diverged(found):
    lines = str(found.heatmap()).splitlines()
    assert lines[1].split() == ["0.01", "0.1", "1", "10"]
    assert lines[2].split() == ["SGD", "4.11", "1.11", "0.11", "×"]
    assert lines[3].split() == ["Adam", "1.11", "0.11", "1.11", "4.11"]


def test_points_may_lack_a_parameter_or_contain_lists():
    def task(optimizer, lr=0.1, betas=None):
        return {"loss": lr + (betas or [1])[0]}

    rows = quiet(task, [{"optimizer": "SGD", "lr": 0.1}, {"optimizer": "SGD", "lr": 0.2}, {"optimizer": "Adam"}], None)
    assert "SGD" in str(rows.plot())
    assert len(str(rows.heatmap()).splitlines()) >= 4
    rows = quiet(task, {"optimizer": ["Adam"], "lr": [0.1, 0.2], "betas": [[0.9, 0.99], [0.5, 0.9]]}, None)
    assert str(rows.plot(by="betas")).count("(0.") == 2
    assert "(0.5, 0.9)" in str(rows.heatmap(y="betas"))
    with pytest.raises(ValueError, match=r"x needs numbers, but the parameter 'betas' has the value \[0.9, 0.99\]"):
        rows.plot(x="betas")


def test_a_parameter_does_not_hide_a_result_with_the_same_name():
    rows = quiet(lambda loss, lr: {"loss": lr}, {"loss": ["mse", "mae"], "lr": [0.1, 0.2]}, None)
    assert rows.column("loss").tolist() == ["mse", "mse", "mae", "mae"]
    assert rows.table()["loss (result)"].tolist() == [0.1, 0.2, 0.1, 0.2]
    assert rows.by_point("loss")[1][1].tolist() == [0.2]
    assert "0.2" in str(rows.heatmap(y="loss"))


def test_an_error_text_that_is_not_unicode_is_stored(tmp_path):
    def task(x):
        raise ValueError("bad \udc80 name")

    out = tmp_path / "runs.jsonl"
    assert len(quiet(task, {"x": [1, 2]}, None, out=out)) == 2
    assert train.Sweep.read(out)[0]["error"] == "ValueError: bad \udc80 name"


def test_a_single_worker_runs_one_at_a_time():
    if not REQUIRED:
        pytest.importorskip("joblib", reason="joblib runs the processes: pip install joblib")

    def task(x):
        begun = time.time()
        time.sleep(0.1)
        return {"begun": begun, "ended": time.time()}

    rows = quiet(task, {"x": range(4)}, workers=1)
    order = sorted((row["result"]["begun"], row["result"]["ended"]) for row in rows)
    assert all(ended <= begun for (_, ended), (begun, _) in itertools.pairwise(order))


def test_each_run_of_a_model_has_a_history():
    rows = quiet(nn.Linear(2, 1), {"optimizer": ["SGD"], "lr": [0.1]}, None, seeds=2, **FITTED)
    histories = rows.histories()
    assert list(histories) == ["SGD, 0.1, seed 0", "SGD, 0.1, seed 1"]
    assert histories["SGD, 0.1, seed 0"]["loss"] == rows[0]["curves"]["loss"]
    assert len(histories["SGD, 0.1, seed 1"]["acc"]) == 3


def test_progress_counts_earlier_results(tmp_path, capsys):
    out = tmp_path / "runs.jsonl"
    quiet(draws, {"x": range(3)}, None, out=out)
    capsys.readouterr()
    train.sweep(draws, {"x": range(4)}, None, out=out)
    assert "runs 4/4" in capsys.readouterr().err
