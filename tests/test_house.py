"""The house stands as it is drawn, and is packed whole."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from tests.conftest import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
INDEX = re.compile(r"https?://[^\s)>\"']*(?:pypi|/simple\b|\bindex\b)|--(?:extra-)?index-url", re.IGNORECASE)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The digest of each file in the wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as archive:
        return {name: hashlib.sha256(archive.read(name)).hexdigest() for name in archive.namelist()}


def test_imports_go_as_they_are_drawn(tmp_path: Path) -> None:
    ran = _imports(tmp_path)

    assert (ran.returncode, "0 broken" in ran.stdout) == (0, True)


@pytest.mark.parametrize(
    ("room", "line", "broken"),
    [
        ("pages/words.py", "import exchange.llm.spec", "pages never sees models BROKEN"),
        ("scoring/policy.py", "import exchange.store.clock", "debate and scoring never see the store BROKEN"),
        ("jobs/files.py", "import langgraph.graph", "langgraph is known to the graph alone BROKEN"),
        ("domain/noun.py", "import exchange.config", "Imports go down only BROKEN"),
    ],
)
def test_an_import_that_is_not_drawn_is_found(tmp_path: Path, room: str, line: str, broken: str) -> None:
    ran = _imports(tmp_path, room, line)

    assert (ran.returncode, broken in ran.stdout) == (1, True)


def test_every_room_is_in_the_drawing() -> None:
    layers = PROJECT["tool"]["importlinter"]["contracts"][0]["layers"]
    drawn = {room.strip() for layer in layers for room in layer.split("|")}
    package = ROOT / "src" / "exchange"
    folders = {path.parent.name for path in package.glob("*/__init__.py")}
    files = {path.stem for path in package.glob("*.py")} - {"__init__"}

    assert drawn == folders | files


@pytest.mark.parametrize("kind", ["prompts", "configs"])
def test_the_wheel_holds_what_the_checkout_holds(wheel: dict[str, str], kind: str) -> None:
    expected = {
        f"exchange/_shipped/{path.relative_to(ROOT)}": hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (ROOT / kind).rglob("*")
        if path.is_file()
    }
    actual = {name: digest for name, digest in wheel.items() if name.startswith(f"exchange/_shipped/{kind}/")}

    assert expected == actual != {}


def test_the_wheel_holds_every_file_of_the_package(wheel: dict[str, str]) -> None:
    package = ROOT / "src"
    files = {str(path.relative_to(package)) for path in package.rglob("*") if path.is_file()}

    assert {name for name in files if "__pycache__" not in name} - set(wheel) == set()


def test_the_wheel_holds_no_tests(wheel: dict[str, str]) -> None:
    assert {name.split("/")[0].split("-")[0] for name in wheel} == {"exchange", "exchange_debate"}


@pytest.mark.parametrize("name", ["README.md", "requirements.lock", "pyproject.toml", "scripts/setup", "scripts/test"])
def test_no_address_of_an_index_is_written_down(name: str) -> None:
    assert INDEX.findall((ROOT / name).read_text()) == []


def test_every_locked_package_has_a_digest() -> None:
    entries = re.split(r"\n(?=\S)", (ROOT / "requirements.lock").read_text())
    packages = [entry for entry in entries if re.match(r"[a-z0-9]", entry)]

    assert [entry.split()[0] for entry in packages if "--hash=sha256:" not in entry] == []


def _imports(folder: Path, room: str | None = None, line: str = "") -> subprocess.CompletedProcess[str]:
    """Runs lint-imports on a copy of the sources, with one more line in one room."""
    shutil.copytree(ROOT / "src", folder / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    if room:
        with (folder / "src" / "exchange" / room).open("a") as file:
            file.write(f"\n{line}\n")
    program = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache", "--no-logo"]
    environment = os.environ | {"PYTHONPATH": str(folder / "src")}
    return subprocess.run(program, cwd=folder, env=environment, capture_output=True, text=True, check=False)
