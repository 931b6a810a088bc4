"""One non-convex problem with its gradient by hand, and the table of rules and options that oracles are asked about."""

import math

import numpy as np

STEPS = (1, 2, 10, 100, 200)
"""After which steps the parameters are compared."""


def start(dtype=np.float64):
    """Three parameters of different shapes: x [2, 3], y [6], z []."""
    x = np.array([[-1.2, 0.7, 0.1], [1.9, -0.4, 0.5]])
    y = np.array([1.0, -0.3, 0.2, 0.8, -1.1, 0.6])
    return [np.array(p, dtype) for p in (x, y, 0.3)]


def gradients(t, x, y, z):
    """Of Σ log(1+(1−x)²) + 3 log(1+(y−x²)²) + cos 3x + log(1+(z·mean(y)−1)²): a curved valley with ripples.

    It is tilted a little differently at each step t, as by mini-batches, so that no gradient settles at 0, where the rules that
    divide by its size would turn the last digit into the first.
    """
    flat = x.reshape(-1)
    near, off, pull = 1 - flat, y - flat * flat, z * np.mean(y) - 1
    near, off, pull = near / (1 + near * near), off / (1 + off * off), pull / (1 + pull * pull)
    tilt = np.sin(t + np.arange(y.size))
    dx = -2 * near - 12 * flat * off - 3 * np.sin(3 * flat) + tilt
    dy = 6 * off + 2 * pull * z / y.size + tilt
    dz = 2 * pull * np.mean(y) + math.sin(t)
    return [dx.reshape(x.shape).astype(x.dtype), dy.astype(x.dtype), np.asarray(dz, x.dtype)]


# (our class, our options, PyTorch's class, PyTorch's options)
PYTORCH = [
    ("SGD", {"lr": 0.01}, "SGD", {"lr": 0.01}),
    ("SGD", {"lr": 0.01, "weight_decay": 0.1}, "SGD", {"lr": 0.01, "weight_decay": 0.1}),
    ("SGD", {"lr": 0.01, "momentum": 0.9}, "SGD", {"lr": 0.01, "momentum": 0.9}),
    ("SGD", {"lr": 0.01, "momentum": 0.9, "dampening": 0.3}, "SGD", {"lr": 0.01, "momentum": 0.9, "dampening": 0.3}),
    ("SGD", {"lr": 0.01, "momentum": 0.8, "nesterov": True}, "SGD", {"lr": 0.01, "momentum": 0.8, "nesterov": True}),
    (
        "SGD",
        {"lr": 0.001, "momentum": 0.5, "weight_decay": 0.1, "dampening": 0.1, "maximize": True},
        "SGD",
        {"lr": 0.001, "momentum": 0.5, "weight_decay": 0.1, "dampening": 0.1, "maximize": True},
    ),
    ("Momentum", {"lr": 0.01, "momentum": 0.9}, "SGD", {"lr": 0.01, "momentum": 0.9}),
    ("Momentum", {"lr": 0.01, "momentum": 0.9, "lr_in_buffer": False}, "SGD", {"lr": 0.01, "momentum": 0.9}),
    ("NAG", {"lr": 0.01, "momentum": 0.9}, "SGD", {"lr": 0.01, "momentum": 0.9, "nesterov": True}),
    (
        "NAG",
        {"lr": 0.01, "momentum": 0.9, "lr_in_buffer": False, "weight_decay": 0.1},
        "SGD",
        {"lr": 0.01, "momentum": 0.9, "nesterov": True, "weight_decay": 0.1},
    ),
    ("Adagrad", {"eps_in_sqrt": False}, "Adagrad", {}),
    ("Adagrad", {"lr": 0.1, "eps_in_sqrt": False, "lr_decay": 0.01}, "Adagrad", {"lr": 0.1, "lr_decay": 0.01}),
    (
        "Adagrad",
        {"lr": 0.1, "eps_in_sqrt": False, "initial_accumulator_value": 0.1, "weight_decay": 0.1, "eps": 1e-3},
        "Adagrad",
        {"lr": 0.1, "initial_accumulator_value": 0.1, "weight_decay": 0.1, "eps": 1e-3},
    ),
    ("Adagrad", {"eps_in_sqrt": False, "maximize": True}, "Adagrad", {"maximize": True}),
    ("RMSprop", {}, "RMSprop", {}),
    ("RMSprop", {"lr": 0.001, "alpha": 0.9, "eps": 1e-3}, "RMSprop", {"lr": 0.001, "alpha": 0.9, "eps": 1e-3}),
    ("RMSprop", {"lr": 0.003, "momentum": 0.7}, "RMSprop", {"lr": 0.003, "momentum": 0.7}),
    ("RMSprop", {"lr": 0.003, "centered": True, "eps": 1e-2}, "RMSprop", {"lr": 0.003, "centered": True, "eps": 1e-2}),
    (
        "RMSprop",
        {"lr": 0.001, "centered": True, "momentum": 0.5, "weight_decay": 0.1, "eps": 1e-2, "maximize": True},
        "RMSprop",
        {"lr": 0.001, "centered": True, "momentum": 0.5, "weight_decay": 0.1, "eps": 1e-2, "maximize": True},
    ),
    ("Adadelta", {"lr": 0.1}, "Adadelta", {"lr": 0.1}),
    ("Adadelta", {"lr": 0.05, "rho": 0.95, "eps": 1e-4}, "Adadelta", {"lr": 0.05, "rho": 0.95, "eps": 1e-4}),
    (
        "Adadelta",
        {"lr": 0.1, "weight_decay": 0.1, "maximize": True},
        "Adadelta",
        {"lr": 0.1, "weight_decay": 0.1, "maximize": True},
    ),
    ("Adam", {}, "Adam", {}),
    ("Adam", {"lr": 0.003, "betas": (0.8, 0.9), "eps": 1e-4}, "Adam", {"lr": 0.003, "betas": (0.8, 0.9), "eps": 1e-4}),
    ("Adam", {"lr": 0.05, "amsgrad": True}, "Adam", {"lr": 0.05, "amsgrad": True}),
    ("Adam", {"lr": 0.01, "weight_decay": 0.1, "maximize": True}, "Adam", {"lr": 0.01, "weight_decay": 0.1, "maximize": True}),
    (
        "Adam",
        {"lr": 0.01, "weight_decay": 0.1, "decoupled_weight_decay": True},
        "Adam",
        {"lr": 0.01, "weight_decay": 0.1, "decoupled_weight_decay": True},
    ),
    ("AdamW", {}, "AdamW", {}),
    ("AdamW", {"lr": 0.01, "weight_decay": 0.2, "amsgrad": True}, "AdamW", {"lr": 0.01, "weight_decay": 0.2, "amsgrad": True}),
    ("Adamax", {}, "Adamax", {}),
    (
        "Adamax",
        {"lr": 0.003, "betas": (0.8, 0.95), "eps": 1e-3, "weight_decay": 0.1},
        "Adamax",
        {"lr": 0.003, "betas": (0.8, 0.95), "eps": 1e-3, "weight_decay": 0.1},
    ),
    ("Adamax", {"maximize": True}, "Adamax", {"maximize": True}),
    ("Nadam", {}, "NAdam", {}),
    ("Nadam", {"lr": 0.01, "momentum_decay": 0.1}, "NAdam", {"lr": 0.01, "momentum_decay": 0.1}),
    (
        "Nadam",
        {"lr": 0.01, "weight_decay": 0.1, "decoupled_weight_decay": True},
        "NAdam",
        {"lr": 0.01, "weight_decay": 0.1, "decoupled_weight_decay": True},
    ),
    (
        "Nadam",
        {"lr": 0.01, "weight_decay": 0.1, "maximize": True},
        "NAdam",
        {"lr": 0.01, "weight_decay": 0.1, "maximize": True},
    ),
]

# (name and keywords as the brief or Keras 2 writes them, the same in Keras 3; "decay" there is a schedule)
KERAS = [
    ("sgd", {"lr": 0.01}, {"learning_rate": 0.01}),
    ("sgd", {"lr": 0.01, "momentum": 0.9}, {"learning_rate": 0.01, "momentum": 0.9}),
    (
        "sgd",
        {"lr": 0.01, "momentum": 0.9, "nesterov": True, "decay": 0.01},
        {"learning_rate": 0.01, "momentum": 0.9, "nesterov": True, "decay": 0.01},
    ),
    ("adagrad", {"lr": 0.01, "epsilon": 1e-6}, {"learning_rate": 0.01, "epsilon": 1e-6}),
    ("rmsprop", {"lr": 0.001, "rho": 0.9, "epsilon": 1e-06}, {"learning_rate": 0.001, "rho": 0.9, "epsilon": 1e-06}),
    (
        "rmsprop",
        {"learning_rate": 0.003, "momentum": 0.5, "centered": True, "decay": 0.01, "epsilon": 1e-3},
        {"learning_rate": 0.003, "momentum": 0.5, "centered": True, "decay": 0.01, "epsilon": 1e-3},
    ),
    ("adadelta", {"lr": 1.0, "rho": 0.95, "epsilon": 1e-6}, {"learning_rate": 1.0, "rho": 0.95, "epsilon": 1e-6}),
    (
        "adam",
        {"lr": 0.001, "beta_1": 0.9, "beta_2": 0.999, "epsilon": None, "decay": 0.0, "amsgrad": False},
        {"learning_rate": 0.001, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7, "amsgrad": False},
    ),
    (
        "adam",
        {"learning_rate": 0.01, "epsilon": 1e-2, "amsgrad": True, "decay": 0.1},
        {"learning_rate": 0.01, "epsilon": 1e-2, "amsgrad": True, "decay": 0.1},
    ),
    ("adam", {"learning_rate": 0.01, "weight_decay": 0.1}, {"learning_rate": 0.01, "weight_decay": 0.1}),
    ("adamw", {"learning_rate": 0.01}, {"learning_rate": 0.01}),
    ("adamax", {"learning_rate": 0.01, "epsilon": 1e-3}, {"learning_rate": 0.01, "epsilon": 1e-3}),
    ("nadam", {"lr": 0.002, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-3}, {"learning_rate": 0.002, "epsilon": 1e-3}),
]


def label(case):
    """A readable test id."""
    name, options = case[0], case[1]
    return name + "".join(f" {key}={value}" for key, value in options.items())


def follow(step, parameters, grads_into, steps=STEPS):
    """Run `step` up to steps[-1] times; the parameters after each of `steps`, as lists of flat lists of float."""
    seen = {}
    for t in range(1, max(steps) + 1):
        grads_into(gradients(t, *parameters()))
        step()
        if t in steps:
            seen[str(t)] = [np.asarray(p, np.float64).ravel().tolist() for p in parameters()]
    return seen
