"""Recurrent layers: one cell applied along a sequence. x is [L, N, in], or [N, L, in] with batch_first, or [L, in]."""

from __future__ import annotations

from typing import Any

from ..._tensor import Tensor
from ...ops import recurrent as ops
from ...ops.affine import linear
from ...ops.joining import stack
from .recurrent_base import Recurrent, check_nonlinearity

__all__ = ["GRU", "LSTM", "RNN"]

# --- a layer, in one direction: x [L, N, in], state, weights -> all hₜ [L, N, H], or (all hₜ, all cₜ) for an LSTM ---


def _rnn(x: Any, h: Any, w_ih: Any, w_hh: Any, b_ih: Any, b_hh: Any, *, nonlinearity: str) -> Any:
    bias = None if b_ih is None else b_ih + b_hh
    return ops.rnn(linear(x, w_ih, bias), h, w_hh, nonlinearity=nonlinearity)


def _lstm(x: Any, state: Any, w_ih: Any, w_hh: Any, b_ih: Any, b_hh: Any, w_hr: Any = None) -> tuple[Any, Any]:
    bias = None if b_ih is None else b_ih + b_hh
    gates = linear(x, w_ih, bias)
    if w_hr is None:
        y = ops.lstm(gates, *state, w_hh)
        return y[:, 0], y[:, 1]
    (h, c), all_h, all_c = state, [], []
    for t in range(len(gates)):  # w_hr projects h between the steps
        y = ops.lstm(gates[t : t + 1], h, c, w_hh)
        h, c = linear(y[0, 0], w_hr), y[0, 1]
        all_h.append(h)
        all_c.append(c)
    return stack(all_h), stack(all_c)


def _gru(x: Any, h: Any, w_ih: Any, w_hh: Any, b_ih: Any, b_hh: Any) -> Any:
    bias = () if b_hh is None else (b_hh,)
    return ops.gru(linear(x, w_ih, b_ih), h, w_hh, *bias)


class RNN(Recurrent[Tensor]):
    """hₜ = tanh(W_ih xₜ + b_ih + W_hh hₜ₋₁ + b_hh), or with relu, along a sequence -> (all hₜ of the last layer, last h).

    x [L, N, in] (batch_first: [N, L, in]; without a batch: [L, in]) -> y [L, N, D·H], h [layers·D, N, H]; D is 2 if
    bidirectional, else 1. dropout applies between layers. If x is an nn.utils.rnn.PackedSequence, so is y, and h is the
    state at the end of each sequence.
    Source: Elman, Finding Structure in Time, 1990.

    >>> import tinygrad_edu as tg
    >>> y, h = tg.nn.RNN(3, 5, num_layers=2)(tg.zeros(7, 4, 3))
    >>> y.shape, h.shape
    ((7, 4, 5), (2, 4, 5))
    """

    gates = 1

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        nonlinearity: str = "tanh",
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        check_nonlinearity("RNN", nonlinearity)
        super().__init__(
            input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, device=device, dtype=dtype
        )
        self.nonlinearity = nonlinearity

    def _run(self, x: Any, state: Any, *weights: Any) -> Any:
        return _rnn(x, state, *weights, nonlinearity=self.nonlinearity)


class LSTM(Recurrent[tuple[Tensor, Tensor]]):
    """Long short-term memory: gates i, f, o control what a cell c adds, keeps and outputs -> (all hₜ, (last h, last c)).

    i, f, o = σ(…)    g = tanh(…)    c ← f c + i g    h = o tanh c;  the weights' rows are in the order i, f, g, o.
    Shapes and options as in RNN. proj_size > 0 projects h to that size, which must be less than hidden_size: h ← weight_hr h.
    Sources: Hochreiter & Schmidhuber, Long Short-Term Memory, 1997; Sak et al., 2014, arXiv:1402.1128 (proj_size).

    >>> import tinygrad_edu as tg
    >>> y, (h, c) = tg.nn.LSTM(3, 5, batch_first=True)(tg.zeros(4, 7, 3))
    >>> y.shape, h.shape, c.shape
    ((4, 7, 5), (1, 4, 5), (1, 4, 5))
    """

    gates, pair = 4, True

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        proj_size: int = 0,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        if isinstance(proj_size, int) and not (proj_size == 0 or 0 < proj_size < hidden_size):
            raise ValueError(f"LSTM: proj_size must be in [0, hidden_size) with hidden_size={hidden_size}, got {proj_size}")
        self.proj_size = proj_size
        super().__init__(
            input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, device=device, dtype=dtype
        )

    def _run(self, x: Any, state: Any, *weights: Any) -> Any:
        return _lstm(x, state, *weights)


class GRU(Recurrent[Tensor]):
    """Gated recurrent unit: gates r and z control how the state h is used and kept -> (all hₜ, last h).

    r, z = σ(…)    n = tanh(W_in x + b_in + r (W_hn h + b_hn))    h ← (1 − z) n + z h;  the weights' rows are in the order
    r, z, n. Shapes and options as in RNN.
    Source: Cho et al., Learning Phrase Representations using RNN Encoder-Decoder, 2014, arXiv:1406.1078 (r multiplies the
    product W_hn h, as in PyTorch and cuDNN; in the paper, it multiplies h before the product).

    >>> import tinygrad_edu as tg
    >>> output, h = tg.nn.GRU(4, 6, batch_first=True)(tg.zeros(2, 5, 4))
    >>> output.shape, h.shape
    ((2, 5, 6), (1, 2, 6))
    """

    gates = 3

    def _run(self, x: Any, state: Any, *weights: Any) -> Any:
        return _gru(x, state, *weights)
