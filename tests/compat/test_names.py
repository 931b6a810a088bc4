"""The names in compat's tables resolve and hide nothing; errors for names that are left out say what to use instead."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import tinygrad_edu as tg
from tinygrad_edu.compat.absent import ABSENT, ABSENT_MODULES, ABSENT_OF_TENSORS
from tinygrad_edu.compat.addresses import ADDRESSES, NAMES

DOCS = Path(__file__).parents[2] / "docs" / "differences.md"


def named(path: str) -> Any:
    """tinygrad_edu.<path>, attribute by attribute."""
    value: Any = tg
    for part in path.split("."):
        value = getattr(value, part)
    return value


@pytest.mark.parametrize("path", ADDRESSES)
def test_an_address_is_a_module_and_hides_no_function(path: str) -> None:
    parent, _, name = path.rpartition(".")
    before = getattr(named(parent), name, None) if parent else None
    module = importlib.import_module(f"tinygrad_edu.{path}")
    assert isinstance(module, ModuleType)
    assert before is None or isinstance(before, ModuleType)
    target = f"tinygrad_edu.{ADDRESSES[path]}".rstrip(".")
    assert module is importlib.import_module(target)
    assert module.__spec__ is None or module.__spec__.name == target


@pytest.mark.parametrize("path", NAMES)
def test_every_name_resolves(path: str) -> None:
    assert named(path) is not None


@pytest.mark.parametrize("name", [name for name in ABSENT if not name.startswith("autograd.")])  # tested below, as modules
def test_what_is_left_out_says_what_to_use(name: str) -> None:
    with pytest.raises(AttributeError) as caught:
        named(name)
    assert ABSENT[name] in str(caught.value)


@pytest.mark.parametrize("name", ABSENT_MODULES)
def test_a_module_that_is_left_out_says_what_to_use(name: str) -> None:
    with pytest.raises(ModuleNotFoundError) as caught:
        importlib.import_module(f"tinygrad_edu.{name}")
    assert ABSENT[name] in str(caught.value)


@pytest.mark.parametrize("name", ABSENT_OF_TENSORS)
def test_an_attribute_of_tensors_that_is_left_out_says_what_to_use(name: str) -> None:
    with pytest.raises(AttributeError) as caught:
        getattr(tg.zeros(1), name)
    assert ABSENT_OF_TENSORS[name] in str(caught.value)


def test_the_page_of_differences_lists_what_is_left_out() -> None:
    page = DOCS.read_text(encoding="utf-8")
    assert [name for name in (*ABSENT, *ABSENT_OF_TENSORS) if f"`{name}`" not in page] == []


def test_unknown_names_still_raise_attribute_errors() -> None:
    with pytest.raises(AttributeError, match=r"module 'tinygrad_edu' has no attribute 'no_such'$"):
        named("no_such")
    with pytest.raises(AttributeError, match=r"'Tensor' object has no attribute 'no_such'$"):
        _ = tg.zeros(1).no_such  # type: ignore[attr-defined]  # the mistake under test
    with pytest.raises(ModuleNotFoundError, match=r"No module named 'tinygrad_edu.no_such'"):
        importlib.import_module("tinygrad_edu.no_such")
    assert not hasattr(tg.zeros(1), "__no_such__")


def test_nothing_of_compat_is_loaded_before_it_is_used() -> None:
    code = """
import sys
import numpy as np
import tinygrad_edu as tg

x = tg.nn.Linear(2, 1)(tg.ones(1, 2)).sum()
x.backward()
tg.optim.SGD([x.detach()], 0.1).step()
np.asarray(x.detach())
repr(x)
print([m for m in sys.modules if ".compat" in m or ".distributions" in m])
"""
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert printed.strip() == "[]"


def test_errors_about_cuda_say_that_there_is_only_the_cpu() -> None:
    with pytest.raises(AttributeError, match=r"cuda.*has no attribute 'Stream'.*CPU only.*is_available"):
        _ = tg.cuda.Stream
    with pytest.raises(ValueError, match="CPU only"):
        tg.zeros(1, device="cuda")
    with pytest.raises(RuntimeError, match="CPU only"):
        tg.zeros(1).cuda()
    with pytest.raises(ValueError, match="CPU only"):
        tg.zeros(1).type("torch.cuda.FloatTensor")


def test_old_words_warn_in_pytorchs_words() -> None:
    with pytest.warns(UserWarning, match=r"size_average and reduce args will be deprecated, please use reduction='sum'"):
        tg.nn.MSELoss(size_average=False)  # type: ignore[call-arg]  # the old argument
    with pytest.warns(FutureWarning, match=r"init.normal.*deprecated in favor of.*init.normal_"):
        tg.nn.init.normal(tg.zeros(2))  # type: ignore[attr-defined]  # the old name
    with pytest.raises(TypeError, match=r"size_average must be True or False, got 3; it was replaced by reduction='mean'"):
        tg.nn.MSELoss(size_average=3)  # type: ignore[call-arg]  # the mistake under test


def test_the_other_names_of_a_tensor_are_those_of_the_tables() -> None:
    from tinygrad_edu._tensor.kind_and_place import OTHER_NAMES
    from tinygrad_edu.compat.absent import ABSENT_OF_TENSORS
    from tinygrad_edu.compat.tensor_attributes import METHODS, PROPERTIES

    assert sorted(OTHER_NAMES.split()) == sorted([*PROPERTIES, *METHODS, *ABSENT_OF_TENSORS])
    x = tg.ones(1)
    assert all(hasattr(x, name) for name in (*PROPERTIES, *METHODS))
    assert not any(hasattr(x, name) or hasattr(tg.Tensor, name) for name in ABSENT_OF_TENSORS)
