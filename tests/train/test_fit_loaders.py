"""fit on loaders, streams and memory maps agrees with fit on arrays, without a copy of the data in memory."""

import subprocess
import sys

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim, train


def table(n=60, dtype=np.float32):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n, 3)).astype(dtype)
    return X, (X[:, :1] > 0).astype(dtype)


def fitted(*source, **options):
    tg.manual_seed(1)
    model = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1))
    given = {"loss": "binary_crossentropy", "metrics": ["acc"], "epochs": 3, "progress": False, **options}
    history = train.fit(model, *source, optimizer=optim.SGD(model.parameters(), lr=0.3), seed=4, **given)
    del history.epochs["seconds"]
    return [p.detach().numpy() for p in model.parameters()], history.epochs


def assert_same(one, other):
    for a, b in zip(one[0], other[0], strict=True):
        np.testing.assert_array_equal(a, b)
    assert one[1] == other[1]


def test_a_loader_gives_the_results_of_the_arrays():
    X, y = table()
    loader = data.DataLoader(data.TensorDataset(X, y), batch_size=8, shuffle=True)
    assert_same(fitted(loader), fitted(X, y, batch_size=8))
    held_out = data.DataLoader(data.TensorDataset(X, y), 256)
    assert_same(fitted(loader, validation=held_out), fitted(X, y, batch_size=8, validation=(X, y)))


def test_chunks_and_streams_work_and_get_the_number_of_the_epoch():
    X, y = table()
    whole = fitted(X, y, batch_size=10, shuffle=False)
    assert_same(fitted(data.ChunkLoader(data.ArrayChunks(X, y, rows=7), 10)), whole)

    class Rows(data.IterableDataset):
        def __iter__(self):
            return zip(X, y, strict=True)

    assert_same(fitted(data.DataLoader(Rows(), 10)), whole)
    assert_same(fitted([(X[i : i + 10], y[i : i + 10]) for i in range(0, 60, 10)]), whole)

    epochs = []

    class Numbered(data.ChunkLoader):
        def set_epoch(self, epoch):
            epochs.append(epoch)
            super().set_epoch(epoch)

    shuffled = Numbered(data.ArrayChunks(X, y, rows=7), 10, shuffle=True, buffer=3)
    first = fitted(shuffled)
    assert epochs == [0, 1, 2]
    assert_same(fitted(shuffled), first)


def test_a_loaders_floats_are_converted_to_the_dtype_of_the_model():
    X, y = table(dtype=np.float64)
    assert_same(fitted(data.DataLoader(data.TensorDataset(X, y), 10)), fitted(X, y, batch_size=10, shuffle=False))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_memory_map_gives_the_results_of_the_array(dtype, tmp_path):
    X, y = table(dtype=dtype)
    np.save(tmp_path / "X.npy", X)
    mapped = np.load(tmp_path / "X.npy", mmap_mode="r")
    assert_same(fitted(mapped, y, batch_size=8), fitted(X, y, batch_size=8))
    assert_same(fitted(mapped, y, batch_size=8, validation=0.25), fitted(X, y, batch_size=8, validation=0.25))


PEAK = """
import resource, sys
import numpy as np
from tinygrad_edu import nn, train

def anonymous():  # what the process itself holds, without the pages of the file
    return int(next(line for line in open("/proc/self/status") if line.startswith("RssAnon")).split()[1]) / 1024

X = np.load(sys.argv[1], mmap_mode="r")
y = np.zeros((len(X), 1), np.float32)
most = 0.0
class Watch(train.Callback):
    def before_step(self, run):
        global most
        most = max(most, anonymous())
before = anonymous()
train.fit(nn.Linear(1024, 1), X, y, callbacks=[Watch()], batch_size=64, progress=False)
print(most - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads Linux's /proc")
def test_fit_does_not_copy_a_memory_map(tmp_path):
    np.lib.format.open_memmap(tmp_path / "X.npy", "w+", np.float64, (16 << 10, 1024)).flush()  # 128 MB, a sparse file
    command = [sys.executable, "-c", PEAK, tmp_path / "X.npy"]
    assert float(subprocess.run(command, capture_output=True, text=True, check=True).stdout) < 40  # MB


@pytest.mark.parametrize(
    ("source", "error", "text"),
    [
        ((np.zeros((4, 3)),), TypeError, "without y, X must be a loader that can be iterated over repeatedly, .*got ndarray"),
        ((iter([]),), TypeError, "iterated over repeatedly, .*got list_iterator"),
        (([],), ValueError, "the loader yielded no batch"),
        (([1, 2],), TypeError, r"a loader must yield \(X, y\) or \(X, y, weights\), got int"),
        (([(1, 2, 3, 4)],), TypeError, r"a loader must yield \(X, y\) or \(X, y, weights\), got a tuple of 4"),
        ((iter([]),), TypeError, "a generator needs steps_per_epoch"),
    ],
)
def test_an_object_that_is_not_a_loader_is_refused(source, error, text):
    with pytest.raises(error, match=text):
        fitted(*source)


def test_a_validation_split_of_a_loader_is_refused():
    X, y = table()
    with pytest.raises(TypeError, match="with a loader, pass another loader"):
        fitted(data.DataLoader(data.TensorDataset(X, y), 8), validation=0.25)


def test_a_diverged_run_on_a_loader_examines_the_batch():
    X, y = table()
    X[15, 1] = np.nan
    with pytest.raises(train.DivergedError, match="clean the data: X has 1 value that is NaN"):
        fitted(data.DataLoader(data.TensorDataset(X, y), 10))
