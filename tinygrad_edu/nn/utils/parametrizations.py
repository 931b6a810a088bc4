"""Weight norm and spectral norm, as parametrizations and in PyTorch's older form, a hook that recomputes the weight."""

from __future__ import annotations

import warnings
from typing import Any

from ..._numbers import with_numbers
from ..._tensor import Tensor
from ...autograd.grad_mode import no_grad
from ...ops.norms import norm
from ...ops.products import dot, mv
from ..layers.conv import ConvTranspose1d, ConvTranspose2d, ConvTranspose3d
from ..layers.norm import normalize
from ..module import Module
from ..parameter import Parameter
from .parametrize import register_parametrization

__all__ = ["remove_spectral_norm", "remove_weight_norm", "spectral_norm", "weight_norm"]


def norm_except_dim(v: Tensor, dim: int | None) -> Tensor:
    """The norms of the slices of v along `dim`, with the axes kept for broadcasting; None or -1 for the norm of all of v."""
    y: Tensor
    if dim is None or dim == -1:
        y = norm(v)
        return y
    axes = tuple(axis for axis in range(v.ndim) if axis != dim % v.ndim)
    y = norm(v, 2, axes, keepdims=True) if axes else v.abs()
    return y


class _WeightNorm(Module):
    def __init__(self, dim: int | None) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, g: Tensor, v: Tensor) -> Tensor:
        return v * (g / norm_except_dim(v, self.dim))

    def right_inverse(self, weight: Tensor) -> tuple[Tensor, Tensor]:
        return norm_except_dim(weight, self.dim), weight


@with_numbers
def weight_norm(module: Module, name: str = "weight", dim: int | None = 0) -> Module:
    """w = g · v / ‖v‖: length g and direction v are trained separately, one length per slice along `dim` (None: one in total).

    Source: Salimans & Kingma, Weight Normalization, 2016, arXiv:1602.07868.

    >>> import tinygrad_edu as tg
    >>> layer = weight_norm(tg.nn.Linear(3, 2))
    >>> [(name, tuple(p.shape)) for name, p in layer.named_parameters()][1:]
    [('parametrizations.weight.original0', (2, 1)), ('parametrizations.weight.original1', (2, 3))]
    """
    return register_parametrization(module, name, _WeightNorm(dim))


class _Sigma:
    """Power iteration for the largest singular value of a weight seen as a matrix [h, w]."""

    def __init__(self, dim: int, iterations: int, eps: float) -> None:
        if iterations <= 0:
            raise ValueError(f"Expected n_power_iterations to be positive, but got n_power_iterations={iterations}")
        self.dim, self.iterations, self.eps = dim, iterations, eps

    def matrix(self, weight: Tensor) -> Tensor:
        if self.dim:
            weight = weight.movedim(self.dim, 0)
        return weight.reshape(weight.shape[0], -1)

    def start(self, weight: Tensor) -> tuple[Tensor, Tensor]:
        """Draw random directions."""
        h, w = self.matrix(weight.detach()).shape
        u = normalize(weight.new_empty(h).normal_(0, 1), dim=0, eps=self.eps)
        v = normalize(weight.new_empty(w).normal_(0, 1), dim=0, eps=self.eps)
        return u, v

    @no_grad()
    def iterate(self, matrix: Tensor, u: Tensor, v: Tensor, times: int, u_first: bool) -> None:
        for _ in range(times):
            if u_first:
                u.copy_(normalize(mv(matrix, v), dim=0, eps=self.eps))
            v.copy_(normalize(mv(matrix.T, u), dim=0, eps=self.eps))
            if not u_first:
                u.copy_(normalize(mv(matrix, v), dim=0, eps=self.eps))

    @staticmethod
    def value(matrix: Tensor, u: Tensor, v: Tensor) -> Any:
        return dot(u.clone(), mv(matrix, v.clone()))


class _SpectralNorm(Module):
    def __init__(self, weight: Tensor, sigma: _Sigma) -> None:
        super().__init__()
        self.sigma = sigma
        if weight.ndim > 1:
            u, v = sigma.start(weight)
            self.register_buffer("_u", u)
            self.register_buffer("_v", v)
            sigma.iterate(sigma.matrix(weight.detach()), u, v, 15, True)

    def forward(self, weight: Tensor) -> Tensor:
        if weight.ndim == 1:
            y: Tensor = normalize(weight, dim=0, eps=self.sigma.eps)
            return y
        matrix = self.sigma.matrix(weight)
        if self.training:
            self.sigma.iterate(matrix.detach(), self._u, self._v, self.sigma.iterations, True)
        return weight / self.sigma.value(matrix, self._u, self._v)

    def right_inverse(self, value: Tensor) -> Tensor:
        return value


def _default_dim(module: Module, dim: int | None) -> int:
    transposed = isinstance(module, (ConvTranspose1d, ConvTranspose2d, ConvTranspose3d))
    return (1 if transposed else 0) if dim is None else dim


@with_numbers
def spectral_norm(
    module: Module, name: str = "weight", n_power_iterations: int = 1, eps: float = 1e-12, dim: int | None = None
) -> Module:
    """w / σ(w), where σ is the largest singular value of w as a matrix: the result stretches no vector.

    σ is estimated by power iteration, with n_power_iterations steps each time the weight is computed in training.
    Source: Miyato et al., Spectral Normalization for Generative Adversarial Networks, 2018, arXiv:1802.05957.
    """
    weight = getattr(module, name, None)
    if not isinstance(weight, Tensor):
        raise ValueError(f"Module '{module!r}' has no parameter or buffer with name '{name}'")
    return register_parametrization(
        module, name, _SpectralNorm(weight, _Sigma(_default_dim(module, dim), n_power_iterations, eps))
    )


# --- the older form: a hook recomputes the weight before each call ---


def _deprecated(name: str) -> None:
    warnings.warn(
        f"`nn.utils.{name}` is deprecated in favor of `nn.utils.parametrizations.{name}`.", FutureWarning, stacklevel=3
    )


class _Recompute:
    """The hook that recomputes one weight."""

    handle: Any = None

    def __init__(self, name: str) -> None:
        self.name = name

    def weight(self, module: Module) -> Tensor:
        raise NotImplementedError

    def __call__(self, module: Module, inputs: Any) -> None:
        object.__setattr__(module, self.name, self.weight(module))

    def install(self, module: Module) -> Module:
        object.__setattr__(module, self.name, self.weight(module))
        self.handle = module.register_forward_pre_hook(self)
        hooks = module.__dict__.setdefault("_recomputed", {})
        hooks[self.name] = self
        return module

    def remove(self, module: Module, *parts: str) -> None:
        with no_grad():
            value = self.weight(module).detach()
        delattr(module, self.name)
        for part in parts:
            delattr(module, part)
        setattr(module, self.name, Parameter(value))
        self.handle.remove()
        del module.__dict__["_recomputed"][self.name]


class _OldWeightNorm(_Recompute):
    def __init__(self, name: str, dim: int | None) -> None:
        super().__init__(name)
        self.dim = dim

    def weight(self, module: Module) -> Tensor:
        v = getattr(module, f"{self.name}_v")
        return v * (getattr(module, f"{self.name}_g") / norm_except_dim(v, self.dim))


@with_numbers
def old_weight_norm(module: Module, name: str = "weight", dim: int | None = 0) -> Module:
    """weight_norm in PyTorch's older form: the parameters are called <name>_g and <name>_v."""
    _deprecated("weight_norm")
    weight = getattr(module, name)
    delattr(module, name)
    module.register_parameter(f"{name}_g", Parameter(norm_except_dim(weight.detach(), dim)))
    module.register_parameter(f"{name}_v", Parameter(weight.detach()))
    return _OldWeightNorm(name, dim).install(module)


def remove_weight_norm(module: Module, name: str = "weight") -> Module:
    """Turn the weight back into a Parameter with its current value."""
    hook = module.__dict__.get("_recomputed", {}).get(name)
    if not isinstance(hook, _OldWeightNorm):
        raise ValueError(f"weight_norm of '{name}' not found in {module!r}")
    hook.remove(module, f"{name}_g", f"{name}_v")
    return module


class _OldSpectralNorm(_Recompute):
    def __init__(self, name: str, sigma: _Sigma) -> None:
        super().__init__(name)
        self.sigma = sigma

    def weight(self, module: Module) -> Tensor:
        weight, u, v = (getattr(module, f"{self.name}_{part}") for part in ("orig", "u", "v"))
        matrix = self.sigma.matrix(weight)
        if module.training and self.handle is not None:
            self.sigma.iterate(matrix.detach(), u, v, self.sigma.iterations, False)
        y: Tensor = weight / self.sigma.value(matrix, u, v)
        return y


@with_numbers
def old_spectral_norm(
    module: Module, name: str = "weight", n_power_iterations: int = 1, eps: float = 1e-12, dim: int | None = None
) -> Module:
    """spectral_norm in PyTorch's older form: the parameter is called <name>_orig, the directions <name>_u and <name>_v."""
    weight, sigma = getattr(module, name), _Sigma(_default_dim(module, dim), n_power_iterations, eps)
    u, v = sigma.start(weight)
    delattr(module, name)
    module.register_parameter(f"{name}_orig", weight)
    module.register_buffer(f"{name}_u", u)
    module.register_buffer(f"{name}_v", v)
    return _OldSpectralNorm(name, sigma).install(module)


def remove_spectral_norm(module: Module, name: str = "weight") -> Module:
    """Turn the weight back into a Parameter with its current value."""
    hook = module.__dict__.get("_recomputed", {}).get(name)
    if not isinstance(hook, _OldSpectralNorm):
        raise ValueError(f"spectral_norm of '{name}' not found in {module!r}")
    hook.remove(module, f"{name}_orig", f"{name}_u", f"{name}_v")
    return module
