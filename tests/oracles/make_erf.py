"""Print the table of tinygrad_edu/ops/special.py (needs mpmath, which computes erfc to 40 digits).

    python tests/oracles/make_erf.py

The Chebyshev coefficients of (1 + 2x)·exp(x²)·erfc(x) over u = (x − 3) / (x + 3), which maps x in [0, ∞) to [−1, 1).
"""

import mpmath

mpmath.mp.dps = 40
POINTS, TERMS = 160, 26


def scaled(u: mpmath.mpf) -> mpmath.mpf:
    x = 3 * (1 + u) / (1 - u)
    return (1 + 2 * x) * mpmath.exp(x * x) * mpmath.erfc(x)


angles = [mpmath.pi * (k + mpmath.mpf(1) / 2) / POINTS for k in range(POINTS)]
values = [scaled(mpmath.cos(a)) for a in angles]
for j in range(TERMS):
    c = mpmath.fsum(v * mpmath.cos(j * a) for v, a in zip(values, angles, strict=True)) * 2 / POINTS
    print(repr(float(c / 2 if j == 0 else c)) + ",")
