"""Saving an optimizer's state to a dict, with PyTorch's keys, and loading it."""

from __future__ import annotations

import inspect
from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import numpy as np

from ..autograd.node import from_array, is_tensor
from ..autograd.user_line import warn_user
from .bucket import Array, Buffer, Slot
from .layout import Layout
from .option_values import is_option
from .param_groups import parameter_name


class StateDict:
    """The part of an Optimizer that saves and loads: the buffers of each parameter, and the options of its groups."""

    buffers: ClassVar[tuple[Buffer, ...]] = ()
    pytorch: ClassVar[Mapping[str, Any]] = {}
    """Option values that describe PyTorch's version of this rule, where they differ from the defaults here."""

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

        Keys are PyTorch's; parameters are numbered in the order of the groups. It is a snapshot, which later steps do not
        change (PyTorch's shares memory). A callable lr is stored as its current value.

        tensor: makes the tensors of the result from arrays. `torch.from_numpy` makes a state that PyTorch's optimizer loads:
        `theirs.load_state_dict(ours.state_dict(torch.from_numpy))`. Momentum buffers that contain lr (lr_in_buffer) are
        divided by it; a warning names other conventions that PyTorch does not have (eps_in_sqrt, decay, …).
        """
        return new_state_dict(self, tensor)

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Restore a state saved here or by PyTorch. Buffers are copied and cast to the parameters' dtype.

        Options are restored as well; a state from PyTorch sets PyTorch's conventions (eps_in_sqrt, lr_in_buffer, …). A group
        whose lr is a callable keeps it. Raises ValueError if groups, shapes or the rule differ, before anything is changed.
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
        packed |= {key: _snapshot(value, _number) for key, value in group.items() if key != "params"}
        packed["params"] = [index[id(p)] for p in group["params"]]
        if callable(packed["lr"]):
            packed["lr"] = float(packed["lr"](optimizer.steps))
        groups.append(packed)
    state = {index[id(p)]: _snapshot(entry, from_array) for p, entry in optimizer.state.items() if id(p) in index}
    if tensor is not from_array:
        for packed in groups:
            _take_the_rate_out(packed, state)
        _warn_about_conventions(optimizer, groups, theirs)
        state = {key: _snapshot(entry, tensor) for key, entry in state.items()}
    return {"state": state, "param_groups": groups, "steps": optimizer.steps}


def _take_the_rate_out(group: dict[str, Any], state: dict[int, dict[str, Any]]) -> None:
    """Convert momentum buffers to PyTorch's convention, without lr; the steps stay the same."""
    if group.get("lr_in_buffer") and group["lr"] > 0:
        group["lr_in_buffer"] = False
        for key in group["params"]:
            if "momentum_buffer" in state.get(key, {}):
                state[key]["momentum_buffer"]._data /= group["lr"]


def pytorch_options(optimizer: StateDict) -> dict[str, Any]:
    """Values of the options missing from PyTorch's state_dict that describe what PyTorch's class computes."""
    signature = inspect.signature(type(optimizer)).parameters.values()
    own = {p.name: p.default for p in signature if p.kind is p.KEYWORD_ONLY and p.name in optimizer.defaults}
    return {**own, **optimizer.pytorch}


def _warn_about_conventions(optimizer: StateDict, groups: list[dict[str, Any]], theirs: dict[str, Any]) -> None:
    for group in groups:
        other = [f"{key}={group[key]}" for key in theirs if key not in PYTORCHS and group.get(key, theirs[key]) != theirs[key]]
        if other:
            warn_user(f"{type(optimizer).__name__}.state_dict: PyTorch has no {', '.join(other)} and continues without")
            return


PYTORCHS = ("maximize", "decoupled_weight_decay")
"""Keyword-only options that PyTorch has as well."""


def load_into(optimizer: StateDict, state_dict: dict[str, Any]) -> None:
    """See Optimizer.load_state_dict."""
    saved_groups, saved_state = state_dict["param_groups"], state_dict["state"]
    _check_sizes(optimizer, saved_groups)
    theirs = pytorch_options(optimizer)
    for saved, group in zip(saved_groups, optimizer.param_groups, strict=True):
        _check_rule(optimizer, saved, {*group, *theirs})
    memory: dict[int, Slot] = {}
    own_state: defaultdict[Any, dict[str, Any]] = defaultdict(dict)
    loaded = []
    for saved, group in zip(saved_groups, optimizer.param_groups, strict=True):
        options = {**theirs, **saved} if "steps" not in state_dict else dict(saved)
        options = {key: _snapshot(value, _number) for key, value in options.items() if key != "params"}
        if callable(group["lr"]):
            del options["lr"]
        if isinstance(options.get("betas"), list):  # JSON and similar formats have no tuples
            options["betas"] = tuple(options["betas"])
        for key in [key for key in optimizer.pytorch if key not in optimizer.defaults]:
            value = options.pop(key, theirs[key])
            if value != theirs[key]:
                raise ValueError(
                    f"{type(optimizer).__name__}.load_state_dict: the state is of another rule, with {key}={value}"
                )
        loaded.append(options)
        for number, (key, p) in enumerate(zip(saved["params"], group["params"], strict=True)):
            entry = saved_state.get(key, saved_state.get(str(key)))  # JSON turns the keys into strings
            memory[id(p)] = _slot(optimizer, p, parameter_name(group, number), entry or {})
            if optimizer._keeps_own_state and entry is not None:
                own_state[p] = _snapshot(entry, from_array)

    for group, options in zip(optimizer.param_groups, loaded, strict=True):
        group.update(options)
    optimizer._own_state = own_state
    optimizer._memory = memory
    optimizer._layouts = {}
    optimizer.steps = int(state_dict.get("steps", max((slot.t for slot in memory.values()), default=0)))


def _check_sizes(optimizer: StateDict, saved_groups: list[dict[str, Any]]) -> None:
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


def _check_rule(optimizer: StateDict, saved: dict[str, Any], known: set[str]) -> None:
    """Before the first step, only the options distinguish one rule's state from another's."""
    lacks = [key for key in optimizer.defaults if is_option(key) and key not in {*saved, *pytorch_options(optimizer)}]
    other = [key for key in saved if is_option(key) and key not in known]
    if lacks or other:
        unlike = [f"its groups have no {', '.join(lacks)}"] if lacks else []
        unlike += [f"its groups have {', '.join(other)}"] if other else []
        raise ValueError(f"{type(optimizer).__name__}.load_state_dict: the state is of another rule: {' and '.join(unlike)}")


def _slot(optimizer: StateDict, p: Any, name: str, entry: dict[str, Any]) -> Slot:
    slot, who = Slot(p, name), type(optimizer).__name__
    for b in optimizer.buffers:
        if entry.get(b.key) is not None:
            value = np.asarray(array_of(entry[b.key])).astype(p._data.dtype)
            if value.shape != p._data.shape:
                raise ValueError(
                    f"{who}.load_state_dict: {b.key} of {name} has shape {value.shape}, the parameter {p._data.shape}"
                )
            slot.buffers[b.name] = value.reshape(-1)
        elif entry and b.when is None:
            keys = ", ".join(entry)
            raise ValueError(f"{who}.load_state_dict: the state is of another rule: {name} has no {b.key}, but {keys}")
    # PyTorch's SGD stores no step: any number above 1 means that the first step was taken.
    slot.t = int(entry["step"]) if "step" in entry else (2 if slot.buffers else 0)
    return slot


def _snapshot(value: Any, tensor: Callable[[Array], Any]) -> Any:
    """A copy of `value` in which each Tensor, ours or PyTorch's, is replaced by `tensor(its array)`."""
    if is_tensor(value) or hasattr(value, "detach"):
        return tensor(np.array(array_of(value)))
    if isinstance(value, dict):
        return {key: _snapshot(v, tensor) for key, v in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)([_snapshot(v, tensor) for v in value])
    return value


def _number(array: Array) -> Any:
    return array.item() if array.ndim == 0 else from_array(array)


def array_of(value: Any) -> Any:
    """What NumPy can convert: the data of a Tensor, ours or PyTorch's; other values (arrays, numbers) unchanged."""
    return value._data if is_tensor(value) else value.detach() if hasattr(value, "detach") else value
