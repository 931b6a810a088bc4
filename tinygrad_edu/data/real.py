"""Real data sets included in the package: small, known from textbooks, read without a network connection.

The origin and license of each set are in files/DATASETS.md. To add a set, put its file there and an entry at the end of this
module.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.resources import files
from inspect import cleandoc
from typing import Any

import numpy as np

from .._files import damaged
from .._files.numpy_files import NUMBERS, read_npz

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, eq=False, repr=False)
class Table:
    """A data set in memory: `X, y = load_iris()`, or the whole table with the names of its columns.

    X              [N, features] float32
    y              [N] int64, the class indices; for regression [N, 1] float32, the shape of a model's output
    feature_names  the names of the columns of X
    target_names   the names of the classes; empty for regression
    about          a description
    """

    name: str
    X: Array
    y: Array
    feature_names: tuple[str, ...]
    target_names: tuple[str, ...]
    about: str

    def __iter__(self) -> Iterator[Array]:
        return iter((self.X, self.y))

    def __repr__(self) -> str:
        kind = f"{len(self.target_names)} classes" if self.target_names else "regression"
        return f"Table({self.name}: X {list(self.X.shape)}, y {list(self.y.shape)}, {kind})"

    @property
    def images(self) -> Array:
        """X as square images [N, side, side], a view, if the rows are images."""
        side = round(len(self.feature_names) ** 0.5)
        if not self.feature_names[0].startswith("pixel") or side * side != len(self.feature_names):
            raise ValueError(f"{self.name}: the rows of this table are not images; its columns are {self.feature_names[:3]} …")
        return self.X.reshape(-1, side, side)


FOLDER = files(__package__) / "files"

REAL: dict[str, Callable[[], Table]] = {}
"""The loader of each real data set, by name."""


def _fault(X: Array, y: Array, feature_names: Array, target_names: Array) -> str:
    """A description of what is wrong with the arrays of a table; "" if nothing is."""
    shapes = [a.shape for a in (X, y, feature_names)]
    if X.ndim != 2 or shapes[1:] != [(X.shape[0],), (X.shape[1],)] or target_names.ndim != 1:
        return f"X, y and the names of the columns have the shapes {', '.join(map(str, shapes))}"
    if X.dtype.kind not in NUMBERS or y.dtype.kind not in NUMBERS or not np.isfinite(X).all() or not np.isfinite(y).all():
        return "X or y has a value that is not a finite number"
    if len(target_names) and not np.isin(y, np.arange(len(target_names))).all():
        return f"y has a value that is not one of its {len(target_names)} classes"
    return ""


def _table(name: str, doc: str) -> Callable[[], Table]:
    about = cleandoc(doc.partition(">>>")[0]).strip()

    def load() -> Table:
        path = FOLDER / f"{name}.npz"
        with path.open("rb") as file:
            stored = read_npz(f"load_{name}", file, str(path), ("X", "y", "feature_names", "target_names"))
        if wrong := _fault(**stored):
            raise damaged(f"load_{name}", str(path), f"is damaged: {wrong}")
        classes, features = (tuple(stored[key].tolist()) for key in ("target_names", "feature_names"))
        y = stored["y"].astype(np.int64) if classes else stored["y"].astype(np.float32).reshape(-1, 1)
        return Table(name, stored["X"].astype(np.float32), y, features, classes, about)

    load.__name__ = load.__qualname__ = f"load_{name}"
    load.__doc__ = doc
    REAL[name] = load
    return load


load_digits = _table(
    "digits",
    """1,797 handwritten digits of 8 × 8 pixels: X [1797, 64] with values 0 to 16, y [1797] the digit.

    Source: Alpaydin & Kaynak 1998, doi:10.24432/C50P49, CC BY 4.0 (the copy in scikit-learn).

    >>> from tinygrad_edu.data import load_digits
    >>> digits = load_digits()
    >>> digits
    Table(digits: X [1797, 64], y [1797], 10 classes)
    >>> digits.images.shape
    (1797, 8, 8)
    """,
)
load_iris = _table(
    "iris",
    """150 irises of three species: X [150, 4] lengths and widths of sepal and petal in cm, y [150] the species.

    Source: Fisher 1936, doi:10.24432/C56C76, CC BY 4.0 (the copy in scikit-learn).

    >>> from tinygrad_edu.data import load_iris
    >>> load_iris().target_names
    ('setosa', 'versicolor', 'virginica')
    """,
)
load_wine = _table(
    "wine",
    """178 wines from three cultivars: X [178, 13] results of a chemical analysis, y [178] the cultivar.

    The means of its columns differ by a factor of up to about 2,000, so use a StandardScaler.
    Source: Aeberhard & Forina 1992, doi:10.24432/C5PC7J, CC BY 4.0 (the copy in scikit-learn).

    >>> from tinygrad_edu.data import load_wine
    >>> X, y = load_wine()
    >>> X.shape, y.shape
    ((178, 13), (178,))
    """,
)
load_breast_cancer = _table(
    "breast_cancer",
    """569 tumors: X [569, 30] measurements of cell nuclei, y [569] 0 malignant, 1 benign.

    Source: Wolberg, Mangasarian, Street & Street 1993, doi:10.24432/C5DW2B, CC BY 4.0 (the copy in scikit-learn).

    >>> from tinygrad_edu.data import load_breast_cancer
    >>> load_breast_cancer().target_names
    ('malignant', 'benign')
    """,
)
load_diabetes = _table(
    "diabetes",
    """442 patients: X [442, 10] age, sex, body mass index, blood pressure and six blood values, unscaled, y [442, 1] how far
    the disease has progressed a year later, 25 to 346. scikit-learn's loader scales X by default.

    Source: Efron, Hastie, Johnstone & Tibshirani 2004, doi:10.1214/009053604000000067 (the copy in scikit-learn).

    >>> from tinygrad_edu.data import load_diabetes
    >>> X, y = load_diabetes()
    >>> X.shape, y.shape
    ((442, 10), (442, 1))
    """,
)
