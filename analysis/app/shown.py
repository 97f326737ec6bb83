"""What the page shows of a comparison: words and cards as on the brief, pictures from the same numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from dash import dcc, html

from analysis import figures, flows, provenance, report, sentences
from analysis.app import paint
from analysis.app.engine import NEW, STATES
from analysis.app.held import Held
from analysis.figures import group_words, measured, people
from analysis.headlines import card, headlines, mood
from analysis.report import nice
from analysis.sentences import shown, unit_words
from experiments.effects import WINDOW

VIEWS: dict[str, tuple[str, tuple[str, ...]]] = {
    "work": ("Work", ("participation_women", "participation_men", "unemployment", "decent_work")),
    "income": ("Income and prices", ("real_income", "poverty", "gini", "price_index")),
    "migration": ("Migration and remittances", ("prevalence", "remittances_received", "remittance_dependency",
                                                "transfer_cost")),
    "firms": ("Firms and public services", ("firms", "wage_mean", "school_attendance", "budget_balance")),
}  # fmt: skip
MAPPED = ("unemployment", "poverty", "participation_women", "participation_men", "real_income")
BANDS = (
    "Dashed grey: without the package. Blue: with it. The bands hold the middle 90 % of the pairs of worlds: "
    "how far luck alone moves one world."
)


def compared(held: Held) -> report.Comparison:
    """The comparison that is shown."""
    return report.comparison(held)


def answer(held: Held, done: bool) -> list[Any]:
    """The question, and the answer in one sentence with its interval."""
    one = compared(held)
    effects = {name: one.effect(name) for name in held.indicators if measured(held, name)}
    lead = report.headline_indicator(one, effects)
    said = sentences.answer(
        effects[lead], one.unit(lead), one.about(lead)["better"], one.cause, one.about(lead)["title"]
    )
    if all(effect.none for effect in effects.values()):
        said = sentences.NOTHING
    case, named = report.case_of(one.tree), list(one.tree["policies"])
    asked = case.get("question") or report.question(one)
    if not case and len(named) > 2:
        place = one.tree["territory"].get("title", "")
        asked = f"{place}: what changes with these {len(named)} instruments?"
    so_far = "" if done else f"So far, after {held.count} months: "
    return [
        html.H2(asked, className="question"),
        html.P(
            [html.Span(so_far, className="quiet"), nice(said)],
            className=f"answer {mood(effects[lead], one.about(lead)['better'])}",
        ),
    ]


def scorecard(held: Held) -> list[Any]:
    """The ten headline changes."""
    one = compared(held)
    cards = []
    for lines in headlines(held, one.policy, one.baseline, one.level):
        cards += [html.Li(score(card(line))) for line in lines]
    return cards


def meanings(held: Held) -> list[Any]:
    """What each headline is."""
    one, found = compared(held), []
    for lines in headlines(held, one.policy, one.baseline, one.level):
        for line in lines:
            found += [html.Dt(line.title), html.Dd(line.definition)]
    return found


def score(one: dict[str, Any]) -> list[Any]:
    """One change: its name, its size, its interval on a line, and how sure it is."""
    big = [
        html.Span(one["arrow"], className="arrow", role="img", **{"aria-label": one["direction"]})
        if one["arrow"]
        else "",
        html.Strong(nice(one["size"])),
        html.Small(f" {one['unit']}" if one["unit"] else ""),
    ]
    between = f"{nice(one['interval'])}; " if one["interval"] else ""
    return [
        html.Div(
            [
                html.H3([one["title"], html.Span(one["valued"], className="tag") if one["valued"] else ""]),
                html.P(big, className="big"),
                strip(one["strip"]),
                html.P(f"{between}{one['sure']}", className="sure"),
            ],
            className=f"score {one['mood']}",
            title=one["definition"],
            **{"data-verdict": one["verdict"], "data-name": one["name"]},
        )
    ]


def strip(at: dict[str, float] | None) -> Any:
    """Interval, mean and zero on a line."""
    if at is None:
        return html.Div(className="strip empty")
    width = max(at["high"] - at["low"], 0.6)
    return html.Div(
        [
            html.Span(className="reach", style={"left": f"{at['low']}%", "width": f"{width:.2f}%"}),
            html.Span(className="mean", style={"left": f"{at['mean']}%"}),
            html.Span(className="zero", style={"left": f"{at['zero']}%"}),
        ],
        className="strip",
        **{"aria-hidden": "true"},
    )


def charts(held: Held, view: str, until: int) -> list[Any]:
    """Four indicators over time, without and with the package."""
    one, made = compared(held), []
    since = provenance.base_year(one.tree["territory"])
    for name in VIEWS[view][1]:
        if not measured(held, name):
            continue
        frame = figures.over_time(held, one.policy, one.baseline, [(name, "all")], one.level)
        frame.attrs["cause"] = one.cause
        title, unit = one.about(name)["title"], unit_words(one.unit(name))
        made.append((name, title, unit, frame, paint.over_time(frame, until, since)))
    return [
        html.Figure(
            [
                html.Figcaption([html.Strong(title), html.Span(f", {unit}" if unit else "", className="quiet")]),
                html.Div(
                    dcc.Graph(id=f"chart-{k}", figure=picture, config=paint.CONFIG),
                    role="img",
                    **{"aria-label": figures.in_words(frame)},
                ),
            ],
            className="chart",
            title=one.about(name)["definition"],
        )
        for k, (name, title, unit, frame, picture) in enumerate(made)
    ]


def money(held: Held, world: str) -> tuple[pd.DataFrame, str]:
    """Where the money of families and migrants comes from and goes, and its unit."""
    one = compared(held)
    scenario = one.policy if world == "with" else one.baseline
    frame = flows.money(held.money(scenario), people(held, scenario, "all"))
    return frame, f"{unit_words(held.currency)} a month per inhabitant"


def whereabouts(held: Held, world: str) -> pd.DataFrame:
    """Where the people of the start are now."""
    one = compared(held)
    return flows.people(held.whereabouts(one.policy if world == "with" else one.baseline), STATES, NEW)


def streams(held: Held, world: str) -> list[Any]:
    """Flows of money and of people, in one of the two worlds."""
    cash, unit = money(held, world)
    large = cash[cash["value"] >= flows.SMALLEST * cash["value"].max()] if len(cash) else cash
    moves = whereabouts(held, world)
    some = moves[moves["value"] >= flows.SMALLEST * moves["value"].sum()]
    years = (
        f"{held.count // 12} year{'s' if held.count > 12 else ''}" if held.count % 12 == 0 else f"{held.count} months"
    )
    package = f"{world} {compared(held).cause}"
    found = []
    for name, title, frame, note, columns in (
        ("money", f"Money of families and migrants, {unit}", large,
         f"Mean of all months so far, {package}. Flows below half a per cent of the largest are left out.", False),
        ("people", f"People: at the start on the left, after {years} on the right", some,
         f"Mean of the pairs, {package}. Flows below half a per cent of all are left out.", True),
    ):  # fmt: skip
        words = "; ".join(
            f"{row.source} to {row.target}: {sentences.number(row.value, 3)}" for row in frame.itertuples()
        )
        picture = paint.sankey(frame, unit if name == "money" else "people", columns)
        found.append(
            html.Figure(
                [
                    html.Figcaption(
                        [
                            html.Strong(title),
                            html.Br(),
                            html.Span(note, className="quiet"),
                            html.Span(" Move it sideways to see all of it.", className="quiet sideways"),
                        ]
                    ),
                    html.Div(
                        dcc.Graph(id=f"flow-{name}", figure=picture, config=paint.CONFIG),
                        role="img",
                        className="across",
                        tabIndex="0",
                        **{"aria-label": words},
                    ),
                ],
                className="chart",
            )
        )
    return found


def localities(held: Held, indicator: str) -> pd.DataFrame:
    """Each locality on the road: people, effect, and what may be said of it."""
    one = compared(held)
    groups = [group for group in held.groups if group.startswith("locality=")]
    wide = max(1, int(np.ceil(np.sqrt(len(groups) * 2))))
    rows = []
    for k, group in enumerate(groups):
        count = people(held, one.baseline, group)
        if count < figures.SMALL:
            colour, said = "none", "too few people"
        else:
            effect = one.effect(indicator, group)
            colour, said = mood(effect, one.about(indicator)["better"]), shown(effect, one.unit(indicator)).mean
        line, at = divmod(k, wide)
        x = at if line % 2 == 0 else wide - 1 - at
        rows.append((group_words(group), 10.0 * x, 10.0 * line, count, colour, said))
    return pd.DataFrame(rows, columns=["who", "x", "y", "people", "mood", "said"])


def place_map(held: Held, indicator: str) -> Any:
    """The map of localities, where there are several."""
    one = compared(held)
    frame = localities(held, indicator)
    title, unit = one.about(indicator)["title"], unit_words(one.unit(indicator), change=True)
    words = "; ".join(f"{row.who}: {row.said}" for row in frame.itertuples())
    return html.Figure(
        [
            html.Figcaption(
                [
                    html.Strong(f"{title}, difference, {unit}" if unit else f"{title}, difference"),
                    html.Br(),
                    html.Span(
                        "Localities along their road, 10 km from each to the next; as large as their population. "
                        "Blue is better, orange worse, dark neither; pale: no difference or the model cannot tell.",
                        className="quiet",
                    ),
                ]
            ),
            html.Div(
                dcc.Graph(id="map", figure=paint.road(frame, title, unit), config=paint.CONFIG),
                role="img",
                **{"aria-label": words},
            ),
        ],
        className="chart",
    )


def window(held: Held) -> str:
    """The months over which the headline numbers are means."""
    return sentences.span(WINDOW, held.count)


__all__ = ["BANDS", "MAPPED", "VIEWS", "answer", "charts", "meanings", "place_map", "scorecard", "streams", "window"]
