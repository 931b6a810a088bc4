"""The code blocks of both READMEs run in order, and print what the text says."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("name", ["README.md", "README.ko.md"])
def test_the_code_blocks_run(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / name).read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) >= 3
    monkeypatch.chdir(tmp_path)
    script = tmp_path / "readme.py"
    script.write_text("\n".join(blocks), encoding="utf-8")
    runpy.run_path(str(script))
    printed = capsys.readouterr().out
    loss = re.search(r"loss (\d\.\d+)", printed)
    assert loss is not None
    assert float(loss[1]) < 0.2
    assert printed.rstrip().endswith("True\nTrue")
    assert (tmp_path / "graph.svg").read_text(encoding="utf-8").startswith("<svg")


@pytest.mark.parametrize("name", ["README.md", "README.ko.md"])
def test_every_file_that_it_links_to_exists(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]
    files = re.findall(r"^\| `([\w./]+)`", text, re.MULTILINE)
    assert links
    missing = [path for path in links if not (ROOT / path).exists()]
    missing += [path for path in files if not (ROOT / "tinygrad_edu" / path).exists() and not (ROOT / path).exists()]
    assert missing == []


def test_both_readmes_have_the_same_code_and_the_same_sections() -> None:
    english, korean = ((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.ko.md"))

    def code(text: str) -> list[str]:
        blocks = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
        return [re.sub(r"\s*#.*", "", block) for block in blocks]

    assert code(english) == code(korean)
    assert english.count("\n## ") == korean.count("\n## ")
