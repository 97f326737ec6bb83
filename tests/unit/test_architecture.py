"""What may import what, how large the machinery may grow, and what the model never does."""

import ast
import importlib
import io
import tokenize
from pathlib import Path

import pytest
from batteries import check_imports, check_keyed_draws_only, imported

from sim import mechanism, schedule

ROOT = Path(__file__).parents[2]
ORDER = ("sim", "scenarios", "experiments", "analysis")  # each may import what stands to its left
MACHINERY = (
    "model", "mechanism", "parameters", "table", "events", "streams", "ledger", "recorder", "rooms", "compiled",
    "agents",
)  # fmt: skip
MOST_MACHINERY = 2000  # lines of code together, without documentation and blank lines
LARGEST = 900  # lines of one file, documentation included: it still reads in one sitting
SOURCES = [path for folder in ORDER for path in sorted((ROOT / folder).rglob("*.py"))]


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def source(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def lines_of_code(path: Path) -> int:
    """Lines with code on them: no blank lines, comments or documentation."""
    text = source(path)
    documentation = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            documentation |= set(range(node.lineno, node.end_lineno + 1))
    code = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in (
            tokenize.COMMENT,
            tokenize.NL,
            tokenize.NEWLINE,
            tokenize.INDENT,
            tokenize.DEDENT,
        ):
            code |= set(range(token.start[0], token.end[0] + 1))
    return len(code - documentation)


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_imports_point_one_way(path):
    check_imports(path.relative_to(ROOT).parts[0], source(path), ORDER)


@pytest.mark.parametrize("path", [p for p in SOURCES if p.is_relative_to(ROOT / "sim")], ids=name)
def test_the_model_draws_from_keyed_streams_only(path):
    check_keyed_draws_only(source(path))


@pytest.mark.parametrize("path", [p for p in SOURCES if p.is_relative_to(ROOT / "sim")], ids=name)
def test_the_model_knows_no_files_no_network_and_no_configuration(path):
    outside = {
        "yaml",
        "hydra",
        "omegaconf",
        "json",
        "socket",
        "urllib",
        "requests",
        "pandas",
        "pyarrow",
        "tomllib",
    }
    assert {module.split(".")[0] for module in imported(source(path))} & outside == set()
    for node in ast.walk(ast.parse(source(path))):
        if isinstance(node, ast.arg | ast.Name):
            assert (node.arg if isinstance(node, ast.arg) else node.id) not in ("config", "cfg", "params"), (
                f"{name(path)}:{node.lineno}: parameters are fields of mechanisms, not a configuration"
            )


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_a_file_reads_in_one_sitting(path):
    assert len(source(path).splitlines()) <= LARGEST


def test_the_machinery_stays_small():
    sizes = {part: lines_of_code(ROOT / "sim" / f"{part}.py") for part in MACHINERY}
    assert sum(sizes.values()) <= MOST_MACHINERY, sizes


def test_mechanisms_share_rules_and_nothing_else():
    """Lines of the month meet in columns; what one takes from another is a pure rule, never its kernel or class."""
    for path in (ROOT / "sim" / "mechanisms").glob("*.py"):
        for module in {m for m in imported(source(path)) if m.startswith("sim.mechanisms.")}:
            parts = module.split(".")
            if len(parts) == 4:
                found = getattr(importlib.import_module(".".join(parts[:3])), parts[3])
                plain = getattr(found, "py_func", found)
                assert not mechanism._registered.get(plain, False), f"{name(path)} takes the kernel {module}"
                assert not isinstance(found, type), f"{name(path)} takes the class {module}"


def test_every_file_of_mechanisms_is_one_line_of_the_schedule():
    files = {path.stem for path in (ROOT / "sim" / "mechanisms").glob("*.py")} - {"__init__"}
    lines = {type(line).__module__.rsplit(".", 1)[-1] for line in schedule.Schedule().lines()}
    assert files == lines - {"events"}


def test_a_kernel_belongs_to_one_mechanism():
    kernels = [f for f, is_kernel in mechanism._registered.items() if is_kernel]
    homes: dict[str, set[str]] = {}
    for kernel in kernels:
        homes.setdefault(f"{kernel.__module__}.{kernel.__qualname__}", set()).add(kernel.__module__)
    assert all(len(modules) == 1 for modules in homes.values())


def test_nothing_stands_at_the_top_that_was_not_agreed():
    folders = {
        p.name for p in ROOT.iterdir() if p.is_dir() and not p.name.startswith((".", "__")) and any(p.rglob("*.py"))
    }
    assert folders <= {*ORDER, "tests", "results", "build", "dist"}
