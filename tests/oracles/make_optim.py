"""Write optim.json: the parameters that PyTorch's and Keras 3's optimizers compute on the problem of tests/optim/cases.py.

Run from the root of the checkout, in an environment with torch, keras and jax:  python -m tests.oracles.make_optim
"""

import json
import os
from pathlib import Path

import numpy as np

from tests.optim import cases

os.environ.setdefault("KERAS_BACKEND", "jax")  # read when keras is imported


def with_pytorch(case, dtype=np.float64):
    """The parameters after each of cases.STEPS."""
    import torch

    _, _, name, options = case
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)  # NAdam keeps the product of its momenta in the default dtype
    try:
        params = [torch.tensor(p, requires_grad=True) for p in cases.start(dtype)]
        optimizer = getattr(torch.optim, name)(params, **options)

        def give(grads):
            for p, g in zip(params, grads, strict=True):
                p.grad = torch.tensor(g)

        return cases.follow(optimizer.step, lambda: [p.detach().numpy() for p in params], give)
    finally:
        torch.set_default_dtype(before)


def with_keras(case):
    """The parameters after each of cases.STEPS, in float32."""
    import keras

    name, _, options = case
    options = dict(options)
    decay = options.pop("decay", 0)
    if decay:
        rate = options["learning_rate"]
        options["learning_rate"] = keras.optimizers.schedules.InverseTimeDecay(rate, decay_steps=1, decay_rate=decay)
    classes = {"sgd": "SGD", "rmsprop": "RMSprop", "adamw": "AdamW"}
    optimizer = getattr(keras.optimizers, classes.get(name, name.capitalize()))(**options)
    variables = [keras.Variable(p) for p in cases.start(np.float32)]
    grads = []

    def give(new):
        grads[:] = [keras.ops.convert_to_tensor(g) for g in new]

    return cases.follow(
        lambda: optimizer.apply(grads, variables), lambda: [keras.ops.convert_to_numpy(v) for v in variables], give
    )


def lbfgs_with_pytorch(name):
    """cases.lbfgs_trace of PyTorch's LBFGS."""
    import torch

    params = [torch.tensor(p, requires_grad=True) for p in cases.VALLEY_START]
    optimizer = torch.optim.LBFGS(params, **cases.LBFGS[name])

    def give(grads):
        for p, g in zip(params, grads, strict=True):
            p.grad = torch.tensor(g)

    return cases.lbfgs_trace(optimizer.step, lambda: [p.detach().numpy() for p in params], give)


def schedule_with_pytorch(name):
    """cases.schedule_trace of PyTorch's schedule over 100 steps, rounded to 14 digits."""
    import torch

    params = [torch.zeros(1, dtype=torch.float64, requires_grad=True) for _ in range(2)]
    optimizer = torch.optim.SGD([{"params": params[0]}, {"params": params[1], "lr": 0.05}], lr=0.5, momentum=0.9)
    scheduler = cases.SCHEDULERS[name](torch.optim.lr_scheduler, optimizer)
    trace = cases.schedule_trace(scheduler, optimizer, 1, 100)
    return [[[float(f"{x:.14g}") for x in values] for values in both] for both in trace]


if __name__ == "__main__":
    import keras
    import torch

    stored = {
        "made_with": {"torch": torch.__version__, "keras": keras.__version__, "backend": keras.backend.backend()},
        "pytorch": {cases.label(case): with_pytorch(case) for case in cases.PYTORCH},
        "keras": {cases.label(case): with_keras(case) for case in cases.KERAS},
        "schedules": {name: schedule_with_pytorch(name) for name in cases.SCHEDULERS},
        "lbfgs": {name: lbfgs_with_pytorch(name) for name in cases.LBFGS},
    }
    target = Path(__file__).with_name("optim.json")
    lines = [f'"made_with": {json.dumps(stored["made_with"])}']
    for part in ("pytorch", "keras", "schedules", "lbfgs"):
        rows = [f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in stored[part].items()]
        lines.append(f'"{part}": {{\n' + ",\n".join(rows) + "\n}")
    target.write_text("{\n" + ",\n".join(lines) + "\n}\n")
    print(target, target.stat().st_size, "bytes")
