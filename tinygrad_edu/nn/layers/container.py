"""Modules made of modules, one after the other or by name."""

from __future__ import annotations

import itertools
import operator
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from ..lazy_parameter import UninitializedParameter
from ..module import Module, indent
from ..parameter import Parameter
from . import activation
from .identity import Identity
from .linear import Linear

__all__ = ["MLP", "ModuleDict", "ModuleList", "ParameterDict", "ParameterList", "Sequential"]


class _Indexed(Module):
    """Children named "0", "1", … or by the keys of a dict, reached by position."""

    def _items(self) -> list[Any]:
        return [value for _, value in self._own(Module)]

    def _name(self, index: int) -> str:
        names = [name for name, _ in self._own(Module)]
        position = operator.index(index)
        if not -len(names) <= position < len(names):
            raise IndexError(f"{type(self).__name__}: index {position} is out of range: there are {len(names)}")
        return names[position]

    def _replace(self, items: Iterable[Any]) -> None:
        """Name the items "0", "1", … anew."""
        items = list(items)
        for name in [name for name, _ in self._own((Module, Parameter))]:  # type: ignore[arg-type]  # isinstance takes a tuple
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

    def append(self, module: Module) -> Any:
        """Add a module at the end and return the container."""
        self.add_module(str(len(self)), module)
        return self

    def extend(self, modules: Iterable[Module]) -> Any:
        """Add modules at the end and return the container."""
        for module in list(modules):
            self.append(module)
        return self

    def insert(self, index: int, module: Module) -> Any:
        """Put a module before the one at `index` and return the container."""
        items = self._items()
        items.insert(index, module)
        self._replace(items)
        return self

    def pop(self, index: int = -1) -> Module:
        """Take out the module at `index` and return it."""
        items = self._items()
        module: Module = items.pop(index)
        self._replace(items)
        return module


class Sequential(_Indexed):
    """Modules one after the other: the output of each is the input of the next.

    Takes the modules, or one dict name -> module. Slices are Sequentials of the same modules.

    >>> import tinygrad_edu as tg
    >>> model = tg.nn.Sequential(tg.nn.Linear(2, 3), tg.nn.ReLU(), tg.nn.Linear(3, 1))
    >>> model(tg.ones(5, 2)).shape
    (5, 1)
    >>> model[:2]
    Sequential(
      (0): Linear(in_features=2, out_features=3, bias=True)
      (1): ReLU()
    )
    """

    def __init__(self, *args: Any) -> None:
        super().__init__()
        if len(args) == 1 and isinstance(args[0], Mapping):
            for name, module in args[0].items():
                self.add_module(name, module)
        else:
            for i, module in enumerate(args):
                self.add_module(str(i), module)

    def forward(self, input: Any) -> Any:
        for module in self.__dict__.values():
            if isinstance(module, Module):
                input = module(input)
        return input

    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return Sequential(dict(list(self._own(Module))[index]))
        return self.__dict__[self._name(index)]

    def __add__(self, other: Sequential) -> Sequential:
        if not isinstance(other, Sequential):
            raise ValueError(f"Sequential + {type(other).__name__}: only another Sequential can be added")
        return Sequential(*self, *other)


ACTIVATIONS: dict[str, Callable[[], Module]] = {
    "relu": activation.ReLU,
    "tanh": activation.Tanh,
    "sigmoid": activation.Sigmoid,
    "leaky_relu": activation.LeakyReLU,
    "elu": activation.ELU,
    "selu": activation.SELU,
    "gelu": activation.GELU,
    "silu": activation.SiLU,
    "mish": activation.Mish,
    "softplus": activation.Softplus,
    "identity": Identity,
}
"""The names that MLP(activation=...) knows."""


class MLP(Sequential):
    """A multilayer perceptron in one line: Linear layers of the given sizes with an activation between them.

    MLP([2, 16, 16, 1]) is Sequential(Linear(2, 16), ReLU(), Linear(16, 16), ReLU(), Linear(16, 1)): nothing comes after the
    last layer, so that it gives logits or plain numbers.

    sizes       inputs, hidden layers, outputs: at least two positive integers
    activation  a Module class or a function that makes one, or a name: "relu", "tanh", "sigmoid", …

    >>> import tinygrad_edu as tg
    >>> tg.nn.MLP([2, 16, 1], activation="tanh")
    MLP(
      (0): Linear(in_features=2, out_features=16, bias=True)
      (1): Tanh()
      (2): Linear(in_features=16, out_features=1, bias=True)
    )
    """

    def __init__(
        self,
        sizes: Sequence[int],
        activation: str | Callable[[], Module] = activation.ReLU,
        *,
        bias: bool = True,
        dtype: Any = None,
    ) -> None:
        if isinstance(sizes, int) or len(sizes) < 2:
            raise ValueError(f"MLP: sizes must be at least [inputs, outputs], got {sizes}")
        if isinstance(activation, str) and activation.lower() not in ACTIVATIONS:
            raise ValueError(f"MLP: activation must be one of {', '.join(ACTIVATIONS)} or a Module class, got {activation!r}")
        make = ACTIVATIONS[activation.lower()] if isinstance(activation, str) else activation
        if not callable(make) or isinstance(make, Module):
            raise TypeError(f"MLP: activation must be a class such as nn.ReLU (without parentheses) or a name, got {make!r}")
        layers: list[Module] = []
        for n_in, n_out in itertools.pairwise(sizes):
            layers += [Linear(n_in, n_out, bias, dtype=dtype), make()]
        super().__init__(*layers[:-1])


class ModuleList(_Indexed):
    """A list of modules whose parameters are found; what `forward` does with them is up to you.

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
        """Refused: a list of modules has no order of computation."""
        raise NotImplementedError(
            f"{self._get_name()} only holds modules: call each, `for layer in layers: x = layer(x)`, or use nn.Sequential"
        )

    def __repr__(self) -> str:
        """Equal neighbours are printed once, with their number."""
        groups: list[tuple[int, int, str]] = []
        for i, text in enumerate(map(repr, self)):
            if groups and groups[-1][2] == text:
                groups[-1] = (groups[-1][0], i, text)
            else:
                groups.append((i, i, text))
        if not groups:
            return f"{self._get_name()}()"
        lines = [f"({i}): {text}" if i == j else f"({i}-{j}): {j - i + 1} x {text}" for i, j, text in groups]
        return f"{self._get_name()}(\n  " + "\n  ".join(map(indent, lines)) + "\n)"


class ModuleDict(Module):
    """A dict of modules whose parameters are found.

    >>> import tinygrad_edu as tg
    >>> heads = tg.nn.ModuleDict({"mean": tg.nn.Linear(2, 1), "scale": tg.nn.Linear(2, 1)})
    >>> list(heads)
    ['mean', 'scale']
    """

    def __init__(self, modules: Mapping[str, Module] | Iterable[tuple[str, Module]] | None = None) -> None:
        super().__init__()
        self.update(modules or {})

    def __getitem__(self, key: str) -> Module:
        if key not in self:
            raise KeyError(key)
        module: Module = self.__dict__[key]
        return module

    def __setitem__(self, key: str, module: Module) -> None:
        self.add_module(key, module)

    def __delitem__(self, key: str) -> None:
        self[key]
        delattr(self, key)

    def __len__(self) -> int:
        return len(self._modules)

    def __iter__(self) -> Iterator[str]:
        return iter(self._modules)

    def __contains__(self, key: object) -> bool:
        return isinstance(self.__dict__.get(key), Module)  # type: ignore[call-overload]  # any key may be asked for

    def keys(self) -> Iterable[str]:
        """The names."""
        return self._modules.keys()

    def values(self) -> Iterable[Module]:
        """The modules."""
        return self._modules.values()

    def items(self) -> Iterable[tuple[str, Module]]:
        """(name, module)."""
        return self._modules.items()

    def update(self, modules: Mapping[str, Module] | Iterable[tuple[str, Module]]) -> None:
        """Add or replace several."""
        for name, module in modules.items() if isinstance(modules, (Mapping, ModuleDict)) else modules:
            self[name] = module

    def pop(self, key: str) -> Module:
        """Take out one and return it."""
        module = self[key]
        del self[key]
        return module

    def clear(self) -> None:
        """Take out all."""
        for name in list(self):
            del self[name]


class ParameterList(_Indexed):
    """A list of Parameters that are found; Tensors and arrays become Parameters.

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
            raise IndexError(f"ParameterList: index {index} is out of range: there are {len(self)}")
        setattr(self, str(index % len(self)), _parameter(value))

    def append(self, value: Any) -> ParameterList:
        """Add a Parameter at the end and return the list."""
        setattr(self, str(len(self)), _parameter(value))
        return self

    def extra_repr(self) -> str:
        return "\n".join(f"  ({i}): {_kind(p)}" for i, p in enumerate(self))


class ParameterDict(Module):
    """A dict of Parameters that are found; Tensors and arrays become Parameters."""

    def __init__(self, parameters: Mapping[str, Any] | None = None) -> None:
        super().__init__()
        self.update(parameters or {})

    def __getitem__(self, key: str) -> Parameter:
        if key not in self:
            raise KeyError(key)
        param: Parameter = self.__dict__[key]
        return param

    def __setitem__(self, key: str, value: Any) -> None:
        self.register_parameter(key, _parameter(value))

    def __delitem__(self, key: str) -> None:
        self[key]
        delattr(self, key)

    def __len__(self) -> int:
        return len(self._parameters)

    def __iter__(self) -> Iterator[str]:
        return iter(self._parameters)

    def __contains__(self, key: object) -> bool:
        return isinstance(self.__dict__.get(key), Parameter)  # type: ignore[call-overload]  # any key may be asked for

    def keys(self) -> Iterable[str]:
        """The names."""
        return self._parameters.keys()

    def values(self) -> Iterable[Parameter]:
        """The Parameters."""
        return self._parameters.values()

    def items(self) -> Iterable[tuple[str, Parameter]]:
        """(name, Parameter)."""
        return self._parameters.items()

    def update(self, parameters: Mapping[str, Any]) -> None:
        """Add or replace several."""
        for name, value in parameters.items():
            self[name] = value

    def extra_repr(self) -> str:
        return "\n".join(f"  ({name}): {_kind(p)}" for name, p in self.items())


def _parameter(value: Any) -> Parameter:
    return value if isinstance(value, Parameter) else Parameter(value)


def _kind(p: Parameter) -> str:
    """As PyTorch prints it, but for the dtype, which has NumPy's name here."""
    if isinstance(p, UninitializedParameter):
        return repr(p)
    size = "x".join(map(str, p.shape))
    return f"Parameter containing: [{p.dtype} of size {size}]"
