"""Types of tensors and of the functions that create and use them."""

from __future__ import annotations

from typing import Any, assert_type

import numpy as np

import tinygrad_edu as tg
from tinygrad_edu import Tensor

x = tg.randn(3)
a = np.ones(3)

# --- creation ---
assert_type(tg.randn(3), Tensor)
assert_type(tg.tensor([1.0]), Tensor)
assert_type(tg.zeros(2, 3), Tensor)
assert_type(tg.ones((2, 3), dtype=tg.float64), Tensor)
assert_type(tg.arange(10), Tensor)
assert_type(tg.randint(0, 10, (3,)), Tensor)
assert_type(tg.full((2,), 7.0), Tensor)
assert_type(tg.eye(3), Tensor)
assert_type(tg.zeros_like(x), Tensor)
assert_type(tg.from_numpy(a), Tensor)
assert_type(Tensor([1.0, 2.0]), Tensor)

# --- operators ---
assert_type(x + x, Tensor)
assert_type(x - 1, Tensor)
assert_type(2 * x, Tensor)
assert_type(1 / x, Tensor)
assert_type(x**2, Tensor)
assert_type(2**x, Tensor)
assert_type(x // 2, Tensor)
assert_type(x % 2, Tensor)
assert_type(x @ x, Tensor)
assert_type(-x, Tensor)
assert_type(abs(x), Tensor)
assert_type(x + a, Tensor)
assert_type(x + np.float32(1), Tensor)
assert_type(x == x, Tensor)
assert_type(x != 0, Tensor)
assert_type(x < x, Tensor)
assert_type(x >= 0.5, Tensor)
assert_type((x > 0) & ~(x > 1), Tensor)
y = tg.zeros(3)
y += x
y -= 1
y *= 2.0
y /= a
y **= 2
assert_type(y, Tensor)

# --- indexing ---
assert_type(x[0], Tensor)
assert_type(x[1:], Tensor)
assert_type(x[..., None], Tensor)
assert_type(x[x > 0], Tensor)
assert_type(x[[0, 2]], Tensor)
assert_type(x[:, 0], Tensor)
assert_type(x[a > 0], Tensor)
assert_type(next(iter(x)), Tensor)
assert_type([row for row in x], list[Tensor])  # noqa: C416 - the iteration is what is tested
y[0] = 1.0
y[1:] = x[1:]
y[y < 0] = 0

# --- methods and functions ---
assert_type(x.sum(), Tensor)
assert_type(x.mean(dim=0, keepdim=True), Tensor)
assert_type(x.mean(axis=0, keepdims=True), Tensor)
assert_type(tg.sum(x, 0), Tensor)
assert_type(tg.exp(x), Tensor)
assert_type(x.exp().sum().sqrt(), Tensor)
assert_type(tg.maximum(x, 0.0), Tensor)
assert_type(tg.maximum(0.0, x), Tensor)
assert_type(tg.where(x > 0, x, 0.0), Tensor)
assert_type(tg.where(x > 0), tuple[Tensor, ...])
assert_type(tg.matmul(x, x), Tensor)
assert_type(tg.cat([x, x]), Tensor)
assert_type(tg.stack((x, x), dim=1), Tensor)
assert_type(tg.einsum("i,i->", x, x), Tensor)
assert_type(x.reshape(3, 1), Tensor)
assert_type(x.view(-1), Tensor)
assert_type(x.unsqueeze(0), Tensor)
assert_type(x.transpose(0, 1), Tensor)
assert_type(x.permute(1, 0), Tensor)
assert_type(x.to(tg.float64), Tensor)
assert_type(x.float(), Tensor)
assert_type(x.long(), Tensor)
assert_type(x.clone().detach(), Tensor)
assert_type(x.requires_grad_(), Tensor)
assert_type(x.softmax(-1), Tensor)
assert_type(x.cumsum(0), Tensor)
assert_type(x.cumsum(dim=0), Tensor)
assert_type(x.masked_fill(x > 0, 0.0), Tensor)
assert_type(x.argmax(), Tensor)
assert_type(x.norm(), Tensor)
assert_type(tg.linalg.inv(x), Tensor)
assert_type(tg.linalg.norm(x), Tensor)
assert_type(x.zero_(), Tensor)
assert_type(x.add_(1), Tensor)
assert_type(x.uniform_(0, 1), Tensor)
assert_type(tg.autograd.grad(x.sum(), x)[0], Tensor | Any)

# --- one or several results ---
assert_type(x.max(), Tensor)
assert_type(x.max(0).values, Tensor)
assert_type(x.max(dim=0).indices, Tensor)
assert_type(tg.max(x, x), Tensor)
values, indices = tg.min(x, dim=0)
assert_type(values, Tensor)
assert_type(x.sort().values, Tensor)
assert_type(x.topk(2).indices, Tensor)
assert_type(x.median(), Tensor)
assert_type(x.split(2), tuple[Tensor, ...])
assert_type(x.chunk(2), tuple[Tensor, ...])
assert_type(tg.meshgrid(x, x), tuple[Tensor, ...])
assert_type(tg.var_mean(x), tuple[Tensor, Tensor])
assert_type(x.nonzero(), Tensor)
assert_type(x.nonzero(as_tuple=True), tuple[Tensor, ...])
assert_type(x.T, Tensor)
assert_type(x.data, Tensor)
u, s, v = tg.svd(x)
assert_type(tg.linalg.slogdet(x).sign, Tensor)

# --- not tensors ---
assert_type(x.shape, tg.Size)
assert_type(x.size(), tg.Size)
assert_type(x.size(0), int)
assert_type(x.ndim, int)
assert_type(x.dtype, np.dtype[Any])
assert_type(x.requires_grad, bool)
assert_type(x.is_leaf, bool)
assert_type(x.numel(), int)
assert_type(len(x), int)
assert_type(float(x), float)
assert_type(bool(x), bool)
assert_type(x.type(), str)
assert_type(tg.allclose(x, x), bool)
assert_type(x.equal(x), bool)
assert_type(tg.is_tensor(x), bool)
assert_type(x.backward(), None)

# --- functions of arrays, which return arrays: a checker sees Any ---
assert_type(tg.exp(a), Any)
assert_type(tg.maximum(a, 0.0), Any)
assert_type(tg.cat([a, a]), Any)
