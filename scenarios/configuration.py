"""The configuration of a run: one tree, composed from defaults, files, a case and `key=value` overrides.

Hydra composes the tree and reads the overrides as its users know them. What may stand in the tree is
checked here against the dataclasses of the model, because Hydra checks neither types nor ranges inside
nested tables. Neither numba nor Mesa is imported, so a mistake is answered at once.
"""

from __future__ import annotations

import dataclasses
import difflib
import functools
import hashlib
import json
import math
import pathlib
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from scenarios import library
from sim.instruments import COMMON, PAID, Instrument, Shock, named, read_instrument, read_shock
from sim.mechanism import code_hash
from sim.packs import read_pack
from sim.parameters import declarations
from sim.schedule import Schedule
from sim.territory import Inputs, read

if TYPE_CHECKING:
    from sim.model import Setup
    from sim.survey import People

Tree = dict[str, Any]
EVENTS = ("policies", "shocks")
FIGURES = ("budget", "coverage", "unit_cost", "take_up")
TEXT = ("out", "survey")  # paths: read as they are, so that spaces and accents need no quoting
# What describes and never decides: a run is the same run when only these words change.
DESCRIPTIVE = frozenset(
    {
        "title",
        "summary",
        "evidence",
        "inventory",
        "claims",
        "source",
        "bounds",
        "year",
        "verified",
        "note",
        "notes",
        "shows",
    }
)
OVERRIDE = re.compile(r"(\+\+|\+|~)?([A-Za-z_][\w.]*)(?:=(.*))?", re.DOTALL)


class ConfigurationError(ValueError):
    """What was asked for cannot be run: where, what was found, what is allowed, what to do."""


@dataclasses.dataclass(frozen=True)
class RunKey:
    """A key of the run itself."""

    default: Any
    unit: str
    bounds: tuple[int, int] | None
    meaning: str


RUN_KEYS: dict[str, RunKey] = {
    "months": RunKey(120, "month", (1, 2400), "months simulated after the burn-in"),
    "seed": RunKey(1, "1", (0, 2**62), "first random seed"),
    "seeds": RunKey(1, "1", (1, 1_000_000), "how many random seeds, counted up from seed"),
    "population": RunKey(None, "persons", (1, 20_000_000), "persons at the start; none given: the territory's own"),
    "out": RunKey(None, "folder", None, "where results are stored; none given: results/<name of case or command>"),
    "survey": RunKey(None, "file", None, "a survey of people that replaces the synthetic population of the start"),
}
GROUPS: dict[str, str] = {
    "territory": "the place: a name of `remesa list territories` or a file",
    "case": "a named list of overrides; what is given besides comes after it",
    "policies": "policies by name or file: policies=[cards,my_policy.yaml]",
    "shocks": "shocks by name or file: shocks=[drought]",
    "parameters": "a file of parameters, as `remesa estimate` writes it; what is given besides comes after it",
}
DEFAULT_TERRITORY = "diourbel"


@dataclasses.dataclass(frozen=True)
class Configuration:
    """A checked configuration: the plain tree, and the dataclasses of the model made from it."""

    name: str
    tree: Tree
    inputs: Inputs
    parameters: Schedule
    events: tuple[Instrument | Shock, ...]
    months: int
    seed: int
    seeds: int
    population: int
    out: str
    survey: Tree | None

    @property
    def all_seeds(self) -> range:
        """Every seed of the run, counted up from the first."""
        return range(self.seed, self.seed + self.seeds)

    def identity(self) -> Tree:
        """All that decides the results beside seed and code of the model, and nothing that only describes."""
        inputs = {key: value for key, value in dataclasses.asdict(self.inputs).items() if key not in ("name", "title")}
        return {
            "territory": inputs,
            "parameters": dataclasses.asdict(self.parameters),
            **{kind: _bare(self.tree[kind]) for kind in EVENTS},
            "survey": self.survey["hash"] if self.survey else None,
            "months": self.months,
            "population": self.population,
        }

    def run_id(self, seed: int) -> str:
        """Name of the result of one seed: the same whenever, and only when, the result must be the same."""
        return self.run_ids([seed])[0]

    def run_ids(self, seeds: Sequence[int], code: str = "") -> list[str]:
        """Names of the results of several seeds; ``code`` where the hash of the sources is known already."""
        code, config = code or code_hash(), _text(canonical(self.identity()))
        return [_hash(f'{{"code":"{code}","config":{config},"seed":{seed}}}') for seed in seeds]

    def setup(self, seed: int) -> Setup:
        """What the model is built from, for one seed."""
        from sim.model import Setup

        return Setup(
            inputs=self.inputs,
            parameters=self.parameters,
            events=self.events,
            months=self.months,
            seed=seed,
            population=self.population,
            people=people(self, seed),
        )


def canonical(value: Any) -> Any:
    """The same value in the one form that is hashed: 1 and 1.0, tuple and list, -0.0 and 0 are the same."""
    if isinstance(value, dict):
        return {str(key): canonical(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [canonical(item) for item in value]
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    return value


def hash_of(value: Any) -> str:
    """Hash of the canonical JSON of a plain value."""
    return _hash(_text(canonical(value)))


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)


def _hash(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()


def compose(overrides: Sequence[str] = (), name: str = "run") -> Configuration:
    """Compose and check the configuration that a list of `key=value` overrides asks for.

    Parameters
    ----------
    overrides : list of text
        As on the command line; later ones win. ``case=NAME`` stands for the overrides of that case, and
        whatever else is given comes after them.
    name : text
        Names the run and its folder when there is no case.

    Raises
    ------
    ConfigurationError
        One line: where, what was found, what is allowed.
    """
    items = [_split(override) for override in overrides]
    cases = [item for item in items if item.key == "case"]
    items, file = _with_file([item for item in items if item.key != "case"])
    if cases and cases[-1].value.strip("'\"") not in ("", "null"):
        name, given = _case(cases[-1].value.strip("'\""))
        given, of_case = _with_file(given)
        items, file = _without_replaced(given, items) + items, file or of_case
    chosen: dict[str, list[str]] = {"territory": [DEFAULT_TERRITORY], "policies": [], "shocks": []}
    rest: list[Item] = []
    for item in items:
        kind, _, member = item.key.partition(".")
        if item.sign == "~" and item.key == "territory":
            raise ConfigurationError("~territory: a run has one territory; name another with territory=NAME")
        if item.key in chosen:
            chosen[item.key] = [] if item.sign == "~" else _members(item)
        elif item.sign == "~":
            if kind not in EVENTS or member not in map(_stem, chosen[kind]):
                raise ConfigurationError(f"~{item.key}: only a policy or shock of this run can be taken out")
            chosen[kind] = [one for one in chosen[kind] if _stem(one) != member]
            rest = [one for one in rest if not one.key.startswith(f"{item.key}.")]
        else:
            rest.append(item)
    tree = _compose(chosen, rest)
    tree |= {"case": name if cases else None, "pack": chosen["territory"][0]}
    if file:
        tree["estimated"] = file
    configuration = check(tree, name)
    people(configuration, configuration.seed)  # a fault of the survey is said now, not by the first run
    return configuration


def check(tree: Tree, name: str = "run") -> Configuration:
    """Check a composed tree (also one read back from a store) and turn it into dataclasses of the model."""
    values = {key: _run_value(key, tree.get(key, declared.default)) for key, declared in RUN_KEYS.items()}
    try:
        inputs = read({key: value for key, value in tree["territory"].items()})
        parameters = _parameters(tree["parameters"])
        places = [place.name for place in inputs.destinations]
        events = tuple(
            named(_event(kind, event, tree[kind][event]), places, f"{kind}.{event}")
            for kind in EVENTS for event in tree[kind]
        )  # fmt: skip
    except (ValueError, OverflowError) as error:
        raise ConfigurationError(_one_line(error)) from error
    for event in events:
        currency = event.currency
        if currency and currency != inputs.currency:
            where = f"{'policies' if isinstance(event, Instrument) else 'shocks'}.{event.name}"
            raise ConfigurationError(
                f"{where} is priced in {currency}, {inputs.name} in {inputs.currency}; "
                f"give {where}.currency={inputs.currency} and its amounts in it"
            )
    if values["population"] is None:
        values["population"] = int(inputs.population)
    if values["seed"] + values["seeds"] > 2**63:
        raise ConfigurationError(f"seed = {values['seed']} is too large to count {values['seeds']} seeds up from it")
    survey = _survey(values["survey"])
    out = values["out"] or f"results/{name}"
    plain = {**tree, **values, "out": out, "survey": survey}
    return Configuration(
        name=name,
        tree=plain,
        inputs=inputs,
        parameters=parameters,
        events=events,
        months=values["months"],
        seed=values["seed"],
        seeds=values["seeds"],
        population=values["population"],
        out=out,
        survey=survey,
    )


# ---- overrides


@dataclasses.dataclass(frozen=True)
class Item:
    """One override, split: sign (nothing, +, ++, ~), key, text of the value."""

    sign: str
    key: str
    value: str

    def __str__(self) -> str:
        return f"{self.sign}{self.key}={self.value}" if self.sign != "~" else f"~{self.key}"


def _split(override: str) -> Item:
    found = OVERRIDE.fullmatch(override.strip())
    if not found or (found[3] is None and found[1] != "~"):
        raise ConfigurationError(f"{override!r} is not understood; write key=value, for example months=24")
    item = Item(found[1] or "", found[2], (found[3] or "").strip())
    if "${" in item.value or "_target_" in override or item.key.split(".")[0] == "hydra":
        raise ConfigurationError(f"{override!r} is refused: values only, no interpolation, no code")
    if any(ord(letter) < 32 for letter in override):
        raise ConfigurationError(f"{override!r} is refused: it contains a control character")
    return item


def _members(item: Item) -> list[str]:
    """Names or files that a group override chooses: `[a, 'b c.yaml']`, `a` or nothing."""
    text = item.value
    if text.startswith("[") != text.endswith("]"):
        raise ConfigurationError(f"{item}: the list is not closed; write {item.key}=[name,name]")
    text = text[1:-1] if text.startswith("[") else text
    found = [part.strip() for part in re.findall(r"""(?:[^,'"]|'[^']*'|"[^"]*")+""", text)]
    found = [part[1:-1] if part[:1] == part[-1:] and part[:1] in ("'", '"') else part for part in found]
    found = [part for part in found if part and part != "null"]
    if item.key == "territory" and len(found) != 1:
        raise ConfigurationError(f"{item}: a run has one territory; see: remesa list territories")
    repeated = [part for k, part in enumerate(found) if _stem(part) in map(_stem, found[:k])]
    if repeated:
        raise ConfigurationError(f"{item}: {_stem(repeated[0])} is named twice; name it once")
    return found


def _stem(text: str) -> str:
    return str(_said(lambda: library.short_name(text)))


def _case(text: str) -> tuple[str, list[Item]]:
    """Name and overrides of a case."""
    if not library.own_file(text):
        _shipped("cases", text)
    lines = _said(lambda: library.load_case(text))["overrides"]
    items = [_split(line) for line in lines]
    if any(item.key == "case" for item in items):
        raise ConfigurationError(f"case {text}: a case cannot stand for another case; write out its overrides")
    return _stem(text), items


def _with_file(items: list[Item]) -> tuple[list[Item], Tree | None]:
    """The overrides with those of ``parameters=FILE`` before them; which file it was, and its content's hash."""
    given = [item for item in items if item.key == "parameters"]
    items = [item for item in items if item.key != "parameters"]
    path = given[-1].value.strip("'\"") if given else ""
    if path in ("", "null"):
        return items, None
    if not library.own_file(path):
        raise ConfigurationError(
            f"parameters={path}: not a file ending in .yaml, as `remesa estimate` writes it; "
            "a single parameter is set by its path, for example parameters.participation.theta=0.5"
        )
    values = _said(lambda: library.load_parameters(path))["parameters"]
    try:
        _parameters(values)
    except (ValueError, OverflowError) as error:
        raise ConfigurationError(f"{path}: {_one_line(error)}") from error
    content = hashlib.blake2b(pathlib.Path(path).expanduser().read_bytes(), digest_size=12).hexdigest()
    found = [
        Item("", f"parameters.{line}.{key}", repr(value)) for line in values for key, value in values[line].items()
    ]
    return found + items, {"file": path, "hash": content}


def _without_replaced(given: list[Item], added: list[Item]) -> list[Item]:
    """The overrides of a case less those that speak of a choice the user has replaced."""
    replaced = {
        item.key: set(map(_stem, _members(item))) if item.sign != "~" else set()
        for item in added
        if item.key in ("territory", *EVENTS)
    }

    def stays(item: Item) -> bool:
        kind, _, path = item.key.partition(".")
        if kind not in replaced:
            return True
        if kind in EVENTS:
            return path.split(".")[0] in replaced[kind]
        named = next((set(_members(one)) for one in given if one.key == "territory"), {DEFAULT_TERRITORY})
        return bool(path) and replaced[kind] == named

    return [item for item in given if stays(item)]


def _load(kind: str, text: str) -> Tree:
    """Values of a file of the library by name, or of the user's own by path; of a pack its inputs."""
    if library.own_file(text):
        return _inputs(kind, dict(_said(lambda: library.load(kind, text))))
    _shipped(kind, text)
    return _shipped_values(kind, text)


@functools.cache
def _shipped_values(kind: str, text: str) -> Tree:
    """A shipped file, read once; nobody writes into what was loaded."""
    return _inputs(kind, dict(_said(lambda: library.load(kind, text))))


def _inputs(kind: str, values: Tree) -> Tree:
    """The inputs of a pack, after the whole of it was checked; other files as they are."""
    if kind != "territories":
        return values
    _said(lambda: read_pack(values))
    return dict(values["inputs"])


def _shipped(kind: str, text: str) -> None:
    names = library.names(kind)
    if text not in names:
        raise ConfigurationError(
            f"{kind} has no {text!r};{_nearest(text, names)} see: remesa list {kind} (a file of your own ends in .yaml)"
        )


def _said(action: Any) -> Any:
    """Do it, and say what went wrong in one line."""
    try:
        return action()
    except ConfigurationError:
        raise
    except (ValueError, OSError, UnicodeError) as error:
        raise ConfigurationError(_one_line(error)) from error


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split())


def _nearest(text: str, names: Sequence[str]) -> str:
    """The names most like what was written, as part of a sentence."""
    close = [name for name in names if name.rpartition(".")[2] == text.rpartition(".")[2]][:3]
    close += [name for name in difflib.get_close_matches(text, names, 3, 0.6) if name not in close]
    return f" nearest: {', '.join(close[:3])};" if close else ""


# ---- composition


def defaults() -> Tree:
    """The behavioural parameters at their defaults, line by line of the month."""
    schedule = Schedule()
    return {
        line.name: {name: getattr(getattr(schedule, line.name), name) for name in declarations(line.default_factory)}
        for line in dataclasses.fields(Schedule)
    }


def paths(tree: Any, above: str = "") -> Iterator[str]:
    """Every key of a tree as one dotted path."""
    for key, value in tree.items():
        yield f"{above}{key}"
        if isinstance(value, dict):
            yield from paths(value, f"{above}{key}.")


def _compose(chosen: dict[str, list[str]], items: list[Item]) -> Tree:
    """Let Hydra put the tree together."""
    from hydra import compose as hydra_compose
    from hydra import initialize
    from hydra.core.global_hydra import GlobalHydra
    from hydra.core.override_parser.overrides_parser import OverridesParser
    from hydra.errors import HydraException
    from omegaconf import OmegaConf
    from omegaconf.errors import OmegaConfBaseException

    texts = {item.key: item.value for item in items if item.key in TEXT}
    items = [item for item in items if item.key not in TEXT]
    tree: Tree = {"parameters": defaults(), **{key: declared.default for key, declared in RUN_KEYS.items()}}
    for kind, members in chosen.items():
        folder = "territories" if kind == "territory" else kind
        loaded = {_stem(member): _load(folder, member) for member in members}
        for name, values in loaded.items():
            refuse_code(values, f"{kind}.{name}")
        tree[kind] = next(iter(loaded.values())) if kind == "territory" else loaded
    parser = OverridesParser.create()
    lines = []
    for item in items:
        line = _resolved(item, tree)
        if line.key.endswith(".value") and item.key.startswith("territory."):
            lines.append(f"++{line.key.removesuffix('.value')}.source='set by the user'")
        try:
            parsed = parser.parse_override(str(line))
        except HydraException as error:
            reason = _one_line(error).split(" See https")[0]
            raise ConfigurationError(f"{item}: the value is not understood ({reason})") from error
        if parsed.is_sweep_override():
            raise ConfigurationError(
                f"{item}: several values at once; a run takes one (a number is written with a point: 0.3)"
            )
        lines.append(str(line))
    _register(chosen, spoken_of(tree, [line.lstrip("+").partition("=")[0].split(".") for line in lines]))
    try:
        GlobalHydra.instance().clear()
        with initialize(version_base="1.3", config_path=None):
            composed = hydra_compose("remesa", overrides=lines)
        found = _over(tree, OmegaConf.to_container(composed, resolve=False))
    except (HydraException, OmegaConfBaseException, ValueError, TypeError) as error:
        raise ConfigurationError(_one_line(error)) from error
    ordered: Tree = {str(key): value for key, value in found.items()}
    for key, text in texts.items():
        ordered[key] = text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"" else text
    return ordered


def _register(chosen: dict[str, list[str]], tree: Tree) -> None:
    """Put the tree into Hydra's store: each territory, policy and shock under its own package."""
    from hydra.core.config_store import ConfigStore

    store = ConfigStore.instance()
    kinds = {kind: [_stem(member) for member in members] for kind, members in chosen.items() if members}
    for kind, names in kinds.items():
        for name in names:
            if kind == "territory":
                store.store(group=kind, name=name, node=tree.get(kind, {}), package=kind)
            else:
                node = tree.get(kind, {}).get(name, {})
                store.store(group=kind, name=name, node=node, package=f"{kind}.{name}")
    selection = [{kind: names if kind in EVENTS else names[0]} for kind, names in kinds.items()]
    rest = {key: value for key, value in tree.items() if key not in chosen}
    store.store(name="remesa", node={"defaults": [*selection, "_self_"], **rest})


def spoken_of(tree: Any, keys: Sequence[Sequence[str]]) -> Any:
    """The part of a tree that some paths speak of: all that Hydra needs, and a tenth of its work."""
    if not isinstance(tree, dict) or any(not key for key in keys):
        return tree
    below = {key[0]: [one[1:] for one in keys if one[0] == key[0]] for key in keys}
    return {name: spoken_of(tree[name], rest) for name, rest in below.items() if name in tree}


def _resolved(item: Item, tree: Tree) -> Item:
    """The override in full: its path must exist, and a bare number for a figure sets the figure's value."""
    node: Any = tree
    steps = item.key.split(".")
    if len(steps) >= 3 and steps[0] in EVENTS and steps[1] in tree[steps[0]]:
        allowed = (*COMMON, *PAID) if steps[0] == "policies" else COMMON
        if steps[2] in allowed and tree[steps[0]][steps[1]].get(steps[2]) is None:
            # a file need not name what it leaves as it is
            bare = steps[2] in FIGURES and not item.value.startswith("{")
            return _nested(steps[3:] or ["value"] * bare, ".".join(steps[:3]), item)
    unit = optional_figures().get(steps[-1]) if len(steps) == 2 and steps[0] == "territory" else None
    if unit and steps[-1] not in tree["territory"]:  # a place need not name what it leaves as it is
        told = f"{{value: {item.value}, unit: '{unit}', source: 'set by the user'}}"
        return Item("++", item.key, item.value if item.value.startswith("{") else told)
    for k, step in enumerate(steps):
        if not isinstance(node, dict) or step not in node:
            if k == 1 and steps[0] in EVENTS:
                raise ConfigurationError(f"{item.key}: {step} is not part of this run; add it with {steps[0]}=[{step}]")
            beside = [".".join([*steps[:k], name]) for name in node] if isinstance(node, dict) else []
            near = _nearest(item.key, beside) or _nearest(item.key, list(paths(tree)))
            where = "remesa list parameters" if steps[0] == "parameters" else "remesa show NAME"
            raise ConfigurationError(f"{item.key} is not known;{near} see: {where}")
        node = node[step]
    if isinstance(node, dict) and "value" in node and not item.value.startswith("{"):
        return Item("++", f"{item.key}.value", item.value)
    return Item("++", item.key, item.value)


def optional_figures() -> dict[str, str]:
    """Figures that a place need not give, with their units."""
    declared = {field.name: field.metadata.get("expected") for field in dataclasses.fields(Inputs)}
    return {name: one.unit for name, one in declared.items() if one is not None and one.default is not None}


def _nested(steps: list[str], key: str, item: Item) -> Item:
    """An override of what is not there yet, as a table at the first key that may be there."""
    value = item.value
    for step in reversed(steps):
        value = f"{{{step}: {value}}}"
    return Item("++", key, value)


def refuse_code(values: Any, where: str) -> None:
    """Refuse what Hydra would evaluate instead of read."""
    if isinstance(values, dict):
        for key, value in values.items():
            if str(key).startswith("_") and str(key).endswith("_"):
                raise ConfigurationError(f"{where}.{key} is refused: files hold values, never code")
            refuse_code(value, f"{where}.{key}")
    elif isinstance(values, list):
        for value in values:
            refuse_code(value, where)
    elif isinstance(values, str) and "${" in values:
        raise ConfigurationError(f"{where} = {values!r} is refused: no interpolation")


# ---- checks


def _run_value(key: str, value: Any) -> Any:
    declared = RUN_KEYS[key]
    if value is None and declared.default is None:
        return None
    if declared.bounds is None:
        if isinstance(value, dict):  # a survey read back from a store
            return value
        if not isinstance(value, str) or not value or "\0" in value:
            raise ConfigurationError(f"{key} = {value!r} is not a path; allowed: {declared.meaning}")
        return value
    low, high = declared.bounds
    allowed = f"allowed: a whole number in [{low}, {high}] ({declared.meaning})"
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ConfigurationError(f"{key} = {value!r} is not a number; {allowed}")
    if isinstance(value, float) and (not math.isfinite(value) or value != int(value)):
        raise ConfigurationError(f"{key} = {value} is not a whole number; {allowed}")
    if not low <= value <= high:
        raise ConfigurationError(f"{key} = {str(value)[:20]} is out of range; {allowed}")
    return int(value)


def _parameters(tree: Any) -> Schedule:
    lines = {field.name: field.default_factory for field in dataclasses.fields(Schedule)}
    made: Tree = {}
    for name, values in tree.items():
        if name not in lines:
            raise ConfigurationError(
                f"parameters.{name} is not known;{_nearest(name, list(lines))} lines: {', '.join(lines)}"
            )
        if not isinstance(values, dict):
            raise ConfigurationError(
                f"parameters.{name} = {values!r} is not a table of parameters; see: remesa show {name}"
            )
        known = declarations(lines[name])
        for key in values:
            if key not in known:
                raise ConfigurationError(
                    f"parameters.{name}.{key} is not known;{_nearest(key, list(known))} see: remesa show {name}"
                )
        made[name] = lines[name](**values)  # type: ignore[operator]
    return Schedule(**made)


def _event(kind: str, name: str, values: Any) -> Instrument | Shock:
    return read_instrument(name, values) if kind == "policies" else read_shock(name, values)


def _bare(values: Any) -> Any:
    """A tree without what only describes."""
    if isinstance(values, dict):
        return {key: _bare(value) for key, value in values.items() if key not in DESCRIPTIVE}
    return values


def _over(whole: Any, composed: Any) -> Any:
    """A tree with what was composed laid over it."""
    if not isinstance(whole, dict) or not isinstance(composed, dict):
        return composed
    return {**whole, **{key: _over(whole.get(key), value) for key, value in composed.items()}}


def _survey(found: Any) -> Tree | None:
    """The survey file and the hash of its content, so that another content is another run."""
    if found is None:
        return None
    path = pathlib.Path(found["file"] if isinstance(found, dict) else found).expanduser()
    try:
        content = hashlib.blake2b(path.read_bytes(), digest_size=12).hexdigest()
    except OSError as error:
        raise ConfigurationError(f"survey = {path}: cannot be read ({error.strerror}); give a file") from error
    if isinstance(found, dict) and found["hash"] != content:
        raise ConfigurationError(f"survey = {path}: its content has changed since the run was planned; plan it again")
    return {"file": str(path), "hash": content}


def people(configuration: Configuration, seed: int) -> People | None:
    """The people of the survey, read and checked; none without a survey."""
    if configuration.survey is None:
        return None
    from scenarios.survey import open_survey
    from sim.survey import SurveyError

    path = configuration.survey["file"]
    try:
        return open_survey(path, configuration.inputs, configuration.population, seed)
    except SurveyError as error:
        raise ConfigurationError(f"survey = {path}: {_one_line(error)}") from error
