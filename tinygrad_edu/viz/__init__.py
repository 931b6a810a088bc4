"""Pictures of what the engine did: `viz.graph(loss)` draws, prints and saves a computation graph."""

from .boundary import decision_boundary
from .chart import Picture
from .collect import graph
from .explain import explain
from .graph import Edge, Graph, Node
from .history import loss_curves
from .layers import activations, weights
from .pictures import confusion_matrix, misread_digits
from .plot import plot
from .race import Lane, Race, race
from .summary import Summary
from .surfaces import SURFACES, Surface, loss_slice, quadratic
from .trace import trace
from .training import history  # last: it takes the place of the module of that name

confusion = confusion_matrix  # the short name beside history, weights and activations

__all__ = [
    "graph",
    "explain",
    "trace",
    "Graph",
    "Node",
    "Edge",
    "Summary",
    "loss_curves",
    "confusion",
    "confusion_matrix",
    "misread_digits",
    "Picture",
]
__all__ += ["race", "Race", "Lane", "SURFACES", "Surface", "quadratic", "loss_slice"]
__all__ += ["plot", "history", "decision_boundary", "weights", "activations"]
