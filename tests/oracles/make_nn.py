"""Ask PyTorch what its layers and losses answer on the cases of tests/nn/cases.py; writes nn.npz and nn_init.npz.

Run from the root of the checkout, where torch is installed:  python -m tests.oracles.make_nn
"""

from pathlib import Path

import numpy as np

from tests.nn.cases import CASES, INITS, fill, run

if __name__ == "__main__":
    import torch

    answers = {f"{name}|{part}": value for name, case in CASES.items() for part, value in run(torch, case).items()}
    np.savez_compressed(Path(__file__).with_name("nn.npz"), **answers)
    np.savez_compressed(Path(__file__).with_name("nn_init.npz"), **{name: fill(torch, name) for name in INITS})
