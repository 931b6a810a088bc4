"""The code blocks of both READMEs run in order, and print what the text says."""

from __future__ import annotations

import json
import re
import runpy
import statistics
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("name", ["README.md", "README.ko.md"])
def test_the_code_blocks_run(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / name).read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) >= 3
    monkeypatch.chdir(tmp_path)
    script = tmp_path / "readme.py"
    script.write_text("\n".join(blocks), encoding="utf-8")
    runpy.run_path(str(script))
    printed = capsys.readouterr().out
    loss = re.search(r"loss (\d\.\d+)", printed)
    assert loss is not None
    assert float(loss[1]) < 0.2
    assert printed.rstrip().endswith("True\nTrue")
    assert (tmp_path / "graph.svg").read_text(encoding="utf-8").startswith("<svg")


@pytest.mark.parametrize("name", ["README.md", "README.ko.md"])
def test_every_file_that_it_links_to_exists(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]
    files = re.findall(r"^\| `([\w./]+)`", text, re.MULTILINE)
    assert links
    missing = [path for path in links if not (ROOT / path).exists()]
    missing += [path for path in files if not (ROOT / "tinygrad_edu" / path).exists() and not (ROOT / path).exists()]
    assert missing == []


def test_both_readmes_have_the_same_code_and_the_same_sections() -> None:
    english, korean = ((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.ko.md"))

    def code(text: str) -> list[str]:
        blocks = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
        return [re.sub(r"\s*#.*", "", block) for block in blocks]

    assert code(english) == code(korean)
    assert english.count("\n## ") == korean.count("\n## ")


# --- its measurements ---


def ratios(model: dict[str, Any], first: str, others: list[str]) -> list[float]:
    """The medians of the ratios to `first` in each round, as in docs/_ext/benchmark_tables.py."""
    times = {name: found["seconds"] for name, found in model["results"].items() if "seconds" in found}
    return [statistics.median(a / b for a, b in zip(times[name], times[first], strict=True)) for name in others]


def named(model: dict[str, Any]) -> str:
    return f"{'-'.join(map(str, model['sizes']))}, {model['batch']}"


@pytest.mark.parametrize("page", ["README.md", "README.ko.md"])
def test_its_tables_are_the_measurements_in_docs(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    for model in json.loads((ROOT / "docs" / "benchmark.json").read_text(encoding="utf-8"))["models"]:
        mine = 1e6 * statistics.median(model["results"]["ours"]["seconds"])
        floor, plain, *torch, jax, mygrad, hips = ratios(
            model, "ours", ["numpy_floor", "numpy_plain", "torch_default", "torch_fused", "jax_jit", "mygrad_", "hips_autograd"]
        )
        cells = [f"{mine:,.0f} µs", *(f"{ratio:.2f}×" for ratio in (floor, plain, min(torch), jax, mygrad, hips))]
        assert f"| {named(model)} | {' | '.join(cells)} |\n" in text
    for model in json.loads((ROOT / "docs" / "benchmark_compiled.json").read_text(encoding="utf-8"))["models"]:
        found = ratios(model, "numpy_floor", ["ours", "ours_compiled", "ours_numba", "torch_fused", "jax_jit"])
        cells = [f"{ratio:.{digits}f}×" for ratio, digits in zip(found, (1, 2, 2, 1, 1), strict=True)]
        assert f"| {named(model)} | {' | '.join(cells)} |\n" in text
