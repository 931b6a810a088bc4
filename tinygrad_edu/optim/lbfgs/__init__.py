"""LBFGS: its line search, and what it remembers of the curvature."""

from .quasi_newton import LBFGS

__all__ = ["LBFGS"]
