"""Devices, for scripts that choose one: there is the CPU."""

from __future__ import annotations

from types import SimpleNamespace

__all__ = ["device", "cuda", "get_default_device", "set_default_device"]


class device(str):  # noqa: N801 - PyTorch's name
    """The name of a device: "cpu". Anything else raises, and says that everything runs on the CPU.

    >>> import tinygrad_edu as tg
    >>> tg.device("cuda" if tg.cuda.is_available() else "cpu")
    device(type='cpu')
    """

    def __new__(cls, name: str = "cpu", index: int | None = None) -> device:
        check_device(name)
        return super().__new__(cls, "cpu")

    @property
    def type(self) -> str:
        """Always "cpu"."""
        return "cpu"

    def __repr__(self) -> str:
        return "device(type='cpu')"


def check_device(name: str | None) -> None:
    """`name` may be None, "cpu" or "cpu:0"; ValueError otherwise."""
    if name is not None and str(name) not in ("cpu", "cpu:0"):
        raise ValueError(f"device: tinygrad_edu runs on the CPU only, got {name!r}; leave device out or pass 'cpu'")


def get_default_device() -> device:
    """device("cpu")."""
    return device("cpu")


def set_default_device(name: str) -> None:
    """Accepts "cpu"."""
    check_device(name)


cuda = SimpleNamespace(is_available=lambda: False, device_count=lambda: 0)
