"""Values that are not Tensors: their names in error messages, and how to convert them."""

from __future__ import annotations

from typing import Any

CONVERSIONS = {  # the package of a type -> the conversion
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
    """Whether `value` is another package's array, table or image, which some operations would accept without a gradient."""
    return _package(value) in CONVERSIONS


def kind_of(value: Any) -> str:
    """The name of the type of `value`, qualified with its package unless that is this one, `builtins` or `__main__`.

    >>> from fractions import Fraction
    >>> kind_of([1]), kind_of(Fraction(1))
    ('list', 'fractions.Fraction')
    """
    package, name = _package(value), type(value).__name__
    return name if package in ("builtins", "tinygrad_edu", "__main__") else f"{package}.{name}"


def described(value: Any) -> str:
    """The name of the type of `value`, and what to do with it if that is known, such as how to convert it to a Tensor.

    >>> described([1.0])
    'list; use tg.tensor(x)'
    >>> described(["cat", "dog"])
    'list of str; use np.unique(names, return_inverse=True)[1] for class indices'
    """
    kind = kind_of(value)
    if isinstance(value, (list, tuple)):
        first = _first(value)
        if isinstance(first, str):
            return f"{kind} of str; use np.unique(names, return_inverse=True)[1] for class indices"
        if hasattr(first, "requires_grad"):
            return f"{kind} of {kind_of(first)}; use tg.stack(x) to combine several Tensors"
        return f"{kind}; use tg.tensor(x)"
    if is_foreign(value):
        return f"{kind}; use {CONVERSIONS[_package(value)]}"
    if isinstance(value, type):
        return f"the class {value.__name__}"
    if hasattr(value, "forward"):
        return f"{kind}, a module, not its output: call it, as in model(x)"
    if hasattr(value, "__self__") or kind == "function":
        return f"{kind} {value.__name__}: call it, with parentheses"
    return kind


def _package(value: Any) -> str:
    return type(value).__module__.partition(".")[0]


def _first(value: Any) -> Any:
    while isinstance(value, (list, tuple)) and value:
        value = value[0]
    return value
