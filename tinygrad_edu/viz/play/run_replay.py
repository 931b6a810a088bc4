"""A recorded training run as a page with a time slider."""

from __future__ import annotations

import html
from typing import Any

from ..._language import translate
from ..._wording import counted
from ..charts.training_run import history as still_picture
from ..render.escape import escaped
from ..render.page import Page
from ..render.page_template import fill, looks, script_json, template
from .replay_data import BINS, LEVELS, curve, histograms, predictions


def replay(run: Any, *, title: str = "") -> Page:
    """Step through a training run in time, from what `train.fit(…, record=train.Recorder())` has recorded.

    run  the History of such a run

    The page shows losses, learning rate and gradient norms; for the chosen frame, the decision boundary, fitted curve or
    predictions, and the confusion matrix; histograms of the weights and gradients over time; and the findings of the graph.
    200 frames of a small model take less than 2 MB.

    >>> import tinygrad_edu as tg
    >>> X, y = tg.data.moons(60)
    >>> model = tg.nn.MLP([2, 4, 1])
    >>> history = tg.train.fit(model, X, y, loss="binary_crossentropy", epochs=4, progress=False, record=tg.train.Recorder())
    >>> print(replay(history))
    Training: 9 frames of 8 updates
    """
    recording = getattr(run, "recording", None)
    if recording is None or not recording.frames:
        raise ValueError("replay: this History has no frames; record them with train.fit(…, record=train.Recorder())")
    frames, updates = recording.frames, len(run.steps["loss"])
    heading, title = "{{title}}" if title else "{{text:Training}}", title or translate("Training")
    findings = _findings(frames)
    data = {
        "steps": [frame.step for frame in frames],
        "epochs": [frame.epoch for frame in frames],
        "curves": {name: curve(run.steps[name]) for name in ("loss", "lr", "grad_norm")},
        "perEpoch": _per_epoch(run, updates),
        "updates": updates,
        "stopped": run.stopped,
        "bins": BINS,
        "levels": LEVELS,
        "parameters": histograms(frames),
        "leftOut": recording.left_out,
        "predictions": predictions(frames, recording.shown) if recording.shown is not None else None,
        "findings": [{"what": what, "text": text, "at": at} for (what, text), at in findings.items()],
    }
    values = {
        "title": html.escape(escaped(title, "xml")),
        "about": html.escape(_about(run, updates)),
        "still": still_picture(run).svg,
        "data": script_json(data),
        **looks(),
    }
    page = template(__package__, "run_replay.html", ["run_replay.js"]).replace("{{heading}}", heading)
    return Page(
        fill(page, values, dict(recording.korean)),
        f"{title}: {len(frames)} frames of {counted(updates, 'update')}",
        title,
        height=900,
    )


def _about(run: Any, updates: int) -> str:
    epochs = len(run.epochs.get("loss", []))
    parts = [
        translate("1 update") if updates == 1 else translate("{n} updates").format(n=updates),
        translate("1 epoch") if epochs == 1 else translate("{n} epochs").format(n=epochs),
    ]
    return ", ".join([*parts, *([run.stopped] if run.stopped else [])])


def _per_epoch(run: Any, updates: int) -> dict[str, Any]:
    """The numbers of each epoch, and the update after which they were computed, assuming that epochs are equally long."""
    names = [name for name in run.epochs if name not in ("lr", "seconds")]
    count, frames = len(run.epochs.get("loss", [])), run.recording.frames
    cut_short = [frame.step for frame in frames if frame.epoch - frames[0].epoch >= count]  # frames of an unfinished epoch
    ends = [round(min([updates, *cut_short]) * (k + 1) / count) for k in range(count)]
    return {"at": ends, "y": {name: curve(run.epochs[name]) for name in names}}


def _findings(frames: Any) -> dict[tuple[str, str], list[int]]:
    """(kind, text) -> the frames with that finding; texts that differ only in digits or after the colon are merged."""
    found: dict[tuple[str, str], list[int]] = {}
    first: dict[str, tuple[str, str]] = {}
    for k, frame in enumerate(frames):
        for what, text in frame.findings:
            key = first.setdefault(what + "".join(c for c in text.split(":")[0] if not c.isdigit()), (what, text))
            where = found.setdefault(key, [])
            if not where or where[-1] != k:
                where.append(k)
    return found
