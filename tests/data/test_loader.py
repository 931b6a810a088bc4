"""DataLoader, samplers and splits: PyTorch's orders (tests/oracles/make_data.py) and PyTorch's semantics."""

import collections
import json
from pathlib import Path

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import data
from tinygrad_edu.data import ConcatDataset, DataLoader, Dataset, RandomSampler, Subset, TensorDataset, random_split

from ..oracles.make_data import ORDERS, orders

STORED = json.loads(Path(__file__).parents[1].joinpath("oracles", "data.json").read_text())["orders"]


@pytest.mark.parametrize("name", ORDERS)
def test_the_same_seed_gives_pytorchs_order(name):
    assert orders(tg, data, name) == STORED[name]


@pytest.mark.live
@pytest.mark.parametrize("name", ORDERS)
def test_the_installed_pytorch_gives_the_same_order(name):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    assert orders(tg, data, name) == orders(torch, torch.utils.data, name)


def test_pytorchs_module_path_gives_the_same_classes():
    from tinygrad_edu.utils import data as same

    assert all(getattr(same, name) is getattr(data, name) for name in same.__all__)


# --- batches ---


@pytest.fixture
def pairs():
    return TensorDataset(tg.arange(14.0).reshape(7, 2), tg.arange(7))


@pytest.mark.parametrize(("size", "steps"), [(7, 1), (1, 7), (3, 3)])
def test_three_batch_sizes_are_the_three_regimes_of_gradient_descent(pairs, size, steps):
    loader = DataLoader(pairs, batch_size=size, shuffle=True)
    batches = list(loader)
    assert len(batches) == len(loader) == steps
    assert sorted(i for _, y in batches for i in y.tolist()) == list(range(7))
    for X, y in batches:
        np.testing.assert_array_equal(X.numpy(), pairs.tensors[0].numpy()[y.numpy()])


def test_drop_last_leaves_out_what_does_not_fill_a_batch(pairs):
    loader = DataLoader(pairs, batch_size=3, drop_last=True)
    assert [len(y) for _, y in loader] == [3, 3]
    assert len(loader) == 2


def test_dtypes_survive_and_batches_are_lists_of_tensors(pairs):
    batch = next(iter(DataLoader(pairs, batch_size=2)))
    assert type(batch) is list
    assert [type(x) for x in batch] == [tg.Tensor, tg.Tensor]
    assert [x.dtype for x in batch] == [np.float32, np.int64]


def test_changing_a_batch_leaves_the_data_set_alone(pairs):
    X, _ = next(iter(DataLoader(pairs, batch_size=7)))
    X.zero_()
    assert pairs.tensors[0].sum().item() == sum(range(14))


def test_arrays_are_accepted_and_share_their_memory():
    a = np.zeros((3, 2))
    dataset = TensorDataset(a, np.arange(3))
    a[1] = 5
    assert dataset[1][0].tolist() == [5, 5]
    assert next(iter(DataLoader(dataset)))[0].dtype == np.float64


def test_a_subset_of_a_subset_is_read_a_batch_at_a_time(pairs):
    inner = Subset(Subset(pairs, [6, 5, 4, 3]), [3, 0])
    (batch,) = DataLoader(inner, batch_size=5)
    assert batch[1].tolist() == [3, 6]
    assert inner[0][1].item() == 3
    assert len(inner) == 2


def test_concatenated_data_sets_follow_one_another(pairs):
    both = Subset(pairs, [6, 5]) + pairs
    assert type(both) is ConcatDataset
    assert [y.item() for _, y in both] == [6, 5, 0, 1, 2, 3, 4, 5, 6]
    assert [batch[1].tolist() for batch in DataLoader(both, batch_size=4)] == [[6, 5, 0, 1], [2, 3, 4, 5], [6]]
    assert both[-9][1].item() == 6
    for index in (9, -10):
        with pytest.raises(IndexError, match="out of range for 9 samples"):
            both[index]
    assert list(ConcatDataset([[], "ab", (), "c"])) == list("abc")
    with pytest.raises(ValueError, match="at least one"):
        ConcatDataset([])


def test_no_sample_is_read_alone_if_the_data_set_can_return_a_batch(pairs, monkeypatch):
    monkeypatch.setattr(tg.Tensor, "__getitem__", lambda *_: pytest.fail("a row was read alone"))
    assert len(list(DataLoader(Subset(pairs, [1, 2, 3]), batch_size=2))) == 2


def test_a_tensor_dataset_that_overrides_getitem_is_read_sample_by_sample():
    class Doubled(TensorDataset):
        def __getitem__(self, i):
            return super().__getitem__(i)[0] * 2

    (batch,) = DataLoader(Doubled(tg.arange(3)), batch_size=3)
    assert batch.tolist() == [0, 2, 4]


def test_gradients_flow_through_the_batches_of_a_tensor_that_requires_grad():
    x = tg.ones(4, requires_grad=True)
    for (batch,) in DataLoader(TensorDataset(x), batch_size=3):
        (batch * 2).sum().backward()
    assert x.grad.tolist() == [2, 2, 2, 2]


def test_every_epoch_is_reshuffled():
    tg.manual_seed(0)
    loader = DataLoader(TensorDataset(tg.arange(100)), batch_size=100, shuffle=True)
    first, second = (next(iter(loader))[0].tolist() for _ in range(2))
    assert first != second
    assert sorted(first) == sorted(second)


def test_two_loops_over_one_loader_do_not_disturb_each_other(pairs):
    loader = DataLoader(pairs, batch_size=3)
    for outer, inner in zip(loader, loader, strict=True):
        assert outer[1].tolist() == inner[1].tolist()


def test_any_iterable_of_indices_can_be_a_sampler(pairs):
    loader = DataLoader(pairs, batch_size=2, sampler=[4, 1, 4])
    assert [y.tolist() for _, y in loader] == [[4, 1], [4]]
    assert len(loader) == 2


def test_a_user_defined_sampler_decides_the_order(pairs):
    class Backwards(RandomSampler):
        def __iter__(self):
            return iter(range(6, -1, -1))

    assert [y.item() for _, y in DataLoader(pairs, sampler=Backwards(pairs))] == list(range(6, -1, -1))


def test_collate_fn_gets_the_list_of_samples():
    loader = DataLoader(range(5), batch_size=2, collate_fn=tuple)
    assert list(loader) == [(0, 1), (2, 3), (4,)]


def test_samples_of_many_kinds_become_batches_of_the_same_structure():
    Point = collections.namedtuple("Point", "x y")

    class Mixed(Dataset):
        def __len__(self):
            return 2

        def __getitem__(self, i):
            return {"i": i, "f": i / 2, "s": str(i), "a": np.full(2, i, np.float32), "p": Point(i, tg.tensor(i)), "b": i > 0}

    (batch,) = DataLoader(Mixed(), batch_size=2)
    assert batch["i"].dtype == np.int64
    assert batch["f"].dtype == np.float64
    assert batch["f"].tolist() == [0, 0.5]
    assert batch["s"] == ["0", "1"]
    assert batch["a"].shape == (2, 2)
    assert batch["a"].dtype == np.float32
    assert isinstance(batch["p"], Point)
    assert batch["p"].y.tolist() == [0, 1]
    assert batch["b"].dtype == np.bool_


def test_a_data_set_is_iterable_and_its_methods_must_be_defined():
    class Three(Dataset):
        def __len__(self):
            return 3

        def __getitem__(self, i):
            return i

    assert list(Three()) == [0, 1, 2]
    with pytest.raises(NotImplementedError, match="__getitem__"):
        Dataset()[0]


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: DataLoader(range(3), batch_size=0), ValueError, "but got batch_size=0"),
        (lambda: DataLoader(range(3), batch_size=1.5), ValueError, "but got batch_size=1.5"),
        (lambda: DataLoader(range(3), num_workers=-1), ValueError, "num_workers.*got -1"),
        (lambda: DataLoader(range(3), shuffle=True, sampler=[0]), ValueError, "shuffle"),
        (lambda: DataLoader(range(3), generator=3), TypeError, "Generator, got int"),
        (lambda: DataLoader([], shuffle=True), ValueError, "empty"),
        (lambda: RandomSampler(range(3), num_samples=0), ValueError, "num_samples"),
        (lambda: data.WeightedRandomSampler([1, 2], 0), ValueError, "num_samples"),
        (lambda: data.WeightedRandomSampler([[1, 2]], 1), ValueError, r"weights must have shape \[N\]"),
        (lambda: data.WeightedRandomSampler([1, 2], 1, 3), TypeError, "replacement"),
        (lambda: data.BatchSampler(range(3), 0, False), ValueError, "batch_size"),
        (lambda: data.BatchSampler(range(3), 2, 1), ValueError, "drop_last"),
        (lambda: DataLoader(range(3), 2, batch_sampler=[[0]]), ValueError, "batch_sampler cannot be combined with batch_size"),
        (lambda: TensorDataset(), TypeError, "at least one"),
        (lambda: TensorDataset([1, 2]), TypeError, "got list"),
        (lambda: TensorDataset(np.zeros(3), np.zeros((2, 2))), ValueError, r"\(3,\), \(2, 2\)"),
        (lambda: random_split(range(5), [2, 2]), ValueError, "sum to 5"),
        (lambda: random_split(range(5), [0.5, 0.7]), ValueError, "sum to 5"),
        (lambda: next(iter(DataLoader([object()]))), TypeError, "collate_fn"),
        (lambda: list(DataLoader([tg.ones(1), tg.ones(2)], 2)), RuntimeError, r"the shapes \[\(1,\), \(2,\)\].*pad_sequence"),
        (lambda: next(iter(DataLoader([np.zeros(2), np.zeros(3)], batch_size=2))), ValueError, r"\(2,\), \(3,\)"),
        (lambda: list(DataLoader([np.zeros((8, 3)), np.zeros(8)], 4)), RuntimeError, r"8, 3\)\].*\(TensorDataset\(X"),
        (lambda: DataLoader(np.zeros((8, 3)), np.zeros(8)), TypeError, r"got ndarray of shape \(8,\); .*TensorDataset\(X, y\)"),
        (lambda: DataLoader(tg.zeros(8, 3), tg.zeros(8)), TypeError, r"got Tensor of shape \(8,\); .*TensorDataset\(X, y\)"),
        (lambda: next(iter(DataLoader([(1, 2), (1,)], batch_size=2))), ValueError, r"\[2, 1\]"),
    ],
)
def test_errors_say_what_is_wrong(call, error, words):
    with pytest.raises(error, match=words):
        call()


@pytest.mark.parametrize("kind", [np.asarray, tg.tensor])
@pytest.mark.parametrize("target", [np.ones((8, 3)), np.ones(8), np.ones((8, 1))])  # only the first could be stacked with X
def test_a_tuple_of_columns_warns_and_names_tensor_dataset(kind, target):
    X, y = kind(np.zeros((8, 3))), kind(target)
    with pytest.warns(UserWarning, match=r"a tuple of 2 arrays, here of shapes \(8, 3\), .* 2 samples.*TensorDataset\(X, y\)"):
        loader = DataLoader((X, y))
    assert [batch.shape for batch in loader] == [(1, 8, 3), (1, *target.shape)]  # PyTorch's samples
    with pytest.warns(UserWarning, match=r"use Subset\(TensorDataset\(X, y\)\)"):
        random_split((X, y), [0.5, 0.5])


@pytest.mark.parametrize(
    "samples",
    [[np.ones(8)] * 2, (np.ones(2), np.ones(2)), (np.ones(8), np.ones(9)), (np.ones(8),), (1.0, 2.0), (tg.ones(()),) * 2],
)
def test_other_sequences_of_samples_do_not_warn(samples):
    assert len(DataLoader(samples)) == len(samples)


def test_an_empty_split_warns():
    with pytest.warns(UserWarning, match="position 1 is empty"):
        random_split(range(2), [0.9, 0.1])


def test_the_options_of_worker_processes_are_accepted_and_change_nothing() -> None:
    loader = DataLoader(range(5), batch_size=2, num_workers=2, pin_memory=True, persistent_workers=True, prefetch_factor=4)
    assert [batch.tolist() for batch in loader] == [[0, 1], [2, 3], [4]]


# --- streams, and data sets that make batches ---


class Countdown(data.IterableDataset):
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return ((np.float32(i), i) for i in range(self.n, 0, -1))


def test_an_iterable_data_set_is_batched_in_its_own_order():
    loader = DataLoader(Countdown(5), batch_size=2)
    for _ in range(2):  # each pass starts anew
        assert [y.tolist() for _, y in loader] == [[5, 4], [3, 2], [1]]
    assert [y.tolist() for _, y in DataLoader(Countdown(5), batch_size=2, drop_last=True)] == [[5, 4], [3, 2]]
    x, y = next(iter(loader))
    assert (x.dtype, y.dtype) == (np.float32, np.int64)
    assert DataLoader(Countdown(3), 2, collate_fn=len).__iter__().__next__() == 2
    assert repr(loader) == "DataLoader(Countdown, batch_size=2, shuffle=False)"


def test_a_stream_is_read_no_sooner_than_needed():
    taken = []

    class Endless(data.IterableDataset):
        def __iter__(self):
            for i in range(10**9):
                taken.append(i)
                yield i

    batches = iter(DataLoader(Endless(), batch_size=3))
    assert taken == []
    assert next(batches).tolist() == [0, 1, 2]
    assert taken == [0, 1, 2]


def test_a_stream_has_the_length_that_it_defines():
    with pytest.raises(TypeError, match="Countdown is an IterableDataset without a length"):
        len(DataLoader(Countdown(5)))

    class Known(Countdown):
        def __len__(self):
            return self.n

    assert len(DataLoader(Known(5), batch_size=2)) == 3
    assert len(DataLoader(Known(5), batch_size=2, drop_last=True)) == 2


@pytest.mark.parametrize("options", [{"shuffle": True}, {"sampler": [0]}, {"batch_sampler": [[0]]}])
def test_a_stream_cannot_be_reordered(options):
    with pytest.raises(ValueError, match="Countdown is an IterableDataset, which has its own order"):
        DataLoader(Countdown(5), **options)


class Rows(data.Dataset):
    """A data set that returns whole batches, made by form(indices)."""

    def __init__(self, form):
        self.form, self.asked = form, []

    def __len__(self):
        return 10

    def __getitem__(self, i):
        raise AssertionError("row by row")

    def __getitems__(self, indices):
        assert all(type(i) is int for i in indices)
        self.asked.append(indices)
        return self.form(indices)


FORMS = {
    "samples": lambda indices: [(np.full(2, i, np.float32), i) for i in indices],  # as PyTorch requires
    "arrays": lambda indices: (np.repeat(np.array(indices, np.float32)[:, None], 2, 1), np.array(indices)),
    "tensors": lambda indices: (tg.tensor(indices).float()[:, None].repeat(1, 2), tg.tensor(indices)),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_data_set_with_getitems_is_read_a_batch_at_a_time(form):
    rows = Rows(FORMS[form])
    batches = list(DataLoader(rows, batch_size=4))
    assert rows.asked == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
    for indices, (x, y) in zip(rows.asked, batches, strict=True):
        assert isinstance(x, tg.Tensor)
        np.testing.assert_array_equal(x, np.repeat(np.array(indices, np.float32)[:, None], 2, 1))
        assert y.tolist() == indices
    tg.manual_seed(0)
    by_rows = [y.tolist() for _, y in DataLoader(TensorDataset(tg.arange(10), tg.arange(10)), 4, shuffle=True)]
    tg.manual_seed(0)
    assert [y.tolist() for _, y in DataLoader(rows, 4, shuffle=True)] == by_rows


def test_a_subset_reads_a_batch_too_and_passes_it_to_collate_fn():
    rows = Rows(FORMS["arrays"])
    assert [y.tolist() for _, y in DataLoader(data.Subset(data.Subset(rows, [9, 3, 5]), [0, 2, 1]), 2)] == [[9, 5], [3]]
    given = list(DataLoader(rows, 5, collate_fn=lambda found: found))
    assert [type(found) for found in given] == [tuple, tuple]
    named = list(DataLoader(Rows(lambda indices: {"i": np.array(indices)}), 5))
    assert [set(batch) for batch in named] == [{"i"}, {"i"}]
    assert isinstance(named[0]["i"], tg.Tensor)
