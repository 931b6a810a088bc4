"""The same seed gives PyTorch's numbers: stored ones (tests/oracles/make_random.py) and, if it is installed, live ones."""

import copy
import pickle
from pathlib import Path

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import Generator

from ..oracles.make_random import CASES, FROM_LIBM, FROM_MKL_ON_INTEL, SEED, samples

STORED = np.load(Path(__file__).parents[1] / "oracles" / "random.npz", allow_pickle=False)


def assert_equal(ours, theirs):
    assert ours.dtype == theirs.dtype
    assert ours.shape == theirs.shape
    np.testing.assert_array_equal(ours, theirs)


# --- against stored numbers ---


@pytest.mark.parametrize("name", CASES)
def test_the_same_seed_gives_pytorchs_numbers_bit_for_bit(name):
    ours = samples(tg, name)
    assert len(ours) == sum(key.startswith(f"{name}/") for key in STORED)
    for i, x in enumerate(ours):
        expected = STORED[f"{name}/{i}"]
        if name in FROM_LIBM and x.dtype == np.float64:
            np.testing.assert_allclose(x, expected, rtol=1e-15)
        else:
            assert_equal(x, expected)


def test_a_generators_state_equals_pytorchs_byte_for_byte():
    assert_equal(Generator().manual_seed(SEED).get_state().numpy(), STORED["state"])


# --- the generator ---


def test_manual_seed_seeds_the_default_generator():
    assert tg.manual_seed(5) is tg.default_generator
    a = tg.randn(4)
    tg.manual_seed(5)
    assert_equal(tg.randn(4, generator=tg.default_generator).numpy(), a.numpy())
    assert tg.initial_seed() == 5


def test_an_explicit_generator_leaves_the_default_one_alone():
    tg.manual_seed(1)
    before = tg.get_rng_state()
    tg.rand(100, generator=Generator().manual_seed(2))
    assert_equal(tg.get_rng_state().numpy(), before.numpy())


@pytest.mark.parametrize("draws", [0, 1, 623, 624, 625])
def test_a_restored_state_continues_the_stream_with_its_spare_normal(draws):
    g = Generator().manual_seed(3)
    g.bits32(draws)
    g.normal(3)  # leaves a spare normal
    state = g.get_state()
    expected = [g.normal(3), g.uniform(700), g.normal(100)]
    other = Generator()
    other.set_state(state)
    for x, y in zip([other.normal(3), other.uniform(700), other.normal(100)], expected, strict=True):
        assert_equal(x, y)
    assert other.initial_seed() == 3


def test_copies_and_pickles_of_a_generator_continue_its_stream():
    g = Generator().manual_seed(3)
    g.normal(1)
    twins = [copy.deepcopy(g), pickle.loads(pickle.dumps(g))]
    expected = g.normal(5)
    for twin in twins:
        assert_equal(twin.normal(5), expected)


def test_seeding_forgets_the_spare_normal():
    tg.manual_seed(0)
    first = tg.randn(1).item()
    tg.manual_seed(0)
    assert tg.randn(1).item() == first


def test_seed_starts_at_a_different_place_each_time():
    g = Generator()
    assert g.seed() != g.seed()
    a = g.initial_seed()
    assert_equal(g.uniform(3), Generator().manual_seed(a).uniform(3))


@pytest.mark.parametrize("seed", [-1, 2**64 - 1, -(2**63), 2**32, np.int64(7)])
def test_every_64_bit_seed_is_accepted(seed):
    assert Generator().manual_seed(seed).initial_seed() == int(seed) % 2**64


@pytest.mark.parametrize(
    ("seed", "error"), [(2**64, ValueError), (-(2**63) - 1, ValueError), (1.0, TypeError), ("1", TypeError)]
)
def test_a_bad_seed_is_refused(seed, error):
    with pytest.raises(error, match="manual_seed"):
        tg.manual_seed(seed)


def test_bytes_that_are_not_a_state_are_refused():
    with pytest.raises(ValueError, match="5056 bytes"):
        Generator().set_state(np.zeros(10, np.uint8))
    with pytest.raises(ValueError, match="not the state of a generator"):
        Generator().set_state(np.zeros(5056, np.uint8))


# --- distributions, from their definitions ---


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_moments_of_large_samples_are_those_of_the_distributions(dtype):
    g, n = Generator().manual_seed(0), 200_000
    for sample, mean, std in [
        (g.uniform(n, dtype, -1, 3), 1, 4 / 12**0.5),
        (g.normal(n, dtype, 2, 0.5), 2, 0.5),
        (g.exponential(n, dtype, 2), 0.5, 0.5),
        (g.bernoulli(0.3, n), 0.3, 0.21**0.5),
        (g.integers(0, 6, n), 2.5, (35 / 12) ** 0.5),
    ]:
        assert abs(sample.mean() - mean) < 5 * std / n**0.5
        assert sample.std() == pytest.approx(std, rel=0.01)


def test_normal_samples_follow_the_normal_distribution_function():
    x = np.sort(Generator().manual_seed(0).normal(100_000).astype(np.float64))
    expected = np.array([0.0013499, 0.0227501, 0.1586553, 0.5, 0.8413447, 0.9772499, 0.9986501])  # Φ(−3) … Φ(3)
    np.testing.assert_allclose(np.searchsorted(x, np.arange(-3, 4)) / x.size, expected, atol=0.004)


def swaps(bits, n):
    """The textbook Fisher-Yates shuffle."""
    p = list(range(n))
    for i in range(n - 1):
        j = i + int(bits[i]) % (n - i)
        p[i], p[j] = p[j], p[i]
    return p


@pytest.mark.parametrize("n", [0, 1, 2, 3, 5, 64, 1000, 65_536, 65_537])
def test_a_permutation_is_fisher_yates_without_the_loop(n):
    for seed in range(20 if n <= 1000 else 1):
        p = Generator().manual_seed(seed).permutation(n)
        assert p.tolist() == swaps(Generator().manual_seed(seed).bits32(max(n - 1, 0)), n)
        assert p.dtype == np.int64


def test_uniform_never_reaches_its_upper_end():
    x = Generator().manual_seed(0).uniform(1_000_000, np.float32, 1 - 2**-20, 1)  # float32 has 17 values there
    assert x.min() >= 1 - 2**-20
    assert x.max() < 1


@pytest.mark.parametrize(("function", "reference"), [("log32", np.log), ("cos", np.cos), ("sin", np.sin)])
def test_float32_logarithm_cosine_and_sine_are_within_two_units_in_the_last_place(function, reference):
    from tinygrad_edu.ops.rounding import cos_sin32, log32

    if function == "log32":
        x = np.linspace(2**-24, 1, 100_001, dtype=np.float32)
        y = log32(x)
    else:
        x = np.linspace(0, 2 * np.pi, 100_001, dtype=np.float32)
        y = cos_sin32(x)[function == "sin"]
    exact = reference(x.astype(np.float64))
    # next to a zero of cos or sin, the error is small relative to 1, not to the value
    unit = np.spacing(np.maximum(np.abs(exact), 0.0 if function == "log32" else 2.0**-6).astype(np.float32))
    assert np.abs(y - exact).max() > 0
    assert (np.abs(y - exact) <= 2 * unit).all()


def test_x_times_scale_plus_shift_with_one_rounding_agrees_with_fractions():
    from fractions import Fraction

    from tinygrad_edu.ops.rounding import multiply_add

    rng = np.random.default_rng(0)
    x, scale, shift = rng.random(2000), np.float64(1.1547), np.float64(-0.57735)
    exact = [float(Fraction(v) * Fraction(float(scale)) + Fraction(float(shift))) for v in x.tolist()]
    assert multiply_add(x, scale, shift).tolist() == exact
    assert (x * scale + shift).tolist() != exact  # rounding twice gives other results


def test_multinomial_frequencies_follow_the_weights_and_zero_weights_are_never_drawn():
    tg.manual_seed(0)
    w = tg.tensor([0.0, 1.0, 3.0, 0.0, 4.0])
    counts = np.bincount(tg.multinomial(w, 80_000, replacement=True).numpy(), minlength=5)
    np.testing.assert_allclose(counts / 80_000, [0, 1 / 8, 3 / 8, 0, 1 / 2], atol=0.01)
    for _ in range(50):
        assert sorted(tg.multinomial(w, 3).tolist()) == [1, 2, 4]


# --- Tensors ---


def test_a_shape_is_accepted_in_every_form():
    for f in (tg.rand, tg.randn):
        assert f(2, 3).shape == f((2, 3)).shape == f([2, 3]).shape == f(size=(2, 3)).shape == (2, 3)
        assert f().shape == f(()).shape == ()
    assert tg.randint(5, (2, 3)).shape == tg.randint(0, 5, (2, 3)).shape == tg.randint(high=5, size=(2, 3)).shape == (2, 3)


def test_dtype_and_requires_grad_are_accepted():
    x = tg.randn(3, dtype=np.float64, requires_grad=True, device="cpu")
    assert x.dtype == np.float64
    assert x.requires_grad
    assert tg.randint(3, (2,), dtype=np.int32).dtype == np.int32
    assert tg.rand_like(x).dtype == np.float64
    assert tg.randn_like(x, dtype=np.float32).dtype == np.float32
    assert not tg.rand_like(x).requires_grad


def test_fillers_return_the_tensor_they_filled():
    x = tg.empty(5)
    for fill in (x.uniform_, x.normal_, x.exponential_, x.bernoulli_, x.random_):
        assert fill() is x


def test_a_fill_advances_the_mutation_clock():
    w = tg.ones(3, requires_grad=True)
    x = tg.ones(3)
    loss = (w * x).sum()
    x.uniform_()
    with pytest.raises(RuntimeError, match="modified"):
        loss.backward()


def test_a_parameter_is_filled_only_under_no_grad():
    w = tg.ones(3, requires_grad=True)
    with pytest.raises(RuntimeError, match="uniform_"):
        w.uniform_()
    with tg.no_grad():
        w.uniform_(2, 3)
    assert w.detach().numpy().min() >= 2


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: tg.rand(2, dtype=np.int64), TypeError, "rand.*float32 or float64"),
        (lambda: tg.rand(-2), ValueError, "negative"),
        (lambda: tg.rand(2, size=(3,)), TypeError, "twice"),
        (lambda: tg.rand(2, generator=np.random.default_rng()), TypeError, "Generator"),
        (lambda: tg.rand(2, device="cuda"), ValueError, "CPU"),
        (lambda: tg.randint(5, 5, (2,)), ValueError, "low=5 and high=5"),
        (lambda: tg.randint(5), TypeError, "size is missing"),
        (lambda: tg.randint(300, (2,), dtype=np.uint8), ValueError, "uint8.*0 to 255.*high=300"),
        (lambda: tg.randint(2**63 + 1, (2,)), ValueError, "int64"),
        (lambda: tg.empty(2).random_(2**24 + 2), ValueError, "float32"),
        (lambda: tg.empty(2, dtype=np.uint16).random_(), TypeError, "uint16 is not supported without bounds"),
        (lambda: tg.empty(2).random_(0), ValueError, "low=0 and high=0"),
        (lambda: tg.randperm(-1), ValueError, "randperm"),
        (lambda: tg.normal(0.0, -1.0, (2,)), ValueError, "std"),
        (lambda: tg.normal(0.0, 1.0), TypeError, "size"),
        (lambda: tg.normal(tg.ones(2, requires_grad=True), 1.0), RuntimeError, r"mean \+ std \* randn_like"),
        (lambda: tg.empty(2).uniform_(1, 0), ValueError, "low=1, to=0"),
        (lambda: tg.empty(2).exponential_(0), ValueError, "lambd"),
        (lambda: tg.empty(2).bernoulli_(1.5), ValueError, r"\[0, 1\]"),
        (lambda: tg.bernoulli(tg.tensor([0.5, float("nan")])), ValueError, r"\[0, 1\]"),
        (lambda: tg.multinomial(tg.tensor([1, 2]), 1), TypeError, "floating point"),
        (lambda: tg.multinomial(tg.tensor([1.0, -2.0]), 1), ValueError, "not negative"),
        (lambda: tg.multinomial(tg.tensor([0.0, 0.0]), 1), ValueError, "zeros"),
        (lambda: tg.multinomial(tg.tensor([1.0, 0.0]), 2), ValueError, "at most 1"),
        (lambda: tg.multinomial(tg.ones(2, 2, 2), 1), ValueError, r"\(2, 2, 2\)"),
        (lambda: Generator("cuda"), ValueError, "CPU"),
    ],
)
def test_errors_say_what_is_wrong(call, error, words):
    with pytest.raises(error, match=words):
        call()


# --- against PyTorch in this process ---


@pytest.fixture(scope="module")
def torch():
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    if torch.backends.cpu.get_cpu_capability() not in ("AVX2", "AVX512"):
        pytest.skip("without AVX2 PyTorch rounds its own samples differently")
    return torch


def draws_from_mkl(torch):
    """Whether PyTorch draws from MKL, as on Intel processors: its own generator then draws only a seed for MKL."""
    states = []
    for n in (1000, 2000):
        torch.manual_seed(0)
        torch.empty(n).exponential_()
        states.append(torch.get_rng_state().numpy().tobytes())
    return states[0] == states[1]


@pytest.mark.live
@pytest.mark.parametrize("name", CASES)
def test_the_installed_pytorch_gives_the_same_numbers(torch, name):
    if name in FROM_MKL_ON_INTEL and draws_from_mkl(torch):
        pytest.skip("on Intel processors PyTorch draws these samples from MKL")
    for ours, theirs in zip(samples(tg, name), samples(torch, name), strict=True):
        assert_equal(ours, theirs)


@pytest.mark.live
@pytest.mark.parametrize("seed", range(12))
def test_any_sequence_of_calls_agrees_with_pytorch(torch, seed):
    choose = np.random.default_rng(seed)
    ours, theirs = Generator().manual_seed(seed - 3), torch.Generator().manual_seed(seed - 3)
    mkl = draws_from_mkl(torch)
    for _ in range(40):
        n = int(choose.choice([0, 1, 2, 5, 15, 16, 17, 33, 700]))
        name = str(choose.choice(["float32", "float64"]))
        kind = choose.integers(4 if mkl else 6)
        if kind == 0:
            low = float(choose.normal())
            a = tg.empty(n, dtype=name).uniform_(low, low + 1.7, generator=ours)
            b = torch.empty(n, dtype=getattr(torch, name)).uniform_(low, low + 1.7, generator=theirs)
        elif kind == 1:
            mean, std = float(choose.normal()), float(choose.random())
            a = tg.empty(n, dtype=name).normal_(mean, std, generator=ours)
            b = torch.empty(n, dtype=getattr(torch, name)).normal_(mean, std, generator=theirs)
        elif kind == 2:
            high = int(choose.choice([1, 7, 2**28 - 1, 2**28, 2**33]))
            a, b = tg.randint(-3, high, (n,), generator=ours), torch.randint(-3, high, (n,), generator=theirs)
        elif kind == 3:
            a, b = tg.randperm(n, generator=ours), torch.randperm(n, generator=theirs)
        elif kind == 4:
            a = tg.empty(n, dtype=name).exponential_(0.3, generator=ours)
            b = torch.empty(n, dtype=getattr(torch, name)).exponential_(0.3, generator=theirs)
        else:
            w = choose.random((3, n % 40 + 1)).astype(name)  # few enough that no two float32 samples are equal
            count, replacement = int(choose.integers(1, n % 40 + 2)), bool(choose.integers(2))
            a = tg.multinomial(tg.from_numpy(w), count, replacement, generator=ours)
            b = torch.multinomial(torch.from_numpy(w), count, replacement, generator=theirs)
        assert_equal(a.numpy(), b.numpy())
        assert_equal(ours.get_state().numpy(), theirs.get_state().numpy())


@pytest.mark.live
def test_states_can_be_exchanged_with_pytorch_in_both_directions(torch):
    ours, theirs = Generator().manual_seed(9), torch.Generator()
    ours.normal(701)
    theirs.set_state(torch.from_numpy(ours.get_state().numpy()))
    assert_equal(tg.randn(3, generator=ours).numpy(), torch.randn(3, generator=theirs).numpy())
    torch.rand(1234, generator=theirs)
    ours.set_state(theirs.get_state().numpy())
    assert_equal(tg.randn(5, generator=ours).numpy(), torch.randn(5, generator=theirs).numpy())


@pytest.mark.live
@pytest.mark.parametrize("fill", ["uniform_", "normal_", "random_"])
def test_tensors_that_are_not_contiguous_are_filled_in_the_order_of_their_memory(torch, fill):
    def views(t):
        x = t.zeros(20, 30)
        return [x.T, x[::2], x[:, ::3], x[:, ::3].T, t.zeros(3, 4, 5).transpose(0, 2), t.zeros(3, 4, 5).transpose(0, 1)[1:]]

    for ours, theirs in zip(views(tg), views(torch), strict=True):
        tg.manual_seed(1)
        torch.manual_seed(1)
        assert_equal(getattr(ours, fill)().numpy(), getattr(theirs, fill)().numpy())
