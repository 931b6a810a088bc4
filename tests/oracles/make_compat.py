"""Write compat.json: the results of the programs in tests/compat/programs.py under PyTorch.

    python -m tests.oracles.make_compat

Made with torch 2.13 on a non-Intel x86 processor with AVX2 (on Intel processors, PyTorch draws some samples with MKL).
"""

import json
from pathlib import Path

from tests.compat.programs import PROGRAMS
from tests.compat.values import encoded, result_of

if __name__ == "__main__":
    import torch

    stored = {name: encoded(result_of(program, torch)) for name, program in PROGRAMS.items()}
    text = json.dumps(stored, ensure_ascii=False, indent=None, separators=(",", ":")).replace('},"', '},\n"')
    Path(__file__).with_name("compat.json").write_text(text + "\n", encoding="utf-8")
