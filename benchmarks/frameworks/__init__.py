"""One training step of the same MLP in each framework. Each module here offers

    make(sizes, batch, threads) -> step        step() does forward, loss, backward, Adam, and returns the loss as a float

and `FOOTNOTE`, what a reader should know about it. All use the data and the initial weights of `problem`, float32, and Adam
with a learning rate so small that no value drifts into denormal numbers. With one output the loss is binary cross-entropy
with logits, otherwise cross-entropy. The exceptions are micrograd (Python's floats, mean squared error) and machine_limit.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np

LR, BETA1, BETA2, EPS = 1e-6, 0.9, 0.999, 1e-8


class Problem(NamedTuple):
    X: np.ndarray
    y: np.ndarray  # class indices [N], or 0/1 as float32 [N, 1] for one output
    weights: list[np.ndarray]  # [out, in]
    biases: list[np.ndarray]


def problem(sizes: list[int], batch: int) -> Problem:
    """The data and the initial weights, the same for every framework."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(batch, sizes[0])).astype(np.float32)
    if sizes[-1] == 1:
        y = (rng.random((batch, 1)) < 0.5).astype(np.float32)
    else:
        y = rng.integers(0, sizes[-1], batch)
    weights = [
        rng.uniform(-1, 1, (n_out, n_in)).astype(np.float32) / np.float32(np.sqrt(n_in)) for n_in, n_out in pairwise(sizes)
    ]
    return Problem(X, y, weights, [np.zeros(n, np.float32) for n in sizes[1:]])


def adam_by_hand(params: list[np.ndarray], grads: list[np.ndarray], m: list[np.ndarray], v: list[np.ndarray], t: int) -> None:
    """Step t = 1, 2, … of Adam in plain NumPy, one parameter after the other."""
    for p, g, mm, vv in zip(params, grads, m, v, strict=True):
        mm *= BETA1
        mm += (1 - BETA1) * g
        vv *= BETA2
        vv += (1 - BETA2) * g * g
        p -= LR * (mm / (1 - BETA1**t)) / (np.sqrt(vv / (1 - BETA2**t)) + EPS)
