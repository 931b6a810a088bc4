"""Limit the gradients between backward() and step()."""

from __future__ import annotations

from ...nn.utils import check_limit, clip_grad_norm_, clip_grad_value_
from .base import Callback, Run


class ClipGradNorm(Callback):
    """Scale all gradients by a common factor so that their total norm is at most max_norm; see nn.utils.clip_grad_norm_."""

    def __init__(self, max_norm: float) -> None:
        check_limit("ClipGradNorm", "max_norm", max_norm)
        self.max_norm = max_norm

    def before_step(self, run: Run) -> None:
        clip_grad_norm_(run.model.parameters(), self.max_norm)


class ClipGradValue(Callback):
    """Limit every element of every gradient to [−clip_value, clip_value]."""

    def __init__(self, clip_value: float) -> None:
        check_limit("ClipGradValue", "clip_value", clip_value)
        self.clip_value = clip_value

    def before_step(self, run: Run) -> None:
        clip_grad_value_(run.model.parameters(), self.clip_value)
