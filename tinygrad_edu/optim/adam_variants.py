"""Adam with one thing changed: where weight decay enters, and how the size of past gradients is measured."""

from __future__ import annotations

import numpy as np

from .bucket import Array, Buffer
from .optimizer import LearningRate, Optimizer, given_options
from .param_groups import Params
from .rules import Adam


class AdamW(Adam):
    """Adam with weight decay applied to the weights directly, so that the running averages do not rescale it.

    w ← (1 − lr · weight_decay) · w        then Adam's step

    weight_decay is 0.01 by default, as in PyTorch (Keras: 0.004). All other options are the same as in Adam.
    Source: Loshchilov & Hutter, Decoupled weight decay regularization, 2019, arXiv:1711.05101.

    >>> import tinygrad_edu as tg
    >>> w = tg.tensor([3.0], requires_grad=True)
    >>> opt = tg.optim.AdamW([w], lr=0.1, weight_decay=0.1)
    >>> for _ in range(2):
    ...     w.grad = tg.ones(1)
    ...     opt.step()
    >>> w  # two steps of 0.1, and 1 % of w each
    tensor([2.7413], requires_grad=True)
    """

    def __init__(
        self, params: Params, lr: LearningRate = 1e-3, betas: tuple[float, float] = (0.9, 0.999), eps: float = 1e-8,
        weight_decay: float = 0.01, amsgrad: bool = False, *, eps_in_sqrt: bool = False, eps_hat: bool = False,
        maximize: bool = False, decay: float = 0.0,
    ) -> None:  # fmt: skip
        Optimizer.__init__(self, params, {**given_options(locals()), "decoupled_weight_decay": True})


class Adamax(Optimizer):
    """Adam with the largest recent |g| in place of the root mean square.

    m ← β₁ m + (1−β₁) g            u ← max(β₂ u, |g| + eps)            w ← w − lr/(1−β₁ᵗ) · m / u

    betas in [0, 1). eps_in_max=False, as in Keras: u ← max(β₂ u, |g|), w ← w − … m / (u + eps); the paper has no eps.
    Source: Kingma & Ba, Adam, 2015, arXiv:1412.6980, section 7.1.

    >>> import tinygrad_edu as tg
    >>> w = tg.tensor([3.0], requires_grad=True)
    >>> opt = tg.optim.Adamax([w], lr=0.1)
    >>> for _ in range(2):
    ...     w.grad = tg.ones(1)
    ...     opt.step()
    >>> w
    tensor([2.8000], requires_grad=True)
    """

    buffers = (Buffer("m", "exp_avg"), Buffer("u", "exp_inf"))

    def __init__(
        self, params: Params, lr: LearningRate = 2e-3, betas: tuple[float, float] = (0.9, 0.999), eps: float = 1e-8,
        weight_decay: float = 0.0, *, eps_in_max: bool = True, maximize: bool = False,
        decoupled_weight_decay: bool = False, decay: float = 0.0,
    ) -> None:  # fmt: skip
        super().__init__(params, given_options(locals()))

    def update(
        self, w: Array, g: Array, m: Array, u: Array, *, t: int, lr: float, betas: tuple[float, float], eps: float,
        eps_in_max: bool,
    ) -> None:  # fmt: skip
        beta1, beta2 = betas
        m *= beta1
        m += (1 - beta1) * g
        u *= beta2
        np.maximum(u, np.abs(g) + eps if eps_in_max else np.abs(g), out=u)
        w -= lr / (1 - beta1**t) * m / (u if eps_in_max else u + eps)
