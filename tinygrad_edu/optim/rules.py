"""The update rules, ordered so that each builds on those before it.

`update` is the rule. It takes the parameters `w`, the gradient `g` and the buffers, all flat arrays [n] (a buffer whose option
is off is None); `t` = 1, 2, … counts steps. Names: lr learning rate α, momentum γ, betas (β₁, β₂), eps ε. Where PyTorch, Keras
and the papers disagree, there is an option, and the default is PyTorch's unless the docstring says otherwise. See Optimizer for
weight_decay, maximize and a changing lr; `decay` divides lr by 1 + decay·(steps taken), as earlier versions of Keras did.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from ..autograd.arrays import of_numbers
from .bucket import Array, Buffer
from .optimizer import LearningRate, Optimizer, given_options
from .param_groups import Params
from .running_product import RunningProduct


class SGD(Optimizer):
    """Step down the slope; with momentum, keep moving in the direction of past steps.

    w ← w − lr · g                                                             momentum = 0
    v ← momentum · v + (1 − dampening) · g        w ← w − lr · v                 (v = g in the first step)
                                                 w ← w − lr · (g + momentum · v)  nesterov

    Batch, stochastic and mini-batch gradient descent are this rule with three batch sizes: all samples, one, several.
    lr >= 0; momentum >= 0, usually 0.9; nesterov needs momentum > 0 and dampening = 0. lr is outside the buffer `v`, as in
    PyTorch; in Momentum and NAG it is inside by default.
    Sources: Robbins & Monro 1951; Polyak 1964; Sutskever et al., ICML 2013.

    >>> import tinygrad_edu as tg
    >>> w = tg.tensor([3.0], requires_grad=True)
    >>> opt = tg.optim.SGD([w], lr=0.1)
    >>> (w * w).sum().backward()
    >>> opt.step()
    >>> w
    tensor([2.4000], requires_grad=True)
    """

    buffers = (Buffer("v", "momentum_buffer", when="momentum"),)

    def __init__(
        self, params: Params, lr: LearningRate = 1e-3, momentum: float = 0.0, dampening: float = 0.0,
        weight_decay: float = 0.0, nesterov: bool = False, *, maximize: bool = False,
        decoupled_weight_decay: bool = False, decay: float = 0.0,
    ) -> None:  # fmt: skip
        super().__init__(params, given_options(locals()))

    def update(self, w, g, v, *, t, lr, momentum, dampening, nesterov):
        if v is None:
            w -= lr * g
            return
        v *= momentum
        v += g if t == 1 else (1 - dampening) * g
        w -= lr * (g + momentum * v if nesterov else v)

    def _check_group(self, group: dict[str, Any]) -> None:
        if group["nesterov"] and (group["momentum"] <= 0 or group["dampening"] != 0):
            raise ValueError("Nesterov momentum requires a momentum and zero dampening")


class Momentum(Optimizer):
    """SGD with inertia: each step includes a fraction of the previous one.

    v ← momentum · v + lr · g        w ← w − v                 lr_in_buffer=True: the textbook and Keras; the default
    v ← momentum · v + g             w ← w − lr · v            lr_in_buffer=False: PyTorch's SGD(momentum=…)

    The term momentum · v is the only difference from SGD: w keeps moving where the gradient is 0. lr >= 0; momentum in [0, 1).
    The two forms take the same steps until lr changes: then v in the first form still contains the old rate.
    Source: Polyak, Some methods of speeding up the convergence of iteration methods, 1964.

    >>> import tinygrad_edu as tg
    >>> w = tg.tensor([3.0], requires_grad=True)
    >>> opt = tg.optim.Momentum([w], lr=0.1, momentum=0.5)
    >>> for _ in range(2):
    ...     w.grad = tg.ones(1)
    ...     opt.step()
    >>> w  # 3 − 0.1 − (0.5·0.1 + 0.1)
    tensor([2.7500], requires_grad=True)
    """

    buffers = (Buffer("v", "momentum_buffer"),)
    pytorch: ClassVar[Mapping[str, Any]] = {"lr_in_buffer": False, "dampening": 0.0, "nesterov": False}

    def __init__(
        self, params: Params, lr: LearningRate = 0.01, momentum: float = 0.9, weight_decay: float = 0.0, *,
        lr_in_buffer: bool = True, maximize: bool = False, decoupled_weight_decay: bool = False, decay: float = 0.0,
    ) -> None:  # fmt: skip
        super().__init__(params, given_options(locals()))

    def update(self, w, g, v, *, t, lr, momentum, lr_in_buffer):
        v *= momentum
        v += lr * g if lr_in_buffer else g
        w -= v if lr_in_buffer else lr * v


class NAG(Momentum):
    """Nesterov's accelerated gradient: momentum with the gradient evaluated where the momentum is about to carry w.

    The textbook:   v ← momentum · v + lr · ∇f(w − momentum · v)        w ← w − v

    A training loop knows the gradient only where the parameters are. So the parameters hold the look-ahead point
    θ = w − momentum · v instead of w, and g = ∇f(θ). Substituting w = θ + momentum · v into both formulas gives:

        v' = momentum · v + lr · g                                    (the same v)
        θ' = w − v' − momentum · v' = θ − lr · g − momentum · v'       since momentum · v − v' = −lr · g

    v ← momentum · v + lr · g        w ← w − (lr · g + momentum · v)      lr_in_buffer=True: Keras; the default
    v ← momentum · v + g             w ← w − lr · (g + momentum · v)      lr_in_buffer=False: PyTorch's SGD(nesterov=True)

    lr >= 0; momentum in [0, 1). Once v is small, θ and w are nearly the same.
    Sources: Nesterov 1983; Sutskever et al., On the importance of initialization and momentum in deep learning, ICML 2013.

    >>> import tinygrad_edu as tg
    >>> w = tg.tensor([3.0], requires_grad=True)
    >>> opt = tg.optim.NAG([w], lr=0.1, momentum=0.5)
    >>> for _ in range(2):
    ...     w.grad = tg.ones(1)
    ...     opt.step()
    >>> w  # the look-ahead point: 0.075 beyond momentum's 2.75
    tensor([2.6750], requires_grad=True)
    """

    pytorch: ClassVar[Mapping[str, Any]] = {"lr_in_buffer": False, "dampening": 0.0, "nesterov": True}

    def update(self, w, g, v, *, t, lr, momentum, lr_in_buffer):
        step = lr * g if lr_in_buffer else g
        v *= momentum
        v += step
        ahead = step + momentum * v
        w -= ahead if lr_in_buffer else lr * ahead


class Adagrad(Optimizer):
    """A learning rate per element, which decreases as the element's squared gradients accumulate.

    G ← G + g²        w ← w − lrₜ · g / √(G + eps)              eps_in_sqrt=True: the textbook and Keras; the default
                      w ← w − lrₜ · g / (√G + eps)              eps_in_sqrt=False: PyTorch
    lrₜ = lr / (1 + (t−1) · lr_decay)

    G starts at initial_accumulator_value >= 0 (0 as in the paper and PyTorch; Keras uses 0.1). G only grows, so learning
    eventually stops. lr, lr_decay, eps >= 0.
    Source: Duchi, Hazan & Singer, Adaptive subgradient methods, JMLR 12, 2011.

    >>> import tinygrad_edu as tg
    >>> w = tg.tensor([3.0], requires_grad=True)
    >>> opt = tg.optim.Adagrad([w], lr=0.1)
    >>> for _ in range(2):
    ...     w.grad = tg.ones(1)
    ...     opt.step()
    >>> w  # 0.1/√1, then 0.1/√2
    tensor([2.8293], requires_grad=True)
    """

    buffers = (Buffer("G", "sum", start="initial_accumulator_value"),)
    pytorch: ClassVar[Mapping[str, Any]] = {"eps_in_sqrt": False}

    def __init__(
        self, params: Params, lr: LearningRate = 0.01, lr_decay: float = 0.0, weight_decay: float = 0.0,
        initial_accumulator_value: float = 0.0, eps: float = 1e-10, *, eps_in_sqrt: bool = True,
        maximize: bool = False, decoupled_weight_decay: bool = False, decay: float = 0.0,
    ) -> None:  # fmt: skip
        super().__init__(params, given_options(locals()))

    def update(self, w, g, G, *, t, lr, lr_decay, eps, eps_in_sqrt):
        G += g * g
        w -= lr / (1 + (t - 1) * lr_decay) * g / _root(G, eps, eps_in_sqrt)


class RMSprop(Optimizer):
    """Adagrad with an exponential moving average of g² instead of the sum, so that old gradients are forgotten.

    v ← alpha · v + (1−alpha) · g²        w ← w − lr · g / (√v + eps)
    centered:  ḡ ← alpha · ḡ + (1−alpha) · g        w ← w − lr · g / (√(v − ḡ²) + eps)   (the root is g's standard deviation)
    momentum:  b ← momentum · b + g / (√v + eps)        w ← w − lr · b        both:  b ← momentum · b + g / (√(v − ḡ²) + eps)

    alpha (Keras's rho) in [0, 1): the average spans about 1/(1−alpha) steps. The default is 0.99 in PyTorch, 0.9 in Keras.
    eps_in_sqrt=True uses √(v + eps), lr_in_buffer=True uses b ← momentum · b + lr · g / …: Keras does both, PyTorch neither.
    Sources: Hinton, Neural networks for machine learning, lecture 6e, 2012; centered: Graves 2013, arXiv:1308.0850.

    >>> import tinygrad_edu as tg
    >>> w = tg.tensor([3.0], requires_grad=True)
    >>> opt = tg.optim.RMSprop([w], lr=0.1, alpha=0.5)
    >>> for _ in range(2):
    ...     w.grad = tg.ones(1)
    ...     opt.step()
    >>> w  # 0.1/√0.5, then 0.1/√0.75
    tensor([2.7431], requires_grad=True)
    """

    buffers = (
        Buffer("v", "square_avg"),
        Buffer("g_mean", "grad_avg", when="centered"),
        Buffer("b", "momentum_buffer", when="momentum"),
    )

    def __init__(
        self, params: Params, lr: LearningRate = 0.01, alpha: float = 0.99, eps: float = 1e-8,
        weight_decay: float = 0.0, momentum: float = 0.0, centered: bool = False, *, eps_in_sqrt: bool = False,
        lr_in_buffer: bool = False, maximize: bool = False, decoupled_weight_decay: bool = False, decay: float = 0.0,
    ) -> None:  # fmt: skip
        super().__init__(params, given_options(locals()))

    def update(self, w, g, v, g_mean, b, *, t, lr, alpha, eps, momentum, eps_in_sqrt, lr_in_buffer):
        v *= alpha
        v += (1 - alpha) * g * g
        spread = v
        if g_mean is not None:
            g_mean *= alpha
            g_mean += (1 - alpha) * g
            spread = v - g_mean * g_mean
        scaled = g / _root(spread, eps, eps_in_sqrt)
        if b is None:
            w -= lr * scaled
        else:
            b *= momentum
            b += lr * scaled if lr_in_buffer else scaled
            w -= b if lr_in_buffer else lr * b


class Adadelta(Optimizer):
    """RMSprop with each step scaled by the size of past steps, so that units agree and lr need not be tuned.

    v ← rho · v + (1−rho) · g²
    Δ = √(u + eps) / √(v + eps) · g         u ← rho · u + (1−rho) · Δ²        w ← w − lr · Δ

    u averages the squares of past steps; it starts at 0, so eps sets the size of the first steps. rho in [0, 1]; lr is 1 in the
    paper and in PyTorch, 0.001 in Keras. All three put eps inside both roots; eps_in_sqrt=False uses √u + eps, √v + eps.
    Source: Zeiler, ADADELTA: an adaptive learning rate method, 2012, arXiv:1212.5701.

    >>> import tinygrad_edu as tg
    >>> w = tg.tensor([3.0], requires_grad=True)
    >>> opt = tg.optim.Adadelta([w])
    >>> for _ in range(2):
    ...     w.grad = tg.ones(1)
    ...     opt.step()
    >>> w  # the first steps are about √eps/√(1−rho) long
    tensor([2.9936], requires_grad=True)
    """

    buffers = (Buffer("v", "square_avg"), Buffer("u", "acc_delta"))

    def __init__(
        self, params: Params, lr: LearningRate = 1.0, rho: float = 0.9, eps: float = 1e-6, weight_decay: float = 0.0,
        *, eps_in_sqrt: bool = True, maximize: bool = False, decoupled_weight_decay: bool = False, decay: float = 0.0,
    ) -> None:  # fmt: skip
        super().__init__(params, given_options(locals()))

    def update(self, w, g, v, u, *, t, lr, rho, eps, eps_in_sqrt):
        v *= rho
        v += (1 - rho) * g * g
        delta = _root(u, eps, eps_in_sqrt) / _root(v, eps, eps_in_sqrt) * g
        u *= rho
        u += (1 - rho) * delta * delta
        w -= lr * delta


class Adam(Optimizer):
    """Scale each step by running averages of the gradient and its square: Momentum and RMSprop combined.

    m ← β₁ m + (1−β₁) g            v ← β₂ v + (1−β₂) g²
    w ← w − lr · m̂ / (√v̂ + eps)    m̂ = m/(1−β₁ᵗ)    v̂ = v/(1−β₂ᵗ)
    amsgrad:  v_max ← max(v_max, v)    v̂ = v_max/(1−β₂ᵗ)

    lr            the size of a step, >= 0: the first one changes each element by about lr
    betas         how slowly m and v forget, in [0, 1): they average over about 1/(1−β₁) and 1/(1−β₂) steps
    eps           keeps the divisor away from 0; larger values damp steps of small gradients. eps_in_sqrt=True: √(v̂ + eps);
                  eps_hat=True, the paper's faster form and Keras's: w ← w − lr · √(1−β₂ᵗ)/(1−β₁ᵗ) · m / (√v + eps)
    weight_decay  pulls w towards 0, against overfitting: added to g, or applied to w itself (decoupled_weight_decay, AdamW)
    amsgrad       uses the largest v so far, so small gradients do not enlarge the steps (Reddi et al. 2018, arXiv:1904.09237)
    Source: Kingma & Ba, Adam, 2015, arXiv:1412.6980.

    >>> import tinygrad_edu as tg
    >>> w = tg.tensor([1.0, -100.0], requires_grad=True)
    >>> opt = tg.optim.Adam([w], lr=0.1)
    >>> (w * w).sum().backward()
    >>> opt.step()
    >>> w
    tensor([  0.9000, -99.9000], requires_grad=True)
    """

    buffers = (Buffer("m", "exp_avg"), Buffer("v", "exp_avg_sq"), Buffer("v_max", "max_exp_avg_sq", when="amsgrad"))
    in_pytorch = ("maximize", "decoupled_weight_decay")

    def __init__(
        self, params: Params, lr: LearningRate = 1e-3, betas: tuple[float, float] = (0.9, 0.999), eps: float = 1e-8,
        weight_decay: float = 0.0, amsgrad: bool = False, *, eps_in_sqrt: bool = False, eps_hat: bool = False,
        maximize: bool = False, decoupled_weight_decay: bool = False, decay: float = 0.0,
    ) -> None:  # fmt: skip
        super().__init__(params, given_options(locals()))

    def update(self, w, g, m, v, v_max, *, t, lr, betas, eps, eps_in_sqrt, eps_hat):
        beta1, beta2 = betas
        m *= beta1
        m += (1 - beta1) * g
        v *= beta2
        v += (1 - beta2) * g * g
        if v_max is not None:
            v = np.maximum(v_max, v, out=v_max)
        rate, correction = lr / (1 - beta1**t), 1 - beta2**t
        if eps_hat:
            w -= rate * of_numbers(math.sqrt, correction) * m / (np.sqrt(v) + eps)
        else:
            w -= rate * m / _root(v, eps, eps_in_sqrt, correction)


class AdamW(Adam):
    """Adam with weight decay applied to the weights directly, so that the running averages do not rescale it.

    w ← (1 − lr · weight_decay) · w        then Adam's step

    weight_decay is 0.01 by default, as in PyTorch (Keras: 0.004). The other options are Adam's; decoupled_weight_decay is on.
    Source: Loshchilov & Hutter, Decoupled weight decay regularization, 2019, arXiv:1711.05101.

    >>> import tinygrad_edu as tg
    >>> w = tg.tensor([3.0], requires_grad=True)
    >>> opt = tg.optim.AdamW([w], lr=0.1, weight_decay=0.1)
    >>> for _ in range(2):
    ...     w.grad = tg.ones(1)
    ...     opt.step()
    >>> w  # each step subtracts 1% of w, then 0.1
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

    def update(self, w, g, m, u, *, t, lr, betas, eps, eps_in_max):
        beta1, beta2 = betas
        m *= beta1
        m += (1 - beta1) * g
        u *= beta2
        np.maximum(u, np.abs(g) + eps if eps_in_max else np.abs(g), out=u)
        w -= lr / (1 - beta1**t) * m / (u if eps_in_max else u + eps)


class Nadam(Optimizer):
    """Adam with NAG's look-ahead: m̂ combines the current gradient with the momentum of the next step.

    m ← β₁ m + (1−β₁) g            v ← β₂ v + (1−β₂) g²
    w ← w − lr · m̂ / (√v̂ + eps)    v̂ = v/(1−β₂ᵗ)
    m̂ = μₜ₊₁ m / (1 − μ₁⋯μₜ₊₁) + (1−μₜ) g / (1 − μ₁⋯μₜ)
    μₜ = β₁ (1 − ½ · 0.96^(t · momentum_decay))

    momentum_decay: 0.004 in PyTorch and the paper, 1 in Keras; None gives the simplified form of textbooks, μₜ = β₁:
    m̂ = β₁ m/(1−β₁ᵗ⁺¹) + (1−β₁) g/(1−β₁ᵗ). betas in [0, 1). PyTorch calls the class NAdam.
    Source: Dozat, Incorporating Nesterov momentum into Adam, ICLR 2016 workshop.

    >>> import tinygrad_edu as tg
    >>> w = tg.tensor([3.0], requires_grad=True)
    >>> opt = tg.optim.Nadam([w], lr=0.1, momentum_decay=None)
    >>> for _ in range(2):
    ...     w.grad = tg.ones(1)
    ...     opt.step()
    >>> w
    tensor([2.7369], requires_grad=True)
    """

    buffers = (Buffer("m", "exp_avg"), Buffer("v", "exp_avg_sq"))

    def __init__(
        self, params: Params, lr: LearningRate = 2e-3, betas: tuple[float, float] = (0.9, 0.999), eps: float = 1e-8,
        weight_decay: float = 0.0, momentum_decay: float | None = 4e-3, decoupled_weight_decay: bool = False, *,
        eps_in_sqrt: bool = False, maximize: bool = False, decay: float = 0.0,
    ) -> None:  # fmt: skip
        super().__init__(params, given_options(locals()))

    def update(self, w, g, m, v, *, t, lr, betas, eps, momentum_decay, eps_in_sqrt):
        beta1, beta2 = betas
        m *= beta1
        m += (1 - beta1) * g
        v *= beta2
        v += (1 - beta2) * g * g
        mu, mu_next = (nadam_momentum(k, beta1, momentum_decay) for k in (t, t + 1))
        product = of_numbers(nadam_momentum_product, t, beta1, momentum_decay)
        m_hat = mu_next / (1 - product * mu_next) * m + (1 - mu) / (1 - product) * g
        w -= lr * m_hat / _root(v, eps, eps_in_sqrt, 1 - beta2**t)

    def _scalars(self, t: int, group: dict[str, Any]) -> dict[str, float]:
        return {"mu_product": nadam_momentum_product(t, group["betas"][0], group["momentum_decay"])}


NAdam = Nadam


def _root(v: Array, eps: float, eps_in_sqrt: bool, correction: float = 1.0) -> Array:
    """√(v/correction) + eps, or √(v/correction + eps): the divisor, kept away from 0."""
    if eps_in_sqrt:
        root = v + eps if correction == 1 else v / correction + eps
        return np.sqrt(root, out=root)
    root = np.sqrt(v)
    if correction != 1:
        root /= of_numbers(math.sqrt, correction)
    root += eps
    return root


def nadam_momentum(t: int, beta1: float, momentum_decay: float | None) -> float:
    """μₜ of Nadam, in [β₁/2, β₁].

    >>> nadam_momentum(1, 0.9, None)
    0.9
    """
    return beta1 if momentum_decay is None else beta1 * (1 - 0.5 * 0.96 ** (t * momentum_decay))


nadam_momentum_product = RunningProduct(nadam_momentum)  # μ₁⋯μₜ
