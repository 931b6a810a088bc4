"""Checkpoints: model, optimizer, schedule and random state in one file, so that a run continues as if it had never stopped.

The file is NumPy's .npz: the arrays, and one JSON text that says where they belong. Nothing in it is executed on loading.
"""

from __future__ import annotations

import json
import os
from typing import Any

import numpy as np

from .._tensor import Tensor
from ..autograd.node import from_array
from ..nn import Module
from ..ops.random import default_generator
from ..optim import Optimizer
from .ranks import check_same_weights, ranks_of, unwrapped


def save_checkpoint(
    path: str | os.PathLike[str], model: Module, optimizer: Optimizer | None = None, schedule: Any = None, **extra: Any
) -> None:
    """Write everything that is needed to go on; `extra` is given back by load_checkpoint.

    extra: numbers, texts, None, arrays, Tensors, and lists, tuples and dicts of them. The file appears whole or not at all.
    All ranks of a DistributedDataParallel call it together: their weights are compared, and rank 0 writes the module inside,
    with the random stream of every rank.
    """
    ranks, random = ranks_of(model), default_generator.get_state()
    if ranks is not None:
        check_same_weights(ranks, model, "save_checkpoint")
        random = ranks.all_gather_object(random)
        model = unwrapped(model)
    if ranks is None or ranks.rank() == 0:
        _write(path, model, optimizer, schedule, random, extra)
    if ranks is not None:
        ranks.barrier()  # nobody reads the file before it is there


def _write(path: str | os.PathLike[str], model: Module, optimizer: Any, schedule: Any, random: Any, extra: Any) -> None:
    parts = {"model": model, "optimizer": optimizer, "schedule": schedule}
    state: dict[str, Any] = {name: part.state_dict() for name, part in parts.items() if part is not None}
    arrays: dict[str, np.ndarray] = {}
    tree = _pack({**state, "random": random, "extra": extra}, arrays)
    target = os.fspath(path)
    with open(f"{target}.part", "wb") as file:
        np.savez(file, tree=np.array(json.dumps(tree)), **arrays)  # type: ignore[arg-type]  # the stub mistakes a name
    os.replace(f"{target}.part", target)


def load_checkpoint(
    path: str | os.PathLike[str], model: Module, optimizer: Optimizer | None = None, schedule: Any = None
) -> dict[str, Any]:
    """Put model, optimizer and schedule, and the default random stream, where save_checkpoint found them; returns `extra`.

    A DistributedDataParallel of as many ranks as had saved goes on with the random stream of each; on another number of ranks,
    and in one process, the random streams are left as they are. Raises ValueError for a part that the file does not have.

    >>> import os, tempfile
    >>> import tinygrad_edu as tg
    >>> model = tg.nn.Linear(2, 1)
    >>> path = os.path.join(tempfile.mkdtemp(), "run.npz")
    >>> save_checkpoint(path, model, epoch=3)
    >>> load_checkpoint(path, tg.nn.Linear(2, 1))
    {'epoch': 3}
    """
    tree = read_tree(path)
    wanted = {"model": model, "optimizer": optimizer, "schedule": schedule}
    missing = [name for name, part in wanted.items() if part is not None and name not in tree]
    if missing:
        raise ValueError(f"load_checkpoint: {os.fspath(path)} was saved without {' and '.join(missing)}")
    ranks = ranks_of(model)
    wanted["model"] = unwrapped(model)
    for name, part in wanted.items():
        if part is not None:
            part.load_state_dict(tree[name])
    streams = tree["random"] if isinstance(tree["random"], list) else [tree["random"]]
    if len(streams) == (1 if ranks is None else ranks.size()):
        default_generator.set_state(streams[0 if ranks is None else ranks.rank()])
    extra: dict[str, Any] = tree["extra"]
    return extra


def read_tree(path: str | os.PathLike[str]) -> dict[str, Any]:
    """What is in a checkpoint: the state_dict of each part that was saved, "random" and "extra"."""
    with np.load(path, allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    tree: dict[str, Any] = _unpack(json.loads(str(arrays.pop("tree"))), arrays)
    return tree


def _pack(value: Any, arrays: dict[str, np.ndarray]) -> Any:
    """A value in a form that JSON has; arrays go to `arrays`. Dicts become lists of pairs, so that keys keep their type."""
    if isinstance(value, (Tensor, np.ndarray, np.generic)):
        kind = "tensor" if isinstance(value, Tensor) else "array"
        name = f"a{len(arrays)}"
        arrays[name] = value._data if isinstance(value, Tensor) else np.asarray(value)
        return {kind: name}
    if isinstance(value, dict):
        return {"dict": [[_pack(k, arrays), _pack(v, arrays)] for k, v in value.items()]}
    if isinstance(value, (list, tuple)):
        return {type(value).__name__: [_pack(v, arrays) for v in value]}
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    raise TypeError(f"save_checkpoint: cannot save a {type(value).__name__}; numbers, texts, arrays and lists of them it can")


def _unpack(value: Any, arrays: dict[str, np.ndarray]) -> Any:
    if not isinstance(value, dict):
        return value
    (kind, content), *_ = value.items()
    if kind == "tensor":
        return from_array(arrays[content])
    if kind == "array":
        return arrays[content]
    if kind == "dict":
        return {_unpack(k, arrays): _unpack(v, arrays) for k, v in content}
    items = [_unpack(v, arrays) for v in content]
    return tuple(items) if kind == "tuple" else items
