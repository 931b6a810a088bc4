"""Parts of the engine: the functions that recorders call, the sums of a backward pass, the memory that importing takes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import _allocator
from tinygrad_edu.autograd import grad, primitive
from tinygrad_edu.autograd.backprop import pull_back
from tinygrad_edu.autograd.functional import topological
from tinygrad_edu.autograd.primitives import PRIMITIVES
from tinygrad_edu.autograd.recording import RECORDERS
from tinygrad_edu.ops.loading import load_all

load_all()


@pytest.mark.parametrize(
    ("name", "call"),
    [("exp", tg.exp), ("multiply", lambda x: x * 2.0), ("sum", lambda x: x.sum())],
    ids=["one input", "two inputs", "any number"],
)
def test_a_recorder_runs_the_forward_function_that_its_op_has_at_the_time_of_the_call(
    name: str, call: Callable[[Any], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    op = PRIMITIVES[name]
    forward, seen = op.forward, []

    def watched(*arrays: Any, **params: Any) -> Any:
        seen.append(name)
        return forward(*arrays, **params)

    x = tg.ones(2, requires_grad=True)
    with monkeypatch.context() as patch:
        patch.setattr(op, "forward", watched)
        call(x)
        call(x.detach())
    call(x)
    assert seen == [name, name]


def test_the_frame_of_a_recorder_is_recognized_by_its_code_and_holds_its_op() -> None:
    found: list[FrameType] = []

    def forward(x: np.ndarray) -> np.ndarray:
        found.append(sys._getframe(1))
        return x * 1

    op = primitive(forward, lambda g, y, x: g, name="watched")
    try:
        op(tg.ones(1))
        assert found[0].f_code in RECORDERS
        assert found[0].f_locals["op"] is op.op
    finally:
        del PRIMITIVES["watched"]


def test_a_root_that_is_given_twice_counts_twice() -> None:
    x = tg.tensor([1.0, 2.0], requires_grad=True)
    y = (x * x).sum()
    assert grad([y, y], x)[0].tolist() == [4.0, 8.0]
    assert grad([x, x], x, [tg.ones(2), tg.ones(2)])[0].tolist() == [2.0, 2.0]


def test_a_root_behind_another_root_waits_for_what_comes_from_it() -> None:
    x = tg.tensor(3.0, requires_grad=True)
    y = x * x
    z = y * 2
    sums, leaves = pull_back([y, z], [np.float32(10.0), np.float32(1.0)])
    assert leaves == [x]
    assert sums[id(x)] == (10 + 2) * 6


def test_a_leaf_that_requires_grad_only_later_was_a_constant_to_what_was_recorded_before() -> None:
    x, w = tg.tensor([1.0, 2.0]), tg.tensor([3.0, 4.0], requires_grad=True)
    y = (x * w).sum()
    x.requires_grad_()
    z = (x * w).sum()
    assert topological([y]) == ([y, y._inputs[0]], [w])
    assert {id(leaf) for leaf in topological([z])[1]} == {id(x), id(w)}
    y.backward()
    assert x.grad is None
    assert w.grad is not None
    assert w.grad.tolist() == [1.0, 2.0]
    z.backward()
    assert x.grad is not None
    assert x.grad.tolist() == [3.0, 4.0]


def test_a_second_derivative_ignores_a_leaf_that_requires_grad_only_later() -> None:
    x, w = tg.tensor(2.0), tg.tensor(3.0, requires_grad=True)
    y = x * w * w
    x.requires_grad_()
    (g,) = grad(y, w, create_graph=True)  # 2 x w
    assert grad(g, w)[0].item() == 4.0
    with pytest.raises(RuntimeError, match="not have been used in the graph"):
        grad(g, x)


def test_no_tensor_class_slows_attribute_access_down() -> None:
    """A class with __getattr__ or __getattribute__ loses the interpreter's fast attribute access: an op took a fifth longer."""
    assert [cls for cls in tg.Tensor.__mro__[:-1] if {"__getattr__", "__getattribute__"} & set(vars(cls))] == []


# --- the allocator ---


@pytest.mark.skipif(not _allocator.keep_freed_memory(), reason="the C library is not glibc, or the user has configured it")
def test_memory_of_freed_arrays_is_reused() -> None:
    """Six new arrays of 4 MB cost thousands of page faults, but hardly any in memory that the allocator has kept."""
    code = (
        "import resource, numpy as np\n"
        "{}\n"
        "def faults():\n"
        "    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt\n"
        "    [np.ones(1 << 20, np.float32) for _ in range(6)]\n"
        "    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before\n"
        "[faults() for _ in range(3)]\n"
        "print(min(faults() for _ in range(5)))\n"
    )

    def printed(first: str) -> int:
        run = subprocess.run([sys.executable, "-c", code.format(first)], capture_output=True, text=True, check=True)
        return int(run.stdout)

    assert printed("pass") > 1000
    assert printed("import tinygrad_edu") < 100


def test_the_users_allocator_settings_take_precedence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MALLOC_MMAP_THRESHOLD_", "131072")
    assert not _allocator.keep_freed_memory()


def test_other_c_libraries_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for error in (OSError, TypeError):

        def refuse(name: None, error: type[Exception] = error) -> None:
            raise error

        monkeypatch.setattr(_allocator.ctypes, "CDLL", refuse)
        assert not _allocator.keep_freed_memory()
    monkeypatch.setattr(_allocator.ctypes, "CDLL", lambda name: object())
    assert not _allocator.keep_freed_memory()


def test_importing_allocates_no_large_block() -> None:
    if not Path("/proc/self/status").exists():
        pytest.skip("needs /proc")
    code = (
        "import numpy\n"
        "def peak(): return int(next(l for l in open('/proc/self/status') if l.startswith('VmPeak')).split()[1])\n"
        "before = peak()\nimport tinygrad_edu\nprint(peak() - before)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(run.stdout) < 25_000  # kB; the modules themselves take some
