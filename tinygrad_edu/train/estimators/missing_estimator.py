"""What stands for an estimator where scikit-learn is not installed."""

from __future__ import annotations

from typing import Any


def missing_estimator(name: str, error: ModuleNotFoundError) -> type:
    """A class of this name that says, when an estimator is made, that scikit-learn is missing; raises any other error."""
    if (error.name or "").partition(".")[0] != "sklearn":
        raise error

    def refuse(self: Any, *args: Any, **options: Any) -> None:
        raise ModuleNotFoundError(f"{name} needs scikit-learn: pip install scikit-learn (train.fit does without)")

    return type(name, (), {"__init__": refuse, "__doc__": "scikit-learn is not installed, and this estimator needs it."})
