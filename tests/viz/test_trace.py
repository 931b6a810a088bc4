"""A trace: the module and line of each op, and the graph of whatever failed, with the error passed on unchanged."""

import json
import re
import threading
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn, viz
from tinygrad_edu.autograd.primitives import PRIMITIVES
from tinygrad_edu.nn import functional as F
from tinygrad_edu.viz.render.escape import source_line

HERE = source_line(__file__, 0).removesuffix("0")  # as a graph names this file
WRITERS = [".txt", ".svg", ".html", ".dot", ".mmd", ".json"]


def test_an_op_that_raises_leaves_its_graph_and_the_error_is_passed_on():
    w = tg.ones(3, 2).requires_grad_()
    with pytest.raises(ValueError, match="broadcast"), viz.trace() as t:
        (w * 2) + tg.ones(4)
    g = t.graph
    assert (g.root.kind, g.root.op) == ("failed", "add")
    assert [g.nodes[i].shape for i in g.root.inputs] == [(3, 2), (4,)]
    assert g.root.source.startswith(HERE)
    assert "cannot be broadcast" in str(g)
    assert "raised" in g._repr_mimebundle_()["image/svg+xml"]


def test_a_layer_that_gets_a_wrong_shape_is_named_in_the_graph():
    model = nn.Sequential(nn.Linear(3, 4), nn.Linear(5, 1))
    with pytest.raises(ValueError, match="in_features"), viz.trace(model) as t:
        model(tg.ones(2, 3))
    assert (t.graph.root.op, t.graph.root.module) == ("Linear", "1")


def test_a_trace_records_module_and_line_of_each_op():
    model = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 1))
    with viz.trace(model):
        y = model(tg.ones(2, 3)).sum()
    ops = [n for n in viz.graph(y, model).nodes if n.op]
    assert [n.module for n in ops] == ["0", "1", "2", ""]
    assert all(n.source.startswith(HERE) for n in ops)


@pytest.mark.parametrize(("below", "shown"), [(True, "steps/train.py:2"), (False, "train.py:2")])
def test_no_format_of_a_graph_contains_the_folders_above_the_working_directory(tmp_path, monkeypatch, below, shown):
    home = tmp_path / "home of someone"
    (home / "steps").mkdir(parents=True)
    (home / "elsewhere").mkdir()
    monkeypatch.chdir(home if below else home / "elsewhere")
    w, x = tg.ones(3, requires_grad=True), tg.ones(3)
    code = compile("def step(w, x):\n    return (w.detach() * x).sum() + w.sum()\n", str(home / "steps" / "train.py"), "exec")
    made = {}
    exec(code, made)
    model = nn.Module()
    model.w = nn.Parameter(w)
    with viz.trace(model):
        y = made["step"](model.w, x)
    with pytest.raises(ValueError, match="broadcast"), viz.trace() as t:
        made["step"](w, tg.ones(4))
    graphs = [viz.graph(y, model), t.graph]
    assert [g.root.source for g in graphs] == [shown, shown]
    monkeypatch.chdir(tmp_path)  # what was recorded is kept
    for g in graphs:
        for writer in WRITERS:
            text = g._written(writer)
            assert "home of someone" not in text
            assert str(tmp_path) not in text
        assert json.loads(g._written(".json"))["nodes"][-1]["source"] == shown
        assert shown in g._written(".html")


def test_a_working_directory_that_is_a_root_or_was_deleted_leaves_the_name_of_the_file(tmp_path, monkeypatch):
    monkeypatch.chdir(Path(tmp_path.anchor))
    assert source_line(str(tmp_path / "train.py"), 3) == "train.py:3"
    monkeypatch.setattr("os.getcwd", raising(FileNotFoundError()))
    assert source_line(str(tmp_path / "train.py"), 3) == "train.py:3"


def raising(error):
    def f():
        raise error

    return f


def test_a_trace_leaves_no_hook_behind():
    model = nn.Linear(3, 1)
    with viz.trace(model):
        model(tg.ones(1, 3))
    y = model(tg.ones(1, 3))
    assert not hasattr(y, "_origin")
    assert not hasattr(y, "_module")


def test_a_trace_measures_the_forward_function_of_each_op_and_nothing_else(monkeypatch):
    clock = [0.0]

    def slow(x):
        clock[0] += 5
        return np.exp(x)

    class Own(tg.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return slow(x)

        @staticmethod
        def backward(ctx, g):
            return g

    monkeypatch.setitem(PRIMITIVES, "slow", None)  # so that monkeypatch removes it at the end
    monkeypatch.setattr(import_module("tinygrad_edu.viz.model.tracing"), "perf_counter", lambda: clock[0])
    op = tg.autograd.primitive(slow, lambda g, y, x: g * y)
    before = op(W)
    with viz.trace():
        y = op(before) * 2
        clock[0] += 3  # the user's own time
        y = Own.apply(y).sum()
    times = [(n.op, n.time) for n in viz.graph(y).nodes if n.op]
    assert times == [("slow", None), ("slow", 5), ("multiply", 0), ("Own", None), ("sum", 0)]
    assert not hasattr(op(W), "_seconds")


# --- what failed ---

W = tg.ones(3, 2, requires_grad=True)
SIX = np.ones((4,), np.float32)


@pytest.mark.parametrize(
    ("call", "name", "shapes"),
    [
        (lambda: W + tg.ones(4), "add", [(3, 2), (4,)]),
        (lambda: W + SIX, "add", [(3, 2), (4,)]),
        (lambda: np.add(SIX, W), "add", [(4,), (3, 2)]),
        (lambda: W @ np.ones((4, 2), np.float32), "matmul", [(3, 2), (4, 2)]),
        (lambda: W[7], "index", [(3, 2)]),
        (lambda: W.reshape(5), "reshape", [(3, 2)]),
        (lambda: W.sum(dim=5), "sum", [(3, 2)]),
        (lambda: tg.cat([W, tg.ones(2, 4, 1)]), "cat", [(3, 2), (2, 4, 1)]),
        (lambda: np.concatenate([W, tg.ones(2, 4, 1)]), "concatenate", [(3, 2), (2, 4, 1)]),
        (lambda: tg.einsum("ij,jk->ik", W, tg.ones(4, 5)), "einsum", [(3, 2), (4, 5)]),
        (lambda: np.fft.fft(W), "fft", [(3, 2)]),
        (lambda: W.backward(), "backward", [(3, 2)]),
        (lambda: tg.optim.SGD([], lr=0.1), "SGD", []),
        (lambda: nn.Linear(3, 2)(tg.tensor([1, 2, 3])), "Linear", [(3,)]),
        (lambda: nn.Conv2d(3, 4, 3)(tg.ones(1, 2, 8, 8)), "Conv2d", [(1, 2, 8, 8)]),
        (lambda: nn.LSTM(3, 4)(tg.ones(2, 2, 5)), "LSTM", [(2, 2, 5)]),
        (lambda: F.cross_entropy(W, tg.tensor([0, 1, 9])), "cross_entropy", [(3, 2), (3,)]),
        (lambda: F.cross_entropy(W, tg.tensor([0.0, 1.0, 1.0])), "cross_entropy", [(3, 2), (3,)]),
        (lambda: F.embedding(tg.tensor([9]), W), "embedding", [(1,), (3, 2)]),
        (lambda: tg.tensor([[1], [2, 3]]), "tensor", []),
    ],
)
def test_the_op_that_was_called_is_named_with_all_its_operands(call, name, shapes):
    with pytest.raises((ValueError, TypeError, IndexError, RuntimeError)), viz.trace() as t:
        call()
    g = t.graph
    assert (g.root.kind, g.root.op, [g.nodes[i].shape for i in g.root.inputs]) == ("failed", name, shapes)
    assert g.root.source.startswith(HERE)


class Stop(BaseException):
    """A BaseException that is not an Exception, without a message."""


class Raises(nn.Module):
    def __init__(self, error):
        super().__init__()
        self.first, self.error = nn.Linear(2, 3), error

    def forward(self, x):
        tg.relu(self.first(x))
        raise self.error


@pytest.mark.parametrize(
    "error",
    [ValueError(), KeyError("key"), IndexError("x"), AssertionError(), ZeroDivisionError(" \n "), KeyboardInterrupt(), Stop()],
    ids=repr,
)
def test_a_user_defined_exception_is_passed_on_and_drawn(error):
    model = nn.Sequential(Raises(error))
    with pytest.raises(type(error)) as caught, viz.trace(model) as t:
        model(tg.ones(1, 2))
    assert caught.value is error
    assert error.__context__ is error.__cause__ is None
    g = t.graph
    assert (g.root.kind, g.root.op, g.root.module) == ("failed", "Raises", "0")
    assert g.root.note == (str(error).strip() or type(error).__name__)
    for writer in WRITERS:
        assert "Raises" in str(g._written(writer))
    assert "Raises(" in viz.explain(g)


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: W @ tg.ones(4, 5), ["(3, 2)", "    ^", "(4, 5)", " ^"]),
        (lambda: W @ tg.ones(4), ["(3, 2)", "   (4)", "    ^"]),
        (lambda: nn.Linear(3, 4)(W), ["(3, 2)", "    ^"]),
        (lambda: F.linear(W, tg.ones(4, 5)), ["(3, 2)", "(4, 5)", "    ^"]),
        (lambda: tg.cat([W, tg.ones(5, 12)]), ["(3,  2)", "(5, 12)", "     ^"]),
        (lambda: tg.cat([W, tg.ones(5, 2)], dim=1), ["(3, 2)", "(5, 2)", " ^"]),
        (lambda: tg.stack([W, tg.ones(5, 4)]), ["(3, 2)", "(5, 4)", " ^  ^"]),
        (lambda: nn.Conv2d(3, 4, 3)(tg.ones(1, 2, 8, 8)), ["(1, 2, 8, 8)", "    ^"]),
        (lambda: nn.LSTM(3, 4)(tg.ones(2, 2, 5)), ["(2, 2, 5)", "       ^"]),
        (lambda: nn.BatchNorm1d(4)(W), ["(3, 2)", "    ^"]),
        (lambda: F.cross_entropy(W, tg.tensor([0, 1])), ["(3, 2)", " ^", "   (2)", "    ^"]),
        (lambda: W + tg.ones(4), ["(3, 2)", "   (4)", "    ^"]),  # these lines are in the message itself
    ],
)
def test_the_axes_that_do_not_fit_are_marked(call, told):
    with pytest.raises(ValueError, match=r"shape|size"), viz.trace() as t:
        call()
    shapes = t.graph.root.note.splitlines()[-len(told) :]
    assert [line.removeprefix("  ") for line in shapes] == told
    (row,) = re.findall(r'<text[^>]*preserve">([^<]*\^)</text>', t.graph._written(".svg"))[-1:]
    assert row.replace("\u00a0", " ") == shapes[-1]
    assert all(line in str(t.graph) for line in shapes)


@pytest.mark.parametrize(
    "call",
    [
        lambda: nn.Linear(3, 2)(tg.tensor([1, 2, 3])),  # it needs other numbers, not another shape
        lambda: F.cross_entropy(W, tg.tensor([0, 1, 9])),
        lambda: tg.cat([W, tg.ones(2, 4, 1)]),
    ],
)
def test_no_axis_is_marked_where_none_is_wrong(call):
    with pytest.raises((ValueError, TypeError, IndexError)), viz.trace() as t:
        call()
    assert "^" not in t.graph.root.note


def test_the_picture_shows_the_line_and_the_type_of_an_error():
    model = nn.Sequential(Raises(KeyError("batch")))
    with pytest.raises(KeyError), viz.trace(model) as t:
        model(tg.ones(1, 2))
    g = t.graph
    for writer in (".svg", ".txt", ".dot", ".mmd"):
        assert "KeyError" in str(g._written(writer))
        assert g.root.place in str(g._written(writer)).replace("&#95;", "_").replace("#95;", "_").replace("#58;", ":")
    assert g.root.place.startswith("test_trace.py:")


def test_results_computed_before_a_users_error_have_an_arrow_to_it():
    def half(x):
        h = (x * W).sum()
        raise ValueError(f"no {h.item()}")

    with pytest.raises(ValueError, match="no 6"), viz.trace() as t:
        half(tg.ones(1, 2))
    g = t.graph
    assert [g.nodes[i].op for i in g.root.inputs] == ["", "sum"]
    assert [g.nodes[i].shape for i in g.root.operands] == [(1, 2)]
    assert "got [1, 2]<" in g._written(".svg")
    assert "half(#0 [1, 2]) raised ValueError" in viz.explain(g)


def test_an_interrupt_between_two_ops_is_drawn_after_what_was_recorded():
    t = viz.trace()
    try:
        with t:
            y = (W * 2).sum()
            raise KeyboardInterrupt
    except KeyboardInterrupt:
        pass
    assert [n.op for n in t.graph.nodes if n.op] == ["multiply", "sum", "KeyboardInterrupt"]
    g = t.graph
    assert [g.nodes[i].op for i in g.root.inputs] == ["sum"]
    assert g.root.operands == ()
    assert ">before<" in g._written(".svg")
    svg = t.graph._repr_mimebundle_()["image/svg+xml"]
    assert ">multiply<" in svg
    assert ">got" not in svg
    del y


def test_an_error_whose_message_cannot_be_read_is_still_passed_on():
    class MuteError(Exception):
        def __str__(self):
            raise RuntimeError

    with pytest.raises(MuteError), viz.trace():
        raise MuteError


# --- which module ---


class Again(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(2, 2)

    def forward(self, x, n=2):
        return tg.tanh(self(self.layer(x), n - 1)) if n else x


def test_a_module_that_calls_itself_can_be_traced():
    model = nn.Sequential(Again())
    with viz.trace(model) as t:
        y = model(tg.ones(1, 2)).sum()
    assert [n.module for n in t.graph.nodes if n.op] == ["0.layer", "0.layer", "0", "0", ""]
    del y


def test_an_error_caught_in_user_code_leaves_no_module_behind():
    class Tries(nn.Module):
        def __init__(self):
            super().__init__()
            self.narrow, self.wide = nn.Linear(2, 2), nn.Linear(3, 2)

        def forward(self, x):
            try:
                h = self.narrow(x)
            except ValueError:
                h = self.wide(x)
            return h * 2

    model = nn.Sequential(Tries())
    with viz.trace(model) as t:
        y = model(tg.ones(1, 3)).sum()
    assert [n.module for n in t.graph.nodes if n.op] == ["0.wide", "0", ""]
    del y


def test_modules_on_different_threads_are_kept_apart():
    model = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2))
    found = []
    together = threading.Barrier(4, timeout=10)

    def run():
        with viz.trace(model) as t:
            together.wait()
            y = model(tg.ones(1, 2))
            together.wait()
        found.append([y._inputs[0]._module, y._module, *(node.op for node in t.graph.nodes if node.op)])

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [["0", "1", "linear", "linear"]] * 4


def test_a_trace_that_is_reused_forgets_the_failure():
    t = viz.trace()
    with pytest.raises(ValueError, match="broadcast"), t:
        W + tg.ones(4)
    with t:
        y = W * 2
    assert t.graph.root.kind == "output"
    del y


def test_a_trace_of_an_object_that_is_not_a_module_is_refused():
    with pytest.raises(TypeError, match=r"trace: expected an nn\.Module, got list"):
        viz.trace([nn.Linear(1, 1)])
