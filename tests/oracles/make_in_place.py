"""Write in_place.json.gz: random programs of tests/autograd/programs.py, and PyTorch's state at the end of each.

Run from the root of the checkout, in an environment with torch:  python -m tests.oracles.make_in_place
"""

import gzip
import json
import random
import warnings
from pathlib import Path

from tests.autograd import programs
from tests.live.test_in_place_torch import AnyOrder

PROGRAMS = 300

NAMES = {
    "unary": programs.UNARY,
    "plain": programs.PLAIN,
    "number": list(programs.WITH_NUMBER),
    "tensor": list(programs.WITH_TENSOR),
}
WEIGHTS = {
    "unary": 8, "binary": 10, "view": 12, "plain": 8, "number": 6, "tensor": 10, "set": 8, "set_number": 4, "flip": 5,
    "detach": 2, "detach_in_place": 1, "without_grad": 2, "hook": 3, "retain": 3, "backward": 8, "grad": 3,
}  # fmt: skip


def arguments(rng, rule):
    """The arguments of a rule of AnyOrder, drawn at random."""
    j, c, through = rng.randrange(10_000), rng.randrange(50, 151) / 100, rng.choice([None, None, None, 0, 1, 2, 3])
    name, flag = rng.choice(NAMES.get(rule, programs.BINARY)), rng.random() < 0.3
    drawn = {
        "unary": {"name": name},
        "binary": {"name": name, "j": j},
        "view": {"k": rng.randrange(len(programs.VIEWS))},
        "plain": {"name": name, "through": through},
        "number": {"name": name, "c": c, "through": through},
        "tensor": {"name": name, "j": j, "through": through},
        "set": {"k": rng.randrange(len(programs.KEYS) - 1), "j": j},
        "set_number": {"k": rng.randrange(len(programs.KEYS)), "c": c},
        "hook": {"scale": flag},
        "backward": {"create_graph": flag},
        "grad": {"j": j, "create_graph": flag},
    }
    return {"i": rng.randrange(10_000), **drawn.get(rule, {})}


def one(seed):
    """A random program, and PyTorch's state at its end."""
    rng = random.Random(seed)
    machine = AnyOrder()
    for _ in range(3):
        machine.add_leaf(rng.choice(programs.SHAPES), rng.random() < 0.6, [rng.randrange(50, 151) / 100 for _ in range(9)])
    for rule in rng.choices(list(WEIGHTS), list(WEIGHTS.values()), k=rng.randrange(12, 30)):
        getattr(machine, rule)(**arguments(rng, rule))
        if machine.ended:
            return one(seed + PROGRAMS)
    machine.teardown()
    return one(seed + PROGRAMS) if machine.ended else {"steps": machine.program, "end": machine.theirs.state()}


if __name__ == "__main__":
    warnings.simplefilter("ignore")  # PyTorch warns about a result's .grad
    found = [one(seed) for seed in range(PROGRAMS)]
    text = json.dumps(found, separators=(",", ":")).encode()
    (Path(__file__).parent / "in_place.json.gz").write_bytes(gzip.compress(text, 9, mtime=0))
