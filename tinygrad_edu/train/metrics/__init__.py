"""Metrics: numbers reported in addition to the loss, for all rows of an epoch."""

from ...nn.diagnostics.class_counts import confusion_matrix
from .base import Metric
from .class_metrics import AUC, F1, Precision, Recall, TopK
from .residual_metrics import R2, RMSE

__all__ = ["Metric", "Precision", "Recall", "F1", "AUC", "TopK", "confusion_matrix", "R2", "RMSE"]
