"""Checkpoints: everything that a training run needs to continue as if it had not been interrupted, in one file."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

from .._files import damaged, read, write
from .._files.source import Readable
from .._files.whole_write import Target
from .._interrupts import uninterrupted
from .._tensor import Tensor
from .._wording import counted
from ..nn import Module
from ..nn.lazy_parameter import UninitializedParameter
from ..ops.stream_states import check_streams, set_streams, streams
from ..optim import Optimizer
from ..optim.lr_scheduler import LRScheduler
from .history import History
from .ranks import check_same_weights, ranks_of, unwrapped


def save_checkpoint(
    path: Target,
    model: Module,
    optimizer: Optimizer | None = None,
    schedule: Any = None,
    *,
    loader: Any = None,
    history: History | None = None,
    **extra: Any,
) -> None:
    """Write everything that is needed to continue; `extra` is returned by load_checkpoint.

    path    a path, or a file that is open for writing bytes
    loader  a DataLoader, ChunkLoader or anything else with a state_dict(), to save its position in the epoch
    extra   numbers, strings, None, arrays, Tensors, and lists, tuples and dicts of them

    The states of the random generators of this package, Python and NumPy are included. The file is in the safetensors format,
    with the weights under "model.…" and a checksum. A file at a path appears complete or not at all. A value that could not
    be read back raises an error before anything is written. All ranks of a DistributedDataParallel call it together: their
    weights are compared, and rank 0 writes the wrapped module, with the random states, loaders and histories of every rank.
    """
    parts = {"model": model, "optimizer": optimizer, "schedule": schedule, "loader": loader, "history": history}
    _check_kinds("save_checkpoint", "write", path, parts)
    save_parts(path, parts, extra)


def load_checkpoint(
    path: Readable,
    model: Module,
    optimizer: Optimizer | None = None,
    schedule: Any = None,
    *,
    loader: Any = None,
    history: History | None = None,
) -> dict[str, Any]:
    """Restore each part, and the random generators, to the state in which save_checkpoint found them; return `extra`.

    All or nothing: if the file is damaged or not a checkpoint, or a part is missing or does not match, ValueError is raised
    with the file's name and the reason, and nothing is changed. If as many ranks load the file as saved it, each continues with
    its own random state. Otherwise the random generators are left unchanged, and `loader`, whose position belongs to one
    rank, raises ValueError.

    >>> import os, tempfile
    >>> import tinygrad_edu as tg
    >>> model = tg.nn.Linear(2, 1)
    >>> path = os.path.join(tempfile.mkdtemp(), "run.safetensors")
    >>> save_checkpoint(path, model, epoch=3)
    >>> load_checkpoint(path, tg.nn.Linear(2, 1))
    {'epoch': 3}
    """
    parts = {"model": model, "optimizer": optimizer, "schedule": schedule, "loader": loader, "history": history}
    _check_kinds("load_checkpoint", "read", path, parts)
    return load_parts(path, parts)


def _check_kinds(who: str, method: str, path: Any, parts: dict[str, Any]) -> None:
    """Raise TypeError for arguments in the wrong order, and for a state_dict in place of the object."""
    if not isinstance(path, (str, bytes, os.PathLike)) and not hasattr(path, method):
        raise TypeError(f"{who}: the first argument is a path or an open file, the second the model; got {_kind(path)} first")
    if not isinstance(parts["model"], Module):
        raise TypeError(f"{who}: model must be an nn.Module itself, not its state_dict; got {_kind(parts['model'])}")
    for name, part in _there(parts):
        wrong = {
            "optimizer": (Module, LRScheduler),
            "schedule": (Module, Optimizer),
            "loader": (Module, Optimizer, LRScheduler),
        }
        if not hasattr(part, "state_dict") or isinstance(part, wrong.get(name, ())):
            raise TypeError(f"{who}: {name} must be the object itself, with a state_dict(); got {_kind(part)}")


def _kind(value: Any) -> str:
    return f"the class {value.__name__}" if isinstance(value, type) else type(value).__name__


OWN = ("random", "loader", "history", "fit")
"""Parts that differ between ranks; the others are the same on all of them."""


def save_parts(path: Target, parts: dict[str, Any], extra: dict[str, Any]) -> None:
    """See save_checkpoint; `parts` contains "model"; parts that are None are omitted."""
    model = parts["model"]
    ranks = ranks_of(model)
    if ranks is not None:
        check_same_weights(ranks, model, "save_checkpoint")
    with uninterrupted():
        state = {name: part.state_dict() for name, part in _there({**parts, "model": unwrapped(model)})}
        mine = {"random": streams(), **{name: state.pop(name) for name in OWN if name in state}}
    own = [mine] if ranks is None else ranks.all_gather_object(mine)
    problem = None
    if ranks is None or ranks.rank() == 0:
        try:
            write("save_checkpoint", path, {**state, "ranks": own, "extra": extra})
        except Exception as error:
            problem = error
    if ranks is not None:  # all continue once the file exists, and none waits for a rank that failed to write it
        text = ranks.all_gather_object(None if problem is None else f"{type(problem).__name__}: {problem}")[0]
        problem = problem or (RuntimeError(f"save_checkpoint: rank 0 could not write the file: {text}") if text else None)
    if problem is not None:
        raise problem


def _there(parts: dict[str, Any]) -> list[tuple[str, Any]]:
    return [(name, part) for name, part in parts.items() if part is not None]


def load_parts(path: Readable, parts: dict[str, Any]) -> dict[str, Any]:
    """See load_checkpoint; load `parts` in order."""
    tree, name = read_checkpoint(path)
    ranks, wanted = ranks_of(parts["model"]), dict(_there({**parts, "model": unwrapped(parts["model"])}))
    here, there = 1 if ranks is None else ranks.size(), len(tree["ranks"])
    mine = tree["ranks"][ranks.rank() if ranks is not None and here == there else 0]
    state = {**tree, **mine}
    missing = [part for part in wanted if part not in state]
    if "fit" in missing:
        raise damaged(
            "load_checkpoint", name, "was saved by save_checkpoint, not by train.Checkpoint in fit: use load_checkpoint"
        )
    if missing:
        raise damaged("load_checkpoint", name, f"was saved without {' and '.join(missing)}")
    if here != there and ("loader" in wanted or "fit" in wanted):
        raise damaged(
            "load_checkpoint",
            name,
            f"was saved by {counted(there, 'process', 'processes')} and is loaded by {here}: only weights, optimizer, "
            "schedule and history can be loaded",
        )
    with uninterrupted():
        _load_all(name, wanted, state)
        if here == there:
            set_streams(mine["random"])
    extra: dict[str, Any] = tree["extra"]
    return extra


def read_checkpoint(path: Readable) -> tuple[dict[str, Any], str]:
    """The parts of a checkpoint as stored in the file, and the file's name; ValueError for another kind of file."""
    tree = read("load_checkpoint", path).value
    name = os.fsdecode(path) if isinstance(path, (str, bytes, os.PathLike)) else f"the {type(path).__name__}"
    if not is_checkpoint(tree):
        what = (
            "only weights; use tinygrad_edu.load" if isinstance(tree, dict) and _are_weights(tree.values()) else "other values"
        )
        raise damaged("load_checkpoint", name, f"is not a checkpoint: it contains {what}")
    for own in tree["ranks"]:
        try:
            check_streams(own["random"])
        except ValueError as error:
            raise damaged("load_checkpoint", name, f"cannot be loaded: {error}") from error
    return tree, name


def is_checkpoint(tree: Any) -> bool:
    """Whether this has the structure that save_checkpoint writes, without checking its parts."""
    if not isinstance(tree, dict) or not all(isinstance(tree.get(part), dict) for part in ("model", "extra")):
        return False
    ranks = tree.get("ranks")
    return isinstance(ranks, list) and len(ranks) > 0 and all(isinstance(own, dict) and "random" in own for own in ranks)


def _are_weights(values: Iterable[Any]) -> bool:
    return all(isinstance(value, Tensor) for value in values)


def _load_all(file: str, wanted: dict[str, Any], tree: dict[str, Any]) -> None:
    """Load every part, or leave every part unchanged."""
    done: list[tuple[Any, Any]] = []
    lazy = [(p, dict(p.__dict__)) for p in wanted["model"].parameters() if isinstance(p, UninitializedParameter)]
    for part, thing in wanted.items():
        done.append((thing, thing.state_dict()))
        try:
            thing.load_state_dict(tree[part])
        except Exception as error:
            for p, attributes in lazy:
                p.__class__ = UninitializedParameter
                p.__dict__.clear()
                p.__dict__.update(attributes)
            for other, state in reversed(done):
                other.load_state_dict(state)
            raise damaged(
                "load_checkpoint", file, f"has a state of the {'run' if part == 'fit' else part} that cannot be loaded: {error}"
            ) from error
