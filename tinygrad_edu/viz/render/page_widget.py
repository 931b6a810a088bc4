"""A page as a notebook widget: Python can read the page's state."""

from __future__ import annotations

from typing import Any

import anywidget
import numpy as np
import traitlets

SCRIPT = """
function render({ model, el }) {
  const frame = document.createElement("iframe");
  frame.setAttribute("sandbox", "allow-scripts");
  frame.style.cssText = `width:100%;height:${model.get("height")}px;border:0`;
  frame.title = model.get("title");
  frame.srcdoc = model.get("page");
  const listen = event => {
    if (event.source !== frame.contentWindow || !event.data || !event.data.tinygrad_edu) return;
    model.set("state", event.data.tinygrad_edu);
    model.save_changes();
  };
  addEventListener("message", listen);
  el.append(frame);
  return () => removeEventListener("message", listen);
}
export default { render };
"""


class PageWidget(anywidget.AnyWidget):  # type: ignore[misc, unused-ignore]  # Any if anywidget is not installed
    """A page of viz in a notebook; `state` is what the page reports, shortly after each change.

    The page runs in a sandboxed frame that can only compute, draw, and report.
    """

    _esm = SCRIPT
    page = traitlets.Unicode().tag(sync=True)
    title = traitlets.Unicode().tag(sync=True)
    height = traitlets.Int(720).tag(sync=True)
    state = traitlets.Dict().tag(sync=True)

    @property
    def weights(self) -> list[list[np.ndarray[Any, Any]]]:
        """The current weights of each lane of the playground: weight [out, in] and bias [out], layer by layer."""
        return [
            [np.array(part["values"], np.float64).reshape(part["shape"]) for part in lane["weights"]]
            for lane in self.state.get("lanes", [])
            if "weights" in lane
        ]
