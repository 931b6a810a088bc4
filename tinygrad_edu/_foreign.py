"""Values that are no Tensors, named in error messages with what makes a Tensor of them."""

from __future__ import annotations

from typing import Any

CONVERSIONS = {  # the package that a type comes from -> what to write
    "torch": "tg.from_numpy(x.detach().numpy())",
    "jax": "tg.tensor(np.asarray(x))",
    "jaxlib": "tg.tensor(np.asarray(x))",
    "tensorflow": "tg.tensor(x.numpy())",
    "keras": "tg.tensor(x.numpy())",
    "cupy": "tg.from_numpy(x.get())",
    "mlx": "tg.tensor(np.asarray(x))",
    "pandas": "tg.tensor(x.to_numpy(dtype='float32'))",
    "polars": "tg.tensor(x.to_numpy())",
    "scipy": "tg.tensor(x.toarray())",
    "PIL": "tg.tensor(np.asarray(x))",
}


def is_foreign(value: Any) -> bool:
    """Whether it is an array, a table or an image of another package, which some operations would take without a gradient."""
    return _package(value) in CONVERSIONS


def kind_of(value: Any) -> str:
    """The name of its type, with the package that it comes from.

    >>> from fractions import Fraction
    >>> kind_of([1]), kind_of(Fraction(1))
    ('list', 'fractions.Fraction')
    """
    package, name = _package(value), type(value).__name__
    return name if package in ("builtins", "tinygrad_edu", "__main__") else f"{package}.{name}"


def described(value: Any) -> str:
    """The name of its type, and what makes a Tensor of it.

    >>> described([1.0])
    'list; tg.tensor(x) makes a Tensor of it'
    >>> described(["cat", "dog"])
    'list of str; np.unique(names, return_inverse=True)[1] are class numbers'
    """
    kind = kind_of(value)
    if isinstance(value, (list, tuple)):
        first = _first(value)
        if isinstance(first, str):
            return f"{kind} of str; np.unique(names, return_inverse=True)[1] are class numbers"
        if hasattr(first, "requires_grad"):
            return f"{kind} of {kind_of(first)}; tg.stack(x) makes one Tensor of several"
        return f"{kind}; tg.tensor(x) makes a Tensor of it"
    if is_foreign(value):
        return f"{kind}; {CONVERSIONS[_package(value)]} makes a Tensor of it"
    if isinstance(value, type):
        return f"the class {value.__name__}"
    if hasattr(value, "forward"):
        return f"{kind}, a module and not its output: call it, as in model(x)"
    if hasattr(value, "__self__") or kind == "function":
        return f"{kind} {value.__name__}: call it, with parentheses"
    return kind


def _package(value: Any) -> str:
    return type(value).__module__.partition(".")[0]


def _first(value: Any) -> Any:
    while isinstance(value, (list, tuple)) and value:
        value = value[0]
    return value
