"""The results of training.py as a picture: the time that each framework takes for a step, relative to tinygrad_edu's."""

from __future__ import annotations

import math
import statistics
from typing import Any

from tinygrad_edu.viz.charts.picture import Picture, document, text_at
from tinygrad_edu.viz.render.markup import tag

LABELS = {
    "ours": "tinygrad_edu",
    "ours_compiled": "tinygrad_edu, compiled",
    "ours_numba": "tinygrad_edu, compiled, numba",
    "numpy_floor": "NumPy, preallocated",
    "numpy_plain": "NumPy, as a student writes it",
    "torch_default": "PyTorch",
    "torch_fused": "PyTorch, fused Adam",
    "torch_compile": "PyTorch, torch.compile",
    "machine_limit": "the machine's limit",
    "jax_jit": "JAX, jit",
    "mygrad_": "MyGrad",
    "hips_autograd": "HIPS autograd",
    "micrograd_": "micrograd",
    "tinygrad_": "tinygrad, jit",
}
LEFT, BAR, ROW = 220, 420, 20
FIRST, LAST = 0.1, 100.0  # the range of the axis; longer bars end at its edge


def picture(report: dict[str, Any]) -> Picture:
    """Bars on a logarithmic scale, one group per model; the vertical line marks tinygrad_edu's time."""
    title = f"One training step, as a multiple of tinygrad_edu's time ({report['machine']})"
    start = LEFT + BAR * position(1.0)
    body, text, y = [text_at(24, 30, title, kind="tgc-title")], [title], 52.0
    for entry in report["models"]:
        results = {name: r["seconds"] for name, r in entry["results"].items() if "seconds" in r}
        ours = results["ours"]
        y += 22
        name = f"{'-'.join(map(str, entry['sizes']))}, batch {entry['batch']}"
        body.append(text_at(24, y, f"{name}: tinygrad_edu {statistics.median(ours) * 1e6:,.0f} µs"))
        text.append(name)
        top = y + 8
        ratios = {key: statistics.median([a / b for a, b in zip(times, ours, strict=True)]) for key, times in results.items()}
        for key, ratio in sorted(ratios.items(), key=lambda item: item[1]):
            y += ROW
            ends = LEFT + BAR * position(ratio)
            body.append(text_at(LEFT - 10, y + 4, LABELS[key], "end", "tgc-soft"))
            if key == "ours":
                body.append(tag("circle", class_="tgc-f1", cx=start, cy=y, r=5))
            else:
                x, width = min(start, ends), max(abs(ends - start), 1)
                body.append(
                    tag("rect", class_="tgc-f0" if ratio >= 1 else "tgc-f4", x=x, y=y - 6, width=width, height=12, rx=2)
                )
            beside = max(start, ends) + 8
            body.append(text_at(beside, y + 4, f"{ratio:,.2f}×" if ratio < 10 else f"{ratio:,.0f}×"))
            text.append(f"  {LABELS[key]:30} {ratio:8.2f}×")
        body.append(tag("path", class_="tgc-axis tgc-line", d=f"M{start:.1f} {top}V{y + 10}"))
        y += 14
    y += 16
    body.append(
        text_at(24, y, "Left of the line: faster than tinygrad_edu; right of it: slower. Logarithmic scale.", kind="tgc-soft")
    )
    return Picture(document(title, LEFT + BAR + 90, y + 22, body), "\n".join(text))


def position(ratio: float) -> float:
    """The position on the axis, from 0 to 1."""
    shown = min(max(ratio, FIRST), LAST)
    return math.log(shown / FIRST) / math.log(LAST / FIRST)
