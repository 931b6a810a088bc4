"""Saving an optimizer's state to a dict, with PyTorch's keys, and loading it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from ..autograd.node import from_array
from ..autograd.user_line import warn_user
from .bucket import Array, Buffer, Slot
from .layout import Layout
from .loaded_state import load_into, number_or_tensor, pytorch_options, snapshot


class StateDict:
    """The part of an Optimizer that saves and loads: the buffers of each parameter, and the options of its groups."""

    buffers: ClassVar[tuple[Buffer, ...]] = ()
    pytorch: ClassVar[Mapping[str, Any]] = {}
    """Option values that describe PyTorch's version of this rule, where they are not the defaults here."""
    in_pytorch: ClassVar[tuple[str, ...]] = ("maximize",)
    """Keyword-only options that PyTorch's version of this rule has as well."""

    defaults: dict[str, Any]
    param_groups: list[dict[str, Any]]
    steps: int
    _layouts: dict[int, Layout]  # by number of the group
    _memory: dict[int, Slot]  # id(parameter) -> its buffers and step count
    _own_state: defaultdict[Any, dict[str, Any]]

    @property
    def _keeps_own_state(self) -> bool:
        """Whether the class fills `state` itself, as one written for PyTorch does."""
        raise NotImplementedError

    @property
    def state(self) -> dict[Any, dict[str, Any]]:
        """Parameter -> {"step": t, PyTorch's key: Tensor that shares the buffer's memory}, for parameters updated so far.

        For a class that overrides step() instead of update(), as one written for PyTorch does, a dict that the class fills.
        """
        return self._own_state if self._keeps_own_state else stepped_state(self)

    def _scalars(self, t: int, group: dict[str, Any]) -> dict[str, float]:
        """Numbers that PyTorch stores and that are computed from t here."""
        return {}

    def state_dict(self, tensor: Callable[[Array], Any] = from_array) -> dict[str, Any]:
        """Everything that the optimizer needs to resume: {"state": {index: …}, "param_groups": […], "steps": …}.

        Keys other than "steps" are PyTorch's; parameters are numbered in the order of the groups. The result is a snapshot,
        which later steps do not change (PyTorch's shares memory). A callable lr is stored as its current value.

        tensor: converts the arrays of the result to tensors. With `torch.from_numpy`, PyTorch's optimizer can load the result:
        `theirs.load_state_dict(ours.state_dict(torch.from_numpy))`. Momentum buffers that contain lr (lr_in_buffer) are
        divided by it; a warning names other conventions that PyTorch does not have (eps_in_sqrt, decay, …).
        """
        return new_state_dict(self, tensor)

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Restore a state saved here or by PyTorch. Buffers are copied and cast to the parameters' dtype.

        Options are restored as well; a state from PyTorch sets PyTorch's conventions (eps_in_sqrt, lr_in_buffer, …). A group
        whose lr is a callable keeps it. Before anything is changed, raises ValueError if groups, shapes or the rule differ, and
        ValueError or TypeError for invalid values.
        """
        load_into(self, state_dict)

    def __getstate__(self) -> dict[str, Any]:
        """For pickle and copy: without layouts, because copies of their views would no longer share memory."""
        kept = {id(p) for group in self.param_groups for p in group["params"]}
        slots = [slot for key, slot in self._memory.items() if key in kept]
        return {**self.__dict__, "_memory": slots, "_layouts": {}, "_scratch": {}}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._memory = {id(slot.param): slot for slot in state["_memory"]}


def stepped_state(optimizer: StateDict) -> dict[Any, dict[str, Any]]:
    """See Optimizer.state."""
    state: defaultdict[Any, dict[str, Any]] = defaultdict(dict)
    for group in optimizer.param_groups:
        for p in group["params"]:
            slot = optimizer._memory.get(id(p))
            if slot is not None and slot.t:
                keyed = {b.key: slot.buffers[b.name] for b in optimizer.buffers if b.name in slot.buffers}
                tensors = {key: from_array(value.reshape(p._data.shape)) for key, value in keyed.items()}
                state[p] = {"step": slot.t, **tensors, **optimizer._scalars(slot.t, group)}
    return state


def new_state_dict(optimizer: StateDict, tensor: Callable[[Array], Any]) -> dict[str, Any]:
    """See Optimizer.state_dict."""
    index = {id(p): i for i, p in enumerate(p for group in optimizer.param_groups for p in group["params"])}
    theirs = pytorch_options(optimizer)
    groups = []
    for group in optimizer.param_groups:
        packed = {key: value for key, value in theirs.items() if key not in group}  # implied by the class here
        packed |= {key: snapshot(value, number_or_tensor) for key, value in group.items() if key != "params"}
        packed["params"] = [index[id(p)] for p in group["params"]]
        if callable(packed["lr"]):
            packed["lr"] = float(packed["lr"](optimizer.steps))
        groups.append(packed)
    state = {index[id(p)]: snapshot(entry, from_array) for p, entry in optimizer.state.items() if id(p) in index}
    if tensor is not from_array:
        for packed in groups:
            _take_the_rate_out(packed, state)
        _warn_about_conventions(optimizer, groups, theirs)
        state = {key: snapshot(entry, tensor) for key, entry in state.items()}
    return {"state": state, "param_groups": groups, "steps": optimizer.steps}


def _take_the_rate_out(group: dict[str, Any], state: dict[int, dict[str, Any]]) -> None:
    """Convert momentum buffers to PyTorch's convention, without lr; the steps stay the same."""
    if group.get("lr_in_buffer") and group["lr"] > 0:
        group["lr_in_buffer"] = False
        for key in group["params"]:
            if "momentum_buffer" in state.get(key, {}):
                state[key]["momentum_buffer"]._data /= group["lr"]


def _warn_about_conventions(optimizer: StateDict, groups: list[dict[str, Any]], theirs: dict[str, Any]) -> None:
    for group in groups:
        unlike = [key for key in theirs if key not in optimizer.in_pytorch and group.get(key, theirs[key]) != theirs[key]]
        other = [f"{key}={group[key]}" for key in unlike]
        if other:
            warn_user(f"{type(optimizer).__name__}.state_dict: PyTorch does not support and will ignore {', '.join(other)}")
            return
