"""Parameter groups: which Tensors an optimizer updates, each group with its own options."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from typing import TYPE_CHECKING, Any, TypeAlias

from .._foreign import described, kind_of
from .._tensor.structure_clock import structure_changed
from ..autograd.node import is_tensor
from ..autograd.user_line import warn_user
from .option_values import check_option

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .._tensor import Tensor

Params: TypeAlias = "Iterable[Tensor] | Iterable[tuple[str, Tensor]] | Iterable[dict[str, Any]]"


class ParamGroup(dict[str, Any]):
    """A parameter group: a dict that rejects an invalid option when it is set, not in the middle of the next step.

    lr is checked by step() instead, which accepts a rate that is negative only because of rounding.

    >>> group = ParamGroup("Adam", {"betas": (0.9, 0.999)})
    >>> group["betas"] = (2, 3)
    Traceback (most recent call last):
    ValueError: Invalid beta parameter at index 0: 2 (Adam: betas must be in [0, 1))
    """

    __slots__ = ("who",)  # without a __dict__ to search, lookups are as fast as in a dict

    def __init__(self, who: str, options: Mapping[str, Any]) -> None:
        self.who = who
        super().__init__(options)

    def __setitem__(self, key: str, value: Any) -> None:
        if key != "lr":
            check_option(getattr(self, "who", "param_group"), key, value)  # pickle sets the items first
            structure_changed()
        super().__setitem__(key, value)

    def __delitem__(self, key: str) -> None:
        structure_changed()
        super().__delitem__(key)

    def update(self, *others: Any, **options: Any) -> None:
        for key, value in (new := dict(*others, **options)).items():
            if key != "lr":
                check_option(self.who, key, value)
        structure_changed()
        super().update(new)

    pop, setdefault = MutableMapping.pop, MutableMapping.setdefault  # they call the methods above, unlike dict's own

    def __ior__(self, other: Any) -> ParamGroup:  # type: ignore[override,misc]  # the same as dict's overloads
        self.update(other)
        return self


def as_groups(who: str, params: Any) -> list[dict[str, Any]]:
    """The parameter groups in an optimizer constructor's first argument; bare Tensors become one group."""
    expected = "params argument given to the optimizer should be an iterable of Tensors or dicts, but got"
    if is_tensor(params):
        raise TypeError(f"{expected} a {type(params).__name__}: write {who}([w])")
    given = list(params) if hasattr(params, "__iter__") else None
    if given is None or (hasattr(params, "parameters") and not all(map(is_tensor, given))):
        raise TypeError(f"{expected} {kind_of(params)}: for a module, pass its .parameters()")
    if not given:
        raise ValueError("optimizer got an empty parameter list")
    return given if isinstance(given[0], dict) else [{"params": given}]


def new_group(who: str, defaults: dict[str, Any], param_group: dict[str, Any], groups: list[dict[str, Any]]) -> ParamGroup:
    """`param_group` with default values for the missing options, checked on its own and against the groups before it."""
    if not isinstance(param_group, dict):
        raise TypeError(f"param_group must be a dict, but got {type(param_group).__name__}")
    if "params" not in param_group:
        raise ValueError(f"{who}: a parameter group needs a 'params' entry, got the keys {sorted(param_group)}")
    params = param_group["params"]
    if isinstance(params, set):
        raise TypeError("optimizer parameters need to be in an ordered collection, such as a list: the order of a set varies")
    params, names = _split_names([params] if is_tensor(params) else list(params))
    for p in params:
        _check_parameter(who, p)
    unique = {id(p): p for p in params}
    if len(unique) != len(params):
        warn_user("optimizer contains a parameter group with duplicate parameters; each is updated once")
    if any(id(p) in unique for group in groups for p in group["params"]):
        raise ValueError("some parameters appear in more than one parameter group")
    group = ParamGroup(who, {**defaults, **param_group, "params": list(unique.values())})
    if names:
        group["param_names"] = list({id(p): name for name, p in zip(names, params, strict=True)}.values())
    for key, value in group.items():
        check_option(who, key, value)
    return group


def _split_names(params: list[Any]) -> tuple[list[Any], list[str]]:
    """Split (name, Tensor) pairs; raise PyTorch's error if only some have names."""
    names = [p[0] for p in params if isinstance(p, tuple)]
    if names and len(names) != len(params):
        raise ValueError("all optimizer params should be with/without names. Some param names are missing")
    return [p[1] for p in params] if names else params, names


def _check_parameter(who: str, p: Any) -> None:
    if not is_tensor(p):
        raise TypeError(f"optimizer can only optimize Tensors, but one of the params is {described(p)}")
    if not (p.is_leaf or p._retains_grad):
        raise ValueError("can't optimize a non-leaf Tensor: pass the tensor that it was computed from, or detach() it")
    if not is_lazy(p) and p._data.dtype.kind != "f":
        raise TypeError(f"{who}: parameters must be floating point, got a Tensor of {p._data.dtype}")


def is_lazy(p: Tensor) -> bool:
    """Whether p belongs to a lazy layer that has not been called yet, and so has no shape."""
    return getattr(p, "_lazy", False)


def parameter_name(group: dict[str, Any], number: int) -> str:
    """The name of a parameter in messages: its path, the name given by the user, or its number and shape."""
    p = group["params"][number]
    names = group.get("param_names", ())
    if number < len(names):
        return str(names[number])
    given = getattr(p, "name", None)
    return given or (f"parameter {number} (of a lazy layer)" if is_lazy(p) else f"parameter {number} (shape {p._data.shape})")
