"""Kind and place in PyTorch's words: `x.type(…)`, `x.device`, `x.cuda()`, and its other names, which are known elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, overload

from .. import _shortcuts, ops

if TYPE_CHECKING:
    from ..ops import devices
    from .tensor import Tensor


class KindAndPlace:
    """What Tensor inherits."""

    @overload
    def type(self, dtype: None = None) -> str: ...
    @overload
    def type(self, dtype: Any) -> Tensor: ...
    def type(self, dtype: Any = None) -> str | Tensor:
        """self in another dtype, as `to`; without one its name, "tinygrad_edu.FloatTensor"."""
        answer: str | Tensor = _shortcuts.load("other_names").type_of(self, dtype)
        return answer

    @property
    def device(self) -> devices.device:
        """Always device("cpu")."""
        return ops.devices.CPU

    def cuda(self, *args: Any) -> Tensor:
        """Raises: everything runs on the CPU."""
        raise RuntimeError("cuda(): tinygrad_edu runs on the CPU only; leave the call out")

    is_cuda = False

    if not TYPE_CHECKING:  # type checkers are to find misspelt names

        def __getattr__(self, name: str) -> Any:
            """Reached only where there is no such attribute."""
            if name[0] == "_":  # NumPy, copy and pickle ask for many of these
                raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}", name=name, obj=self)
            return _shortcuts.load("other_names").tensor_attribute(self, name)
