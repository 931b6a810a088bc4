"""Pictures of what the engine did: `viz.graph(loss)` draws, prints and saves a computation graph."""

from .chart import Picture
from .collect import graph
from .graph import Edge, Graph, Node
from .history import loss_curves
from .pictures import confusion_matrix, misread_digits
from .summary import Summary

__all__ = ["graph", "Graph", "Node", "Edge", "Summary", "loss_curves", "confusion_matrix", "misread_digits", "Picture"]
