"""Write nn.npz and nn_init.npz: the results of PyTorch's layers and losses on the cases of tests/nn/cases.py.

Run from the root of the checkout, in an environment with torch:  python -m tests.oracles.make_nn
"""

import warnings
from pathlib import Path

import numpy as np

from tests.nn.cases import CASES, INITS, fill, run, store

if __name__ == "__main__":
    import torch

    warnings.simplefilter("ignore")  # PyTorch's own warnings
    store(Path(__file__).with_name("nn.npz"), {name: run(torch, case) for name, case in CASES.items()})
    np.savez_compressed(Path(__file__).with_name("nn_init.npz"), **{name: fill(torch, name) for name in INITS})
