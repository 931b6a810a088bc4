"""The engine: recording, reverse mode, and checks. The formulas of the ops are in ops/."""

from typing import TYPE_CHECKING, Any

from .. import _shortcuts
from .._lazy import lazy_attribute
from .grad_mode import enable_grad, inference_mode, is_grad_enabled, no_grad, set_grad_enabled
from .primitives import implements, primitive

if TYPE_CHECKING:
    from .checking.anomaly import detect_anomaly
    from .checking.finite_differences import GradcheckError, gradcheck, gradgradcheck
    from .function import Function
    from .functional import grad

__all__ = [
    "grad",
    "Function",
    "no_grad",
    "enable_grad",
    "inference_mode",
    "set_grad_enabled",
    "is_grad_enabled",
    "primitive",
    "implements",
    "gradcheck",
    "gradgradcheck",
    "GradcheckError",
    "detect_anomaly",
]

_HOMES = {  # modules loaded when one of their names is first accessed
    "functional": ("grad",),
    "function": ("Function",),
    "checking": (),
    "checking.finite_differences": ("gradcheck", "gradgradcheck", "GradcheckError"),
    "checking.anomaly": ("detect_anomaly",),
}


def __getattr__(name: str) -> Any:
    if name[0].isupper():  # a class; lower-case names may be modules that are being imported
        return lazy_attribute(__name__, _HOMES, name, lambda *asked: _shortcuts.load("other_names").attribute(*asked))
    return lazy_attribute(__name__, _HOMES, name)
