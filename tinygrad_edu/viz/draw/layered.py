"""Placing the boxes of a layered drawing: ranks, order within a rank, coordinates, routes.

1. Ranks (`lanes`). A box is placed below everything that it depends on; a box without inputs is placed right above its first
   use. An edge that skips ranks passes through a thin lane at each rank in between; edges from one box share their lanes.
   An edge that skips very many ranks runs beside the drawing instead, because there would be too many lanes.
2. Order (`row_order`). Sweeps down and up sort each rank by its neighbors' positions (the barycenter method, Sugiyama,
   Tagawa & Toda 1981); the order with the fewest crossings is kept.
3. Coordinates (`coordinates`). Each box should be close to its neighbors without overlaps: a least-squares problem for each
   rank, solved exactly by pooling adjacent violators, in a few sweeps over the ranks.
4. Routes (`routes`). Edges leave and enter boxes where that makes them straightest, and bend between the ranks.

Every step is deterministic and not recursive. The time is nearly proportional to the number of boxes and lanes in practice.
"""

from __future__ import annotations

from collections.abc import Sequence

from .coordinates import coordinates
from .lanes import Ends, Ranked
from .routes import Layout, routed
from .row_order import ordered_rows


def layout(sizes: Sequence[tuple[float, float]], edges: Sequence[tuple[int, int]], ends: Ends | None = None) -> Layout:
    """Place boxes with these (width, height) so that every edge (source, target) runs downward. Sources must come first.

    >>> layout([(40, 20), (40, 20)], [(0, 1)]).centers
    [(20.0, 10.0), (20.0, 70.0)]
    """
    if not sizes:
        return Layout([], [], 0, 0)
    drawing = Ranked(sizes, edges, ends or Ends())
    rows = ordered_rows(drawing)
    return routed(drawing, rows, coordinates(drawing, rows))
