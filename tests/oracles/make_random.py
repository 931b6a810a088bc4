"""Write random.npz: PyTorch's numbers for the random functions.

    python tests/oracles/make_random.py

CASES uses only names that PyTorch and tinygrad_edu share, so that the same code makes the oracle and is compared with it.
Made with torch 2.13 on a non-Intel x86 processor with AVX2 (on Intel processors, PyTorch draws some samples with MKL).
"""

from pathlib import Path

SEED = 20240229
SIZES = (1, 2, 3, 15, 16, 17, 32, 100, 250)


def _each(function):
    """The flattened samples of several calls in one stream."""
    return lambda t: [function(t, n).reshape(-1) for n in SIZES]


def _mixed(t):
    """Calls that share one stream: a small call of randn may leave a spare number for the next one."""
    return [
        t.randn(3),
        t.rand(2),
        t.randn(20),
        t.randn(2, dtype=t.float64),
        t.randint(0, 10, (3,)),
        t.randn(1),
        t.randperm(6),
        t.randn(5, 3),
    ]


WEIGHTS = [[0.1, 0.0, 2.0, 0.4, 1.5], [3.0, 1.0, 1.0, 0.5, 0.2]]

CASES = {
    "rand": _each(lambda t, n: t.rand(n)),
    "rand float64": _each(lambda t, n: t.rand(n, dtype=t.float64)),
    "randn": _each(lambda t, n: t.randn(n)),
    "randn float64": _each(lambda t, n: t.randn(n, dtype=t.float64)),
    "uniform_": _each(lambda t, n: t.empty(n).uniform_(-0.577, 0.577)),
    "uniform_ float64": _each(lambda t, n: t.empty(n, dtype=t.float64).uniform_(-0.577, 0.577)),
    "normal_": _each(lambda t, n: t.empty(n).normal_(2.5, 0.3)),
    "normal_ float64": _each(lambda t, n: t.empty(n, dtype=t.float64).normal_(2.5, 0.3)),
    "normal": lambda t: [t.normal(0.0, 0.01, (4, 5)), t.normal(t.arange(3.0), t.ones(3)), t.normal(t.arange(3.0), 2.0)],
    "randint": _each(lambda t, n: t.randint(-5, 100, (n,))),
    "randint wide": _each(lambda t, n: t.randint(0, 2**40, (n,))),
    "random_": lambda t: [t.empty(4, dtype=d).random_() for d in (t.int64, t.int32, t.uint8, t.float32, t.float64, t.float16)],
    "random_ bounds": lambda t: [t.empty(5).random_(7), t.empty(5, dtype=t.int64).random_(-3, 3)],
    "randperm": _each(lambda t, n: t.randperm(n)),
    "randperm of 70,000": lambda t: [t.randperm(70_000)[::701]],
    "exponential_": _each(lambda t, n: t.empty(n).exponential_(0.7)),
    "exponential_ float64": _each(lambda t, n: t.empty(n, dtype=t.float64).exponential_(0.7)),
    "bernoulli_ number": _each(lambda t, n: t.empty(n).bernoulli_(0.3)),
    "bernoulli tensor": lambda t: [t.bernoulli(t.linspace(0, 1, 40)), t.bernoulli(t.linspace(0, 1, 40, dtype=t.float64))],
    "multinomial": lambda t: [t.multinomial(t.tensor(WEIGHTS), 1), t.multinomial(t.tensor(WEIGHTS[0]), 4)],
    "multinomial replacement": lambda t: [t.multinomial(t.tensor(WEIGHTS), 30, replacement=True)],
    "rrelu": _each(lambda t, n: t.nn.functional.rrelu(t.linspace(-1, 0.2, n), training=True)),
    "rrelu float64": _each(lambda t, n: t.nn.functional.rrelu(-t.ones(n, dtype=t.float64), -0.3, 0.7, training=True)),
    "like": lambda t: [t.randn_like(t.zeros(4, 5).T), t.rand_like(t.zeros(4, 6)[:, ::2]), t.randint_like(t.zeros(3), 9)],
    "mixed": _mixed,
}

# float64 values of the C library's log, log1p, cos and sin: another library may differ in the last digit
FROM_LIBM = ("randn float64", "normal_ float64", "exponential_ float64", "mixed")
FROM_MKL_ON_INTEL = ("exponential_", "exponential_ float64", "bernoulli_ number", "multinomial")


def samples(framework, name):
    """The arrays of one case, after manual_seed(SEED)."""
    framework.manual_seed(SEED)
    return [x.numpy() for x in CASES[name](framework)]


def main():
    import numpy as np
    import torch

    arrays = {f"{name}/{i}": x for name in CASES for i, x in enumerate(samples(torch, name))}
    state = torch.Generator().manual_seed(SEED).get_state().numpy()
    np.savez_compressed(Path(__file__).with_name("random.npz"), state=state, torch=torch.__version__, **arrays)


if __name__ == "__main__":
    main()
