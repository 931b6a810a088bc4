"""mypy and basedpyright on the files in this folder, and on the examples that users start from."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow  # `make check` runs them

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
CASES = [HERE / name for name in ("tensors.py", "modules.py", "rules.py", "decorators.py", "errors.py")]


def run(tool: str, *arguments: str | Path) -> str:
    """What a checker prints; "" if it has nothing to report."""
    if importlib.util.find_spec(tool) is None:
        pytest.skip(f"{tool} is not installed")
    command = [sys.executable, "-m", tool, *map(str, arguments)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)
    return "" if result.returncode == 0 else result.stdout + result.stderr


def test_mypy_agrees() -> None:
    assert run("mypy", "--strict", *CASES) == ""


def test_basedpyright_agrees() -> None:
    assert run("basedpyright", "--pythonpath", sys.executable) == ""


def test_mypy_reports_nothing_in_the_code_that_users_start_from(tmp_path: Path) -> None:
    """The options are those for scripts, in which a name may be reused for something else, as in a notebook."""
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    (tmp_path / "readme.py").write_text("\n".join(blocks), encoding="utf-8")
    for file in ROOT.glob("examples/*.py"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    for file in ROOT.glob("examples/lessons/*/lesson.py"):  # same names, in folders that are not packages
        (tmp_path / f"lesson_{file.parent.name}.py").write_bytes(file.read_bytes())
    files = sorted(tmp_path.glob("*.py"))
    assert len(files) > 15
    options = ["--config-file=", "--allow-redefinition-new", "--local-partial-types", "--follow-imports=silent"]
    options.append("--disable-error-code=import-not-found")  # an extra that is not installed here
    assert run("mypy", *options, *files) == ""
