"""An optimizer's state as a dict and back, under PyTorch's keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..autograd.primitive import is_tensor
from .layout import Slot, parameter_name

if TYPE_CHECKING:
    from .optimizer import Optimizer


def state_dict(optimizer: Optimizer) -> dict[str, Any]:
    """See Optimizer.state_dict."""
    index = {id(p): i for i, p in enumerate(p for group in optimizer.param_groups for p in group["params"])}
    groups = []
    for group in optimizer.param_groups:
        packed = {key: value for key, value in group.items() if key != "params"}
        packed["params"] = [index[id(p)] for p in group["params"]]
        if callable(packed["lr"]):
            packed["lr"] = float(packed["lr"](optimizer.steps))
        groups.append(packed)
    state = {index[id(p)]: entry for p, entry in optimizer.state.items()}
    return {"state": state, "param_groups": groups, "steps": optimizer.steps}


def load_state_dict(optimizer: Optimizer, state_dict: dict[str, Any]) -> None:
    """See Optimizer.load_state_dict."""
    saved_groups, saved_state = state_dict["param_groups"], state_dict["state"]
    _check_sizes(optimizer, saved_groups)
    memory: dict[int, Slot] = {}
    for saved, group in zip(saved_groups, optimizer.param_groups, strict=True):
        for number, (key, p) in enumerate(zip(saved["params"], group["params"], strict=True)):
            memory[id(p)] = _slot(optimizer, p, parameter_name(group, number), saved_state.get(key, {}))
    for saved, group in zip(saved_groups, optimizer.param_groups, strict=True):
        keep_lr = callable(group["lr"])
        group.update({k: v for k, v in saved.items() if k != "params" and not (k == "lr" and keep_lr)})
        if isinstance(group.get("betas"), list):  # JSON and the like know no tuples
            group["betas"] = tuple(group["betas"])
    optimizer._memory = memory
    optimizer._layouts = {}
    optimizer.steps = int(state_dict.get("steps", max((slot.t for slot in memory.values()), default=0)))


def _check_sizes(optimizer: Optimizer, saved_groups: list[dict[str, Any]]) -> None:
    if len(saved_groups) != len(optimizer.param_groups):
        raise ValueError(
            "loaded state dict has a different number of parameter groups "
            f"({len(saved_groups)}, the optimizer has {len(optimizer.param_groups)})"
        )
    for saved, group in zip(saved_groups, optimizer.param_groups, strict=True):
        if len(saved["params"]) != len(group["params"]):
            raise ValueError(
                "loaded state dict contains a parameter group that doesn't match the size of optimizer's group "
                f"({len(saved['params'])} parameters, the optimizer's has {len(group['params'])})"
            )


def _slot(optimizer: Optimizer, p: Any, name: str, entry: dict[str, Any]) -> Slot:
    slot = Slot(p, name)
    for b in optimizer.buffers:
        if entry.get(b.key) is not None:
            value = np.asarray(array_of(entry[b.key])).astype(p._data.dtype)
            if value.shape != p._data.shape:
                raise ValueError(
                    f"{type(optimizer).__name__}.load_state_dict: {b.key} of {name} has shape {value.shape}, "
                    f"the parameter {p._data.shape}"
                )
            slot.buffers[b.name] = value.reshape(-1)
    # PyTorch's SGD stores no step: any number above 1 says that the first one is over.
    slot.t = int(entry["step"]) if "step" in entry else (2 if slot.buffers else 0)
    return slot


def array_of(value: Any) -> Any:
    """The array in a Tensor of ours; other values (arrays, numbers, PyTorch's tensors) NumPy can convert itself."""
    return value._data if is_tensor(value) else value
