"""The shipped YAML files by name, and a user's own by path: read safely, never executed."""

from __future__ import annotations

import copy
import pathlib
import re
from importlib.resources import files
from typing import Any

import yaml

from sim.instruments import Instrument, Shock, read_instrument, read_shock

LARGEST = 1_000_000  # bytes of one file
DEEPEST = 20  # tables within tables
# Made explicit on reading, so that each can be named in an override.
DATES: dict[str, Any] = {"start": 1, "ramp": 0, "end": None, "assign": None}
ALL_TAKE_UP = {"value": 1.0, "unit": "1", "source": "assumption: everybody eligible takes it up"}
OPTIONAL = {
    "policies": {**DATES, "budget": None, "coverage": None, "take_up": ALL_TAKE_UP},
    "shocks": DATES,
}
CASE_KEYS = ("title", "summary", "question", "outcome", "inventory", "overrides")
PARAMETER_KEYS = ("title", "summary", "provenance", "estimates", "parameters")


class LibraryError(ValueError):
    """A file that is missing, unreadable or of another form: where, what was found, what to do."""


class _Loader(yaml.SafeLoader):
    """Plain values only: no anchors, no tags, no key twice, no dates."""

    where = ""
    depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        line = event.start_mark.line + 1
        if getattr(event, "anchor", None) is not None:  # also an alias has one
            raise LibraryError(
                f"{self.where}, line {line}: anchors and aliases (& and *) are not allowed; repeat the values"
            )
        if getattr(event, "tag", None) is not None:
            raise LibraryError(f"{self.where}, line {line}: the tag {event.tag!r} is not allowed; give a plain value")
        self.depth += 1
        if self.depth > DEEPEST:
            raise LibraryError(f"{self.where}, line {line}: more than {DEEPEST} levels; these files need about five")
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode) or key.tag == "tag:yaml.org,2002:merge":
                raise LibraryError(f"{self.where}, line {line}: a key must be a plain name")
            if key.value in seen:
                raise LibraryError(f"{self.where}, line {line}: the key {key.value!r} stands there twice; keep one")
            seen.add(key.value)
        return {str(key): value for key, value in super().construct_mapping(node, deep=True).items()}


# Words that are dates or yes/no elsewhere stay text here; true and false are no figures of this model either.
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith((":timestamp", ":bool"))]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:true|false)$"), list("tf"))
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"^[-+]?[0-9][0-9_]*(?:\.[0-9]*)?[eE][-+]?[0-9]+$"),
    list("-+0123456789"),
)


def parse(raw: bytes, where: str) -> dict[str, Any]:
    """The values of one YAML text.

    Raises
    ------
    LibraryError
        For anything that is not a plain table of values in UTF-8, with the line where it was found.
    """
    if len(raw) > LARGEST:
        raise LibraryError(f"{where} has {len(raw):,} bytes; at most {LARGEST:,} are read")
    try:
        text = raw.decode("utf-8-sig")  # a byte-order mark, as some editors leave, does no harm
    except UnicodeDecodeError as error:
        raise LibraryError(f"{where}: byte {error.start} is not UTF-8; save the file in UTF-8") from None
    for number, line in enumerate(text.splitlines(), 1):
        if "\t" in line[: len(line) - len(line.lstrip())]:
            raise LibraryError(f"{where}, line {number}: begins with a tab; indent with spaces")
        if "${" in line or "\x00" in line:
            raise LibraryError(f"{where}, line {number}: references like ${{...}} are not filled in; write the value")
    try:
        loader = _Loader(text.replace("\t", " "))
        loader.where = where
        values = loader.get_single_data()
        loader.dispose()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line_number = f", line {mark.line + 1}" if mark else ""
        raise LibraryError(f"{where}{line_number}: is not YAML ({error.problem or error.context})") from None
    except (yaml.YAMLError, ValueError) as error:
        if isinstance(error, LibraryError):
            raise
        raise LibraryError(f"{where}: is not YAML ({' '.join(str(error).split())})") from None
    if not isinstance(values, dict):
        raise LibraryError(f"{where} holds {type(values).__name__}, not a table; begin with 'title: ...'")
    return values


def names(kind: str) -> list[str]:
    """Names of the shipped files of one folder."""
    folder = files("scenarios") / kind
    return sorted(entry.name.removesuffix(".yaml") for entry in folder.iterdir() if entry.name.endswith(".yaml"))


def policies() -> list[str]:
    """Names of the shipped instruments."""
    return names("policies")


def shocks() -> list[str]:
    """Names of the shipped shocks."""
    return names("shocks")


def cases() -> list[str]:
    """Names of the shipped cases."""
    return names("cases")


def territories() -> list[str]:
    """Names of the shipped places."""
    return names("territories")


def own_file(name: str) -> bool:
    """Whether a name stands for a user's own file: it ends in .yaml or .yml."""
    return name.endswith((".yaml", ".yml"))


def short_name(name: str) -> str:
    """The name that a shipped or own file has in a run: ``my/cards.yaml`` is ``cards``."""
    short = pathlib.PurePath(name).stem if own_file(name) else name
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,63}", short):
        raise LibraryError(
            f"the name {short!r} is not allowed; use small letters, digits and _, or a path ending in .yaml"
        )
    return short


def read_file(path: pathlib.Path) -> dict[str, Any]:
    """The values of a user's own file.

    Raises
    ------
    LibraryError
        Where there is no such file, or it cannot be read.
    """
    try:
        if not path.is_file():
            raise LibraryError(f"there is no file {path}; give the path of a YAML file, or a shipped name")
        if path.stat().st_size > LARGEST:
            raise LibraryError(f"{path} has {path.stat().st_size:,} bytes; at most {LARGEST:,} are read")
        return parse(path.read_bytes(), str(path))
    except OSError as error:
        raise LibraryError(f"{path} cannot be read: {error.strerror}") from None


def load(kind: str, name: str) -> dict[str, Any]:
    """The values of a shipped file by name, or of a user's own file by its path; errors as in `read_file`."""
    short = short_name(name)
    if own_file(name):
        values = read_file(pathlib.Path(name).expanduser())
    else:
        found = files("scenarios") / kind / f"{short}.yaml"
        if not found.is_file():
            listed = ", ".join(names(kind)) or "none shipped"
            raise LibraryError(f"{kind} has no {name!r}; allowed: {listed}, or a path ending in .yaml")
        values = parse(found.read_bytes(), f"{kind}/{short}.yaml")
    return {**copy.deepcopy(OPTIONAL.get(kind, {})), **values}


def load_policy(name: str) -> dict[str, Any]:
    """Values of one instrument."""
    return load("policies", name)


def load_shock(name: str) -> dict[str, Any]:
    """Values of one shock."""
    return load("shocks", name)


def load_territory(name: str) -> dict[str, Any]:
    """Values of one place."""
    return load("territories", name)


def indicators() -> list[str]:
    """Names of all indicators; read when they are asked for, so that a list of names needs no NumPy."""
    from sim.indicators import INDICATORS

    return list(INDICATORS)


def load_case(name: str) -> dict[str, Any]:
    """Title, summary, question, the outcome that answers it and overrides (``key=value``) of one case.

    Raises
    ------
    LibraryError
        Where a key is unknown or missing, or an override is not of the form ``key=value``.
    """
    values, where = load("cases", name), f"cases.{short_name(name)}"
    for key in values:
        if key not in CASE_KEYS:
            raise LibraryError(f"{where}.{key} is not a known key; allowed: {', '.join(CASE_KEYS)}")
    for key in ("title", "summary", "question"):
        if not isinstance(values.get(key), str) or not values[key].strip():
            raise LibraryError(f"{where}.{key} = {values.get(key)!r} is not a text; give one in quotation marks")
    if "outcome" in values and values["outcome"] not in indicators():
        raise LibraryError(f"{where}.outcome = {values['outcome']!r} is no indicator; see: remesa list indicators")
    overrides = values.get("overrides")
    if not isinstance(overrides, list):
        raise LibraryError(f"{where}.overrides = {overrides!r} must be a list of 'key=value'")
    for override in overrides:
        if not isinstance(override, str) or not re.fullmatch(r"[A-Za-z_][\w./]*=.+", override):
            raise LibraryError(f"{where}.overrides has {override!r}; each must be a text 'key=value'")
    return values


def load_parameters(name: str) -> dict[str, Any]:
    """A file of behavioural parameters with where they come from; whether each may be set is checked with the run.

    Raises
    ------
    LibraryError
        Where a key is unknown, or nothing is set.
    """
    values = read_file(pathlib.Path(name).expanduser())
    for key in values:
        if key not in PARAMETER_KEYS:
            raise LibraryError(f"{name}: {key} is not a known key; allowed: {', '.join(PARAMETER_KEYS)}")
    if not isinstance(values.get("parameters"), dict) or not values["parameters"]:
        raise LibraryError(
            f"{name}: parameters = {values.get('parameters')!r} is not a table; give, for example, "
            "'parameters: {vital: {taste_spread: 1.5}}'"
        )
    return values


def policy(name: str) -> Instrument:
    """One instrument, checked."""
    return read_instrument(short_name(name), load_policy(name))


def shock(name: str) -> Shock:
    """One shock, checked."""
    return read_shock(short_name(name), load_shock(name))
