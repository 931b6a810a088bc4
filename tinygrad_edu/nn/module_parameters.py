"""The tree of modules: finding the modules, Parameters and buffers inside a module, by their paths.

They are plain attributes, found by searching `__dict__`: Parameters and child modules by their types, buffers by their
names. There is no second registry that could become inconsistent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from .._tensor import Tensor
from .diagnostics import module_use
from .parameter import Parameter

if TYPE_CHECKING:
    from .module import Module


class ModuleTree:
    """The part of a Module that finds the modules and tensors inside it."""

    _buffer_names: Mapping[str, bool] = MappingProxyType({})  # name -> whether it is included in state_dict()

    def _own(self, kind: type[Any]) -> Iterator[tuple[str, Any]]:
        """(name, value) of this module's own attributes of type `kind`, in the order of assignment."""
        for name, value in list(self.__dict__.items()):
            if isinstance(value, kind):
                yield name, value

    def _own_buffers(self) -> Iterator[tuple[str, Tensor]]:
        for name in self._buffer_names:
            if self.__dict__[name] is not None:
                yield name, self.__dict__[name]

    # PyTorch's names, as read-only mappings, because assigning an attribute is what registers it
    _modules = property(lambda self: MappingProxyType(dict(self._own(ModuleTree))))
    _parameters = property(lambda self: MappingProxyType(dict(self._own(Parameter))))
    _buffers = property(lambda self: MappingProxyType(dict(self._own_buffers())))

    def named_children(self) -> Iterator[tuple[str, Module]]:
        """(name, module) of the direct children; a child with two names is listed once."""
        return self._named(lambda module: module._own(ModuleTree), "", recurse=False, remove_duplicate=True)

    def children(self) -> Iterator[Module]:
        """The direct children."""
        return (module for _, module in self.named_children())

    def named_modules(
        self, memo: set[int] | None = None, prefix: str = "", remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Module]]:
        """(path, module) of this module, whose path is "", and all inside it, such as "encoder.0.norm"."""
        memo = set() if memo is None else memo
        if remove_duplicate and id(self) in memo:
            return
        memo.add(id(self))
        yield prefix, self  # type: ignore[misc]  # Module is its only subclass
        for name, module in self._own(ModuleTree):
            yield from module.named_modules(memo, f"{prefix}.{name}" if prefix else name, remove_duplicate)

    def modules(self) -> Iterator[Module]:
        """This module and all inside it, each once, in the order of named_modules()."""
        seen: set[int] = set()
        waiting: list[Any] = [self]
        while waiting:  # iterative, for speed: this runs in every training step
            module = waiting.pop()
            if id(module) not in seen:
                seen.add(id(module))
                yield module
                waiting += [value for value in module.__dict__.values() if isinstance(value, ModuleTree)][::-1]

    def _named(
        self, find: Callable[[ModuleTree], Iterator[tuple[str, Any]]], prefix: str, recurse: bool, remove_duplicate: bool
    ) -> Iterator[tuple[str, Any]]:
        seen: set[int] = set()
        for path, module in self.named_modules(None, prefix, remove_duplicate) if recurse else [(prefix, self)]:
            for name, tensor in find(module):
                if remove_duplicate and id(tensor) in seen:
                    continue
                seen.add(id(tensor))
                yield (f"{path}.{name}" if path else name), tensor

    def named_parameters(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Parameter]]:
        """(path, Parameter), the module's own before those of its children; tied ones once.

        >>> import tinygrad_edu as tg
        >>> [(name, p.shape) for name, p in tg.nn.Linear(2, 3).named_parameters()]
        [('weight', (3, 2)), ('bias', (3,))]
        """
        module_use.warn_about_plain_lists(self, ModuleTree)
        return self._named(lambda module: module._own(Parameter), prefix, recurse, remove_duplicate)

    def parameters(self, recurse: bool = True) -> Iterator[Parameter]:
        """The Parameters, tied ones once, as an optimizer needs them."""
        module_use.warn_about_plain_lists(self, ModuleTree)
        modules: Iterable[ModuleTree] = self.modules() if recurse else (self,)
        return iter({id(p): p for module in modules for p in module.__dict__.values() if isinstance(p, Parameter)}.values())

    def named_buffers(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Tensor]]:
        """(path, Tensor) of each buffer."""
        return self._named(lambda module: module._own_buffers(), prefix, recurse, remove_duplicate)

    def buffers(self, recurse: bool = True) -> Iterator[Tensor]:
        """The buffers."""
        return (b for _, b in self.named_buffers(recurse=recurse))

    def get_submodule(self, target: str) -> Module:
        """The module at a path such as "encoder.0"; "" is this one."""
        module: Any = self
        for name in target.split(".") if target else ():
            child = module.__dict__.get(name)
            if not isinstance(child, ModuleTree):
                raise AttributeError(f"{type(module).__name__} has no child module {name!r} (looking for {target!r})")
            module = child
        return module

    def get_parameter(self, target: str) -> Parameter:
        """The Parameter at a path such as "encoder.0.weight"."""
        path, _, name = target.rpartition(".")
        param = self.get_submodule(path).__dict__.get(name)
        if not isinstance(param, Parameter):
            raise AttributeError(f"{type(self).__name__} has no parameter {target!r}")
        return param

    def get_buffer(self, target: str) -> Tensor:
        """The buffer at a path such as "encoder.0.running_mean"."""
        path, _, name = target.rpartition(".")
        module = self.get_submodule(path)
        if name not in module._buffer_names:
            raise AttributeError(f"{type(self).__name__} has no buffer {target!r}")
        return module.__dict__[name]
