"""A page as a notebook widget: Python can read the page's state, and change it."""

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
  const tell = () => frame.contentWindow.postMessage({ command: model.get("command") }, "*");
  addEventListener("message", listen);
  frame.addEventListener("load", tell);
  model.on("change:command", tell);
  el.append(frame);
  return () => { removeEventListener("message", listen); model.off("change:command", tell); };
}
export default { render };
"""


class PageWidget(anywidget.AnyWidget):  # type: ignore[misc, unused-ignore]  # Any if anywidget is not installed
    """A viz page in a notebook; `state` is what the page reports, shortly after each change.

    The page runs in a sandboxed frame that can only compute, draw, and report. `load`, `play` and `pause` change the page; the
    state follows when the page has reported it, so read it in a later cell.
    """

    _esm = SCRIPT
    page = traitlets.Unicode().tag(sync=True)
    title = traitlets.Unicode().tag(sync=True)
    height = traitlets.Int(720).tag(sync=True)
    state = traitlets.Dict().tag(sync=True)
    command = traitlets.Dict().tag(sync=True)  # the last command to the page; its "number" makes repeated commands differ

    def load(self, fragment: str) -> None:
        """Apply the fragment of an address, the part after #, such as "data=xor&lanes=SGD~lr=0.1" or "surface=beale&steps=50".

        The playground's current fragment is widget.state["fragment"].
        """
        self._tell(open=fragment.removeprefix("#"))

    def play(self) -> None:
        """Start the playground's training or the race, as the page's Play button does."""
        self._tell(play=True)

    def pause(self) -> None:
        """Stop what `play` started."""
        self._tell(play=False)

    def _tell(self, **what: Any) -> None:
        self.command = {**what, "number": self.command.get("number", 0) + 1}

    @property
    def weights(self) -> list[list[np.ndarray[Any, Any]]]:
        """The last reported weights of each lane of the playground: weight [out, in] and bias [out], layer by layer."""
        return [
            [np.array(part["values"], np.float64).reshape(part["shape"]) for part in lane["weights"]]
            for lane in self.state.get("lanes", [])
            if "weights" in lane
        ]
