"""Pictures of what the engine did: `viz.graph(loss)` draws, prints and saves a computation graph."""

from .charts.boundary import decision_boundary
from .charts.classification import confusion_matrix, misread_digits
from .charts.curves import loss_curves
from .charts.layer_contents import activations, weights
from .charts.lines import plot
from .charts.picture import Picture
from .charts.training_run import history  # last: it takes the place of the module of that name
from .model.graph_data import Edge, Graph, Node
from .model.snapshot import graph
from .model.summary import Summary
from .model.tracing import trace
from .racing.runs import Lane, Race, race
from .racing.surfaces import SURFACES, Surface, loss_slice, quadratic
from .writers.explanation import explain

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
