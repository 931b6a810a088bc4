"""Random programs that write, freeze, view, detach and differentiate in any order end in the same states as in PyTorch."""

from __future__ import annotations

import gzip
import json
import warnings
from pathlib import Path
from typing import Any

import pytest

import tinygrad_edu as tg

from .programs import World, difference

STORED = json.loads(gzip.decompress((Path(__file__).parent.parent / "oracles" / "in_place.json.gz").read_bytes()))


@pytest.mark.parametrize("number", range(len(STORED)))
def test_a_program_ends_in_the_same_state_as_in_pytorch(number: int) -> None:
    program: dict[str, Any] = STORED[number]
    world = World(tg)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for refused, *step in program["steps"]:
            if refused:
                with pytest.raises((RuntimeError, IndexError, ValueError, TypeError)):
                    world.do(*step)
            else:
                world.do(*step)
        assert not difference(world.state(), program["end"]), program["steps"]
