"""A race painted by matplotlib: the paths and the losses."""

from __future__ import annotations

import numpy as np

from ..render.style import SERIES
from .race_chart import levels
from .result import Result


def png(race: Result, path: str) -> None:
    """The paths and the losses as a PNG still."""
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise ImportError(
            'Race.save: .png is drawn by matplotlib: pip install "tinygrad_edu[viz]"; .svg needs nothing'
        ) from error
    figure = Figure(figsize=(11, 5), layout="constrained")
    ground, curves = figure.subplots(1, 2)
    x0, x1, y0, y1 = race.surface.box
    x, y = np.meshgrid(np.linspace(x0, x1, race.surface.grid), np.linspace(y0, y1, race.surface.grid))
    values = race.surface.values(x, y)
    lowest = race.surface.lowest if race.surface.lowest is not None else float(np.nanmin(values))
    ground.contour(x, y, values, levels(race, lowest, float(np.nanmax(values))), colors="0.6", linewidths=0.7)
    for k, lane in enumerate(race.lanes):
        color, style = SERIES[k % len(SERIES)][0], ("-", "--", ":", "-.")[k % 4]
        ground.plot(
            lane.path[:, 0], lane.path[:, 1], style, color=color, label=f"{lane.name}, lr {lane.lr:g}: {race.ending(lane)}"
        )
        curves.plot(np.maximum(lane.loss - lowest, 1e-12), style, color=color)
        for other, loss in zip(lane.paths, lane.losses, strict=True):
            if other is not lane.path:
                ground.plot(other[:, 0], other[:, 1], color=color, linewidth=0.7, alpha=0.35)
                curves.plot(np.maximum(loss - lowest, 1e-12), color=color, linewidth=0.7, alpha=0.35)
    ground.set(xlim=(x0, x1), ylim=(y0, y1), title=race.surface.name)
    below = any(bool((loss - lowest < 1e-12).any()) for lane in race.lanes for loss in lane.losses)
    edge = " (lines at 1e−12: there or below)" if below else ""
    curves.set(yscale="log", xlabel="step" + edge, title="loss above the lowest value")
    ground.legend(fontsize=7)
    figure.savefig(path, dpi=120)
