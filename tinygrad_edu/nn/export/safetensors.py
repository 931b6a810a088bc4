"""Weights in files: the safetensors format, which other frameworks read and which executes nothing on loading."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..._tensor import Tensor
from ...autograd.node import from_array, raw
from ...autograd.user_line import warn_user
from ...ops.creation import check_device
from ..lazy_parameter import UninitializedParameter
from ..module import Module

Path = str | os.PathLike[str]


def save(state_dict: Module | Mapping[str, Any], path: Path, metadata: dict[str, str] | None = None) -> None:
    """Write the tensors of a state_dict (or of a Module) to a .safetensors file; dtype and shape are kept.

    state_dict  name -> Tensor or array; a Module stands for its state_dict()
    metadata    texts to keep beside them
    The file appears whole or not at all. In PyTorch: safetensors.torch.load_file(path) gives the same state_dict.

    >>> import os, tempfile
    >>> import tinygrad_edu as tg
    >>> path = os.path.join(tempfile.mkdtemp(), "model.safetensors")
    >>> tg.nn.save(tg.nn.Linear(2, 1), path)
    >>> tg.nn.Linear(2, 1).load_state_dict(tg.nn.load(path))
    <All keys matched successfully>
    """
    entries = state_dict.state_dict() if isinstance(state_dict, Module) else state_dict
    if not isinstance(entries, Mapping):
        raise TypeError(
            f"save: expected a Module or its state_dict, got {type(entries).__name__}; save(model.state_dict(), path)"
        )
    arrays = {}
    for name, value in entries.items():
        if isinstance(value, UninitializedParameter):
            raise value.refusal()
        array = raw(value)
        if not isinstance(array, np.ndarray) or not isinstance(name, str):
            raise TypeError(
                f"save: a .safetensors file holds named tensors only, got {name!r}: {type(value).__name__}; "
                "put texts into metadata=, and use train.save_checkpoint for a whole run"
            )
        arrays[name] = np.array(array, order="C")
    target = os.fspath(path)
    _safetensors("save").numpy.save_file(arrays, f"{target}.part", metadata)
    os.replace(f"{target}.part", target)


def load(path: Path, map_location: Any = None, *, weights_only: bool = True) -> dict[str, Tensor]:
    """The state_dict in a .safetensors file, for `model.load_state_dict(load(path))`.

    map_location and weights_only are PyTorch's: everything is on the CPU, and such a file holds weights only.
    NumPy has no bfloat16: such tensors become float32, which holds their numbers exactly, with a warning.

    Files of torch.save are refused: they hold Python programs (pickle), which run when they are loaded.
    """
    check_device(map_location)
    library = _safetensors("load")
    try:
        arrays = _read(library, path)
    except FileNotFoundError:
        raise
    except Exception as error:  # the library's own class of errors is not public in all its versions
        if _runs_programs(path):
            raise ValueError(
                f"load: {os.fspath(path)} was written by torch.save or pickle, and loading such a file runs the program in it. "
                "Where PyTorch is installed, convert it once: "
                "safetensors.torch.save_file(torch.load(path, weights_only=True), 'model.safetensors')"
            ) from None
        raise ValueError(f"load: {os.fspath(path)} is no .safetensors file, or a damaged one ({error})") from error
    return {name: from_array(array) for name, array in arrays.items()}


def _read(library: Any, path: Path) -> dict[str, np.ndarray[Any, Any]]:
    """The arrays of a file, bfloat16 as float32."""
    with library.safe_open(path, framework="np") as file:
        kinds = {name: file.get_slice(name).get_dtype() for name in file.keys()}  # noqa: SIM118  # it is no dict
        arrays: dict[str, Any] = {name: None if kind == "BF16" else file.get_tensor(name) for name, kind in kinds.items()}
    if "BF16" in kinds.values():
        warn_user(f"load: NumPy has no bfloat16; such tensors in {os.fspath(path)} become float32, with the same numbers")
        with open(path, "rb") as whole:
            entries = library.deserialize(whole.read())
        for name, entry in entries:
            if kinds[name] == "BF16":  # the upper half of a float32
                bits = np.frombuffer(entry["data"], "<u2").astype(np.uint32) << 16
                arrays[name] = bits.view(np.float32).reshape(entry["shape"])
    return arrays


def _runs_programs(path: Path) -> bool:
    """True for a zip archive, as torch.save writes, and for a plain pickle."""
    with open(path, "rb") as file:
        return zipfile.is_zipfile(path) or file.read(1) == b"\x80"


def _safetensors(caller: str) -> Any:
    try:
        import safetensors.numpy
    except ImportError:
        raise ImportError(
            f"{caller}: weights are kept in the safetensors format; install it with: pip install 'tinygrad_edu[weights]'"
        ) from None
    return safetensors
