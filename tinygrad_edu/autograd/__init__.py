"""The engine: recording, reverse mode, and checking it. It contains no mathematics."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .. import _shortcuts
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

_HOMES = {  # modules that are loaded when one of their names is first asked for
    "functional": ("grad",),
    "function": ("Function",),
    "checking.finite_differences": ("gradcheck", "gradgradcheck", "GradcheckError"),
    "checking.anomaly": ("detect_anomaly",),
}
_MODULE_OF = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name in ("functional", "function", "checking"):
        return import_module(f".{name}", __name__)
    if name not in _MODULE_OF:
        if name[0].isupper():  # a class; what is in lower case may be a module that is being imported
            return _shortcuts.load("other_names").attribute(__name__, name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(f".{_MODULE_OF[name]}", __name__), name)
    return found
