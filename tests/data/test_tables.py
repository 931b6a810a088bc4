"""pandas tables work wherever arrays do, or the error names the column and the conversion to write."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import data, nn, train
from tinygrad_edu.data.tables import from_table

pd: Any = pytest.importorskip("pandas", reason="pandas is not installed")

TABLE = pd.DataFrame({"age": [20, 30, 40, 50], "height": [1.6, 1.7, 1.8, 1.9]}, index=[7, 5, 3, 1])
LABEL = pd.Series([0, 1, 0, 1], index=TABLE.index, name="ill")


def quiet(*args: Any, **options: Any) -> Any:
    return train.fit(*args, progress=False, **options)


def test_tables_work_like_arrays() -> None:
    array, label = TABLE.to_numpy(), LABEL.to_numpy()
    X_train, X_test, y_train, _ = data.train_test_split(TABLE, LABEL, test_size=0.5, stratify=LABEL, random_state=0)
    expected = data.train_test_split(array, label, test_size=0.5, stratify=label, random_state=0)
    assert isinstance(X_train, pd.DataFrame)
    np.testing.assert_array_equal(X_test.to_numpy(), expected[1])
    assert list(X_train.index) == list(y_train.index)
    np.testing.assert_array_equal(data.StandardScaler().fit_transform(TABLE), data.StandardScaler().fit_transform(array))
    np.testing.assert_array_equal(data.TensorDataset(TABLE, LABEL)[2][0].numpy(), array[2])
    histories = []
    for X, y in ((TABLE, LABEL), (array, label)):
        model = nn.Linear(2, 1)
        model.load_state_dict({"weight": np.ones((1, 2), np.float32), "bias": np.zeros(1, np.float32)})
        histories.append(quiet(model, X, y, sample_weight=y + 1, validation=0.25, seed=0)["loss"])
        assert train.predict(model, X).shape == (4, 1)
    assert histories[0] == histories[1]


def test_the_numbers_keep_their_dtype() -> None:
    assert from_table("f", pd.DataFrame({"a": [1, 2], "b": [3, 4]})).dtype == np.int64
    assert from_table("f", TABLE.astype("float32")).dtype == np.float32
    dummies = pd.get_dummies(pd.DataFrame({"x": [0.5, 1.5], "color": ["red", "blue"]}))
    np.testing.assert_array_equal(from_table("f", dummies), [[0.5, 0, 1], [1.5, 1, 0]])
    nullable = pd.DataFrame({"a": pd.array([1, None], "Int64"), "b": pd.array([True, False], "boolean")})
    np.testing.assert_array_equal(from_table("f", nullable), [[1, 1], [np.nan, 0]])
    np.testing.assert_array_equal(from_table("f", pd.Series([1, 2.5], dtype=object)), [1, 2.5])
    assert from_table("f", pd.DataFrame(index=[0, 1])).shape == (2, 0)
    assert from_table("f", pd.Index([3, 4])).tolist() == [3, 4]
    array = np.ones(3)
    assert from_table("f", array) is array


COLUMNS: dict[str, tuple[Any, str, str]] = {  # a column; the remedy for a table and for a Series
    "text": (["red", "blue", "red", None], r"get_dummies\(df, columns=\['c'\], dtype='float32'\)", r"pd\.factorize\(y\)\[0\]"),
    "categories": (pd.Categorical(["s", "m", "s", "m"]), r"get_dummies\(df, columns=\['c'\]", r"y\.cat\.codes"),
    "dates": (pd.date_range("2024", periods=4), r"\(df\['c'\] - df\['c'\]\.min\(\)\)\.dt", r"\(y - y\.min\(\)\)\.dt"),
    "durations": (pd.to_timedelta([1, 2, 3, 4], "h"), r"df\['c'\]\.dt\.total_seconds", r"y\.dt\.total_seconds"),
    "complex": ([1j, 2j, 3j, 4j], r"np\.real\(df\['c'\]\)", r"np\.real\(y\)"),
}
WAYS: dict[str, Callable[[Any, Any], Any]] = {
    "fit": lambda X, y: quiet(nn.Linear(X.shape[1], 1), X, y),
    "fit with a share": lambda X, y: quiet(nn.Linear(X.shape[1], 1), X, y, validation=0.25),
    "validation": lambda X, y: quiet(nn.Linear(2, 1), np.ones((4, 2)), np.ones(4), validation_data=(X, y)),
    "evaluate": lambda X, y: train.evaluate(nn.Linear(X.shape[1], 1), X, y),
    "TensorDataset": lambda X, y: data.TensorDataset(X, y),
    "StandardScaler": lambda X, y: data.StandardScaler().fit(X),
    "MinMaxScaler": lambda X, y: data.MinMaxScaler().fit_transform(X),
}


@pytest.mark.parametrize("kind", COLUMNS)
@pytest.mark.parametrize("way", WAYS)
def test_the_error_names_a_column_without_numbers_and_the_conversion(way: str, kind: str) -> None:
    column, of_table, of_series = COLUMNS[kind]
    X = TABLE.reset_index(drop=True).assign(c=column)
    with pytest.raises(TypeError, match=f"column 'c' contains {kind}.*{of_table}"):
        WAYS[way](X, LABEL)
    if "Scaler" not in way:
        with pytest.raises(TypeError, match=f"Series 'c' contains {kind}.*{of_series}"):
            WAYS[way](TABLE, X["c"])


def test_the_scaler_names_a_column_with_missing_values() -> None:
    with pytest.raises(ValueError, match=r"NaN or infinity in column\(s\) \['height'\]"):
        data.StandardScaler().fit(TABLE.assign(height=[1.0, None, 2.0, 3.0]))


@pytest.mark.parametrize("make", [lambda d: data.DataLoader(d, batch_size=2), lambda d: data.random_split(d, [0.5, 0.5])])
def test_data_without_a_row_0_is_refused_at_once(make: Any) -> None:
    with pytest.raises(TypeError, match=r"DataFrame\[0\] is not a row; use TensorDataset\(df\[columns\], df\['label'\]\)"):
        make(TABLE)
    with pytest.raises(TypeError, match=r"got a dict with the keys \['x', 'y'\]; use TensorDataset\(\*columns\.values\(\)\)"):
        make({"x": np.ones(3), "y": np.ones(3)})
    make({0: 1.0, 1: 2.0})


def test_a_random_state_seeds_only_the_split() -> None:
    first, second = (data.train_test_split(np.arange(20), random_state=42)[0] for _ in range(2))
    np.testing.assert_array_equal(first, second)
    with pytest.raises(TypeError, match="both determine the order"):
        data.train_test_split(np.arange(20), random_state=1, generator=tg.Generator())
