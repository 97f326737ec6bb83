"""The report: one HTML file that needs nothing else, made from the stored results of a comparison.

Effects come from the store by way of `analysis.load`, words from `analysis.sentences`, pictures from
`analysis.figures`; nothing is simulated here. The file holds no script and asks for nothing.
"""

from __future__ import annotations

import csv
import dataclasses
import io
import math
import os
import pathlib
import re
import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import numpy as np
import pandas as pd

from analysis import figures, provenance, sentences, trail
from analysis.figures import SMALL, Drawing, group_words, measured, people, with_currency
from analysis.figures_migration import of_migration
from analysis.figures_remittances import USES, WATERFALL
from analysis.headlines import card, headlines, mood
from analysis.load import Results, load
from analysis.sentences import number, percent, quantity, shown, unit_words, verdict
from experiments.effects import LEVEL, WINDOW, Effect, interval
from experiments.store import StoreError

if TYPE_CHECKING:
    from analysis.two_lives import Lives

STRESSED = ("participation_women", "poverty", "real_income_non_recipients")
"""Outcomes that are shown in other circumstances, after what the package is meant to change."""
BY_PLACE = (
    "participation_women",
    "participation_men",
    "unemployment",
    "poverty",
    "real_income",
)
FUNDERS = {"donor": "a donor", "authority": "the local authority"}


@dataclasses.dataclass(frozen=True)
class Comparison:
    """Stored results, and which of their scenarios are compared."""

    results: Results
    baseline: str
    policy: str
    withheld: str | None  # remittances withheld, everything else as in the baseline
    level: float = LEVEL

    @property
    def tree(self) -> dict[str, Any]:
        """Configuration of the policy."""
        return self.results.configuration(self.policy)

    @property
    def same(self) -> bool:
        """Whether both worlds were asked for in the same words."""
        before = self.results.configuration(self.baseline)
        return {**before, "case": ""} == {**self.tree, "case": ""}

    @property
    def span(self) -> str:
        """The months over which outcomes are means, in words."""
        return sentences.span(WINDOW, len(self.results.months))

    @property
    def cause(self) -> str:
        """What the two worlds differ by, in two words."""
        return "the package" if self.tree.get("policies") else "the change"

    def effect(self, indicator: str, group: str = "all", months: int = WINDOW) -> Effect:
        """Effect of the policy against the baseline."""
        return self.results.effect(self.policy, self.baseline, indicator, group, months=months, level=self.level)

    def unit(self, indicator: str) -> str:
        """Unit with the currency of the place."""
        return self.results.unit(indicator)

    def about(self, indicator: str) -> dict[str, str]:
        """Title, definition and better side."""
        return self.results.indicators[indicator]


def comparison(results: Results) -> Comparison:
    """What is compared in a folder of results.

    Raises
    ------
    StoreError
        Where there are not two scenarios with a seed in common.
    """
    names, sweep = results.scenarios, results.sweep
    baseline = str(sweep.get("baseline", names[0]))
    policy = str(sweep.get("policy", next((name for name in names if name != baseline), "")))
    if not {baseline, policy} <= set(names) or baseline == policy:
        raise StoreError(
            f"{results.folder} holds one scenario; a report sets two beside each other: use remesa compare"
        )
    if not results.seeds:
        raise StoreError(f"{results.folder} holds no seed that was run in every scenario; ask for the same runs again")
    withheld = sweep.get("withheld")
    return Comparison(results, baseline, policy, str(withheld) if withheld in names else None)


def write(source: str | os.PathLike[str] | Results, out: str | os.PathLike[str], lives: bool = False) -> pathlib.Path:
    """Write the report of a folder of results, whole or not at all, and return its path.

    Parameters
    ----------
    lives : whether the first pair of worlds is run once more, to tell one household's two lives
    """
    results = source if isinstance(source, Results) else load(source)
    path = pathlib.Path(out)
    one = comparison(results)
    content = render(one, lives_of(one) if lives else "").encode("utf-8", "replace")
    path.parent.mkdir(parents=True, exist_ok=True)
    waiting = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        with open(waiting, "xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(waiting, path)
    except BaseException:
        waiting.unlink(missing_ok=True)
        raise
    return path


def template(name: str) -> Any:
    """A page of `analysis/templates`: everything escaped, and a name that is not given is an error."""
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("analysis", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["nice"] = nice
    return environment.get_template(name)


def render(one: Comparison, lives: Lives | str = "") -> str:
    """The report as HTML, with one household's two lives or why there are none."""
    return template("report.html.j2").render(content(one, lives))


def nice(text: Any) -> str:
    """Typeset: a real minus sign, and no line break between a number and its percent sign."""
    return re.sub(r"(?<![\w.])-(?=\d)", "\u2212", str(text)).replace(" %", "\u00a0%")


# ---- what the page says, part by part


def content(one: Comparison, lives: Lives | str = "") -> dict[str, Any]:
    """Everything the template shows."""
    results, place = one.results, one.tree["territory"]
    pack, case = provenance.pack_of(one.tree), case_of(one.tree)
    effects = {name: one.effect(name) for name in results.indicators if measured(results, name)}
    lead = headline_indicator(one, effects)
    since = provenance.base_year(place)
    return {
        "place": str(place.get("title") or place.get("name") or "A place"),
        "base_year": since,
        "facts": facts(one),
        "title": case.get("title") or "A comparison of two simulated worlds",
        "question": case.get("question") or question(one),
        "answer": sentences.answer(
            effects[lead], one.unit(lead), one.about(lead)["better"], one.cause, one.about(lead)["title"]
        ),
        "mood": mood(effects[lead], one.about(lead)["better"]),
        "cards": [card(line) for lines in headlines(results, one.policy, one.baseline, one.level) for line in lines],
        "level": percent(one.level),
        "span": one.span,
        "seeds": len(results.seeds),
        "cause": one.cause,
        "gains": gains(one, lead),
        "instruments": instruments(one.tree),
        "winners": drawn(one, "who_gains", figures.WINNERS, since),
        "trail": causal_trail(one, since),
        "stress": stress(one, lead),
        "lives": ({"missing": lives} if lives else None) if isinstance(lives, str) else told(one, lives, since),
        "figures": [drawn(one, name, drawing, since) for name, drawing in of_comparison(results).items()],
        "second": second_question(one, since),
        "table": table(one, effects),
        "places": places(one),
        "resemblance": provenance.resemblance(results, one.baseline, one.level, pack),
        "limits": provenance.limits(pack),
        "manifest": provenance.manifest(results, one.baseline, one.policy),
        "styles": {"up": "shows", "down": "shows", "none": "none", "unsure": "unsure", "broken": "unsure"},
    }


def case_of(tree: dict[str, Any]) -> dict[str, str]:
    """Title, question and summary of the case, where the comparison was one that is shipped."""
    from scenarios import library

    try:
        found = library.load_case(str(tree["case"])) if tree.get("case") in library.cases() else {}
    except library.LibraryError:
        return {}
    return {key: str(found[key]) for key in ("title", "question", "summary", "outcome") if key in found}


def question(one: Comparison) -> str:
    """The question of a comparison that is no case."""
    before = one.results.configuration(one.baseline)
    names = [
        f"“{event.get('title') or name}”"
        for kind in ("policies", "shocks")
        for name, event in one.tree.get(kind, {}).items()
        if name not in before.get(kind, {})
    ]
    place = one.tree["territory"].get("title", "This place")
    cause = f"with {sentences.listed(names)}" if names else "when nothing is changed" if one.same else "with the change"
    return f"{place}: what changes {cause}?"


def headline_indicator(one: Comparison, effects: dict[str, Effect]) -> str:
    """What answers the question: the outcome its case names, else the one that most of its instruments name."""
    asked = case_of(one.tree).get("outcome")
    if asked in effects:
        return str(asked)
    named: Counter[str] = Counter()
    for event in one.tree.get("policies", {}).values():
        named.update(name for name in event.get("shows", []) if name in effects)
    if named:
        return named.most_common(1)[0][0]
    return "remittances_received" if "remittances_received" in effects else next(iter(effects))


def facts(one: Comparison) -> list[str]:
    """What was simulated, in a line."""
    tree, months = one.tree, len(one.results.months)
    people = provenance.population(tree)
    run = f"{months // 12} years" if months % 12 == 0 and months > 12 else f"{months} months"
    seeds = len(one.results.seeds)
    return [
        f"{run} from {provenance.base_year(tree['territory'])}",
        f"a simulated place of {people:,} people",
        f"{seeds} pairs of random seeds" if seeds > 1 else "one pair of random seeds",
        f"simulated on {provenance.day(one.results)}",
    ]


def funders(tree: dict[str, Any]) -> list[str]:
    """Who pays for the instruments."""
    return list(
        dict.fromkeys(str(event["funder"]) for event in tree.get("policies", {}).values() if event.get("funder"))
    )


def gains(one: Comparison, lead: str) -> dict[str, list[str]]:
    """Who gains, who pays and what it costs, in sentences."""
    results, whole = one.results, len(one.results.months)
    money = results.currency

    def of(name: str, groups: Sequence[str]) -> list[tuple[str, Effect]]:
        return [
            (sentences.lower(group_words(group)), one.effect(name, group))
            for group in groups
            if measured(results, name, group)
        ]

    winners = [
        sentences.gains(f"{one.about(name)['title']}, mean of {one.span}", them, one.unit(name))
        for name, groups in figures.GAINERS
        for them in [of(name, groups)]
        if them
    ]
    payers = [sentences.spent(results.cost(one.policy, one.baseline), money, funders(one.tree))]
    for name in ("remittances_fees", "budget_balance"):
        if measured(results, name):
            about = one.about(name)
            payers.append(sentences.headline(about["title"], one.effect(name), one.unit(name), None))
    costs = [
        sentences.worth(
            one.effect(name, months=whole),
            one.unit(name),
            one.about(name)["better"],
            money,
            one.about(name)["title"],
        )
        for name in dict.fromkeys((lead, "participation_women", "participation_men", "poverty"))
        if measured(results, name)
    ]
    return {"winners": winners, "payers": payers, "costs": costs}


def instruments(tree: dict[str, Any]) -> list[dict[str, str]]:
    """The instruments of the package: what each is, who pays, how much, and what is assumed of it."""
    found = []
    for name, event in tree.get("policies", {}).items():
        money = str(event.get("currency") or "money")
        found.append(
            {
                "title": str(event.get("title") or name),
                "summary": str(event.get("summary") or ""),
                "payer": FUNDERS.get(str(event.get("funder")), str(event.get("funder") or "nobody")),
                "budget": figure_text(event.get("budget") or event.get("coverage"), money),
                "unit_cost": figure_text(event.get("unit_cost"), money),
                "timing": timing(event),
                "evidence": str(event.get("evidence") or ""),
            }
        )
    return found


def figure_text(figure: Any, money: str) -> str:
    """A figure of an instrument with its unit."""
    if not isinstance(figure, dict) or not isinstance(figure.get("value"), (int, float)):
        return "-"
    value = figure["value"]
    said = provenance.listed_value(value) if value == round(value) else number(value)
    said = quantity(said, with_currency(str(figure.get("unit", "1")), money))
    return said + (" (assumption)" if str(figure.get("source", "")).startswith("assumption") else "")


def timing(event: dict[str, Any]) -> str:
    """When an instrument begins and ends."""
    said = f"from month {event.get('start', 1)}"
    if event.get("ramp"):
        said += f", fully after {event['ramp']} months"
    return said + (f", until month {event['end']}" if event.get("end") else "")


# ---- figures


def of_comparison(results: Results) -> dict[str, Drawing]:
    """The figures of a comparison that these results can fill."""
    return (
        figures.FIGURES | of_migration(results) | ({"waterfall": WATERFALL} if measured(results, "use_daily") else {})
    )


def drawn(one: Comparison, name: str, drawing: Drawing, since: str) -> dict[str, Any]:
    """A figure with its sentences, its numbers to take away and its text for those who cannot see it."""
    results = one.results
    try:
        frame = drawing.numbers(results, one.policy, one.baseline, level=one.level)
    except KeyError as error:
        return {"title": drawing.title, "missing": f"Not in these results: {error.args[0]}."}
    frame.attrs["cause"] = one.cause
    said = []
    if "month" in frame:
        for indicator in frame["indicator"].unique():
            about = one.about(indicator)
            said.append(sentences.headline(about["title"], one.effect(indicator), one.unit(indicator), about["better"]))
    elif name == "moves":
        usual = frame[frame["scenario"] == "without"].set_index("part")["mean"]
        said.append(sentences.moved(*(usual[part] for part in ("departures", "returns", "newcomers", "could_not_pay"))))
        for indicator in ("departures", "returns"):
            about = one.about(indicator)
            said.append(sentences.headline(about["title"], one.effect(indicator), one.unit(indicator), about["better"]))
    elif name == "communities":
        ends = (
            frame.loc[frame["until"] == month, "value"].tolist()
            for month in (frame["until"].min(), frame["until"].max())
        )
        said.append(sentences.communities(*ends))
    elif name == "waterfall":
        for scenario, rows in frame.groupby("scenario", sort=False):
            if scenario != "difference":
                means = rows.set_index("part")["mean"]
                uses = [(words, float(means[part])) for part, words in USES.items()]
                where = f"{scenario} {one.cause}"
                said.append(sentences.used(where, float(means["sent"]), float(means["received"]), uses))
    elif name == "remittances":
        for part in ("sent", "received", "fees", "lost"):
            about = one.about(f"remittances_{part}")
            effect = one.effect(f"remittances_{part}")
            said.append(sentences.headline(about["title"], effect, one.unit(f"remittances_{part}"), about["better"]))
    return {"said": said, **pictures(name, drawing, frame, since, one.span)}


def pictures(name: str, drawing: Drawing, frame: pd.DataFrame, since: str, span: str) -> dict[str, Any]:
    """The pictures of one figure: panels side by side, or one for wide and one for narrow pages."""
    if not len(frame):
        return {
            "title": drawing.title,
            "missing": "Nobody to show here: no group of this figure has enough people.",
        }
    shape: dict[str, Any] = {"panels": []}
    if "month" in frame:
        for k, (_, rows) in enumerate(frame.groupby("indicator", sort=False)):
            rows.attrs.update(frame.attrs)
            title = str(rows["title"].iloc[0])
            picture = drawing.paint(rows, True, since)
            shape["panels"].append(figures.svg(picture, f"{name}-{k}", title, figures.in_words(rows)))
    else:
        for width in ("wide", "narrow"):
            picture = drawing.paint(frame, width == "narrow", since)
            shape[width] = figures.svg(picture, f"{name}-{width}", drawing.title, figures.in_words(frame))
    columns = [column for column in frame.columns if column not in ("title", "said", "verdict")]
    return {
        "title": drawing.title,
        "reading": drawing.reading.format(span=span),
        "csv": csv_link(columns, frame[columns].itertuples(index=False)),
        "file": f"{name}.csv",
        "missing": "",
        **shape,
    }


def causal_trail(one: Comparison, since: str) -> dict[str, Any]:
    """Through which steps the package reaches what families receive and who takes part."""
    said = [
        sentences.steps(title, parts[:-1], parts[-1][1].unit)
        for title, parts in trail.steps(one.results, one.policy, one.baseline, one.level).items()
    ]
    return {**drawn(one, "trail", trail.WATERFALL, since), "said": said}


def stress(one: Comparison, lead: str) -> dict[str, Any] | None:
    """What would change the answer: the same comparison in other circumstances, where it was run."""
    results = one.results
    names = tuple(dict.fromkeys((lead, *STRESSED)))
    if not trail.stressed(results):
        return None
    rows, raw = [], []
    for row in trail.under_stress(results, one.policy, one.baseline, names, one.level):
        cells = []
        for name, effect in row["effects"].items():
            s = shown(effect, one.unit(name))
            between = f"{s.low} to {s.high}" if effect.seeds > 1 and not effect.none else ""
            cells.append({"size": sentences.short(effect, one.unit(name)), "between": between,
                          "mood": mood(effect, one.about(name)["better"])})  # fmt: skip
            raw.append((row["said"], name, one.unit(name), effect.mean, effect.low, effect.high, verdict(effect).value))
        rows.append({"said": row["said"], "cells": cells, "becomes": row["becomes"]})
    heads = [
        f"{one.about(name)['title']}, {unit_words(one.unit(name), change=True)}"
        for name in names
        if measured(results, name)
    ]
    columns = ("circumstances", "indicator", "unit", "difference", "low", "high", "verdict")
    return {"heads": heads, "rows": rows, "csv": csv_link(columns, raw), "file": "circumstances.csv"}


def lives_of(one: Comparison) -> Lives | str:
    """One household's two lives, or why there are none."""
    from analysis.two_lives import NOBODY, refused, two_lives

    why = refused(one.results, one.policy, one.baseline)
    return why or two_lives(one.results, one.policy, one.baseline) or NOBODY


def told(one: Comparison, lives: Lives, since: str) -> dict[str, Any]:
    """One household's two lives, side by side."""
    from analysis.two_lives import MONEY

    frame = lives.money
    frame.attrs["cause"] = one.cause
    events = {
        world: [{"month": month, "said": said, "only": only} for month, said, only in rows]
        for world, rows in (("without", lives.without), ("with", lives.treated))
    }
    return {
        "missing": "",
        "said": sentences.lives(lives.differing, lives.households),
        "members": sentences.listed([sentences.lower(name) for name in lives.members]),
        "left_out": lives.left_out,
        "figure": pictures("lives", MONEY, frame, since, one.span),
        **events,
    }


def second_question(one: Comparison, since: str) -> dict[str, Any] | None:
    """What remittances do to participation here: paid against withheld, migrants still away."""
    if one.withheld is None:
        return None
    results = one.results
    frame = figures.paid_and_withheld(results, one.baseline, one.withheld, one.level)

    def of(group: str) -> list[tuple[str, Effect]]:
        return [
            (
                sex,
                results.effect(one.baseline, one.withheld or "", f"participation_{sex}", group, level=one.level),
            )
            for sex in figures.SEX
            if measured(results, f"participation_{sex}", group)
        ]

    said = []
    for group, whom in (
        ("migrants=yes", "households with a member away"),
        ("migrants=no", "other households"),
    ):
        them = of(group)
        if them:
            said.append(sentences.gains(f"Participation in {whom}", them, "%"))
    shares = []
    for sex in figures.SEX:
        if measured(results, "discouraged_by_remittances", f"sex={sex}"):
            found = results.outcome(one.baseline, "discouraged_by_remittances", f"sex={sex}")
            shares.append((sex, *interval(found, one.level), len(found)))
    away = (
        results.effect(one.baseline, one.withheld, "migrants", level=one.level)
        if measured(results, "migrants")
        else None
    )
    return {
        "answer": sentences.discouragement(of("all")),
        "said": said,
        "direct": sentences.direct(shares, one.level),
        "away": sentences.headline("Migrants away, paid against withheld", away, one.unit("migrants"), None)
        if away
        else "",
        "figure": pictures("second", figures.SECOND, frame, since, one.span),
    }


# ---- tables


def table(one: Comparison, effects: dict[str, Effect]) -> dict[str, Any]:
    """All indicators, each in the same form."""
    rows, raw = [], []
    for name, effect in effects.items():
        about, unit = one.about(name), one.unit(name)
        s = shown(effect, unit)
        rows.append(
            {
                "title": about["title"],
                "definition": about["definition"],
                "unit": sentences.scale(name, unit),
                "baseline": s.baseline,
                "policy": s.policy,
                "mean": s.mean,
                "interval": f"{s.low} to {s.high}" if effect.seeds > 1 and not effect.none else "",
                "agree": "" if effect.none else s.agree,
                "says": sentences.direction(effect),
                "mood": mood(effect, about["better"]),
            }
        )
        raw.append(
            (name, about["title"], unit, effect.baseline, effect.policy, effect.mean, effect.low, effect.high,
             effect.level, effect.share, effect.seeds, effect.smallest, verdict(effect).value)
        )  # fmt: skip
    heads = ("indicator", "title", "unit", "without", "with", "difference", "low", "high", "level",
             "share_of_seeds_with_sign", "seeds", "smallest_effect_shown", "verdict")  # fmt: skip
    return {"rows": rows, "csv": csv_link(heads, raw), "file": "indicators.csv"}


def places(one: Comparison) -> dict[str, Any] | None:
    """Effects by locality, where there are several; small ones are left out."""
    results = one.results
    groups = sorted(
        (group for group in results.groups if group.startswith("locality=")),
        key=lambda g: int(g.partition("=")[2]),
    )
    names = [name for name in BY_PLACE if groups and any(measured(results, name, group) for group in groups)]
    if len(groups) < 2 or not names:
        return None
    rows, raw = [], []
    found: dict[str, list[Effect]] = {name: [] for name in names}
    for group in groups:
        count, cells = people(results, one.baseline, group), []
        for name in names if count >= SMALL else ():
            effect, unit = one.effect(name, group), one.unit(name)
            found[name].append(effect)
            cells.append({"size": shown(effect, unit).mean, "mood": mood(effect, one.about(name)["better"])})
            levels = (effect.baseline, effect.policy, effect.mean, effect.low, effect.high)
            raw.append((group, name, unit, count, *levels))
        rows.append({"title": group_words(group), "people": number(count, 3), "cells": cells})
    heads = [f"{one.about(name)['title']}, {unit_words(one.unit(name), change=True)}" for name in names]
    columns = ("locality", "indicator", "unit", "population", "without", "with", "difference", "low", "high")
    return {
        "said": [sentences.across(one.about(name)["title"], effects) for name, effects in found.items()],
        "heads": heads,
        "rows": rows,
        "small": SMALL,
        "csv": csv_link(columns, raw),
        "file": "localities.csv",
    }


def csv_link(heads: Iterable[str], rows: Iterable[Sequence[Any]]) -> str:
    """A table as a `data:` address that a browser saves."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(heads)
    for row in rows:
        writer.writerow([cell(value) for value in row])
    return "data:text/csv;charset=utf-8," + quote(buffer.getvalue(), safe=",;:()=+-_.!*/ ~").replace(" ", "%20")


def cell(value: Any) -> Any:
    """A value of a table: short numbers, nothing for what does not exist, and no text that is a formula."""
    if isinstance(value, (float, np.floating)):
        return f"{value:.8g}" if math.isfinite(value) else ""
    if isinstance(value, str) and value[:1] in "=+-@\t":
        return f"'{value}"
    return value
