"""Devices, for scripts that choose one: the only one is the CPU."""

from __future__ import annotations

from typing import Any

__all__ = ["device", "get_default_device", "set_default_device"]


class device(str):  # noqa: N801 - PyTorch's name
    """The name of a device: "cpu" or "cpu:0". Any other raises an error, because everything runs on the CPU.

    >>> import tinygrad_edu as tg
    >>> tg.device("cuda" if tg.cuda.is_available() else "cpu")
    device(type='cpu')
    """

    def __new__(cls, name: str = "cpu", index: int | None = None) -> device:
        name = name if index is None else f"{name}:{index}"
        check_device(name)
        return super().__new__(cls, name)

    @property
    def type(self) -> str:
        """Always "cpu"."""
        return "cpu"

    @property
    def index(self) -> int | None:  # type: ignore[override]  # PyTorch's property, not the method of str
        """0 for "cpu:0", None for "cpu"."""
        return 0 if self.endswith(":0") else None

    def __enter__(self) -> device:  # new tensors are on the CPU in any case
        return self

    def __exit__(self, *exception: Any) -> None:
        return None

    def __repr__(self) -> str:
        return "device(type='cpu')" if self.index is None else "device(type='cpu', index=0)"


def check_device(name: str | None) -> None:
    """Raise ValueError unless `name` is None, "cpu" or "cpu:0"."""
    if name is not None and str(name) not in ("cpu", "cpu:0"):
        raise ValueError(f"device: tinygrad_edu runs on the CPU only, got {name!r}; omit device or pass 'cpu'")


CPU = device("cpu")


def get_default_device() -> device:
    """Return device("cpu")."""
    return CPU


def set_default_device(name: str) -> None:
    """Do nothing if `name` is "cpu" or "cpu:0"; raise ValueError for others."""
    check_device(name)
