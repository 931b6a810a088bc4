"""Pack the real data sets of tinygrad_edu.data from scikit-learn's copies into tinygrad_edu/data/files/*.npz.

    python tests/oracles/make_datasets.py

Needs scikit-learn (1.9.1 made the committed files). Numbers are stored in the smallest exact type, names as text; the
loader converts them to float32 and int64. The sources and licenses are in tinygrad_edu/data/files/DATASETS.md.
"""

from pathlib import Path

import numpy as np
from sklearn import datasets

FILES = Path(__file__).parents[2] / "tinygrad_edu" / "data" / "files"

LOADERS = {
    "digits": datasets.load_digits,
    "iris": datasets.load_iris,
    "wine": datasets.load_wine,
    "breast_cancer": datasets.load_breast_cancer,
    "diabetes": lambda: datasets.load_diabetes(scaled=False),
}


def smallest(x):
    """x in the smallest type that keeps its float32 values."""
    for dtype in (np.uint8, np.uint16, np.float32):
        small = x.astype(dtype)
        if np.array_equal(small.astype(np.float32), x.astype(np.float32)):
            return small
    raise ValueError("not float32 values")


def main():
    for name, load in LOADERS.items():
        source = load()
        np.savez_compressed(
            FILES / f"{name}.npz",
            X=smallest(source.data),
            y=smallest(source.target),
            feature_names=np.array([str(n) for n in source.feature_names]),
            target_names=np.array([str(n) for n in source.get("target_names", [])]),
        )
        print(f"{name}: {source.data.shape}, {(FILES / f'{name}.npz').stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
