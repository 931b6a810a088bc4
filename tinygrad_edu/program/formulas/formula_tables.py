"""Tables that turn the text of a rule into a textbook formula: without NumPy's names and technical details."""

from __future__ import annotations

import operator

import numpy as np

from .rewriting import patterns

OPERATORS = {np.add: "a + b", np.subtract: "a - b", np.multiply: "a * b", np.true_divide: "a / b", operator.pow: "a ** b",
             np.negative: "-a", np.matmul: "a @ b"}  # fmt: skip
"""Forward functions for which Python has an operator."""

PLUMBING = patterns([  # calls in helpers that do not change values
    ("raw(_x)", "_x"),
    ("reshape(_x, _shape)", "_x"),
    ("expand_dims(_x, _axis)", "_x"),
    ("broadcast_to(_x, _shape)", "_x"),
    ("asarray(_x)", "_x"),
    ("as_array(_x)", "_x"),
    ("_x.astype(_dtype)", "_x"),
])  # fmt: skip

HOW = patterns([  # how a rule is computed -> what it means
    ("raw(_x)", "_x"),
    ("asarray(_x)", "_x"),
    ("as_array(_x)", "_x"),
    ("_x.astype(_dtype)", "_x"),
    ("reshape(_a @ _b, _shape)", "_a @ _b"),
    ("_x.reshape(*_shape, _n)", "_x"),
    ("_a == reshape(_b, _shape)", "_a == _b"),
    ("squeeze(_a @ expand_dims(_b, -1), -1)", "_a @ _b"),
    ("squeeze(expand_dims(_a, -2) @ _b, -2)", "_a @ _b"),
    ("over(_g, _shape, _axis, _k)", "_g"),
    ("index(_x, key=_key)", "_x[_key]"),
    ("tuple((-s for s in _values))", "-_values"),
    ("add_rows(_x)", "sum(_x, axis=0)"),
    ("add_up(_x, _axis, _k)", "sum(_x, axis=_axis, keepdims=_k)"),
    ("add_up(_x, _axis, keepdims=_k)", "sum(_x, axis=_axis, keepdims=_k)"),
    ("_x or _y", "_x"),
    ("_x * 1.0", "_x"),
    ("1.0 * _x", "_x"),
    # NumPy's names for Python's operators
    ("matmul(_a, _b)", "_a @ _b"),
    ("dot(_a, _b)", "_a @ _b"),
    ("_a.dot(_b)", "_a @ _b"),
    ("add(_a, _b, out=_y)", "_a + _b"),
    ("multiply(_a, _b)", "_a * _b"),
    ("greater(_a, _b)", "_a > _b"),
    ("less(_a, _b)", "_a < _b"),
    ("greater_equal(_a, _b)", "_a >= _b"),
    ("less_equal(_a, _b)", "_a <= _b"),
    ("~(_a > _b)", "_a <= _b"),
    ("~(_a < _b)", "_a >= _b"),
    ("~(_a >= _b)", "_a < _b"),
    ("~(_a <= _b)", "_a > _b"),
    ("swapaxes(_x, -1, -2)", "_x.T"),
    ("max(_x, axis=_axis, keepdims=_k, initial=_start)", "max(_x, axis=_axis, keepdims=_k)"),
    # edge cases at single points: 0 · inf, 0 / 0, the logarithm of 0, comparisons with nan
    ("where(_t == 0, _edge, _x)", "_x"),
    ("where(_t == inf, _edge, _x)", "_x"),
    ("where(isinf(_t), _edge, _x)", "_x"),
    ("where(isfinite(_t), _x, _edge)", "_x"),
    ("_c | isnan(_x)", "_c"),
    ("_c | isnan(_x) & isnan(_y)", "_c"),
    # gate() is a fast where()
    ("gate(_g, _c)", "where(_c, _g, 0)"),
    ("where(False, _x, _y)", "_y"),
    ("where(_c, _x, 0) * _f", "where(_c, _x * _f, 0)"),
    ("_f * where(_c, _x, 0)", "where(_c, _f * _x, 0)"),
    ("where(_a > _b, _x, 0) + where(_a <= _b, _y, 0)", "where(_a > _b, _x, _y)"),
    ("ones(_shape, bool) & _c", "_c"),
    # products: g first, no parentheses on the right
    ("_a * (_b * _c)", "_a * _b * _c"),
    ("_a * g", "g * _a"),
    ("_a * -_b", "-(_a * _b)"),
    ("-(_a * _b)", "-_a * _b"),
    # expressions with a textbook name
    ("1 / (1 + exp(-_x))", "sigmoid(_x)"),
    ("maximum(_x, 0) + log1p(exp(-abs(_x)))", "softplus(_x)"),
    (
        "exp(_x - max(_x, axis=_axis, keepdims=_k)) / sum(exp(_x - max(_x, axis=_axis, keepdims=_k)), axis=_axis, keepdims=_k)",
        "softmax(_x, _axis)",
    ),
])  # fmt: skip

OVER_ALL = patterns([("sum(_x, axis=axis, keepdims=_k)", "sum(_x)")])  # if the axis is None

TEXTBOOK = {  # rules that are longer than the textbook's, because they are fast, or avoid overflow
    "cross_entropy": ("g * scale * weights * (softmax(logits) - one_hot(target))",),
    "logaddexp": ("g * exp(a - y)", "g * exp(b - y)"),
    "det": ("g * y * inv(x).T",),
    "pad": ("g[inside]",),
    "permute": ("transpose(g, argsort(axes))",),
    "batch_norm": ("weight * (g - mean(g) - x̂ * mean(g * x̂)) / sqrt(var + eps)", "sum(g * x̂)", "sum(g)"),
    "layer_norm": (
        "(g * weight - mean(g * weight) - x̂ * mean(g * weight * x̂)) / sqrt(var + eps)",
        "sum(g * x̂)",
        "sum(g)",
    ),
    "scaled_dot_product_attention": ("dS @ key * scale", "dS.T @ query * scale", "A.T @ g", "dS"),
    **{f"conv{n}d": ("fold(weight.T @ g)", "g @ windows(x).T", "sum(g)") for n in (1, 2, 3)},
    **{f"conv_transpose{n}d": ("weight @ windows(g)", "x @ windows(g).T", "sum(g)") for n in (1, 2, 3)},
    **{f"avg_pool{n}d": ("fold(g / count)",) for n in (1, 2, 3)},
    **{f"max_pool{n}d": ("fold(g * first_largest(windows(x)))",) for n in (1, 2, 3)},
    **{f"adaptive_avg_pool{n}d": ("fold(g / count)",) for n in (1, 2)},
    **{f"adaptive_max_pool{n}d": ("fold(g * first_largest(windows(x)))",) for n in (1, 2)},
    "interpolate": ("weights.T @ g",),
    "of_largest": ("fold(g * first_largest(windows(x)))", "", ""),
    "to_largest": ("sum(windows(g) * first_largest(windows(x)))", "", ""),
}
