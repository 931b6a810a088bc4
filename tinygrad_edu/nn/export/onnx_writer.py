"""The ONNX graph under construction: its nodes, its constants, and the names of its tensors."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...autograd.node import raw


class Writer:
    """The nodes and constants of the graph so far; every tensor in it has a name."""

    def __init__(self, helper: Any, numpy_helper: Any, batch: int) -> None:
        self.helper, self.numpy_helper, self.batch = helper, numpy_helper, batch
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self.names: dict[int, str] = {}
        self.kept: list[Any] = []  # keeps the objects alive, so that their ids stay valid

    def constant(self, array: Any, name: str | None = None) -> str:
        """Add a constant and return its name."""
        name = name or f"constant_{len(self.constants)}"
        self.constants.append(self.numpy_helper.from_array(np.ascontiguousarray(array).reshape(np.shape(array)), name))
        return name

    def node(self, kind: str, *inputs: str, **attributes: Any) -> str:
        """Add a node and return the name of its output."""
        name = f"{kind.lower()}_{len(self.nodes)}"
        self.nodes.append(self.helper.make_node(kind, list(inputs), [name], **attributes))
        return name

    def of(self, x: Any, dtype: Any = np.float32) -> str:
        """The name of an op's input: that of a known tensor, or of a new constant."""
        if id(x) not in self.names:
            self.names[id(x)] = self.constant(np.asarray(raw(x), getattr(x, "dtype", dtype)))
            self.kept.append(x)
        return self.names[id(x)]


def write_reshape(w: Writer, name: str, before: tuple[int, ...], after: tuple[int, ...]) -> str:
    """Add a Reshape and return the name of its output; the batch size stays variable if the batch axis stays first."""
    keeps_batch = before and after and before[0] == after[0] == w.batch
    return w.node("Reshape", name, w.constant(np.array([0, *after[1:]] if keeps_batch else after, np.int64)))
