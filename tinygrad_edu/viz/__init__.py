"""Pictures of computation graphs, training runs and models: `viz.graph(loss)` is a graph to print, display or save.

Names are imported on first use: a loss curve does not load the code that draws graphs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._lazy import lazy_attribute

if TYPE_CHECKING:
    from .charts.boundary import decision_boundary as decision_boundary
    from .charts.classifier_curves import precision_recall_curve as precision_recall_curve
    from .charts.classifier_curves import roc_curve as roc_curve
    from .charts.curves import loss_curves as loss_curves
    from .charts.lines import plot as plot
    from .charts.maps.attention_heads import attention_maps as attention_maps
    from .charts.maps.heat_map import heatmap as heatmap
    from .charts.maps.layer_contents import activation_maps as activation_maps
    from .charts.maps.layer_contents import activations as activations
    from .charts.maps.layer_contents import weights as weights
    from .charts.misclassified import confusion_matrix as confusion
    from .charts.misclassified import confusion_matrix as confusion_matrix
    from .charts.misclassified import misread_digits as misread_digits
    from .charts.picture import Picture as Picture
    from .charts.regression_fit import calibration as calibration
    from .charts.regression_fit import residuals as residuals
    from .charts.schedule_panels import schedules as schedules
    from .charts.training_run import history as history
    from .charts.training_state import training_state as training_state
    from .model.graph_data import Edge as Edge
    from .model.graph_data import Node as Node
    from .model.summary import Summary as Summary
    from .play.program_lines import program as program
    from .play.run_comparison import compare as compare
    from .play.run_replay import replay as replay
    from .play.training_page import playground as playground
    from .play.training_steps import step_through as step_through
    from .racing.contest import Race as Race
    from .racing.contest import race as race
    from .racing.result import Lane as Lane
    from .racing.surfaces import SURFACES as SURFACES
    from .racing.surfaces import Surface as Surface
    from .racing.surfaces import loss_slice as loss_slice
    from .racing.surfaces import quadratic as quadratic
    from .render.page import Page as Page
    from .writers.entry_points import graph as graph
    from .writers.entry_points import trace as trace
    from .writers.explanation import explain as explain
    from .writers.graph_object import Graph as Graph
else:  # hidden from type checkers, which would assume that a module with __getattr__ has every attribute

    def __getattr__(name: str) -> Any:
        return lazy_attribute(__name__, HOMES, _OTHER_NAMES.get(name, name))


HOMES: dict[str, tuple[str, ...]] = {
    "writers.entry_points": ("graph", "trace"),
    "writers.explanation": ("explain",),
    "writers.graph_object": ("Graph",),
    "model.graph_data": ("Node", "Edge"),
    "model.summary": ("Summary",),
    "charts.curves": ("loss_curves",),
    "charts.misclassified": ("confusion_matrix", "misread_digits"),
    "charts.picture": ("Picture",),
    "racing.contest": ("race", "Race"),
    "racing.result": ("Lane",),
    "racing.surfaces": ("SURFACES", "Surface", "quadratic", "loss_slice"),
    "charts.lines": ("plot",),
    "charts.maps.heat_map": ("heatmap",),
    "charts.training_run": ("history",),
    "charts.training_state": ("training_state",),
    "charts.boundary": ("decision_boundary",),
    "charts.maps.layer_contents": ("weights", "activations", "activation_maps"),
    "charts.maps.attention_heads": ("attention_maps",),
    "charts.classifier_curves": ("roc_curve", "precision_recall_curve"),
    "charts.regression_fit": ("residuals", "calibration"),
    "charts.schedule_panels": ("schedules",),
    "play.program_lines": ("program",),
    "play.run_comparison": ("compare",),
    "play.run_replay": ("replay",),
    "play.training_page": ("playground",),
    "play.training_steps": ("step_through",),
    "render.page": ("Page",),
}
"""Module -> its public names."""

_OTHER_NAMES = {"confusion": "confusion_matrix"}  # the short name, consistent with history, weights and activations

__all__ = [*(name for names in HOMES.values() for name in names), *_OTHER_NAMES]


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
