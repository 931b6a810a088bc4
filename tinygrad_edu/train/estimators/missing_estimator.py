"""A stand-in for an estimator if scikit-learn is not installed."""

from __future__ import annotations

from typing import Any


def missing_estimator(name: str, error: ModuleNotFoundError) -> type:
    """A class of this name whose constructor raises ModuleNotFoundError; an `error` about another module is raised at once."""
    if (error.name or "").partition(".")[0] != "sklearn":
        raise error

    def refuse(self: Any, *args: Any, **options: Any) -> None:
        raise ModuleNotFoundError(f"{name} needs scikit-learn: pip install scikit-learn (train.fit does not need it)")

    return type(name, (), {"__init__": refuse, "__doc__": "scikit-learn is not installed, and this estimator needs it."})
