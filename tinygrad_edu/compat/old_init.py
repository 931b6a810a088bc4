"""The names of nn.init before PyTorch 0.4, without the underscore: each warns and calls the current function."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

from ..nn import init


def _old(name: str) -> Callable[..., Any]:
    function = getattr(init, f"{name}_")

    def call(*args: Any, **kwargs: Any) -> Any:
        warnings.warn(f"`nn.init.{name}` is now deprecated in favor of `nn.init.{name}_`.", FutureWarning, stacklevel=2)
        return function(*args, **kwargs)

    call.__name__ = call.__qualname__ = name
    call.__doc__ = f"nn.init.{name}_, under its old name."
    return call


uniform, normal, constant, eye, dirac = map(_old, ("uniform", "normal", "constant", "eye", "dirac"))
xavier_uniform, xavier_normal = map(_old, ("xavier_uniform", "xavier_normal"))
kaiming_uniform, kaiming_normal = map(_old, ("kaiming_uniform", "kaiming_normal"))
orthogonal, sparse = map(_old, ("orthogonal", "sparse"))
