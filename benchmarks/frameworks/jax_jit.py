"""JAX: the whole step compiled by jit, buffers donated."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp

from . import BETA1, BETA2, EPS, LR, problem

FOOTNOTE = "forward, backward and Adam compiled as one function; uses all cores it is given"


def make(sizes: list[int], batch: int, threads: int) -> Callable[[], float]:
    data = problem(sizes, batch)
    X, y = jnp.asarray(data.X), jnp.asarray(data.y)
    params = [(jnp.asarray(w), jnp.asarray(b)) for w, b in zip(data.weights, data.biases, strict=True)]

    def loss_of(params: Any) -> Any:
        h = X
        for i, (w, b) in enumerate(params):
            h = h @ w.T + b
            if i < len(params) - 1:
                h = jnp.maximum(h, 0)
        if sizes[-1] == 1:
            return jnp.mean(jnp.maximum(h, 0) - h * y + jnp.log1p(jnp.exp(-jnp.abs(h))))
        return -jnp.mean(jax.nn.log_softmax(h)[jnp.arange(batch), y])

    def update(params: Any, m: Any, v: Any, t: Any) -> Any:
        loss, grads = jax.value_and_grad(loss_of)(params)
        t = t + 1
        m = jax.tree.map(lambda a, g: BETA1 * a + (1 - BETA1) * g, m, grads)
        v = jax.tree.map(lambda a, g: BETA2 * a + (1 - BETA2) * g * g, v, grads)
        params = jax.tree.map(
            lambda p, a, b: p - LR * (a / (1 - BETA1**t)) / (jnp.sqrt(b / (1 - BETA2**t)) + EPS), params, m, v
        )
        return params, m, v, t, loss

    compiled = jax.jit(update, donate_argnums=(0, 1, 2))
    zeros = jax.tree.map(jnp.zeros_like, params)
    state = (params, zeros, jax.tree.map(jnp.zeros_like, params), jnp.float32(0))

    def step() -> float:
        nonlocal state
        *new, loss = compiled(*state)
        state = tuple(new)
        return float(loss)

    return step
