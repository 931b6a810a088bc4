"""pandas tables: a DataFrame or Series as a numeric array, or an error that names the column and suggests a fix."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from .._wording import with_article
from ..autograd.errors import DtypeError
from ..autograd.node import is_tensor
from ..autograd.user_line import warn_user

REMEDIES = {  # what a column contains -> the fix, for a column of a table and for a Series
    "categories": (
        "use pd.get_dummies({table}, columns=[{name!r}], dtype='float32') for one column per category",
        "use {series}.cat.codes for class indices",
    ),
    "text": (
        "use pd.get_dummies({table}, columns=[{name!r}], dtype='float32') for one column per string",
        "use pd.factorize({series})[0] for class indices",
    ),
    "dates": (
        "use ({table}[{name!r}] - {table}[{name!r}].min()).dt.total_seconds()",
        "use ({series} - {series}.min()).dt.total_seconds()",
    ),
    "durations": ("use {table}[{name!r}].dt.total_seconds()", "use {series}.dt.total_seconds()"),
    "complex numbers": ("use np.real({table}[{name!r}])", "use np.real({series})"),
}


def is_table(values: Any) -> bool:
    """Whether `values` is a DataFrame, Series, Index or array of pandas; the check does not import pandas."""
    return type(values).__module__.partition(".")[0] == "pandas" and hasattr(values, "dtypes" if _wide(values) else "dtype")


def from_table(who: str, values: Any) -> Any:
    """The numbers of a DataFrame [N, columns] or Series [N] as an array; anything else is returned unchanged.

    Integers stay integers unless some column has floats or missing values, and missing values become nan; True and False
    become 1 and 0 next to other numbers.
    Raises DtypeError for a column of anything else: strings, categories, dates, durations or complex numbers.
    """
    if not is_table(values):
        return values
    columns = [(name, values.iloc[:, i]) for i, name in enumerate(values.columns)] if _wide(values) else [(None, values)]
    for name, column in columns:
        kind = _kind(column)
        if kind != "numbers":
            of_table, of_series = REMEDIES[kind]
            what = f"column {name!r}" if name is not None else "the Series" + (f" {values.name!r}" if _named(values) else "")
            text = (of_table if name is not None else of_series).format(table="df", name=name, series="y")
            example = next((repr(v) for v in column if v is not None and v == v), "")
            wanted = "real numbers" if "numbers" in kind else "numbers"
            raise DtypeError(f"{who}: {what} contains {kind}{f', such as {example}' if example else ''}, not {wanted}; {text}")
    arrays = [_numbers(column) for _, column in columns]
    if not _wide(values):
        return arrays[0]
    dtype = np.result_type(*[a.dtype for a in arrays]) if arrays else np.dtype(np.float32)
    return np.column_stack(arrays).astype(dtype, copy=False) if arrays else np.zeros((len(values), 0), dtype)


def require_rows(who: str, dataset: Any) -> None:
    """Raise TypeError for a table or a dict, where [0] is not the first row; warn about a tuple of columns, such as (X, y)."""
    if is_table(dataset):
        raise TypeError(f"{who}: {type(dataset).__name__}[0] is not a row; use TensorDataset(df[columns], df['label'])")
    if isinstance(dataset, Mapping) and 0 not in dataset:
        raise TypeError(
            f"{who}: a data set has samples 0, 1, …, got {with_article(type(dataset).__name__)} with the keys "
            f"{list(dataset)[:3]}; use TensorDataset(*columns.values())"
        )
    if type(dataset) is tuple and all(is_tensor(a) or isinstance(a, np.ndarray) for a in dataset):
        shapes = [tuple(a.shape) for a in dataset]
        lengths = {shape[0] if shape else 0 for shape in shapes}
        if len(dataset) > 1 and len(lengths) == 1 and max(lengths) > len(dataset):
            warn_user(
                f"{who}: a tuple of {len(dataset)} arrays, here of shapes {', '.join(map(str, shapes))}, is a data set of "
                f"{len(dataset)} samples, one per array, as in PyTorch; use {who}(TensorDataset(X, y)) if each row is a "
                "sample, or a list of the arrays if each array is one"
            )


def rows_of(values: Any, indices: Any) -> Any:
    """The rows at these positions, of a table with its index, of an array, or of a list."""
    if hasattr(values, "iloc"):
        return values.iloc[indices]
    return values[indices] if hasattr(values, "shape") else [values[i] for i in indices]


def column_names(values: Any) -> list[str] | None:
    """The names of a DataFrame's columns; None for anything else."""
    return [str(name) for name in values.columns] if is_table(values) and _wide(values) else None


def _wide(values: Any) -> bool:
    return hasattr(values, "columns")


def _named(values: Any) -> bool:
    return getattr(values, "name", None) is not None


def _kind(column: Any) -> str:
    dtype = column.dtype
    if str(dtype) == "category":
        return "categories"
    kind = getattr(dtype, "kind", "O")
    if kind in "fiub":
        return "numbers"
    if kind in "Mmc":
        return {"M": "dates", "m": "durations", "c": "complex numbers"}[kind]
    present = [v for v in column if v is not None and v == v]
    return "numbers" if present and all(isinstance(v, (int, float, np.number, np.bool_)) for v in present) else "text"


def _numbers(column: Any) -> Any:
    dtype = column.dtype
    if isinstance(dtype, np.dtype) and dtype.kind in "fiub":
        return np.asarray(column)
    if getattr(dtype, "kind", "O") in "iub" and not column.isna().any():
        return column.to_numpy(dtype=bool if dtype.kind == "b" else np.int64)
    return column.to_numpy(dtype=np.float64, na_value=np.nan)
