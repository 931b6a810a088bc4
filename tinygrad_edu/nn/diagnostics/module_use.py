"""Common mistakes with modules, and the errors and warnings that describe them."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from ...autograd.user_line import PACKAGE, warn_user
from ..parameter import Parameter

if TYPE_CHECKING:
    from ..module import Module
    from ..module_parameters import ModuleTree


def say_where(module: Module, error: Exception) -> None:
    """Add a note to an error raised in `module`: the path, in the outermost module called, of the layer that raised it."""
    inner: Module | None = getattr(error, "_layer", None)
    if inner is None:
        error._layer = module  # type: ignore[attr-defined]  # mypy does not know that exceptions accept attributes
        return
    path = next((path for path, part in module.named_modules() if part is inner), None)
    if path:
        first, *more = repr(inner).splitlines()
        note = f"in layer {path!r} of this {type(module).__name__}: {type(inner).__name__ if more else first}"
        notes = getattr(error, "__notes__", [])
        if notes and notes[-1].startswith("in layer "):
            notes.pop()
        error.add_note(note)


def no_forward(module: Module) -> NotImplementedError:
    """The error for a module without forward; it suggests renaming a method with a similar name, if there is one."""
    own = [name for part in type(module).__mro__ if part.__module__.partition(".")[0] != PACKAGE for name in vars(part)]
    close = difflib.get_close_matches("forward", own, 1, 0.7)
    advice = f"rename {close[0]!r} to 'forward'" if close else "define `def forward(self, x)`"
    return NotImplementedError(f'Module [{type(module).__name__}] is missing the required "forward" function: {advice}')


def no_such_attribute(module: Module, name: str) -> AttributeError:
    """The error for an unknown attribute, with its probable cause: no super().__init__(), a Keras name, or a misspelling."""
    hint = ""
    if "training" not in module.__dict__ and not name.startswith("__"):
        hint = f" (was super().__init__() called at the start of {type(module).__name__}.__init__?)"
    # `layers` is a name from Keras, but a misspelling if the module has an attribute `layer`
    elif (answer := _answer_to_keras(name)) and not difflib.get_close_matches(name, vars(module), 1, 0.85):
        hint = f": {answer}"
    elif close := difflib.get_close_matches(name, [n for n in dir(module) if not n.startswith("_")], 1, 0.6):
        hint = f". Did you mean: {close[0]!r}?"
    # obj=None keeps the interpreter from adding its own suggestion
    return AttributeError(f"{type(module).__name__!r} object has no attribute {name!r}{hint}", name=name, obj=None)


def _answer_to_keras(name: str) -> str | None:
    from .keras_names import METHODS  # only errors need it

    return METHODS.get(name)


def name_of_a_method(module: Module, name: str, value: Any) -> TypeError:
    """The error for an attribute that would hide a method, whose next call would then fail."""
    listed = isinstance(value, (list, tuple))
    better = "self.layers = nn.ModuleList([...])" if listed else f"self.my_{name} = ..."
    return TypeError(
        f"{type(module).__name__}: this {type(value).__name__} would hide {name}(), a method of every Module; choose another "
        f"name: {better}"
    )


def warn_about_plain_lists(root: ModuleTree, module_class: type[Any]) -> None:
    """Warn about Modules and Parameters in a plain list, tuple or dict, where parameters() does not find them.

    Containers inside these are searched too, one level deep. Modules and Parameters that are also registered elsewhere are
    not reported.
    """
    if not any(isinstance(x, (list, tuple, dict)) for module in root.modules() for x in module.__dict__.values()):
        return
    known: set[int] | None = None
    for path, module in root.named_modules():
        for name, value in module.__dict__.items():
            if not isinstance(value, (list, tuple, dict)):
                continue
            held = [
                item
                for part in _items(value)
                for item in (_items(part) if isinstance(part, (list, tuple, dict)) else (part,))
                if isinstance(item, (module_class, Parameter))
            ]
            if not held:
                continue
            if known is None:
                known = {id(m) for m in root.modules()}.union(id(p) for m in root.modules() for _, p in m._own(Parameter))
            if any(id(item) not in known for item in held):
                what, kind = ("parameters", "Parameter") if isinstance(held[0], Parameter) else ("layers", "Module")
                warn_user(
                    f"{type(root).__name__}: {f'{path}.{name}' if path else name} is a plain {type(value).__name__}, so the "
                    f"{what} in it are not found and will not be trained; write self.{name} = "
                    f"nn.{kind}{'Dict' if isinstance(value, dict) else 'List'}(...)"
                )


def _items(held: list[Any] | tuple[Any, ...] | dict[Any, Any]) -> Iterable[Any]:
    return held.values() if isinstance(held, dict) else held
