"""Where the boxes of a layered drawing go: ranks, order within a rank, coordinates, routes. Knows nothing of graphs.

1. Ranks (`lanes`). A box comes below everything it is made from; a box without inputs sits right above its first use.
   An edge that skips ranks passes through a thin lane at each rank between; edges from one box share their lanes.
   An edge that skips very many ranks runs beside the drawing instead, or the lanes would outgrow it.
2. Order (`row_order`). Sweeps down and up sort each rank by where its neighbours are (the barycentre method, Sugiyama, Tagawa &
   Toda 1981); the order with the fewest crossings is kept.
3. Coordinates (`coordinates`). Each box wants to be where its neighbours are, and no two may overlap: a least-squares problem
   for each rank, solved exactly by pooling adjacent violators, swept over the ranks until it settles.
4. Routes (`routes`). Edges leave and enter where they are straight, and bend between the ranks.

Every step is linear in boxes and lanes (times a logarithm), takes no random decision, and is not recursive.
"""

from __future__ import annotations

from collections.abc import Sequence

from .coordinates import coordinates
from .lanes import Ends, Ranked
from .routes import Layout, routed
from .row_order import ordered_rows


def layout(sizes: Sequence[tuple[float, float]], edges: Sequence[tuple[int, int]], ends: Ends | None = None) -> Layout:
    """Place boxes of these (width, height) so that every edge (source, target) runs downwards. Sources come first in order.

    >>> layout([(40, 20), (40, 20)], [(0, 1)]).centres
    [(20.0, 10.0), (20.0, 70.0)]
    """
    if not sizes:
        return Layout([], [], 0, 0)
    drawing = Ranked(sizes, edges, ends or Ends())
    rows = ordered_rows(drawing)
    return routed(drawing, rows, coordinates(drawing, rows))
