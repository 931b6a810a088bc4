"""TensorBoard: the numbers, weights and graph of a run in TensorBoard's event files (extra `tensorboard`)."""

from __future__ import annotations

import math
import os
import time
from pathlib import Path
from typing import Any

import numpy as np

from ..._tensor import Tensor
from ...autograd.past.versions import inputs_then
from ...nn import Module
from .base import Callback, Run
from .logs import last_numbers


class TensorBoard(Callback):
    """Write event files, which `tensorboard --logdir logs` shows during the run.

    log_dir         a folder for this run; "train" and, with validation data, "validation" are created in it, as in Keras
    histogram_freq  write histograms of the weights every `histogram_freq` epochs; 0: never
    write_graph     write the graph of the first forward pass, grouped by module
    update_freq     "epoch", or "batch" to write the numbers of every update as well

    The tags are named as in Keras: "epoch_loss" in both folders, "epoch_acc", "epoch_learning_rate", "batch_loss". Raises
    ModuleNotFoundError if the package tensorboard is not installed.
    """

    def __init__(
        self, log_dir: str | os.PathLike[str] = "logs", histogram_freq: int = 0, write_graph: bool = True,
        update_freq: str = "epoch",
    ) -> None:  # fmt: skip
        if update_freq not in ("epoch", "batch"):
            raise ValueError(f"TensorBoard: update_freq must be 'epoch' or 'batch', got {update_freq!r}")
        self.log_dir, self.histogram_freq = Path(log_dir), histogram_freq
        self.write_graph, self.update_freq = write_graph, update_freq
        self._writers: dict[str, Any] = {}
        self._hook: Any = None
        self._seen: Tensor | None = None
        try:
            import tensorboard
        except ModuleNotFoundError:
            raise ModuleNotFoundError("TensorBoard: the package tensorboard is missing: pip install tensorboard") from None
        self.version = tensorboard.__version__

    def at_start(self, run: Run) -> None:
        if self.write_graph:
            self._hook = run.model.register_forward_hook(self._look)

    def _look(self, module: Module, args: Any, output: Any) -> None:
        if self._seen is None and isinstance(output, Tensor) and output._op is not None:
            self._seen = output

    def after_step(self, run: Run) -> None:
        if self._seen is not None and self._hook is not None:
            self._write("train", 0, graph_def=_graph(run.model, self._seen).SerializeToString())
            self._drop_hook()
        if self.update_freq == "batch":
            steps = {f"batch_{_theirs(name)}": values[-1] for name, values in run.history.steps.items() if name != "seconds"}
            self._scalars("train", len(run.history.steps["loss"]), steps)

    def after_epoch(self, run: Run) -> None:
        numbers = last_numbers(run)
        for folder in ("train", "validation"):
            part = {k: v for k, v in numbers.items() if k.startswith("val_") == (folder == "validation") and k != "seconds"}
            self._scalars(folder, run.epoch, {f"epoch_{_theirs(k.removeprefix('val_'))}": v for k, v in part.items()})
        if self.histogram_freq and run.epoch % self.histogram_freq == 0:
            for name, p in run.model.named_parameters():
                self._write("train", run.epoch, summary=_summary(name.replace(".", "/"), histo=_histogram(p._data)))
        for writer in self._writers.values():
            writer.flush()

    def at_end(self, run: Run) -> None:
        self._drop_hook()
        for writer in self._writers.values():
            writer.close()
        self._writers = {}

    def _drop_hook(self) -> None:
        if self._hook is not None:
            self._hook.remove()
        self._hook = self._seen = None

    def _scalars(self, folder: str, step: int, numbers: dict[str, float]) -> None:
        for name, value in numbers.items():
            self._write(folder, step, summary=_summary(name, simple_value=value))

    def _write(self, folder: str, step: int, **what: Any) -> None:
        from tensorboard.compat.proto.event_pb2 import Event
        from tensorboard.summary.writer.event_file_writer import EventFileWriter

        if folder not in self._writers:
            self._writers[folder] = EventFileWriter(str(self.log_dir / folder))
        self._writers[folder].add_event(Event(wall_time=time.time(), step=step, **what))


def _theirs(name: str) -> str:
    return "learning_rate" if name == "lr" else name


def _summary(tag: str, **value: Any) -> Any:
    from tensorboard.compat.proto.summary_pb2 import Summary

    return Summary(value=[Summary.Value(tag=tag, **value)])


def _histogram(values: np.ndarray[Any, Any]) -> Any:
    """30 buckets between the smallest and the largest finite value."""
    from tensorboard.compat.proto.summary_pb2 import HistogramProto

    x = values[np.isfinite(values)].astype(np.float64)
    counts, edges = np.histogram(x, 30) if x.size else (np.zeros(1), np.array([0.0, 1.0]))
    return HistogramProto(
        min=x.min(initial=math.inf) if x.size else 0.0, max=x.max(initial=-math.inf) if x.size else 0.0, num=x.size,
        sum=x.sum(), sum_squares=(x * x).sum(), bucket_limit=edges[1:].tolist(), bucket=counts.tolist(),
    )  # fmt: skip


def _graph(model: Module, output: Tensor) -> Any:
    """The recorded operations leading to `output`, and the parameters, as TensorBoard's GraphDef.

    An operation is grouped with the module whose parameter it reads, or, if it reads none, with its first input.
    """
    from tensorboard.compat.proto.graph_pb2 import GraphDef
    from tensorboard.compat.proto.node_def_pb2 import NodeDef

    paths = {id(p): name.replace(".", "/") for name, p in model.named_parameters()}
    names: dict[int, str] = {}
    nodes, todo, used = [], [(output, False)], {"input": 0}
    while todo:
        x, ready = todo.pop()
        if id(x) in names:
            continue
        inputs = [i for i in inputs_then(x) if isinstance(i, Tensor)]
        if not ready and inputs:
            todo += [(x, True), *((i, False) for i in inputs)]
            continue
        op = x._op.name if x._op is not None else "Parameter" if id(x) in paths else "Placeholder"
        group = next((paths[id(i)].rpartition("/")[0] for i in inputs if id(i) in paths), None)
        if group is None:
            group = names[id(inputs[0])].rpartition("/")[0] if inputs else ""
        name = paths.get(id(x)) or f"{group}/{op}".lstrip("/")
        used[name] = used.get(name, -1) + 1
        names[id(x)] = name if not used[name] else f"{name}_{used[name]}"
        nodes.append(NodeDef(name=names[id(x)], op=op, input=[names[id(i)] for i in inputs]))
    return GraphDef(node=nodes)
