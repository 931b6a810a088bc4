"""Probability distributions: samples, log-probabilities, entropies and divergences, with PyTorch's names and random numbers.

policy = Categorical(logits=network(state))
action = policy.sample()
loss = -policy.log_prob(action) * reward           # REINFORCE

z = Normal(mean, std).rsample()                    # mean + std · ε: gradients reach mean and std
loss = reconstruction + kl_divergence(Normal(mean, std), Normal(0.0, 1.0)).sum()
"""

from . import divergence as kl
from .continuous import Normal, Uniform
from .discrete import Bernoulli, Categorical, Multinomial
from .distribution import Distribution, Independent
from .divergence import kl_divergence, register_kl

__all__ = [
    "Bernoulli",
    "Categorical",
    "Distribution",
    "Independent",
    "Multinomial",
    "Normal",
    "Uniform",
    "kl",
    "kl_divergence",
    "register_kl",
]
