"""The number of threads that matrix products use, as BLAS reports it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from threadpoolctl import threadpool_info, threadpool_limits

import tinygrad_edu as tg
from tinygrad_edu.ops import threads


def blas() -> list[int]:
    return [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]


@pytest.fixture(autouse=True)
def _as_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in threads._VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(threads, "_chosen", False)
    with threadpool_limits(2, user_api="blas"):
        yield


@pytest.mark.skipif(not blas(), reason="NumPy's BLAS here has no threads that can be set")
def test_blas_uses_as_many_threads_as_were_set() -> None:
    tg.set_num_threads(1)
    assert set(blas()) == {1}
    assert tg.get_num_threads() == 1
    tg.set_num_threads(2)
    assert tg.get_num_threads() == max(blas())


@pytest.mark.parametrize("n", [0, -1, 1.5, True, "2"])
def test_a_bad_number_is_refused(n: Any) -> None:
    with pytest.raises(ValueError, match=r"set_num_threads\(\): expected a positive integer"):
        tg.set_num_threads(n)


@pytest.mark.skipif(not blas(), reason="NumPy's BLAS here has no threads that can be set")
def test_fit_trains_a_small_model_with_one_thread_unless_a_number_was_chosen() -> None:
    seen = []

    def loss(output: Any, target: Any) -> Any:
        seen.append(max(blas()))
        return ((output - target) ** 2).mean()

    x, y = tg.ones(4, 2), tg.ones(4, 1)
    for _ in range(2):
        tg.train.fit(tg.nn.Linear(2, 1), x, y, loss=loss, epochs=1, progress=False)
        assert max(blas()) == seen[-1] or len(seen) == 1
        tg.set_num_threads(2)
    assert seen[0] == 1
    assert seen[-1] == max(blas())


@pytest.mark.skipif(not blas(), reason="NumPy's BLAS here has no threads that can be set")
def test_a_small_network_trains_to_the_same_bits_on_one_thread_and_on_two() -> None:
    """docs/howto/train.md says this of products of up to 380 terms, and no product here sums more."""

    def trained(n: int) -> list[bytes]:
        tg.set_num_threads(n)
        tg.manual_seed(0)
        model = tg.nn.MLP([64, 256, 128, 10])
        opt = tg.optim.Adam(model.parameters())
        x, y = tg.randn(200, 64), tg.arange(200) % 10
        for _ in range(5):
            opt.zero_grad()
            tg.nn.functional.cross_entropy(model(x), y).backward()
            opt.step()
        return [p.detach().numpy().tobytes() for p in model.parameters()]

    assert trained(1) == trained(2)


# --- the same bits ---


def trained(n: int) -> bytes:
    """The weights of a small network after training with n threads."""
    with threadpool_limits(n, user_api="blas"):
        tg.manual_seed(0)
        X, y = tg.randn(48, 64), tg.randint(0, 10, (48,))
        model = tg.nn.Sequential(tg.nn.Linear(64, 64), tg.nn.Tanh(), tg.nn.Linear(64, 10))  # 48 · 64 · 64 = 196,608
        optimizer = tg.optim.Adam(model.parameters(), lr=0.01)
        for _ in range(5):
            optimizer.zero_grad()
            tg.nn.functional.cross_entropy(model(X), y).backward()
            optimizer.step()
    return b"".join(p.detach().numpy().tobytes() for p in model.parameters())


@pytest.mark.skipif(not blas(), reason="NumPy's BLAS here has no threads that can be set")
def test_the_same_seed_gives_the_same_bits_for_any_number_of_threads() -> None:
    assert trained(1) == trained(2) == trained(4)
    assert trained(1) != b""


@pytest.mark.skipif(not blas(), reason="NumPy's BLAS here has no threads that can be set")
@pytest.mark.parametrize(("m", "k", "n"), [(1, 499, 500), (500, 1, 499), (499, 500, 1), (62, 63, 64), (2, 31_000, 4)])
def test_products_of_fewer_than_250_000_multiplications_have_the_same_bits(m: int, k: int, n: int) -> None:
    assert m * k * n < 250_000
    tg.manual_seed(0)
    a, b = tg.randn(m, k), tg.randn(k, n)
    found = set()
    for threads_ in (1, 2, 4):
        with threadpool_limits(threads_, user_api="blas"):
            found.add((a @ b).numpy().tobytes())
    assert len(found) == 1
