"""The rules compared with their papers: the pseudocode in plain Python, one number at a time, with the papers' symbols."""

import math

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import optim

STEPS = 60


def slope(x):
    """The derivative of (x−1)²/2 + cos 3x, which has several minima."""
    return (x - 1) - 3 * math.sin(3 * x)


def sgd(x, alpha=0.01):
    """xₙ = xₙ₋₁ − α ∇f(xₙ₋₁)."""
    for _ in range(STEPS):
        x = x - alpha * slope(x)
    return x


def polyak(x, alpha=0.01, gamma=0.9):
    """Momentum: vₜ = γ vₜ₋₁ + α ∇f."""
    v = 0.0
    for _ in range(STEPS):
        v = gamma * v + alpha * slope(x)
        x = x - v
    return x


def nesterov(x, alpha=0.01, gamma=0.9):
    """The look-ahead form: the gradient is taken at x − γ v. Returns the look-ahead point, which the parameters hold."""
    v = 0.0
    for _ in range(STEPS):
        v = gamma * v + alpha * slope(x - gamma * v)
        x = x - v
    return x - gamma * v


def duchi(x, eta=0.01, epsilon=1e-6):
    """Adagrad with diagonal matrices, ε inside the root."""
    G = 0.0
    for _ in range(STEPS):
        g = slope(x)
        G = G + g**2
        x = x - eta / math.sqrt(G + epsilon) * g
    return x


def hinton(x, rate=0.01):
    """RMSprop, lecture 6e: MeanSquare(w, t) = 0.9 MeanSquare(w, t−1) + 0.1 (∂E/∂w)²; no ε."""
    mean_square = 0.0
    for _ in range(STEPS):
        mean_square = 0.9 * mean_square + 0.1 * slope(x) ** 2
        x = x - rate * slope(x) / math.sqrt(mean_square)
    return x


def graves(w, aleph=0.95, beth=0.9, gimel=1e-4, daleth=1e-4):
    """Generating sequences with recurrent neural networks, equations 38 to 41."""
    n = g = delta = 0.0
    for _ in range(STEPS):
        epsilon = slope(w)
        n = aleph * n + (1 - aleph) * epsilon**2
        g = aleph * g + (1 - aleph) * epsilon
        delta = beth * delta - gimel * epsilon / math.sqrt(n - g**2 + daleth)
        w = w + delta
    return w


def zeiler(x, rho=0.95, epsilon=1e-6):
    """ADADELTA, algorithm 1."""
    Eg2 = Ex2 = 0.0
    for _ in range(STEPS):
        g = slope(x)
        Eg2 = rho * Eg2 + (1 - rho) * g**2
        delta = -math.sqrt(Ex2 + epsilon) / math.sqrt(Eg2 + epsilon) * g
        Ex2 = rho * Ex2 + (1 - rho) * delta**2
        x = x + delta
    return x


def kingma(theta, alpha=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    """Adam, algorithm 1."""
    m = v = 0.0
    for t in range(1, STEPS + 1):
        g = slope(theta)
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        m_hat = m / (1 - beta1**t)
        v_hat = v / (1 - beta2**t)
        theta = theta - alpha * m_hat / (math.sqrt(v_hat) + epsilon)
    return theta


def kingma_faster(theta, alpha=0.001, beta1=0.9, beta2=0.999, epsilon_hat=1e-2):
    """Adam, the reordered form at the end of section 2."""
    m = v = 0.0
    for t in range(1, STEPS + 1):
        g = slope(theta)
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        alpha_t = alpha * math.sqrt(1 - beta2**t) / (1 - beta1**t)
        theta = theta - alpha_t * m / (math.sqrt(v) + epsilon_hat)
    return theta


def kingma_infinity(theta, alpha=0.002, beta1=0.9, beta2=0.999):
    """AdaMax, algorithm 2; no ε."""
    m = u = 0.0
    for t in range(1, STEPS + 1):
        g = slope(theta)
        m = beta1 * m + (1 - beta1) * g
        u = max(beta2 * u, abs(g))
        theta = theta - alpha / (1 - beta1**t) * m / u
    return theta


def loshchilov(theta, eta=0.01, decay=0.1, beta1=0.9, beta2=0.999, epsilon=1e-8):
    """AdamW, algorithm 2, with α = 1, so that the schedule multiplier η is the learning rate of both terms."""
    m = v = 0.0
    for t in range(1, STEPS + 1):
        g = slope(theta)
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
        theta = theta - eta * (m_hat / (math.sqrt(v_hat) + epsilon) + decay * theta)
    return theta


def dozat(theta, eta=0.002, mu_max=0.9, nu=0.999, epsilon=1e-8, psi=None):
    """Nadam: Adam whose momentum is applied one step early; μₜ is constant, or follows the warm-up schedule."""
    mu = lambda t: mu_max if psi is None else mu_max * (1 - 0.5 * 0.96 ** (t * psi))
    m = n = 0.0
    for t in range(1, STEPS + 1):
        g = slope(theta)
        m = mu_max * m + (1 - mu_max) * g
        n = nu * n + (1 - nu) * g**2
        so_far = math.prod(mu(i) for i in range(1, t + 1))
        g_hat = g / (1 - so_far)
        m_hat = m / (1 - so_far * mu(t + 1))
        n_hat = n / (1 - nu**t)
        m_bar = (1 - mu(t)) * g_hat + mu(t + 1) * m_hat
        theta = theta - eta * m_bar / (math.sqrt(n_hat) + epsilon)
    return theta


PAPERS = [
    (sgd, optim.SGD, {"lr": 0.01}),
    (polyak, optim.Momentum, {"lr": 0.01, "momentum": 0.9}),
    (polyak, optim.SGD, {"lr": 0.01, "momentum": 0.9}),
    (nesterov, optim.NAG, {"lr": 0.01, "momentum": 0.9}),
    (duchi, optim.Adagrad, {"lr": 0.01, "eps": 1e-6}),
    (hinton, optim.RMSprop, {"lr": 0.01, "alpha": 0.9, "eps": 0.0}),
    (
        graves,
        optim.RMSprop,
        {"lr": 1e-4, "alpha": 0.95, "eps": 1e-4, "momentum": 0.9, "centered": True, "eps_in_sqrt": True, "lr_in_buffer": True},
    ),
    (zeiler, optim.Adadelta, {"lr": 1.0, "rho": 0.95, "eps": 1e-6}),
    (kingma, optim.Adam, {"lr": 0.001}),
    (kingma_faster, optim.Adam, {"lr": 0.001, "eps": 1e-2, "eps_hat": True}),
    (kingma_infinity, optim.Adamax, {"lr": 0.002, "eps": 0.0}),
    (kingma_infinity, optim.Adamax, {"lr": 0.002, "eps": 0.0, "eps_in_max": False}),
    (loshchilov, optim.AdamW, {"lr": 0.01, "weight_decay": 0.1}),
    (dozat, optim.Nadam, {"lr": 0.002, "momentum_decay": None}),
    (lambda x: dozat(x, psi=0.004), optim.Nadam, {"lr": 0.002}),
    (lambda x: dozat(x, psi=1.0), optim.Nadam, {"lr": 0.002, "momentum_decay": 1.0}),
]


@pytest.mark.parametrize(("paper", "rule", "options"), PAPERS, ids=lambda value: getattr(value, "__name__", None))
def test_a_rule_takes_the_steps_of_its_paper(paper, rule, options):
    starts = [-1.5, 0.2, 2.5]
    w = tg.tensor(np.array(starts), requires_grad=True)
    optimizer = rule([w], **options)
    for _ in range(STEPS):
        optimizer.zero_grad()
        (0.5 * (w - 1) ** 2 + tg.cos(3 * w)).sum().backward()
        optimizer.step()
    np.testing.assert_allclose(w.detach().numpy(), [paper(x) for x in starts], rtol=1e-9)


def test_every_rule_has_a_paper():
    assert {rule for _, rule, _ in PAPERS} == set(optim.RULES)


def test_eps_in_sqrt_moves_eps_into_the_root():
    g, eps = 0.5, 0.1
    for rule, v in ((optim.Adagrad, g * g), (optim.RMSprop, 0.01 * g * g), (optim.Adam, g * g)):
        for inside in (True, False):
            w = tg.tensor(np.array([0.0]), requires_grad=True)
            w.grad = tg.tensor(np.array([g]))
            rule([w], lr=1.0, eps=eps, eps_in_sqrt=inside).step()
            root = math.sqrt(v + eps) if inside else math.sqrt(v) + eps
            assert w.item() == pytest.approx(-g / root), (rule, inside)


def test_batch_stochastic_and_mini_batch_descent_are_one_rule_with_three_batch_sizes():
    rng = np.random.default_rng(0)
    X, target = rng.normal(size=(12, 2)), rng.normal(size=12)
    for size in (12, 1, 4):
        w = tg.tensor(np.zeros(2), requires_grad=True)
        optimizer = optim.SGD([w], lr=0.1)
        by_hand = np.zeros(2)
        for i in range(0, 12, size):
            xb, yb = X[i : i + size], target[i : i + size]
            optimizer.zero_grad()
            ((tg.tensor(xb) @ w - tg.tensor(yb)) ** 2).mean().backward()
            optimizer.step()
            by_hand = by_hand - 0.1 * 2 * xb.T @ (xb @ by_hand - yb) / size
        np.testing.assert_allclose(w.detach().numpy(), by_hand, rtol=1e-12)


def test_the_table_of_rules_says_what_each_rule_follows_and_what_it_changes():
    family = optim.family()
    assert [row[0] for row in family.rows] == [rule.__name__ for rule in optim.RULES]
    changes = {row[0]: row[2] for row in family.rows}
    assert [name for name, what in changes.items() if what == "gradient"] == ["Momentum", "NAG"]
    assert [name for name, what in changes.items() if what == "rate"] == ["Adagrad", "RMSprop", "Adadelta"]
    assert {"Adam", "Nadam"} <= {name for name, what in changes.items() if what == "gradient and rate"}
    known = {"—"}
    for row in family.rows:  # each follows rules further up
        assert set(row[1].split(", ")) <= known
        known.add(row[0])
    assert repr(family).count("\n") > len(optim.RULES)
    assert family._repr_markdown_().startswith("| rule |")


def test_memory_in_the_table_of_rules_is_what_optimizers_report():
    memory = {row[0]: row[3] for row in optim.family().rows}
    assert (memory["SGD"][:2], memory["Momentum"], memory["Adam"][:2]) == ("1×", "2×", "3×")
    for rule in optim.RULES:
        w = tg.tensor(np.zeros(1000), requires_grad=True)
        w.grad = tg.tensor(np.ones(1000))
        optimizer = rule([w])
        optimizer.step()
        kept = w._data.nbytes + sum(b._data.nbytes for b in optimizer.state[w].values() if isinstance(b, tg.Tensor))
        assert memory[rule.__name__].startswith(f"{kept // w._data.nbytes}×")
