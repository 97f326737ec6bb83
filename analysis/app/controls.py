"""The controls of the page: native lists, sliders and buttons, each with its name and, when greyed, its reason."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

from dash import dcc, html

from analysis.app import choices
from analysis.app.choices import BUNDLE, NONE, OWN, STEP, Choices
from analysis.sentences import number, unit_words
from scenarios import library

YEARS = (1, 2, 5, 10, 15, 20)
PAIRS = (1, 2, 3, 5, 10, 20)
PEOPLE = (500, 1000, 2000, 5000, 10_000, 20_000)
LOCALITIES = (1, 4, 12, 30, 60)
LISTS = ("place", "package", "around", "months", "seeds", "persons", "localities")


def chooser(name: str, label: str, options: Sequence[tuple[Any, str]], value: Any, reason: str = "") -> Any:
    """A native list of choices, and where the chosen one is kept; greyed where there is a reason."""
    shut: dict[str, Any] = {"disabled": True, "aria-describedby": f"{name}-why"} if reason else {}
    return html.Div(
        [
            html.Label(label, htmlFor=f"{name}-list"),
            html.Select(
                [html.Option(text, value=str(key), selected=str(key) == str(value)) for key, text in options],
                id=f"{name}-list",
                key=secrets.token_hex(4),
                **{"data-store": name},
                **shut,
            ),
            *([html.Small(reason, id=f"{name}-why", className="quiet")] if reason else []),
        ],
        className="field",
    )


def panel(chosen: Choices) -> Any:
    """All controls, as chosen."""
    return html.Section(
        [
            html.H2("Choose"),
            *[dcc.Store(id=name, data=str(getattr(chosen, name))) for name in LISTS],
            chooser("place", "Place", [(name, choices.title("territories", name)) for name in choices.places()],
                    chosen.place),
            html.P(id="place-about", className="quiet about"),
            html.Div(ready(chosen.place, chosen.package), id="package-slot"),
            html.P(id="package-about", className="quiet about"),
            html.Fieldset(bundle(chosen), id="bundle", className="bundle", hidden=chosen.package != OWN),
            html.Div(around(chosen.package, chosen.around), id="around-slot"),
            html.Details(
                [
                    html.Summary("Length, size and luck"),
                    html.Div(size(chosen), id="size-slot"),
                    html.Div(
                        [
                            html.Label("First random seed", htmlFor="seed"),
                            dcc.Input(id="seed", type="number", min=1, max=1_000_000, step=1, value=chosen.seed,
                                      debounce=0.5),
                        ],
                        className="field",
                    ),
                    html.P("Each pair of worlds has its own luck, counted up from this seed.", className="quiet about"),
                ]
            ),
        ],
        className="choose",
        **{"aria-label": "Choose"},
    )  # fmt: skip


def ready(place: str, chosen: str) -> Any:
    """The packages that fit a place."""
    return chooser("package", "Package of policies", package_names(place), chosen)


def package_names(place: str) -> list[tuple[str, str]]:
    """The ready packages of a place, a bundle of one's own, and none."""
    found = [(name, choices.title("cases", name)) for name in choices.packages(place)]
    return [*found, (OWN, "A bundle of my own"), (NONE, "No package at all")]


def about_package(chosen: str, place: str) -> str:
    """What a package is, in a sentence or two."""
    if chosen == OWN:
        return "Divide one budget among twelve instruments. What you do not spend is not spent."
    if chosen == NONE:
        return "Both worlds are the same: a check that nothing but the package makes a difference."
    names = [choices.title("policies", name) for name in choices.policies_of(chosen)]
    converted = (
        " Its amounts were set for another place; here they are converted into "
        f"{unit_words(choices.currency(place))}, so that they buy the same share of basic pay."
        if any(choices.scale(str(choices.policy(name).get("currency", "")), place) != 1.0
               and f"policies.{name}.currency" not in choices.set_by(chosen) for name in choices.policies_of(chosen))
        else ""
    )  # fmt: skip
    return f"{choices.summary('cases', chosen)} Instruments: {'; '.join(names)}.{converted}"


def bundle(chosen: Choices) -> list[Any]:
    """Twelve sliders under one fixed budget."""
    rows = [
        html.Legend("Divide the budget"),
        html.P(id="budget-left", className="budget", role="status"),
    ]
    for name, share in zip(BUNDLE, chosen.shares, strict=True):
        rows.append(
            html.Div(
                [
                    html.Label(labelled(name), htmlFor=f"share-{name}"),
                    html.Output(amount(chosen.place, share), id=f"amount-{name}"),
                    dcc.Input(
                        id=f"share-{name}",
                        type="range",
                        min=0,
                        max=choices.largest(name),
                        step=STEP,
                        value=share,
                        debounce=0.15,
                    ),
                ],
                className="slider",
                title=choices.summary("policies", name),
            )
        )
    return rows


def labelled(name: str) -> list[Any]:
    """An instrument's title, and how much of the budget it can take: sliders end there."""
    most = choices.largest(name)
    return [choices.title("policies", name), *([html.Small(f" at most {most} %")] if most < 100 else [])]


def amount(place: str, share: int) -> str:
    """A share of the budget in money."""
    money = number(choices.budget(place) * share / 100, 3) if share else "0"
    return f"{share} % · {money} {unit_words(choices.currency(place))}"


def left(place: str, shares: Sequence[int]) -> str:
    """What is left of the budget."""
    total = number(choices.budget(place), 3)
    rest = 100 - sum(shares)
    said = f"{rest} % left" if rest else "all of it is spent; lower one slider to raise another"
    return f"The budget is {total} {unit_words(choices.currency(place))} a month per 1,000 inhabitants: {said}."


def around(package: str, chosen: str) -> Any:
    """What else happens, with and without the package."""
    own = choices.shocks_of(package)
    names = [(name, choices.title("shocks", name)) for name in library.shocks()]
    if own:
        titles = ", ".join(choices.title("shocks", name) for name in own)
        return chooser(
            "around",
            "What else happens, in both worlds",
            names,
            own[0],
            f"This package comes with its own: {titles}.",
        )
    return chooser("around", "What else happens, in both worlds", [("", "Nothing out of the ordinary"), *names], chosen)


def size(chosen: Choices) -> list[Any]:
    """How long, how many pairs, how many people."""

    def options(known: Sequence[int], value: int, word: str, words: str) -> list[tuple[int, str]]:
        return [(one, f"{one:,} {word if one == 1 else words}") for one in sorted({*known, value})]

    months = sorted({*(12 * one for one in YEARS), chosen.months})
    return [
        chooser(
            "months",
            "Length",
            [
                (one, f"{one // 12} year{'s' if one > 12 else ''}" if one % 12 == 0 else f"{one} months")
                for one in months
            ],
            chosen.months,
        ),
        chooser(
            "seeds",
            "Pairs of worlds (more pairs, surer answers)",
            options(PAIRS, chosen.seeds, "pair", "pairs"),
            chosen.seeds,
        ),
        chooser(
            "persons",
            "People at the start",
            options(PEOPLE, chosen.persons, "person", "people"),
            chosen.persons,
        ),
        chooser(
            "localities",
            "Localities they live in",
            options(LOCALITIES, chosen.localities, "locality, no map", "localities on a map"),
            chosen.localities,
        ),
    ]
