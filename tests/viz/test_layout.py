"""The layout: conditions that every drawing must satisfy, on random graphs, and the look of typical ones."""

import random
from itertools import combinations, pairwise, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinygrad_edu.viz.draw.coordinates import GAP, spread
from tinygrad_edu.viz.draw.layered import layout
from tinygrad_edu.viz.draw.nested import nested
from tinygrad_edu.viz.draw.row_order import inversions


@st.composite
def graphs(draw):
    n = draw(st.integers(1, 40))
    sizes = [(draw(st.integers(20, 200)), draw(st.integers(20, 80))) for _ in range(n)]
    pairs = [(s, t) for t in range(1, n) for s in draw(st.lists(st.integers(0, t - 1), max_size=3))]
    return sizes, pairs


@given(graphs())
def test_boxes_do_not_overlap_and_edges_run_downwards(graph):
    sizes, edges = graph
    placed = layout(sizes, edges)
    boxes = [(x - w / 2, y - h / 2, x + w / 2, y + h / 2) for (x, y), (w, h) in zip(placed.centers, sizes, strict=True)]
    for i, a in enumerate(boxes):
        assert a[0] >= -1e-6
        assert a[2] <= placed.width + 1e-6
        for b in boxes[:i]:
            assert a[2] <= b[0] + 1e-6 or b[2] <= a[0] + 1e-6 or a[3] <= b[1] + 1e-6 or b[3] <= a[1] + 1e-6
    for (s, t), route in zip(edges, placed.routes, strict=True):
        ys = [y for _, y in route]
        assert all(b >= a - 1e-6 for a, b in pairwise(ys))
        assert ys[0] == pytest.approx(boxes[s][3])
        assert ys[-1] == pytest.approx(boxes[t][1])
        assert boxes[s][0] <= route[0][0] <= boxes[s][2]
        assert boxes[t][0] <= route[-1][0] <= boxes[t][2]


@pytest.mark.slow
@given(graphs())
def test_lanes_pass_between_boxes(graph):
    sizes, edges = graph
    placed = layout(sizes, edges)
    for (s, t), route in zip(edges, placed.routes, strict=True):
        for (x0, y0), (x1, y1) in pairwise(route[1:-1]):
            for i, ((x, y), (w, _)) in enumerate(zip(placed.centers, sizes, strict=True)):
                if i not in (s, t) and x0 == x1 and y0 < y < y1:
                    assert abs(x - x0) >= w / 2 - 1e-6


@given(graphs())
def test_the_layout_of_a_graph_is_deterministic(graph):
    assert layout(*graph) == layout(*graph)


def test_a_chain_of_boxes_is_straight():
    placed = layout([(100, 30), (60, 30), (140, 30)], [(0, 1), (1, 2)])
    assert len({x for x, _ in placed.centers}) == 1
    assert all(route[0][0] == route[-1][0] for route in placed.routes)


def test_a_tree_has_its_root_in_the_middle():
    placed = layout([(50, 20)] * 7, [(0, 4), (1, 4), (2, 5), (3, 5), (4, 6), (5, 6)])
    xs = [x for x, _ in placed.centers]
    assert xs[6] == pytest.approx(placed.width / 2)
    assert xs[4] == pytest.approx((xs[0] + xs[1]) / 2)


def test_a_deep_network_has_a_straight_trunk():
    sizes, edges, before = [(80, 30)], [], 0
    for _ in range(20):  # each layer uses the one before and two new leaves
        k = len(sizes)
        sizes += [(90, 40), (70, 40), (100, 30)]
        edges += [(before, k + 2), (k, k + 2), (k + 1, k + 2)]
        before = k + 2
    trunk = [placed_x for placed_x, _ in layout(sizes, edges).centers[3::3]]
    assert max(trunk[1:]) - min(trunk[1:]) < 15


def residual(blocks):
    """Boxes and arrows of h + tanh(h @ w + b), block after block."""
    sizes, edges, h = [(80, 40)], [], 0
    for _ in range(blocks):
        w = len(sizes)
        sizes += [(110, 40), (90, 40), (90, 40), (80, 40), (70, 40), (80, 40)]  # w, matmul, b, add, tanh, add
        edges += [(h, w + 1), (w, w + 1), (w + 1, w + 3), (w + 2, w + 3), (w + 3, w + 4), (h, w + 5), (w + 4, w + 5)]
        h = w + 5
    return sizes, edges


@pytest.mark.slow
@pytest.mark.parametrize("blocks", [10, 100, 400])
def test_a_deeper_residual_network_is_no_wider(blocks):
    assert layout(*residual(blocks)).width < 1.3 * layout(*residual(4)).width


def test_frames_that_are_left_farther_right_than_they_are_entered_stay_aligned():
    def tower(stories):  # each is a frame: a box with two branches, and the next continues from the end of the right one
        sizes, edges, frames, before = [(80, 40)], [], [-1], 0
        for f in range(stories):
            k = len(sizes)
            sizes += [(90, 40)] * 4
            edges += [(before, k), (k, k + 1), (k, k + 2), (k + 2, k + 3), (k + 3, len(sizes))]
            frames += [f] * 4
            before = k + 3
        sizes.append((80, 40))
        frames.append(-1)
        edges = [e for e in edges if e[1] < len(sizes)]
        return nested(sizes, edges, frames, [-1] * stories, [60.0] * stories)

    assert tower(60).width < 2 * tower(3).width


@pytest.mark.parametrize("seed", range(10))
def test_two_chains_that_meet_at_their_ends_are_both_straight(seed):
    rng = random.Random(seed)
    rows = 6
    sizes = [(rng.randint(30, 150), 20) for _ in range(2 * rows)] + [(60, 20)]
    edges = [(i, i + 2) for i in range(2 * rows - 2)] + [(2 * rows - 2, 2 * rows), (2 * rows - 1, 2 * rows)]
    xs = [x for x, _ in layout(sizes, edges).centers[:-1]]
    for chain in (xs[::2], xs[1::2]):
        assert max(chain) - min(chain) < 1e-6


def crossings(edges, xs, rank):
    """The number of pairs of edges between the same ranks that cross."""
    pairs = ((a, b) for a, b in combinations(edges, 2) if rank(a[0]) == rank(b[0]) and rank(a[1]) == rank(b[1]))
    return sum((xs[s] - xs[u]) * (xs[t] - xs[v]) < 0 for (s, t), (u, v) in pairs)


def fewest_crossings(edges, ranks, per_rank):
    """The minimum over all orders of all ranks, by dynamic programming from one rank to the next."""
    orders = list(permutations(range(per_rank)))
    least = dict.fromkeys(orders, 0)
    for r in range(1, ranks):
        between = [(s - (r - 1) * per_rank, t - r * per_rank) for s, t in edges if t // per_rank == r]
        pairs = list(combinations(between, 2))
        least = {
            below: min(
                least[above] + sum((above[s] - above[u]) * (below[t] - below[v]) < 0 for (s, t), (u, v) in pairs)
                for above in orders
            )
            for below in orders
        }
    return min(least.values())


def test_there_are_few_more_crossings_than_necessary():
    ranks, per_rank = 4, 4
    drawn = necessary = 0
    for seed in range(8):
        rng = random.Random(seed)
        edges = set()
        for s in range((ranks - 1) * per_rank):
            below = range((s // per_rank + 1) * per_rank, (s // per_rank + 2) * per_rank)
            edges |= {(s, t) for t in rng.sample(below, 2)}
        for t in range(per_rank, ranks * per_rank):  # each has an input, so that it is in its rank
            edges.add((rng.randrange((t // per_rank - 1) * per_rank, t // per_rank * per_rank), t))
        placed = layout([(40, 20)] * (ranks * per_rank), sorted(edges))
        drawn += crossings(sorted(edges), [x for x, _ in placed.centers], lambda i: i // per_rank)
        necessary += fewest_crossings(edges, ranks, per_rank)
    assert necessary <= drawn <= 1.1 * necessary


def test_an_edge_over_very_many_ranks_runs_beside_the_drawing():
    n = 60
    edges = [(i, i + 1) for i in range(n - 1)] + [(0, n - 1)]
    placed = layout([(80, 20)] * n, edges)
    boxes_end = max(x for x, _ in placed.centers) + 40
    assert max(x for x, _ in placed.routes[-1]) > boxes_end + GAP / 2


def test_an_empty_graph_has_a_layout():
    assert layout([], []).centers == []


@given(st.lists(st.integers(0, 9)))
def test_counting_inversions_agrees_with_comparing_all_pairs(ends):
    expected = sum(1 for i in range(len(ends)) for j in range(i) if ends[j] > ends[i])
    assert inversions([float(e) for e in ends]) == expected


@given(st.lists(st.tuples(st.floats(-100, 100), st.floats(0.1, 10)), min_size=1, max_size=6))
def test_spread_is_the_least_squares_solution(items):
    wishes, weights = zip(*items, strict=True)
    offsets = [10.0 * k for k in range(len(items))]
    places = spread(list(wishes), list(weights), offsets)
    cost = sum(w * (p - x) ** 2 for p, x, w in zip(places, wishes, weights, strict=True))
    assert all(b - a >= 10 - 1e-9 for a, b in pairwise(places))
    for k in range(len(places)):  # moving any block does not lower the cost, and the problem is convex
        for step in (-1e-3, 1e-3):
            for end in range(k + 1, len(places) + 1):
                moved = [p + step * (k <= i < end) for i, p in enumerate(places)]
                if all(b - a >= 10 - 1e-12 for a, b in pairwise(moved)):
                    assert sum(w * (p - x) ** 2 for p, x, w in zip(moved, wishes, weights, strict=True)) >= cost - 1e-6
