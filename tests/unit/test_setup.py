"""The set-up: what is locked, what the repository may not name, and what travels in the wheel."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
LIGHT, HEAVY = "requirements.lock", "requirements-heavy.lock"
LIGHT_EXTRAS, HEAVY_EXTRAS = ("app", "analysis", "dev"), ("calibration", "cluster", "view")

# Put together here, so that this file does not name what it forbids.
REGISTRIES = (
    ".".join(("pypi", "org")),
    ".".join(("pythonhosted", "org")),
    ".".join(("registry", "npmjs")),
    ".".join(("deb", "debian", "org")),
)
MACHINE_FOLDERS = re.compile(r"(?<![\w.~-])/(?:work|root|opt/pypi|opt/wheels)" + "/")


def locked(lock: str) -> dict[str, str]:
    """Locked version of each package, by its normal name."""
    text = (ROOT / lock).read_text(encoding="utf-8")
    pins = re.findall(r"^([A-Za-z0-9][\w.-]*)==([^\s;\\]+)", text, flags=re.MULTILINE)
    return {canonicalize_name(name): version for name, version in pins}


def project() -> dict:
    """The project table of pyproject.toml."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def committed_files() -> list[Path]:
    """What git tracks here; skips where this is no git checkout."""
    if not (ROOT / ".git").exists() or shutil.which("git") is None:
        pytest.skip("not a git checkout")
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    paths = (ROOT / os.fsdecode(name) for name in names.split(b"\0") if name)
    return [path for path in paths if path.is_file()]


@pytest.mark.parametrize("lock", [LIGHT, HEAVY])
def test_lock_names_no_address(lock):
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert "://" not in text
    assert not re.search(r"^\s*-(?!-hash=)", text, flags=re.MULTILINE), "an option of pip or uv"


@pytest.mark.parametrize("lock", [LIGHT, HEAVY])
def test_every_locked_package_has_a_hash(lock):
    text = (ROOT / lock).read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    assert len(lines) > 20
    assert [line for line in lines if "==" not in line or "--hash=sha256:" not in line] == []


@pytest.mark.parametrize(("lock", "extras"), [(LIGHT, LIGHT_EXTRAS), (HEAVY, HEAVY_EXTRAS)], ids=["light", "heavy"])
def test_lock_holds_every_declared_dependency_at_an_allowed_version(lock, extras):
    versions = locked(lock)
    declared = list(project()["dependencies"])
    for extra in extras:
        declared += project()["optional-dependencies"][extra]
    for text in declared:
        wanted = Requirement(text)
        version = versions.get(canonicalize_name(wanted.name))
        assert version is not None, f"{lock} lacks {wanted.name}: compile it anew"
        assert wanted.specifier.contains(version), f"{lock} has {wanted.name} {version}, declared is {text}"


def test_every_extra_is_in_one_of_the_locks():
    assert set(project()["optional-dependencies"]) == {*LIGHT_EXTRAS, *HEAVY_EXTRAS}


def test_heavy_lock_changes_no_version_of_the_light_one():
    light, heavy = locked(LIGHT), locked(HEAVY)
    assert {name: heavy[name] for name in light.keys() & heavy.keys() if heavy[name] != light[name]} == {}


def test_citation_and_package_have_one_version():
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert re.findall(r"^version: (.+)$", citation, flags=re.MULTILINE) == [project()["version"]]


def test_no_file_names_a_registry_or_a_folder_of_one_machine():
    found = []
    for path in committed_files():
        text = path.read_text(encoding="utf-8", errors="ignore")
        named = [host for host in REGISTRIES if host in text] + MACHINE_FOLDERS.findall(text)
        found += [f"{path.relative_to(ROOT)}: {word}" for word in named]
    assert found == []


def test_the_scan_sees_what_it_looks_for():
    for folder in ("work", "root"):
        assert MACHINE_FOLDERS.search(f"open('/{folder}/x')")
        assert not MACHINE_FOLDERS.search(f"field/{folder}/2020")


@pytest.mark.parametrize("script", ["bootstrap.sh", ".ci/run"])
def test_scripts_have_no_syntax_error(script):
    shell = "sh" if script.endswith(".sh") else "bash"
    if shutil.which(shell) is None:
        pytest.skip(f"no {shell} here")
    subprocess.run([shell, "-n", ROOT / script], check=True)


@pytest.fixture
def poor_machine(tmp_path):
    """Run bootstrap.sh on a copy of the project where the only Python is too old and cannot install."""
    folder, programs = tmp_path / "a town", tmp_path / "bin"
    folder.mkdir()
    programs.mkdir()
    for name in ("bootstrap.sh", "pyproject.toml", LIGHT):
        shutil.copy(ROOT / name, folder)
    for name in ("sh", "cat", "cksum", "dirname", "mktemp", "rm"):
        (programs / name).symlink_to(shutil.which(name))
    (programs / "python3").write_text("#!/bin/sh\nexit 1\n")
    (programs / "python3").chmod(0o755)

    def run(**environment):
        return subprocess.run(
            ["sh", "bootstrap.sh", ".venv"],
            cwd=folder,
            env={"PATH": str(programs), "HOME": str(tmp_path), **environment},
            capture_output=True,
            text=True,
        )

    run.folder = folder
    return run


def test_without_a_suitable_python_the_last_line_says_what_is_needed(poor_machine):
    done = poor_machine()
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.splitlines()[-1].startswith("remesa: Python 3.12 or 3.13")
    assert not (poor_machine.folder / ".venv").exists()


def test_a_chosen_python_that_does_not_suit_is_refused_in_one_line(poor_machine):
    done = poor_machine(PYTHON="python3")
    assert done.returncode == 2
    assert done.stderr == "remesa: PYTHON=python3 is not a working Python 3.12 or 3.13 with venv.\n"


@pytest.mark.slow
def test_wheel_installed_elsewhere_carries_the_data(tmp_path):
    """Built and installed without a network; the packages are then imported from the new place."""
    elsewhere = tmp_path / "elsewhere"
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path], cwd=ROOT, check=True)
    (wheel,) = tmp_path.glob("remesa-*.whl")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*pip, "--target", elsewhere, wheel], check=True)

    ours = ("sim", "scenarios", "experiments", "analysis")
    top = {path.name for path in elsewhere.iterdir() if path.is_dir() and not path.name.endswith(".dist-info")}
    assert top - {"bin"} == set(ours)
    for package in ours:
        for path in (ROOT / package).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                assert (elsewhere / path.relative_to(ROOT)).is_file(), f"the wheel lacks {path.relative_to(ROOT)}"
    assert list((elsewhere / "scenarios").rglob("*.yaml"))

    where = f"import {', '.join(ours)}; print(*(p.__path__[0] for p in ({', '.join(ours)})), sep='\\n')"
    imported = subprocess.run(
        [sys.executable, "-c", where],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(elsewhere)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert imported.stdout.split("\n")[:-1] == [str(elsewhere / package) for package in ours]
