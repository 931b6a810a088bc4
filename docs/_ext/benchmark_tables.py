"""Directives that show a benchmark's result file as a table, with the machine and the versions used."""

from __future__ import annotations

import json
import statistics
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

LABELS = {
    "ours": "tinygrad_edu",
    "ours_compiled": "compiled",
    "ours_numba": "compiled, numba",
    "numpy_floor": "NumPy, preallocated",
    "numpy_plain": "NumPy, plain",
    "torch_default": "PyTorch, default Adam",
    "torch_fused": "PyTorch, fused Adam",
    "torch_compile": "PyTorch, torch.compile",
    "machine_limit": "the machine's limit",
    "jax_jit": "JAX, jit",
    "mygrad_": "MyGrad",
    "hips_autograd": "HIPS autograd",
    "micrograd_": "micrograd",
}


def training(result: dict[str, Any]) -> str:
    """The median time of the baseline, and for every other framework the median of the ratios to it, taken round by round."""
    names = [name for name, found in result["models"][0]["results"].items() if "seconds" in found]
    first = "numpy_floor" if "ours_compiled" in names else "ours"
    names = [first, *(name for name in names if name != first)]
    lines = ["| model, batch | " + " | ".join(LABELS.get(name, name) for name in names) + " |", "|---" * (len(names) + 1) + "|"]
    for model in result["models"]:
        base = model["results"][first]["seconds"]
        cells = [f"{1e6 * statistics.median(base):,.0f} µs"]
        for name in names[1:]:
            times = model["results"][name].get("seconds")
            ratios = [a / b for a, b in zip(times, base, strict=True)] if times else []
            cells.append(f"{statistics.median(ratios):,.2f}×" if ratios else "")
        lines.append(f"| {'-'.join(map(str, model['sizes']))}, {model['batch']} | " + " | ".join(cells) + " |")
    versions = ", ".join(f"{name} {version}" for name, version in result["versions"].items() if version)
    measured = "; ".join(filter(None, [f"{result['rounds']} rounds", result["machine"], versions, result.get("date")]))
    return "\n".join([*lines, "", f"{measured}."])


PROGRAMS = {
    "cnn": "CNN with batch norm", "lstm": "LSTM", "gpt": "GPT, 4 layers", "vae": "variational autoencoder",
}  # fmt: skip


def programs(result: dict[str, Any]) -> str:
    """The median of PyTorch's times, and the median of the ratios to them, taken round by round."""
    lines = ["| model | PyTorch | eager | compiled |", "|---|---|---|---|"]
    for name, found in result["models"].items():
        times = found["seconds"]
        ratios = [[a / b for a, b in zip(times[who], times["torch"], strict=True)] for who in ("eager", "compiled")]
        cells = [f"{1e3 * statistics.median(times['torch']):.1f} ms", *(f"{statistics.median(each):.2f}×" for each in ratios)]
        lines.append(f"| {PROGRAMS[name]} | " + " | ".join(cells) + " |")
    return "\n".join([*lines, "", f"{result['rounds']} rounds; {result['measured']}."])


def mistakes(result: dict[str, Any]) -> str:
    """The numbers of mistakes detected and of correct programs flagged, per family."""
    lines = ["| family | detected | correct programs flagged |", "|---|---|---|"]
    rows = result["open"]["table"]
    lines += [f"| {r['family']} | {r['answered']} of {r['mistakes']} | {r['suspected']} of {r['correct']} |" for r in rows]
    return "\n".join(
        [*lines, "", f"Python {result['python']}, NumPy {result['numpy']}; the held-out third is not in this table."]
    )


class FromJson(SphinxDirective):
    """`{benchmark-table} FILE`, with the path relative to the page."""

    required_arguments = 1
    show = staticmethod(training)

    def run(self) -> list[nodes.Node]:
        """The table, parsed as the page's own markup."""
        path = (Path(self.env.doc2path(self.env.docname)).parent / self.arguments[0]).resolve()
        self.env.note_dependency(str(path))
        return self.parse_text_to_nodes(self.show(json.loads(path.read_text(encoding="utf-8"))))


class Mistakes(FromJson):
    """`{benchmark-mistakes} FILE`."""

    show = staticmethod(mistakes)


class Programs(FromJson):
    """`{benchmark-programs} FILE`."""

    show = staticmethod(programs)


class Printed(SphinxDirective):
    """`{benchmark-text} FILE`: the complete output of a script."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """A literal block."""
        path = Path(self.env.doc2path(self.env.docname)).parent / self.arguments[0]
        self.env.note_dependency(str(path))
        return [nodes.literal_block("", path.read_text(encoding="utf-8").rstrip(), language="text")]


def setup(app: Any) -> dict[str, Any]:
    """Called by Sphinx."""
    app.add_directive("benchmark-table", FromJson)
    app.add_directive("benchmark-mistakes", Mistakes)
    app.add_directive("benchmark-programs", Programs)
    app.add_directive("benchmark-text", Printed)
    return {"parallel_read_safe": True}
