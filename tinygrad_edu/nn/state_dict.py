"""The state of a module, by path: reading it, and loading it; an error while loading changes nothing."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from .._interrupts import uninterrupted
from .._tensor import Tensor
from ..autograd.mutation_clock import mark_changed
from ..autograd.node import from_array
from ..ops.input_data import array_of
from .diagnostics import module_use
from .lazy_parameter import UninitializedParameter
from .module_parameters import ModuleTree
from .parameter import Parameter


class IncompatibleKeys(NamedTuple):
    """The missing and unexpected keys that load_state_dict found."""

    missing_keys: list[str]
    unexpected_keys: list[str]

    def __repr__(self) -> str:
        if not self.missing_keys and not self.unexpected_keys:
            return "<All keys matched successfully>"
        return f"IncompatibleKeys(missing_keys={self.missing_keys}, unexpected_keys={self.unexpected_keys})"


class StateDict(ModuleTree):
    """The part of a Module that saves and loads its state."""

    def state_dict(self, *, prefix: str = "", keep_vars: bool = False) -> dict[str, Tensor]:
        """{path: Tensor} of all parameters and persistent buffers: a snapshot, which later training does not change.

        PyTorch's shares memory with the parameters, so that a "best" state kept during training changes with them; this is a
        copy. keep_vars=True returns the parameters and buffers themselves. Before a lazy layer's first call, its parameters
        are returned uncopied, and raise an error when used.

        >>> import tinygrad_edu as tg
        >>> list(tg.nn.Linear(2, 1).state_dict())
        ['weight', 'bias']
        """
        module_use.warn_about_plain_lists(self, ModuleTree)
        found = {prefix + path: tensor for path, tensor in named_state(self)}
        if keep_vars:
            return found
        return {k: t if isinstance(t, UninitializedParameter) else from_array(t._data.copy()) for k, t in found.items()}

    def load_state_dict(self, state_dict: Mapping[str, Any], strict: bool = True) -> IncompatibleKeys:
        """Copy the values of `state_dict` (Tensors, arrays, PyTorch tensors) into the parameters and buffers with these paths.

        All missing, unexpected and mismatched entries are listed in one RuntimeError; nothing is changed in that case.
        strict=False ignores missing and unexpected keys and returns them.
        """
        if not isinstance(state_dict, Mapping):
            raise TypeError(f"Expected state_dict to be dict-like, got {type(state_dict).__name__}{_file_hint(state_dict)}")
        own = dict(named_state(self))
        missing = [path for path in own if path not in state_dict]
        unexpected = [path for path in state_dict if path not in own]
        errors = []
        for which, paths in (("Missing", missing), ("Unexpected", unexpected)):
            if strict and paths:
                errors.append(f"{which} key(s) in state_dict: " + ", ".join(f'"{path}"' for path in paths) + ". ")
        values = {}
        for path in [path for path in own if path in state_dict]:
            given, tensor, lazy = state_dict[path], own[path], isinstance(own[path], UninitializedParameter)
            if not isinstance(given, UninitializedParameter):
                value = values[path] = _array(path, given)
                if not lazy and value.shape != tensor.shape:
                    errors.append(
                        f"size mismatch for {path}: copying a param with shape {value.shape} from checkpoint, "
                        f"the shape in current model is {tensor.shape}."
                    )
            elif not lazy:
                errors.append(f"{path} in state_dict is a parameter of a lazy layer and has no shape yet.")
        if errors:
            raise RuntimeError(f"Error(s) in loading state_dict for {type(self).__name__}:\n\t" + "\n\t".join(errors))
        with np.errstate(over="ignore"):  # when converting float64 to float32
            values = {path: value.astype(own[path].dtype) for path, value in values.items()}
        with uninterrupted():
            for path, value in values.items():
                tensor = own[path]
                if isinstance(tensor, UninitializedParameter):
                    tensor.materialize(value.shape)
                tensor._data[...] = value
                mark_changed(tensor)
        return IncompatibleKeys(missing, unexpected)


def named_state(module: ModuleTree) -> Iterator[tuple[str, Tensor]]:
    """(path, tensor) of every parameter and persistent buffer; tied ones are listed under each of their paths."""
    for path, part in module.named_modules(remove_duplicate=False):
        for name, tensor in (*part._own(Parameter), *part._own_buffers()):
            if part._buffer_names.get(name, True):
                yield (f"{path}.{name}" if path else name), tensor


def _file_hint(given: object) -> str:
    path = isinstance(given, (str, os.PathLike))
    return f"; read the file first: load_state_dict(tg.load({str(given)!r}))" if path else ""


def _array(path: str, value: Any) -> np.ndarray:
    """The values of one entry: a Tensor, an array, or a tensor of PyTorch."""
    array = array_of(value)
    if array.dtype.kind not in "fiub":
        raise TypeError(f"load_state_dict: the entry {path!r} must be a Tensor or an array, got {type(value).__name__}")
    return array
