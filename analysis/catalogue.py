"""What there is: lists of everything a run can name, and each of them in full."""

from __future__ import annotations

import argparse
import dataclasses
import pathlib
from typing import Any

from analysis.talk import CommandError, console, near, plain, table

KINDS = ("territories", "policies", "shocks", "cases", "indicators", "parameters", "mechanisms")


def listed(kind: str) -> list[dict[str, Any]]:
    """Everything of one kind, each with its name and title."""
    from scenarios import library

    if kind in ("territories", "policies", "shocks", "cases"):
        found = {name: library.load(kind, name) for name in library.names(kind)}
        return [{"name": name, "title": str(one.get("inputs", one).get("title", ""))} for name, one in found.items()]
    if kind == "indicators":
        from sim.indicators import INDICATORS

        return [{"name": one.name, "title": one.title, "unit": one.unit} for one in INDICATORS.values()]
    lines = schedule_lines()
    if kind == "mechanisms":
        return [{"name": name, "title": made.title()} for name, made in lines.items()]
    return [
        {
            "name": f"parameters.{line}.{name}",
            "value": getattr(made, name),
            "unit": one.unit,
            "bounds": list(one.bounds),
            "source": one.source,
        }
        for line, made in lines.items()
        for name, one in made.parameters().items()
    ]


def schedule_lines() -> dict[str, Any]:
    """The mechanisms of the month in their order, by name."""
    from sim.schedule import Schedule

    schedule = Schedule()
    return {field.name: getattr(schedule, field.name) for field in dataclasses.fields(Schedule)}


def do_list(options: argparse.Namespace) -> dict[str, Any]:
    """`remesa list`."""
    found = {kind: listed(kind) for kind in ([options.kind] if options.kind else KINDS)}
    out = console(options)
    for kind, items in found.items():
        if kind == "parameters":
            rows = [
                [i["name"], f"{i['value']:g}", i["unit"], "{:g} .. {:g}".format(*i["bounds"]), i["source"]]
                for i in items
            ]
            out.print(table(kind, ("parameter", "value", "unit", "bounds", "source"), rows, (1,), whole_names=True))
        elif items:
            rows = [[item["name"], item.get("unit", ""), item["title"]] for item in items]
            keep = (0, 1, 2) if kind == "indicators" else (0, 2)
            heads = (kind, "unit", "title")
            out.print(table("", [heads[k] for k in keep], [[row[k] for k in keep] for row in rows]))
        else:
            out.print(f"{kind}: none")
    return {"command": "list", **found}


def do_show(options: argparse.Namespace) -> dict[str, Any]:
    """`remesa show NAME`."""
    name = options.name
    if name == "schedule":
        return show_schedule(options)
    found = [shown for kind in (*KINDS, "files") for shown in [look_up(kind, name)] if shown]
    if not found:
        every = ["schedule", *(item["name"] for kind in KINDS for item in listed(kind))]
        raise CommandError(f"there is nothing called {name!r};{near(name, every)} see: remesa list")
    out = console(options)
    for shown in found:
        out.print(f"{shown['kind']}: {name}", style="bold")
        out.print(text_of(shown["content"]))
        out.print("")
    return {"command": "show", "name": name, "found": found}


def look_up(kind: str, name: str) -> dict[str, Any] | None:
    """What is known about a name of one kind."""
    from scenarios import library

    content: Any = None
    if kind == "files":
        if library.own_file(name):
            content = library.read_file(pathlib.Path(name).expanduser())
    elif kind in ("territories", "policies", "shocks", "cases"):
        if not library.own_file(name) and name in library.names(kind):
            loaded = library.load(kind, name)
            content = {key: loaded[key] for key in ("title", "summary") if key in loaded} | loaded
    elif kind == "indicators":
        from sim.indicators import INDICATORS

        one = INDICATORS.get(name)
        if one is not None:
            content = {
                key: value for key, value in dataclasses.asdict(one).items() if key not in ("compute", "name") and value
            }
    elif kind == "mechanisms":
        made = schedule_lines().get(name)
        if made is not None:
            about = [item for item in listed("parameters") if item["name"].split(".")[1] == name]
            content = {
                "what": " ".join((type(made).__doc__ or "").split()),
                "reads": [str(c) for c in made.reads],
                "writes": [str(c) for c in made.writes],
                "pays": {flow.name: f"{flow.payer} to {flow.payee}: {flow.meaning}" for flow in made.pays},
                "shows": list(made.shows),
                "parameters": {
                    item["name"].rpartition(".")[2]: {k: v for k, v in item.items() if k != "name"} for item in about
                },
            }
    else:
        path = name if name.startswith("parameters.") else f"parameters.{name}"
        matching = [item for item in listed("parameters") if item["name"] == path]
        content = {k: v for k, v in matching[0].items() if k != "name"} if matching else None
    return None if content is None else {"kind": kind, "content": plain(content)}


def show_schedule(options: argparse.Namespace) -> dict[str, Any]:
    """The month, line by line."""
    lines = [
        {"line": k, "name": name, "title": made.title()} for k, (name, made) in enumerate(schedule_lines().items(), 1)
    ]
    out = console(options)
    rows = [[str(one["line"]), str(one["name"]), str(one["title"])] for one in lines]
    rows.append([str(len(lines) + 1), "", "Books close; the recorder reads."])
    out.print(table("The month", ("", "line", "what happens"), rows, (0,)))
    return {"command": "show", "name": "schedule", "lines": lines}


def text_of(value: Any, indent: int = 0) -> str:
    """A tree of values as indented lines; a figure on one line."""
    if not isinstance(value, dict):
        return str(value)
    lines = []
    for key, item in value.items():
        lead = "  " * indent + f"{key}: "
        if isinstance(item, dict) and "value" in item:
            extra = {k: v for k, v in item.items() if k not in ("value", "unit")}
            about = "; ".join(f"{k}: {v}" for k, v in extra.items())
            unit = "" if item.get("unit", "1") == "1" else f" {item['unit']}"
            lines.append(f"{lead}{item['value']}{unit}  ({about})")
        elif isinstance(item, dict) and item:
            lines.append(lead.rstrip())
            lines.append(text_of(item, indent + 1))
        elif isinstance(item, list):
            lines.append(lead + ", ".join(map(str, item)))
        elif item is not None:
            lines.append(lead + " ".join(str(item).split()))
    return "\n".join(lines)
