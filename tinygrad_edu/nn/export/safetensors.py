"""Values in files: `save` and `load`. State_dicts become plain safetensors files, which other frameworks can read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..._files import read, write
from ..._files.source import Readable
from ..._files.whole_write import Target
from ...autograd.user_line import warn_user
from ...ops.devices import check_device
from ..module import Module

MODULE = "module"
"""The metadata key for the name of the class whose state_dict a file holds."""


class SavedStateDict(dict[str, Any]):
    """The state_dict in a file that was saved from a whole module; using it as a module raises an error that explains this."""

    def __init__(self, state_dict: Mapping[str, Any], module: str) -> None:
        super().__init__(state_dict)
        self._module = module

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"{name!r}: {self._advice()}")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        raise TypeError(self._advice())

    def _advice(self) -> str:
        module = self.__dict__.get("_module", "module")
        return (
            f"load returned the state_dict of the {module}; files do not contain the module itself: create the model, "
            "then call model.load_state_dict(load(path))"
        )


def save(obj: Any, f: Target, metadata: Mapping[str, str] | None = None) -> None:
    """Write a state_dict, or nested dicts, lists, tuples, Tensors, arrays, numbers and strings, to a file.

    obj       a Module is saved as its state_dict(), with a warning: load returns a dict, for model.load_state_dict
    f         a path, or a file that is open for writing bytes, such as io.BytesIO()
    metadata  a dict of strings to store with it

    The file is a safetensors file: safetensors.torch.load_file(f) reads its tensors in PyTorch, named by their path in
    obj ("optimizer.state.0.exp_avg"). It has a checksum; at a path, it is written atomically and synced to disk. A value
    that cannot be stored raises TypeError, with its location in obj, before anything is written.

    >>> import os, tempfile
    >>> import tinygrad_edu as tg
    >>> path = os.path.join(tempfile.mkdtemp(), "model.safetensors")
    >>> tg.save(tg.nn.Linear(2, 1).state_dict(), path)
    >>> tg.nn.Linear(2, 1).load_state_dict(tg.load(path))
    <All keys matched successfully>
    >>> tg.save({"epoch": 3, "best": [tg.ones(2), (0.5, None)]}, path)
    >>> tg.load(path)
    {'epoch': 3, 'best': [tensor([1., 1.]), (0.5, None)]}
    """
    strings = dict(metadata or {})
    if isinstance(obj, Module):
        name = type(obj).__name__
        warn_user(
            f"save: the {name} is saved as its state_dict, without its class and structure: load returns a dict, "
            "for model.load_state_dict(load(path)). To be explicit, write save(model.state_dict(), path)"
        )
        obj, strings = obj.state_dict(), {**strings, MODULE: name}
    write("save", f, obj, strings)


def load(f: Readable, map_location: Any = None, *, weights_only: bool = True) -> Any:
    """Read a file written by `save`, or the dict of Tensors in another program's safetensors file.

    f  a path, or a file that is open for reading bytes

    map_location and weights_only are accepted as in PyTorch: everything is on the CPU, and nothing in a file is executed.
    NumPy has no bfloat16: such tensors become float32, which represents their values exactly, with a warning.

    Raises ValueError, with the file's name and the reason, for a file that is damaged (the checksum detects even a single
    flipped bit), in another format, or from a newer version of this package. Files written by torch.save are rejected:
    loading a pickle can run any code.
    """
    check_device(map_location)
    value, metadata = read("load", f)
    if MODULE in metadata and isinstance(value, dict):
        return SavedStateDict(value, metadata[MODULE])
    return value
