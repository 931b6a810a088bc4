"""Arrays that do not hold numbers never become Tensors: the error says how to convert them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import data, nn, train

KINDS: dict[str, tuple[Any, str]] = {  # an array, and the remedy
    "object": (np.array([1.0, 2.0], object), r"array\.astype\(np\.float32\)"),
    "None": (np.array([1.0, None]), r"None and strings must be replaced"),
    "text": (np.array(["cat", "dog"]), r"np\.unique\(names, return_inverse=True\)\[1\]"),
    "bytes": (np.array([b"cat", b"dog"]), r"np\.unique"),
    "complex": (np.array([1j, 2.0]), r"array\.real"),
    "dates": (np.array(["2024-01-01", "2024-01-02"], "datetime64[D]"), r"for days"),
    "durations": (np.array([1, 2], "timedelta64[h]"), r"for days"),
    "records": (np.array([(1, 2.0), (3, 4.0)], [("a", "i4"), ("b", "f4")]), r"np\.column_stack"),
}
WAYS: dict[str, Callable[[Any], Any]] = {
    "tensor": tg.tensor,
    "from_numpy": tg.from_numpy,
    "as_tensor": tg.as_tensor,
    "asarray": tg.asarray,
    "Tensor": tg.Tensor,
    "TensorDataset": lambda a: data.TensorDataset(np.zeros(2), a),
    "DataLoader of arrays": lambda a: next(iter(data.DataLoader(data.TensorDataset(a), batch_size=2))),
    "DataLoader of samples": lambda a: next(iter(data.DataLoader([(np.atleast_1d(x),) for x in a], batch_size=2))),
    "DataLoader of batches": lambda a: next(iter(data.DataLoader(Fetched(a), batch_size=2))),
    "ChunkLoader": lambda a: next(iter(data.ChunkLoader([(a,)], 2))),
    "fit": lambda a: train.fit(nn.Linear(1, 1), np.zeros((2, 1)), a, progress=False),
    "fit on a loader": lambda a: train.fit(nn.Linear(1, 1), [(np.zeros((2, 1), np.float32), a)], None, progress=False),
    "scaler": lambda a: data.StandardScaler().fit(a[:, None]),
    "parameter": lambda a: nn.Parameter(a),
    "Tensor of zeros": lambda a: tg.zeros(2, dtype=a.dtype),
    "full": lambda a: tg.full((2,), 1, dtype=a.dtype),
    "ones_like": lambda a: tg.ones_like(tg.ones(2), dtype=a.dtype),
    "cast": lambda a: tg.ones(2).astype(a.dtype),
    "to": lambda a: tg.ones(2).to(a.dtype),
}


class Fetched(data.Dataset):
    def __init__(self, array: Any) -> None:
        self.array = array

    def __len__(self) -> int:
        return len(self.array)

    def __getitems__(self, indices: list[int]) -> Any:
        return (self.array[indices],)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("way", WAYS)
def test_an_array_without_numbers_is_refused_with_the_remedy(way: str, kind: str) -> None:
    array, remedy = KINDS[kind]
    if way == "DataLoader of batches" and array.dtype.kind in "US":
        assert WAYS[way](array) == [array.tolist()]  # names stay a list, as those in samples do
        return
    if (way, kind) == ("DataLoader of samples", "object"):
        return  # the samples of an object array are numbers
    with pytest.raises(TypeError) as caught:
        WAYS[way](array)
    if way not in ("scaler", "parameter"):  # they have their own message
        assert caught.match(remedy)


def test_none_among_the_samples_raises() -> None:
    with pytest.raises(TypeError, match=r"default_collate: .*expected numbers or booleans, got dtype object"):
        next(iter(data.DataLoader([1.0, None], batch_size=2)))


def test_none_is_not_a_number_of_any_dtype() -> None:
    for make in (lambda x: tg.tensor(x, dtype=tg.float32), tg.Tensor, tg.FloatTensor, lambda x: tg.as_tensor(x, tg.float64)):
        with pytest.raises(TypeError, match="got None"):
            make([[1.0, None]])
        assert np.isnan(make([[1.0, float("nan")]]).numpy()[0, 1])


def test_names_stay_a_list_even_those_of_numpy() -> None:
    assert data.default_collate([np.str_("a"), np.str_("b")]) == ["a", "b"]
    assert data.default_collate([("a", 1), ("b", 2)])[0] == ["a", "b"]


def test_numbers_of_every_kind_are_accepted() -> None:
    for dtype in (np.float16, np.float32, np.float64, np.int8, np.int16, np.int32, np.int64, np.uint8, np.bool_):
        array = np.array([0, 1], dtype)
        assert tg.from_numpy(array).dtype == tg.as_tensor(array).dtype == tg.tensor(array).dtype == dtype
