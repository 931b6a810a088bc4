"""The examples of docs/scaling.md, on small data, and the agreement of the page with its measurements."""

from __future__ import annotations

import importlib.util
import json
import re
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tinygrad_edu as tg

from ..distributed.launch import MPIEXEC, needs_mpi

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
if not EXAMPLES.is_dir():
    pytest.skip("the examples are not next to the tests", allow_module_level=True)


def test_the_examples_are_short() -> None:
    for name in ("data_parallel", "sweep", "stream"):
        assert len((EXAMPLES / f"{name}.py").read_text(encoding="utf-8").splitlines()) < 80


def test_rows_sorted_by_class_need_many_mixed_chunks_or_a_shuffled_file(capsys: Any) -> None:
    found = runpy.run_path(str(EXAMPLES / "stream.py"))["main"](40_000)
    few, many, shuffled = found.values()
    assert few < 0.75
    assert min(many, shuffled) > 0.78
    assert "shuffled once on disk" in capsys.readouterr().out


def test_a_sweep_finds_the_best_rate_and_continues_where_it_stopped(tmp_path: Path, capsys: Any) -> None:
    main = runpy.run_path(str(EXAMPLES / "sweep.py"))["main"]
    grid = {"optimizer": ["SGD", "Adam"], "lr": [0.001, 0.1, 10.0]}
    runs = main(tmp_path, grid, seeds=2, epochs=4, scheduler=None)
    losses = {(r["params"]["optimizer"], r["params"]["lr"]): r["result"].get("val_loss", np.inf) for r in runs}
    assert losses["SGD", 0.1] < min(losses["SGD", 0.001], losses["SGD", 10.0])
    assert {p.name for p in tmp_path.iterdir()} == {"runs.jsonl", "loss_by_rate.svg", "heat_map.svg", "runs.html"}
    written = (tmp_path / "runs.jsonl").read_text()
    main(tmp_path, grid, seeds=2, epochs=4, scheduler=None)
    assert (tmp_path / "runs.jsonl").read_text() == written
    assert "best: " in capsys.readouterr().out


@needs_mpi
@pytest.mark.slow
def test_ranks_train_the_same_weights_on_the_digits() -> None:
    printed = {}
    for ranks in (1, 2, 3):
        command = [str(MPIEXEC), "-n", str(ranks), sys.executable, str(EXAMPLES / "data_parallel.py")]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
        printed[ranks] = re.fullmatch(r"(\d) ranks?: test accuracy (.*), .* s, sum of \|weights\| (.*)\n", done.stdout)
    assert [found[1] for found in printed.values()] == ["1", "2", "3"]
    assert len({found[2] for found in printed.values()}) == len({found[3][:-2] for found in printed.values()}) == 1


# --- the page ---


def benchmark(name: str) -> Any:
    path = ROOT / "benchmarks" / f"{name}.py"
    if not path.exists():
        pytest.skip("the benchmarks are not here")
    sys.path.insert(0, str(path.parent))
    try:
        spec = importlib.util.spec_from_file_location(f"benchmark_of_{name}", path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(path.parent))
    return module


@pytest.mark.parametrize("name", ["scaling", "streams"])
def test_the_pages_tables_agree_with_the_measurements(name: str) -> None:
    found = json.loads((ROOT / "docs" / f"{name}.json").read_text())
    assert f"\n{benchmark(name).tables(found)}\n" in (ROOT / "docs" / "scaling.md").read_text(encoding="utf-8")


def test_the_model_agrees_with_the_page() -> None:
    model = benchmark("scaling")
    fit, network = {"t0": 1e-4, "a": 2e-9, "c": 1e-10, "f": 5e-5, "b": 1e-9}, (1e-5, 1e9)
    assert model.allreduce(1, 4e6, network) == 0
    assert model.allreduce(2, 4e6, network) == pytest.approx(2e-5 + 4e-3)  # a latency each way, and every byte once
    assert model.allreduce(1024, 4e6, network) == pytest.approx(2 * 10 * 1e-5 + 2 * 1023 / 1024 * 4e-3)
    assert model.step_time(fit, 1, 1e6, 100, network) == pytest.approx(1e-4 + 2e-3 + 1e-2)
    rows = model.rows_for(fit, network)
    P, n = 1e12, 10**6  # so large that latencies and fixed costs vanish
    efficiency = model.step_time(fit, 1, P, rows * n, network) / n / model.step_time(fit, n, P, rows, network)
    assert efficiency == pytest.approx(0.8, rel=1e-3)


def test_the_fit_recovers_known_coefficients() -> None:
    rng = np.random.default_rng(0)
    columns = rng.uniform(1, 1000, (3, 40))
    times = np.array([2e-4, 3e-6, 0.0]) @ columns
    found = benchmark("scaling").relative_fit(columns.tolist(), times.tolist())
    np.testing.assert_allclose(found, [2e-4, 3e-6, 0.0], rtol=1e-9, atol=1e-12)


@pytest.mark.live
def test_pytorch_and_jax_compute_the_same_outputs_from_the_saved_weights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("torch", reason="PyTorch is not installed")
    pytest.importorskip("jax", reason="JAX is not installed")
    page = (ROOT / "docs" / "scaling.md").read_text(encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    (ours,) = re.findall(r"^```python\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    exec(ours, names)
    expected = names["model"](names["x"]).detach().numpy()
    theirs = re.findall(r"^```py\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    assert len(theirs) == 2
    for lines in theirs:
        *before, last = lines.strip().splitlines()
        space: dict[str, Any] = {}
        exec("\n".join(before), space)
        found = eval(last, space)
        np.testing.assert_allclose(np.asarray(found.detach() if hasattr(found, "detach") else found), expected, rtol=1e-5)
    assert isinstance(names["x"], tg.Tensor)
