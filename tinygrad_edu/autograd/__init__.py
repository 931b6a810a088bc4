"""The engine: recording, reverse mode, and checking it. It contains no mathematics."""

from .checking.anomaly import detect_anomaly
from .checking.finite_differences import GradcheckError, gradcheck, gradgradcheck
from .function import Function
from .functional import grad
from .grad_mode import enable_grad, inference_mode, is_grad_enabled, no_grad, set_grad_enabled
from .primitives import implements, primitive

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
