"""Einstein summation: einsum, whose gradients are einsums too."""

import string

import numpy as np

from ..autograd.errors import DomainError, ShapeError
from ..autograd.primitives import implements, primitive
from .axis_order import permute
from .diagonals import diagonal

__all__ = ["einsum"]


@primitive
def _einsum(*tensors, inputs, output):
    return np.einsum(f"{','.join(inputs)}->{output}", *tensors, optimize=sum(t.size for t in tensors) > 1000)


@_einsum.joint_vjp
def _(g, y, *tensors, inputs, output, wanted):
    parts = []
    for i, (letters, w) in enumerate(zip(inputs, wanted, strict=True)):
        others = [t for k, t in enumerate(tensors) if k != i]
        given = (output, *(s for k, s in enumerate(inputs) if k != i))
        parts.append(_einsum(g, *others, inputs=given, output=letters) if w else None)
    return parts


@implements(np.einsum)
def einsum(equation, *operands, optimize=True):
    """Sums of products in Einstein's notation: 'ij,jk->ik' is a matrix product, 'ii->i' a diagonal, '...' any other axes.

    Without '->', the output has the axes of '...', then the letters that occur once, in alphabetical order.

    >>> import tinygrad_edu as tg
    >>> tg.einsum("i,i->", tg.tensor([1.0, 2.0]), tg.tensor([3.0, 4.0]))
    tensor(11.)
    """
    operands = tuple(operands[0]) if len(operands) == 1 and isinstance(operands[0], (tuple, list)) else operands
    inputs, output = _letters(equation, operands)
    simple = []
    for i, (x, letters) in enumerate(zip(operands, inputs, strict=True)):
        for letter in sorted(set(letters)):
            while letters.count(letter) > 1:  # 'ii': only the diagonal is used, and it moves to the end
                first, second = letters.index(letter), letters.rindex(letter)
                x = diagonal(x, 0, first, second)
                letters = "".join(c for k, c in enumerate(letters) if k not in (first, second)) + letter
        elsewhere = {c for k, other in enumerate(inputs) if k != i for c in other} | set(output)
        lonely = tuple(k for k, c in enumerate(letters) if c not in elsewhere)
        if lonely:  # a letter of this operand only: sum over it first
            x, letters = np.sum(x, axis=lonely), "".join(c for c in letters if c in elsewhere)
        simple.append((x, letters))
    if len(simple) == 1:
        return permute(simple[0][0], [simple[0][1].index(c) for c in output])
    return _einsum(*(x for x, _ in simple), inputs=tuple(letters for _, letters in simple), output=output)


def _letters(equation, operands):
    """The letters of each operand and of the output, with '...' expanded to unused letters."""
    equation = equation.replace(" ", "")
    left, arrow, output = equation.partition("->")
    inputs = left.split(",")
    if len(inputs) != len(operands):
        raise DomainError(f"einsum(): the number of operands of '{equation}' is {len(inputs)}, got {len(operands)}")
    free = [c for c in string.ascii_letters if c not in equation]
    spans = [x.ndim - len(s.replace("...", "")) for x, s in zip(operands, inputs, strict=True) if "..." in s]
    extra = "".join(free[: max(spans, default=0)])
    spelled = []
    for x, s in zip(operands, inputs, strict=True):
        n = x.ndim - len(s.replace("...", ""))
        if n < 0 or (n > 0 and "..." not in s):
            raise ShapeError(f"einsum(): the subscripts '{s}' do not match an operand of shape {x.shape}")
        spelled.append(s.replace("...", extra[len(extra) - n :]))
    if not arrow:
        once = [c for c in sorted(set("".join(inputs)) - {"."}) if "".join(inputs).count(c) == 1]
        output = ("..." if extra else "") + "".join(once)
    output = output.replace("...", extra)
    unknown = sorted(set(output) - set("".join(spelled)))
    if unknown or len(set(output)) != len(output):
        raise DomainError(f"einsum(): each letter of the output must occur once, and in an operand: '{equation}'")
    _check_sizes(equation, operands, spelled)
    return spelled, output


def _check_sizes(equation, operands, spelled):
    sizes = {}
    for x, s in zip(operands, spelled, strict=True):
        for letter, n in zip(s, x.shape, strict=True):
            if sizes.setdefault(letter, n) != n:
                if 1 not in (n, sizes[letter]):
                    raise ShapeError(f"einsum(): in '{equation}' the letter '{letter}' has sizes {sizes[letter]} and {n}")
                sizes[letter] = max(n, sizes[letter])
