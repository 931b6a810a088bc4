"""Guards as one compiled function: it runs before each call of a program."""

from __future__ import annotations

from typing import Any

from .comparisons import same_array, same_list, same_plain


class Guards:
    """Conditions under which a program may run, compiled to one function.

    A guard is (name for messages, condition as Python); `space` binds the objects used in the conditions.
    """

    def __init__(self) -> None:
        self.guards: list[tuple[str, str]] = []
        self.space: dict[str, Any] = {"same_plain": same_plain, "same_list": same_list, "same_array": same_array, "vars": vars}

    def finish(self) -> None:
        """Create `holds`, once everything has been collected."""
        condition = " and ".join(condition for _, condition in self.guards) or "True"
        # Compiled, because it runs before each step; it contains only names and quoted keys generated in this module.
        exec(f"def holds():\n    return {condition}", self.space)

    def holds(self) -> bool:
        """Whether all values are unchanged."""
        try:
            answer: bool = self.space["holds"]()
        except (KeyError, AttributeError, ValueError, IndexError, TypeError):
            return False  # something no longer exists
        return answer

    def difference(self) -> str | None:
        """The name of a value that has changed."""
        for name, condition in self.guards:
            try:
                if not eval(condition, self.space):  # one of the conditions in holds()
                    return name
            except (KeyError, AttributeError, ValueError, IndexError, TypeError):
                return name
        return None

    def _bind(self, x: Any) -> str:
        name = f"v{len(self.space)}"
        self.space[name] = x
        return name

    def _guard(self, name: str, condition: str, value: Any) -> None:
        self.guards.append((name, condition.replace("<value>", self._bind(value))))

    def _same(self, name: str, look: str, value: Any) -> None:
        self._guard(name, f"{look} is <value>", value)

    def _absent(self, name: str, keys: str, missing: Any) -> None:
        self._guard(name, f"{keys}.isdisjoint(<value>)", frozenset(missing))
