"""Write data.json: the orders of PyTorch's data loaders and samplers, and the numbers of scikit-learn's scalers.

    python tests/oracles/make_data.py

ORDERS uses only names that torch / torch.utils.data and tinygrad_edu / tinygrad_edu.data share, so that the same code makes
the oracle and is compared with it. Made with torch 2.13 and scikit-learn 1.9.1.
"""

import json
from pathlib import Path

SEED = 7


def _epochs(t, d, n, epochs=2, **options):
    """The order of a data set 0 … n−1 over several epochs, with a number from the default stream after each."""
    loader = d.DataLoader(d.TensorDataset(t.arange(n)), **options)
    return [[x.tolist() for (x,) in loader] + [t.randint(1000, (1,)).tolist()] for _ in range(epochs)]


def _own(t, d, n, **options):
    """The same with a separate generator for the loader, and three numbers from that generator at the end."""
    g = t.Generator().manual_seed(SEED)
    return [_epochs(t, d, n, generator=g, **options), t.randint(1000, (3,), generator=g).tolist()]


def _stopped(t, d):
    """An epoch that ends early must not draw numbers for the batches that it did not reach."""
    g = t.Generator().manual_seed(SEED)
    for _ in d.DataLoader(d.TensorDataset(t.arange(6)), batch_size=3, shuffle=True, generator=g):
        break
    return t.randint(1000, (3,), generator=g).tolist()


def _sampled(t, d, n, **options):
    sampler = d.RandomSampler(range(n), **options)
    return [list(sampler), [x.tolist() for x in d.DataLoader(t.arange(n), batch_size=4, sampler=sampler)]]


def _weighted(t, d, n, replacement):
    sampler = d.WeightedRandomSampler([0.1, 2.0, 0.5, 0.0, 1.4], n, replacement)
    own = d.WeightedRandomSampler([0.1, 2.0, 0.5, 0.0, 1.4], n, replacement, t.Generator().manual_seed(SEED))
    batches = d.DataLoader(t.arange(5), batch_size=2, sampler=sampler)
    return [list(sampler), list(own), list(own), len(batches), [x.tolist() for x in batches]]


def _batched(t, d, n, **options):
    sampler = d.BatchSampler(d.SubsetRandomSampler(range(3, 3 + n)), **options)
    batches = d.DataLoader(d.TensorDataset(t.arange(20)), batch_sampler=sampler)
    return [list(sampler), len(sampler), len(batches), [x.tolist() for (x,) in batches], t.randint(1000, (1,)).tolist()]


def _split(t, d, lengths, n=11):
    g = t.Generator().manual_seed(SEED)
    parts = d.random_split(range(n), lengths, generator=g)
    return [[int(i) for i in p.indices] for p in parts] + [list(p) for p in d.random_split(range(n), lengths)]


ORDERS = {
    "shuffled": lambda t, d: _epochs(t, d, 10, batch_size=3, shuffle=True),
    "shuffled, no rest": lambda t, d: _epochs(t, d, 9, batch_size=3, shuffle=True),
    "shuffled, one batch": lambda t, d: _epochs(t, d, 9, batch_size=9, shuffle=True),
    "in order": lambda t, d: _epochs(t, d, 5, batch_size=2),
    "in order, last dropped": lambda t, d: _epochs(t, d, 5, batch_size=2, drop_last=True),
    "own generator": lambda t, d: _own(t, d, 10, batch_size=3, shuffle=True),
    "own generator, no rest": lambda t, d: _own(t, d, 9, batch_size=3, shuffle=True),
    "own generator, last dropped": lambda t, d: _own(t, d, 10, batch_size=3, shuffle=True, drop_last=True),
    "own generator, in order": lambda t, d: _own(t, d, 5, batch_size=2),
    "left early": _stopped,
    "with replacement": lambda t, d: _sampled(t, d, 20, replacement=True, num_samples=70),
    "more samples than rows": lambda t, d: _sampled(t, d, 5, num_samples=13),
    "weighted": lambda t, d: _weighted(t, d, 9, True),
    "weighted, each once": lambda t, d: _weighted(t, d, 3, False),
    "batches of a subset": lambda t, d: _batched(t, d, 7, batch_size=3, drop_last=False),
    "batches of a subset, last dropped": lambda t, d: _batched(t, d, 7, batch_size=3, drop_last=True),
    "split by lengths": lambda t, d: _split(t, d, [5, 4, 2]),
    "split by fractions": lambda t, d: _split(t, d, [0.3, 0.3, 0.4]),
    "split by tenths": lambda t, d: _split(t, d, [0.1] * 10, n=37),
}

TABLE = [[1.0, 5.0, -2.5, 1e6], [2.0, 5.0, 0.5, 1e6 + 1], [4.0, 5.0, 8.0, 1e6 + 3], [7.0, 5.0, -1.0, 1e6 + 2]]


def orders(t, d, name):
    """One case, after manual_seed(SEED)."""
    t.manual_seed(SEED)
    return ORDERS[name](t, d)


def main():
    import numpy as np
    import torch
    import torch.utils.data
    from sklearn.preprocessing import StandardScaler

    scaler = StandardScaler().fit(np.array(TABLE))
    stored = {
        "orders": {name: orders(torch, torch.utils.data, name) for name in ORDERS},
        "scaler": {
            "mean_": scaler.mean_.tolist(),
            "var_": scaler.var_.tolist(),
            "scale_": scaler.scale_.tolist(),
            "transformed": scaler.transform(np.array(TABLE)).tolist(),
            "constant": StandardScaler().fit(np.full((7, 1), 0.1)).scale_.tolist(),  # its variance is not exactly 0
        },
    }
    Path(__file__).with_name("data.json").write_text(json.dumps(stored) + "\n")


if __name__ == "__main__":
    main()
