"""Lists and dicts that register the modules or Parameters in them, which plain lists and dicts do not."""

from __future__ import annotations

import operator
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Self

from ..lazy_parameter import UninitializedParameter
from ..module import Module
from ..parameter import Parameter

__all__ = ["ModuleDict", "ModuleList", "ParameterDict", "ParameterList"]


class Indexed(Module):
    """Children named "0", "1", … or by the keys of a dict, accessed by position."""

    def _items(self) -> list[Any]:
        return [value for _, value in self._own(Module)]

    def _name(self, index: int) -> str:
        names = [name for name, _ in self._own(Module)]
        position = operator.index(index)
        if not -len(names) <= position < len(names):
            raise IndexError(f"{type(self).__name__}: index {position} is out of range: the length is {len(names)}")
        return names[position]

    def _replace(self, items: Iterable[Any]) -> None:
        """Replace all items, naming them "0", "1", …"""
        items = list(items)
        for name in [name for name, _ in self._own((Module, Parameter))]:  # type: ignore[arg-type]  # it accepts a tuple
            delattr(self, name)
        for i, item in enumerate(items):
            setattr(self, str(i), item)

    def __len__(self) -> int:
        return len(self._items())

    def __iter__(self) -> Iterator[Any]:
        return iter(self._items())

    def __setitem__(self, index: int, module: Module) -> None:
        setattr(self, self._name(index), module)

    def __delitem__(self, index: int | slice) -> None:
        items = self._items()
        del items[index]
        self._replace(items)

    def append(self, module: Module) -> Self:
        """Add a module at the end and return the container."""
        self.add_module(str(len(self)), module)
        return self

    def extend(self, modules: Iterable[Module]) -> Self:
        """Add modules at the end and return the container."""
        for module in list(modules):
            self.append(module)
        return self

    def insert(self, index: int, module: Module) -> Self:
        """Insert a module before the one at `index` and return the container."""
        items = self._items()
        items.insert(index, module)
        self._replace(items)
        return self

    def pop(self, index: int = -1) -> Module:
        """Remove the module at `index` and return it."""
        items = self._items()
        module: Module = items.pop(index)
        self._replace(items)
        return module


class _Keyed(Module):
    """Children of one kind, accessed by name."""

    kind: type[Any]

    def __setitem__(self, key: str, item: Any) -> None:
        raise NotImplementedError

    def _found(self) -> dict[str, Any]:
        return dict(self._own(self.kind))

    def __getitem__(self, key: str) -> Any:
        if key not in self:
            raise KeyError(key)
        return self.__dict__[key]

    def __delitem__(self, key: str) -> None:
        self[key]
        delattr(self, key)

    def __len__(self) -> int:
        return len(self._found())

    def __iter__(self) -> Iterator[str]:
        return iter(self._found())

    def __contains__(self, key: object) -> bool:
        return isinstance(self.__dict__.get(key), self.kind)  # type: ignore[call-overload]  # any key may be looked up

    def keys(self) -> Iterable[str]:
        """The names of the children."""
        return self._found().keys()

    def values(self) -> Iterable[Any]:
        """The children."""
        return self._found().values()

    def items(self) -> Iterable[tuple[str, Any]]:
        """(name, child) pairs."""
        return self._found().items()

    def update(self, items: Mapping[str, Any] | Iterable[tuple[str, Any]]) -> None:
        """Add or replace several children."""
        for name, item in items.items() if isinstance(items, (Mapping, _Keyed)) else items:
            self[name] = item

    def pop(self, key: str) -> Any:
        """Remove a child and return it."""
        item = self[key]
        del self[key]
        return item

    def clear(self) -> None:
        """Remove all children."""
        for name in list(self):
            del self[name]


class ModuleList(Indexed):
    """A list that registers the modules in it; the module that holds the list calls them in its `forward`.

    >>> import tinygrad_edu as tg
    >>> len(tg.nn.ModuleList(tg.nn.Linear(2, 2) for _ in range(3)))
    3
    """

    def __init__(self, modules: Iterable[Module] | None = None) -> None:
        super().__init__()
        self.extend(modules or ())

    def __getitem__(self, index: int | slice) -> Any:
        return ModuleList(self._items()[index]) if isinstance(index, slice) else self.__dict__[self._name(index)]

    def __add__(self, other: Iterable[Module]) -> ModuleList:
        return ModuleList([*self, *other])

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """Not implemented: a list of modules does not define an order of computation."""
        raise NotImplementedError(
            f'Module [{self._get_name()}] is missing the required "forward" function: '
            "it only holds modules; call each of them (`for layer in layers: x = layer(x)`), or use nn.Sequential"
        )

    def __repr__(self) -> str:
        """Show consecutive modules with equal reprs once, with their count."""
        groups: list[tuple[int, int, str]] = []
        for i, text in enumerate(map(repr, self)):
            if groups and groups[-1][2] == text:
                groups[-1] = (groups[-1][0], i, text)
            else:
                groups.append((i, i, text))
        if not groups:
            return f"{self._get_name()}()"
        body = "\n".join(f"({i}): {text}" if i == j else f"({i}-{j}): {j - i + 1} x {text}" for i, j, text in groups)
        return f"{self._get_name()}(\n{textwrap.indent(body, '  ')}\n)"


class ModuleDict(_Keyed):
    """A dict of modules that registers their parameters.

    >>> import tinygrad_edu as tg
    >>> heads = tg.nn.ModuleDict({"mean": tg.nn.Linear(2, 1), "scale": tg.nn.Linear(2, 1)})
    >>> list(heads)
    ['mean', 'scale']
    """

    kind = Module

    def __init__(self, modules: Mapping[str, Module] | Iterable[tuple[str, Module]] | None = None) -> None:
        super().__init__()
        self.update(modules or {})

    def __setitem__(self, key: str, module: Module) -> None:
        self.add_module(key, module)


class ParameterList(Indexed):
    """A list of registered Parameters; Tensors and arrays become Parameters.

    >>> import tinygrad_edu as tg
    >>> weights = tg.nn.ParameterList([tg.zeros(2), tg.zeros(3)])
    >>> [p.shape for p in weights]
    [(2,), (3,)]
    """

    def __init__(self, values: Iterable[Any] | None = None) -> None:
        super().__init__()
        self.extend(values or ())

    def _items(self) -> list[Any]:
        return [value for _, value in self._own(Parameter)]

    def __getitem__(self, index: int | slice) -> Any:
        return ParameterList(self._items()[index]) if isinstance(index, slice) else self._items()[index]

    def __setitem__(self, index: int, value: Any) -> None:
        if not -len(self) <= index < len(self):
            raise IndexError(f"ParameterList: index {index} is out of range: the length is {len(self)}")
        setattr(self, str(index % len(self)), _parameter(value))

    def append(self, value: Any) -> Self:
        """Add a Parameter at the end and return the list."""
        setattr(self, str(len(self)), _parameter(value))
        return self

    def extra_repr(self) -> str:
        return "\n".join(f"  ({i}): {_kind(p)}" for i, p in enumerate(self))


class ParameterDict(_Keyed):
    """A dict of registered Parameters; Tensors and arrays become Parameters."""

    kind = Parameter

    def __init__(self, parameters: Mapping[str, Any] | Iterable[tuple[str, Any]] | None = None) -> None:
        super().__init__()
        self.update(parameters or {})

    def __setitem__(self, key: str, value: Any) -> None:
        self.register_parameter(key, _parameter(value))

    def extra_repr(self) -> str:
        return "\n".join(f"  ({name}): {_kind(p)}" for name, p in self.items())


def _parameter(value: Any) -> Parameter:
    return value if isinstance(value, Parameter) else Parameter(value)


def _kind(p: Parameter) -> str:
    """The description that PyTorch prints, except for the dtype, which has NumPy's name here."""
    if isinstance(p, UninitializedParameter):
        return repr(p)
    size = "x".join(map(str, p.shape))
    return f"Parameter containing: [{p.dtype} of size {size}]"
