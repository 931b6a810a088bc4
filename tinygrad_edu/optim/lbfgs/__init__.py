"""LBFGS, with its line search and its estimate of the curvature."""

from .quasi_newton import LBFGS

__all__ = ["LBFGS"]
