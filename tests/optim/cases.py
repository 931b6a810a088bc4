"""A non-convex problem with its gradient by hand, and the table of rules and options for the oracles."""

import math

import numpy as np

STEPS = (1, 2, 10, 100, 200)
"""The steps after which the parameters are compared."""


def start(dtype=np.float64):
    """Three parameters of different shapes: x [2, 3], y [6], z []."""
    x = np.array([[-1.2, 0.7, 0.1], [1.9, -0.4, 0.5]])
    y = np.array([1.0, -0.3, 0.2, 0.8, -1.1, 0.6])
    return [np.array(p, dtype) for p in (x, y, 0.3)]


def gradients(t, x, y, z):
    """The gradients of Σ [log(1+(1−x)²) + 3 log(1+(y−x²)²) + cos 3x] + log(1+(z·mean(y)−1)²): a curved valley with ripples.

    It is tilted differently at each step t, as by mini-batches, so that no gradient settles at 0, where rules that divide by
    its size would amplify rounding errors.
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

# (name, keywords as in textbooks or Keras 2, the same for Keras 3, where make_optim.py turns "decay" into a schedule)
KERAS = [
    ("sgd", {"lr": 0.01}, {"learning_rate": 0.01}),
    ("sgd", {"lr": 0.01, "momentum": 0.9}, {"learning_rate": 0.01, "momentum": 0.9}),
    (
        "sgd",
        {"lr": 0.01, "momentum": 0.9, "nesterov": True, "decay": 0.01},
        {"learning_rate": 0.01, "momentum": 0.9, "nesterov": True, "decay": 0.01},
    ),
    ("adagrad", {"lr": 0.01, "epsilon": 1e-6}, {"learning_rate": 0.01, "epsilon": 1e-6}),
    (
        "adagrad",
        {"lr": 0.01, "epsilon": 1e-3, "decay": 0.05, "weight_decay": 0.05},
        {"learning_rate": 0.01, "epsilon": 1e-3, "decay": 0.05, "weight_decay": 0.05},
    ),
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
    """Run `step` max(steps) times; return {t: the parameters after step t} for t in `steps`, as flat lists of floats."""
    seen = {}
    for t in range(1, max(steps) + 1):
        grads_into(gradients(t, *parameters()))
        step()
        if t in steps:
            seen[str(t)] = [np.asarray(p, np.float64).ravel().tolist() for p in parameters()]
    return seen


def counter():
    """A callable object with state, for use as a schedule's factor."""

    class Counter:
        def __init__(self):
            self.calls = 0

        def __call__(self, t):
            self.calls += 1
            return 1 / (1 + self.calls)

    return Counter()


# name -> function(module of schedulers, ours or PyTorch's; optimizer with two groups) that creates the scheduler
SCHEDULERS = {
    "LambdaLR": lambda m, o: m.LambdaLR(o, lambda t: 0.95**t),
    "LambdaLR, one per group": lambda m, o: m.LambdaLR(o, [lambda t: 0.95**t, lambda t: 1 / (1 + t)]),
    "LambdaLR, with a state": lambda m, o: m.LambdaLR(o, counter()),
    "MultiplicativeLR": lambda m, o: m.MultiplicativeLR(o, lambda t: 0.9 if t % 3 else 1.05),
    "StepLR": lambda m, o: m.StepLR(o, 7, 0.5),
    "MultiStepLR": lambda m, o: m.MultiStepLR(o, [30, 5, 60, 30], 0.5),
    "ConstantLR": lambda m, o: m.ConstantLR(o, 0.25, 40),
    "LinearLR": lambda m, o: m.LinearLR(o, 0.1, 0.8, 50),
    "ExponentialLR": lambda m, o: m.ExponentialLR(o, 0.97),
    "PolynomialLR": lambda m, o: m.PolynomialLR(o, 60, 2.0),
    "CosineAnnealingLR": lambda m, o: m.CosineAnnealingLR(o, 30, 0.01),
    "CosineAnnealingLR to 0": lambda m, o: m.CosineAnnealingLR(o, 100),
    "CosineAnnealingWarmRestarts": lambda m, o: m.CosineAnnealingWarmRestarts(o, 20, eta_min=0.01),
    "CosineAnnealingWarmRestarts, longer": lambda m, o: m.CosineAnnealingWarmRestarts(o, 7, 2),
    "CyclicLR": lambda m, o: m.CyclicLR(o, 0.01, [0.1, 0.2], 15),
    "CyclicLR triangular2": lambda m, o: m.CyclicLR(o, 0.01, 0.1, 5, 15, mode="triangular2"),
    "CyclicLR exp_range": lambda m, o: m.CyclicLR(o, 0.01, 0.1, 10, mode="exp_range", gamma=0.99, cycle_momentum=False),
    "CyclicLR scale_fn": lambda m, o: m.CyclicLR(o, 0.01, 0.1, 10, scale_fn=lambda x: 1 / x, scale_mode="cycle"),
    "OneCycleLR": lambda m, o: m.OneCycleLR(o, 0.5, total_steps=120),
    "OneCycleLR linear, three phases": lambda m, o: m.OneCycleLR(
        o, [0.5, 1.0], epochs=11, steps_per_epoch=10, anneal_strategy="linear", three_phase=True, pct_start=0.4
    ),
    "ReduceLROnPlateau": lambda m, o: m.ReduceLROnPlateau(o, patience=3, factor=0.5, cooldown=4),
    "ReduceLROnPlateau max abs": lambda m, o: m.ReduceLROnPlateau(
        o, mode="max", patience=2, factor=0.5, threshold=0.1, threshold_mode="abs", min_lr=[0.01, 0.02]
    ),
    "SequentialLR": lambda m, o: m.SequentialLR(
        o, [m.LinearLR(o, 0.1, total_iters=10), m.CosineAnnealingLR(o, 50), m.ExponentialLR(o, 0.9)], [10, 60]
    ),
    "SequentialLR of overriding ones": lambda m, o: m.SequentialLR(
        o, [m.ConstantLR(o, 0.5, 50), m.LambdaLR(o, lambda t: 0.9**t), m.CosineAnnealingWarmRestarts(o, 9), m.StepLR(o, 4)],
        [9, 20, 70],
    ),
    "SequentialLR of the rest": lambda m, o: m.SequentialLR(
        o, [m.MultiplicativeLR(o, lambda t: 0.95), m.MultiStepLR(o, [2, 4]), m.PolynomialLR(o, 20),
            m.MultiplicativeLR(o, lambda t: 0.9)],
        [5, 30, 80],
    ),
    "ChainedScheduler": lambda m, o: m.ChainedScheduler([m.ConstantLR(o, 0.1, 20), m.ExponentialLR(o, 0.95)]),
    "ChainedScheduler of five": lambda m, o: m.ChainedScheduler(
        [m.StepLR(o, 10, 0.7), m.MultiStepLR(o, [15, 35]), m.LinearLR(o, 0.2, 1.0, 12), m.PolynomialLR(o, 150),
            m.CosineAnnealingLR(o, 40)]
    ),
}  # fmt: skip


def metric(t):
    """A validation loss that falls, stalls and oscillates."""
    return max(0.3, 1 / (1 + 0.1 * t)) + 0.05 * math.sin(1.7 * t)


def schedule_trace(scheduler, optimizer, t_first, t_last):
    """[rates of both groups, momentum of both groups] after each of the steps t_first..t_last."""
    trace = []
    for t in range(t_first, t_last + 1):
        optimizer.step()
        scheduler.step(*([metric(t)] if type(scheduler).__name__ == "ReduceLROnPlateau" else []))
        momenta = [group["betas"][0] if "betas" in group else group["momentum"] for group in optimizer.param_groups]
        rates = [float(lr) for lr in scheduler.get_last_lr()]
        assert rates == [float(group["lr"]) for group in optimizer.param_groups]
        trace.append([rates, momenta])
    return trace


VALLEY_START = [np.array([-1.2, 0.5]), np.array([1.0, -0.5])]


def valley(x, y):
    """Rosenbrock's valley in pairs (x, y), but less steep: Σ [(1−x)² + 5 (y−x²)²], with its gradient."""
    off = y - x * x
    loss = np.sum((1 - x) ** 2 + 5 * off**2)
    return float(loss), [-2 * (1 - x) - 20 * x * off, 10 * off]


LBFGS = {
    "plain": {"lr": 0.5, "max_iter": 4},
    "line search": {"line_search_fn": "strong_wolfe", "max_iter": 4},
    "line search, one iteration per step": {"line_search_fn": "strong_wolfe", "max_iter": 1, "max_eval": 10},
    "line search, short memory": {"line_search_fn": "strong_wolfe", "max_iter": 5, "history_size": 2, "lr": 0.8},
}


def lbfgs_trace(step, parameters, give, steps=8):
    """Parameters and number of closure calls after each step of LBFGS down the valley."""
    trace, calls = [], [0]

    def closure():
        calls[0] += 1
        loss, grads = valley(*parameters())
        give(grads)
        return loss

    for _ in range(steps):
        step(closure)
        trace.append([*(p.tolist() for p in parameters()), calls[0]])
    return trace
