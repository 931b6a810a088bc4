"""The wheel and the source distribution: their version, contents and metadata, and whether builds are reproducible."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import venv
import zipfile
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
HOME = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["urls"]["Homepage"]
BUILD_NEEDS = ["build", "hatchling", "hatch_vcs", "hatch_fancy_pypi_readme"]

pytestmark = [
    pytest.mark.skipif(any(find_spec(name) is None for name in BUILD_NEEDS), reason='needs: pip install "tinygrad_edu[build]"'),
    pytest.mark.skipif(shutil.which("git") is None or not (ROOT / ".git").exists(), reason="needs git and a clone"),
]


class Built(NamedTuple):
    """A build: the folder it was built from, and its two files."""

    source: Path
    wheel: Path
    sdist: Path


def tracked() -> list[str]:
    """The files under version control, as they are in the working tree."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [name for name in listed.split("\0") if name and (ROOT / name).exists()]


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=tests", "-c", "user.email=tests@localhost", "-c", "commit.gpgsign=false"]
    env = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull}
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True, env=env)


def copy(folder: Path) -> Path:
    for name in tracked():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, target)
    return folder


def build(source: Path) -> Built:
    """The files that `python -m build` writes: an sdist from the source, and a wheel from that sdist."""
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(source / "dist"), str(source)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,), (sdist,) = (source / "dist").glob("*.whl"), (source / "dist").glob("*.tar.gz")
    return Built(source, wheel, sdist)


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> list[Built]:
    """Two builds of the same tag, in clones in different folders."""
    origin = copy(tmp_path_factory.mktemp("origin"))
    git(origin, "init", "--quiet")
    git(origin, "add", "--all")
    git(origin, "commit", "--quiet", "--message", "all")
    git(origin, "tag", "v9.8.7")
    builds = []
    for name in ("first", "second"):
        clone = tmp_path_factory.mktemp(name) / "clone"
        git(origin, "clone", "--quiet", str(origin), str(clone))
        builds.append(build(clone))
    return builds


def names_in(sdist: Path) -> set[str]:
    with tarfile.open(sdist) as archive:
        return {member.name.partition("/")[2] for member in archive.getmembers() if member.isfile()}


def metadata(wheel: Path) -> str:
    with zipfile.ZipFile(wheel) as archive:
        return archive.read("tinygrad_edu-9.8.7.dist-info/METADATA").decode()


def test_the_version_is_the_tag(releases: list[Built]) -> None:
    assert releases[0].wheel.name == "tinygrad_edu-9.8.7-py3-none-any.whl"
    assert releases[0].sdist.name == "tinygrad_edu-9.8.7.tar.gz"


def test_building_a_tag_twice_gives_the_same_bytes(releases: list[Built]) -> None:
    first, second = releases
    assert first.wheel.read_bytes() == second.wheel.read_bytes()
    assert first.sdist.read_bytes() == second.sdist.read_bytes()


def test_the_wheel_holds_the_package_and_nothing_else(releases: list[Built]) -> None:
    package = {name for name in tracked() if name.startswith("tinygrad_edu/")}
    with zipfile.ZipFile(releases[0].wheel) as archive:
        names = set(archive.namelist())
    about = {name for name in names if name.startswith("tinygrad_edu-9.8.7.dist-info/")}
    assert names - about == package
    assert {name.partition("/")[2] for name in about} == {
        "METADATA",
        "RECORD",
        "WHEEL",
        "entry_points.txt",
        "licenses/LICENSE",
        "licenses/tinygrad_edu/data/files/DATASETS.md",
        "licenses/tinygrad_edu/data/files/LICENSE-scikit-learn",
    }


def test_the_sdist_holds_what_is_under_version_control_and_nothing_else(releases: list[Built]) -> None:
    assert names_in(releases[0].sdist) == {*tracked(), "PKG-INFO"}


def test_the_readme_on_the_package_index_links_to_the_repository_at_the_tag(releases: list[Built]) -> None:
    text = metadata(releases[0].wheel).partition("\n\n")[2]
    links = re.findall(r"(!?)\[[^\]]*\]\(([^)\s]+)\)", text)
    ours = [(mark, *link.removeprefix(HOME).partition("/v9.8.7/")) for mark, link in links if link.startswith(HOME)]
    assert len(ours) > 10
    assert {(mark, kind) for mark, kind, _, _ in ours} == {("!", "/raw"), ("", "/blob")}
    assert [path for *_, path in ours if not (ROOT / path.partition("#")[0]).exists()] == []
    assert [link for _, link in links if not link.startswith(("https://", "#"))] == []


def test_the_code_in_that_readme_equals_the_repositorys(releases: list[Built]) -> None:
    blocks = re.compile(r"```python\n.*?```", re.DOTALL)
    assert blocks.findall(metadata(releases[0].wheel)) == blocks.findall((ROOT / "README.md").read_text(encoding="utf-8"))


def test_the_metadata_is_valid_and_names_no_person(releases: list[Built]) -> None:
    packaging = pytest.importorskip("packaging.metadata")
    found = packaging.Metadata.from_email(metadata(releases[0].wheel), validate=True)
    assert found.name == "tinygrad_edu"
    assert found.author == "tinygrad_edu developers"
    assert found.author_email is None
    assert found.description_content_type == "text/markdown"
    assert set(map(str, found.requires_dist)) >= {"numpy>=2.0", "graphviz>=0.20"}


# --- the wheel in an empty environment ---


@pytest.fixture(scope="module")
def installed(releases: list[Built], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment that was empty before `pip install WHEEL`."""
    folder = tmp_path_factory.mktemp("empty") / "venv"
    venv.create(folder, with_pip=True)
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", str(releases[0].wheel)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if "No matching distribution found for numpy" in done.stderr:
        pytest.skip("needs a package index that has NumPy")
    assert done.returncode == 0, done.stderr
    return python


def run(python: Path, folder: Path, *arguments: str) -> str:
    """The output of Python in an empty folder, where only the wheel can be imported."""
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = [str(python), "-W", "error", *arguments]
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, encoding="utf-8", timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_the_wheel_installs_what_the_readme_says_and_nothing_else(installed: Path, tmp_path: Path) -> None:
    listed = run(installed, tmp_path, "-c", "from importlib.metadata import distributions as d; print(*(x.name for x in d()))")
    assert set(listed.split()) - {"pip", "setuptools"} == {"tinygrad_edu", "numpy", "graphviz", "threadpoolctl"}


@pytest.mark.slow
def test_the_installed_wheel_has_its_version_and_its_commands(installed: Path, tmp_path: Path) -> None:
    assert run(installed, tmp_path, "-m", "tinygrad_edu", "--version") == "tinygrad_edu 9.8.7\n"
    assert "python -m tinygrad_edu demo" in run(installed, tmp_path, "-m", "tinygrad_edu", "demo", "--help")
    script = shutil.which("tinygrad_edu", path=str(installed.parent))
    assert script is not None
    done = subprocess.run([script, "--version"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout == "tinygrad_edu 9.8.7\n"


@pytest.mark.slow
@pytest.mark.parametrize("page", ["README.md", "docs/start.md"])
def test_the_code_of_the_first_pages_runs_with_the_installed_wheel(page: str, installed: Path, tmp_path: Path) -> None:
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / page).read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) >= 4
    (tmp_path / "page.py").write_text("\n".join(blocks), encoding="utf-8")
    assert "loss 0.0" in run(installed, tmp_path, "page.py")


def test_a_clone_without_tags_and_a_copy_without_git_can_be_built(tmp_path: Path) -> None:
    plain = copy(tmp_path / "plain")
    assert build(plain).wheel.name.split("-")[1] == "0.0.0"
    clone = copy(tmp_path / "clone")
    git(clone, "init", "--quiet")
    git(clone, "add", "--all")
    git(clone, "commit", "--quiet", "--message", "all")
    assert build(clone).wheel.name.split("-")[1].startswith("0.0.1.dev")


def test_the_address_of_the_repository_can_be_replaced_everywhere_at_once() -> None:
    guide = (ROOT / ".github" / "RELEASING.md").read_text(encoding="utf-8")
    assert "git grep -l repository.example" in guide
    left = [name for name in tracked() if not name.startswith(("tests/", ".ci/")) and name != ".github/RELEASING.md"]
    left = [name for name in left if b"repository.example" in (ROOT / name).read_bytes()]
    if "repository.example" not in HOME:
        assert left == []
        return
    assert {"pyproject.toml", "CITATION.cff"} <= set(left)
    for name in left:
        found = re.findall(rb"\S*repository\.example\S*", (ROOT / name).read_bytes())
        assert all(HOME.encode() in address for address in found), name
