"""Figures show the stored numbers, say what they show, and nothing in them overlaps."""

import itertools
import re
import xml.etree.ElementTree as ElementTree

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text
from unit.invented_results import invented

from analysis import figures
from analysis.figures import FIGURES, SECOND, WINNERS
from analysis.load import load
from analysis.trail import WATERFALL
from experiments.effects import interval

DRAWINGS = {**FIGURES, "who_gains": WINNERS, "second": SECOND, "trail": WATERFALL}


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    return load(invented(tmp_path_factory.mktemp("results") / "six", seeds=6, months=30))


@pytest.fixture(scope="module")
def one_seed(tmp_path_factory):
    return load(invented(tmp_path_factory.mktemp("results") / "one", seeds=1, months=14))


@pytest.fixture(scope="module")
def no_effect(tmp_path_factory):
    return load(invented(tmp_path_factory.mktemp("results") / "none", seeds=3, months=14, size=0.0))


def numbers_of(name, results):
    arms = ("baseline", "withheld") if name == "second" else ("policy", "baseline")
    return DRAWINGS[name].numbers(results, *arms)


def test_lines_over_time_are_means_of_the_stored_months(results):
    frame = figures.participation(results, "policy", "baseline")
    women = frame[frame["indicator"] == "participation_women"].pivot(index="month", columns="scenario")
    without, treated = (results.panel(one, "participation_women") for one in ("baseline", "policy"))
    np.testing.assert_allclose(women["mean"]["without"], without.mean(axis=0))
    np.testing.assert_allclose(women["mean"]["with"], treated.mean(axis=0))
    np.testing.assert_allclose(women["mean"]["difference"], (treated - without).mean(axis=0))
    assert interval((treated - without)[:, -1]) == pytest.approx(
        tuple(women[end]["difference"].iloc[-1] for end in ("mean", "low", "high"))
    )
    np.testing.assert_allclose(women["low"]["without"], np.quantile(without, 0.05, axis=0))


def test_parts_of_what_is_sent_add_up(results):
    frame = figures.remittances(results, "policy", "baseline")
    for _, rows in frame.groupby("scenario"):
        means = rows.set_index("part")["mean"]
        assert means["sent"] == pytest.approx(means.drop("sent").sum())
    assert set(frame["unit"]) == {"FCFA/month"}


def test_who_gains_are_the_effects_of_the_results(results):
    frame = figures.who_gains(results, "policy", "baseline").set_index(["indicator", "group"])
    effect = results.effect("policy", "baseline", "real_income", "recipient=yes")
    row = frame.loc[("real_income", "recipient=yes")]
    assert (row["mean"], row["low"], row["high"]) == (effect.mean, effect.low, effect.high)
    assert row["relative"] == pytest.approx(100 * effect.mean / effect.baseline)
    assert ("earnings_mean", "sex=women") in frame.index


def test_small_groups_are_left_out(results, monkeypatch):
    monkeypatch.setattr(figures, "SMALL", 10**9)
    assert set(figures.who_gains(results, "policy", "baseline")["group"]) == {"all"}
    assert set(figures.paid_and_withheld(results, "baseline", "withheld")["group"]) == {"all"}


def test_paid_and_withheld_is_the_effect_of_paying(results):
    frame = figures.paid_and_withheld(results, "baseline", "withheld").set_index(["kind", "sex", "group"])
    effect = results.effect("baseline", "withheld", "participation_women", "migrants=yes")
    row = frame.loc[("whole", "women", "migrants=yes")]
    assert (row["mean"], row["paid"], row["withheld"]) == (effect.mean, effect.policy, effect.baseline)
    share = results.outcome("baseline", "discouraged_by_remittances", "sex=men").mean()
    assert frame.loc[("direct", "men", "all")]["mean"] == pytest.approx(-share)


def overlapping(figure):
    """Pairs of texts that cover each other, and texts that leave the page; of those that are really drawn."""
    drawn = []

    def draw(text, renderer, *rest, **options):
        if text.get_visible() and text.get_text().strip():
            drawn.append((text.get_text(), text.get_window_extent(renderer)))
        return original(text, renderer, *rest, **options)

    original = Text.draw
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Text, "draw", draw)
        FigureCanvasAgg(figure).draw()
    page = figure.bbox
    bad = [t for t, box in drawn if box.x0 < -1 or box.y0 < -1 or box.x1 > page.x1 + 1 or box.y1 > page.y1 + 1]
    for (one, a), (other, b) in itertools.combinations(drawn, 2):
        wide, high = min(a.x1, b.x1) - max(a.x0, b.x0), min(a.y1, b.y1) - max(a.y0, b.y0)
        if wide > 1 and high > 1:
            bad.append(f"{one!r} over {other!r}")
    assert len(drawn) > 5
    return bad


@pytest.mark.parametrize("name", DRAWINGS)
@pytest.mark.parametrize("narrow", [False, True])
def test_no_text_covers_another_or_leaves_the_page(name, narrow, results):
    assert overlapping(DRAWINGS[name].paint(numbers_of(name, results), narrow, "2013")) == []


@pytest.mark.parametrize("name", DRAWINGS)
@pytest.mark.parametrize("which", ["one_seed", "no_effect"])
def test_one_seed_or_no_effect_can_be_drawn(name, which, request):
    frame = numbers_of(name, request.getfixturevalue(which))
    assert overlapping(DRAWINGS[name].paint(frame, True, "")) == []
    assert "nan" not in figures.in_words(frame)


def test_what_does_not_differ_is_said_to(no_effect):
    picture = FIGURES["poverty"].paint(numbers_of("poverty", no_effect), False, "2013")
    assert [text for text in picture.findobj(Text) if text.get_text() == "no difference"]


@pytest.mark.parametrize("name", DRAWINGS)
def test_svg_says_what_it_shows_and_is_the_same_each_time(name, results):
    frame = numbers_of(name, results)
    made = [
        figures.svg(DRAWINGS[name].paint(frame, False, "2013"), name, "A & <title>", "A <description>")
        for _ in range(2)
    ]
    assert made[0] == made[1]
    root = ElementTree.fromstring(made[0])
    kinds = [child.tag.rpartition("}")[2] for child in root[:2]]
    assert kinds == ["title", "desc"] and root[0].text == "A & <title>"
    assert root.get("role") == "img" and root.get("aria-labelledby") == f"{name}-title {name}-desc"
    ids = re.findall(r'\bid="([^"]+)"', made[0])
    assert len(ids) == len(set(ids)) and all(one.startswith(f"{name}-") for one in ids)
    assert set(re.findall(r'(?:xlink:href="#|url\(#)([^")]+)', made[0])) <= set(ids)
    assert "<script" not in made[0] and "<metadata" not in made[0]


def test_names_are_drawn_as_they_are_written(results):
    frame = figures.who_gains(results, "policy", "baseline")
    frame["title"] = frame["title"].replace({"Mean earnings": "Pay in $ and $x_2$ <b>"})
    text = figures.svg(WINNERS.paint(frame, False, ""), "x", "t", "d")
    assert "Pay in $ and $x_2$ &lt;b&gt;" in text


def test_painters_leave_no_style_behind(results):
    import matplotlib

    before = matplotlib.rcParams["svg.fonttype"], matplotlib.rcParams["font.size"]
    FIGURES["prices"].paint(numbers_of("prices", results), False, "")
    assert (matplotlib.rcParams["svg.fonttype"], matplotlib.rcParams["font.size"]) == before


def test_units_stand_in_the_currency_of_the_place(results):
    assert figures.with_currency("money/month/1000 persons", "coin") == "coin/month/1000 persons"


def test_numbers_are_tidy(results):
    for name in DRAWINGS:
        frame = numbers_of(name, results)
        assert isinstance(frame, pd.DataFrame) and len(frame) and {"mean", "low", "high"} <= set(frame.columns)
