"""Modules of ops/ are loaded when one of their functions is first used, in whatever way."""

from __future__ import annotations

import ast
import subprocess
import sys

import pytest

import tinygrad_edu as tg
from tinygrad_edu import ops
from tinygrad_edu.ops import loading


def printed(code: str) -> str:
    """The output of a new process."""
    code = f"import sys, numpy as np, tinygrad_edu as tg\n{code}"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


LOADED = "print(sorted(m.rpartition('.')[2] for m in sys.modules if m.startswith('tinygrad_edu.ops.')))"


def test_importing_the_package_loads_no_op() -> None:
    assert printed("from tinygrad_edu.autograd.primitives import NUMPY, PRIMITIVES; print(NUMPY, PRIMITIVES)") == "{} {}"
    assert set(ast.literal_eval(printed(LOADED))) <= {"loading", "places", "dtypes"}  # dtypes: names such as float32
    assert printed("print([m for m in sys.modules if m.startswith(('tinygrad_edu.nn', 'tinygrad_edu.autograd.f'))])") == "[]"


@pytest.mark.parametrize(
    ("code", "answer"),
    [
        ("print(tg.sort(tg.tensor([2, 1])).values.tolist())", "[1, 2]"),
        ("print(tg.tensor([2, 1]).sort().values.tolist())", "[1, 2]"),
        ("print(np.sort(tg.tensor([2, 1])).tolist())", "[1, 2]"),
        ("print(np.linalg.det(tg.eye(2)).item())", "1.0"),
        ("print(np.exp(tg.zeros(1)).tolist(), np.add.reduce(tg.ones(3)).item())", "[1.0] 3.0"),
        ("print((2 - tg.ones(2)).tolist(), (tg.ones(2) @ tg.ones(2)).item(), tg.ones(2)[0].item())", "[1.0, 1.0] 2.0 1.0"),
        ("x = tg.ones(2); x *= 3; x.neg_().add_(1); x[0] = 7; print(x.tolist())", "[7.0, -2.0]"),
        ("print(tg.ones(1) == 1, tg.ones(1) == None)", "tensor([True]) False"),
        ("print(tg.tensor([1.0]).long().t_().dtype)", "int64"),
        ("print(tg.linalg.inv(tg.eye(1)).tolist(), tg.pi > 3)", "[[1.0]] True"),
        ("print(tg.autograd.gradcheck(tg.tanh, tg.tensor(np.ones(2), requires_grad=True)))", "True"),
        ("print(tg.Tensor.relu is tg.relu, tg.Tensor.unique is tg.unique, hasattr(tg.Tensor, 'gelu'))", "True True False"),
        ("from tinygrad_edu import *; print(softmax(zeros(2)).tolist(), nn.__name__)", "[0.5, 0.5] tinygrad_edu.nn"),
        (
            "import pickle, copy; x = tg.ones(1); print(pickle.loads(pickle.dumps(x)), copy.deepcopy(x))",
            "tensor([1.]) tensor([1.])",
        ),
    ],
)
def test_the_first_use_in_a_process_finds_its_function(code: str, answer: str) -> None:
    assert printed(code) == answer


def test_every_public_name_is_found_and_an_unknown_one_is_not() -> None:
    assert all(getattr(tg, name) is getattr(ops, name) for name in ops.__all__)
    assert set(ops.__all__) <= set(dir(tg))
    with pytest.raises(AttributeError, match="no attribute 'sorting_hat'"):
        tg.sorting_hat  # type: ignore[attr-defined]
    with pytest.raises(AttributeError, match="no attribute 'sorting_hat'"):
        ops.sorting_hat  # type: ignore[attr-defined]


def test_a_method_is_an_ordinary_function_after_its_first_use() -> None:
    tg.ones(1).unique()
    assert any(vars(cls).get("unique") is tg.unique for cls in tg.Tensor.__mro__)


def test_an_op_may_be_used_first_on_several_threads_at_once() -> None:
    code = """
import threading
start, found = threading.Barrier(8), []
def work():
    start.wait()
    found.append((tg.ones(3).cumsum(0) * 2).sort(descending=True).values.tolist())
threads = [threading.Thread(target=work) for _ in range(8)]
[t.start() for t in threads]; [t.join() for t in threads]
print(len(found), set(map(str, found)))"""
    assert printed(code) == "8 {'[6.0, 4.0, 2.0]'}"


def test_code_that_needs_all_primitives_can_load_them_all() -> None:
    loading.load_all()
    assert all(f"tinygrad_edu.ops.{name}" in sys.modules for name in loading.places.FUNCTIONS)
