"""Messages about mismatched shapes: which axes differ, with the shapes aligned and these axes marked."""

from __future__ import annotations

from collections.abc import Collection, Sequence

Shape = tuple[int, ...]


def aligned(shapes: Sequence[Shape], marks: Sequence[Collection[int]]) -> str:
    """The shapes line by line; below a shape, a ^ for each of its `marks`: axes counted from the end, where -1 is the last.

    If consecutive shapes have the same marks, these are placed below the last of them.

    >>> print(aligned([(3, 2), (4, 5)], [{-1}, {-2}]))
      (3, 2)
          ^
      (4, 5)
       ^
    >>> print(aligned([(2, 10), (2, 4)], [{-1}, {-1}]))
      (2, 10)
      (2,  4)
           ^
    """
    rank = max(map(len, shapes), default=0)
    widths = [max(len(str(s[k])) for s in shapes if len(s) >= -k) for k in range(-rank, 0)]
    lines = []
    for i, (shape, wrong) in enumerate(zip(shapes, marks, strict=True)):
        lead = sum(width + 2 for width in widths[: rank - len(shape)])
        sizes = ", ".join(str(n).rjust(width) for n, width in zip(shape, widths[rank - len(shape) :], strict=True))
        lines.append(f"  {' ' * lead}({sizes})")
        if wrong and (i + 1 == len(shapes) or set(wrong) != set(marks[i + 1])):
            below = ("^" if k in wrong else "" for k in range(-rank, 0))
            lines.append("   " + "  ".join(mark.rjust(width) for mark, width in zip(below, widths, strict=True)).rstrip())
    return "\n".join(lines)


def unequal_axes(shapes: Sequence[Shape], allowed: Collection[int] = ()) -> set[int]:
    """The axes, counted from the end, whose sizes differ, disregarding the `allowed` sizes.

    >>> unequal_axes([(2, 3), (2, 4)]), unequal_axes([(2, 3), (1, 4)], allowed={1})
    ({-1}, {-1})
    """
    rank = max(map(len, shapes), default=0)
    sizes = {k: {s[k] for s in shapes if len(s) >= -k}.difference(allowed) for k in range(-rank, 0)}
    return {k for k, different in sizes.items() if len(different) > 1}


def unequal_sizes(shapes: Sequence[Shape]) -> str:
    """PyTorch's sentence about the last axis in which sizes differ, ending in ": "; "" if there is none.

    >>> unequal_sizes([(2, 3), (4,)])
    'The size of tensor a (3) must match the size of tensor b (4) at non-singleton dimension 1: '
    """
    different = unequal_axes(shapes, allowed={1})
    if not different:
        return ""
    k, rank = max(different), max(map(len, shapes))
    a, b, *_ = dict.fromkeys(s[k] for s in shapes if len(s) >= -k and s[k] != 1)
    return f"The size of tensor a ({a}) must match the size of tensor b ({b}) at non-singleton dimension {rank + k}: "
