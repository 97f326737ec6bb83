"""What stands in a picture are the numbers of its table: lines, dots, bars and cells are read back from the drawing."""

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from unit.invented_results import invented

from analysis import estimation, explaining, figures, flows, sensitivity, tipping, trail, two_lives
from analysis.app import paint
from analysis.load import load
from experiments.explain import Explanation, Part
from experiments.sensitivity import Curve, Index


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    return load(invented(tmp_path_factory.mktemp("results") / "three", seeds=3, months=15))


def drawn(figure):
    """Every line of a figure as its points, by label; lines without one together."""
    found: dict[str, list[list[tuple[float, float]]]] = {}
    for axes in figure.axes:
        for line in axes.lines:
            label = "" if line.get_label().startswith("_") else line.get_label()
            found.setdefault(label, []).append(np.column_stack(line.get_data(orig=False)).tolist())
    return found


def bars(figure):
    """Where each horizontal bar begins, and how long it is."""
    return [(bar.get_x(), bar.get_width()) for axes in figure.axes for bar in axes.patches]


@pytest.mark.parametrize("name", [name for name in figures.FIGURES if name != "remittances"])
def test_lines_are_the_means_of_both_worlds_and_of_their_difference(name, results):
    frame = figures.FIGURES[name].numbers(results, "policy", "baseline")
    lines = drawn(figures.FIGURES[name].paint(frame, False, ""))
    for scenario, label in (("without", "without the package"), ("with", "with the package"), ("difference", "")):
        for _, rows in frame[frame["scenario"] == scenario].groupby("indicator"):
            wanted = np.column_stack([rows["month"], rows["mean"]])
            assert any(np.shape(one) == wanted.shape and np.allclose(one, wanted) for one in lines[label])


def test_bars_of_what_is_sent_are_its_means(results):
    frame = figures.remittances(results, "policy", "baseline")
    widths = [width for _, width in bars(figures.FIGURES["remittances"].paint(frame, False, ""))]
    means = frame[frame["scenario"] != "difference"].set_index(["part", "scenario"])["mean"]
    for part in ("sent", "received", "fees", "travel", "lost"):
        for scenario in ("without", "with"):
            divisor = 1e6 if part in ("sent", "received") else 1e3
            assert any(width == pytest.approx(means[part, scenario] / divisor) for width in widths)


@pytest.mark.parametrize(
    ("drawing", "arms"), [(figures.WINNERS, ("policy", "baseline")), (figures.SECOND, ("baseline", "withheld"))]
)
def test_dots_lie_at_the_effects_and_bars_reach_over_their_intervals(drawing, arms, results):
    frame = drawing.numbers(results, *arms)
    lines = [one for some in drawn(drawing.paint(frame, False, "")).values() for one in some]
    dots = [one[0][0] for one in lines if len(one) == 1]
    column = "relative" if "relative" in frame else "mean"
    assert sorted(dots) == pytest.approx(sorted(frame[column]))


def test_steps_of_a_trail_begin_where_the_last_one_ended(results):
    frame = trail.waterfall(results, "policy", "baseline")
    rows = frame[frame["title"] == "What families receive"]
    found = bars(trail.WATERFALL.paint(rows, False, ""))
    assert [begin for begin, _ in found] == pytest.approx(list(rows["start"]), abs=1e-6)
    assert [width for _, width in found] == pytest.approx(list(rows["mean"]))


def test_a_household_s_consumption_is_drawn_month_by_month():
    months = [1, 2, 3]
    frame = pd.concat([
        pd.DataFrame({"indicator": "consumption", "title": "Consumption", "unit": "coin/month", "scenario": scenario,
                      "month": months, "mean": values})
        for scenario, values in (("without", [5.0, 6.0, 7.0]), ("with", [5.0, 7.0, np.nan]))
    ])  # fmt: skip
    lines = drawn(two_lives.MONEY.paint(frame, False, ""))
    assert [y for _, y in lines["without the package"][0]] == [5.0, 6.0, 7.0]
    assert [y for _, y in lines["with the package"][0]][:2] == [5.0, 7.0]


def part(name, mean):
    return Part(name, mean, mean - 1.0, mean + 1.0, 0.0, (Fraction(mean),))


def test_parts_of_an_explanation_are_bars_that_end_at_the_whole():
    parts = (part("care.on", 2.0), part("remittances.on", -5.0))
    found = Explanation("poverty", "all", "%", part("rest", 4.0), parts, part("whole", 1.0), 0, 4, 3)
    figure = explaining.waterfall(found, "%", "Poverty", 0.9)
    assert bars(figure) == [(0.0, 4.0), (4.0, -5.0), (-1.0, 2.0), (0.0, 1.0)]


def test_cells_of_the_tipping_map_say_what_was_found():
    cells = [
        {"start": 0.1, "first": a, "second": b, "tipped": (a + b) / 10, "away": 0.2} for a in (1, 2) for b in (3, 4)
    ]
    found = {"cells": cells, "tipped_above": 0.5, "tipping_point": None}
    figure = tipping.paint_map(found)
    np.testing.assert_allclose(figure.axes[0].images[0].get_array(), [[0.4, 0.5], [0.5, 0.6]])
    assert {text.get_text() for text in figure.axes[0].texts} == {"40 %\n(20)", "50 %\n(20)", "60 %\n(20)"}


def test_bars_of_a_sensitivity_are_total_indices_and_dots_first_ones():
    every = [Index(name, first, first, first, total, total - 0.1, total + 0.1)
             for name, first, total in (("parameters.a.x", 0.1, 0.3), ("parameters.b.y", 0.4, 0.6))]  # fmt: skip
    figure = sensitivity.paint_indices({"Poverty": (every, [])}, "sobol")
    assert [width for _, width in bars(figure)] == pytest.approx([0.3, 0.6])
    assert [0.1, 0.4] in [[x for x, _ in one] for some in drawn(figure).values() for one in some]
    curve = Curve("parameters.a.x", (0.0, 1.0), (2.0, 3.0), (1.0, 2.5), (2.5, 3.5))
    lines = drawn(sensitivity.paint_curves({"Poverty": (every, [curve])}, {}))
    assert [[0.0, 2.0], [1.0, 3.0]] in lines[""]


def test_observed_and_predicted_participation_are_drawn_where_they_stand():
    frame = pd.DataFrame([
        {"title": title, "who": "g", "kind": kind, "at": at, "mean": mean, "low": mean - 1, "high": mean + 1}
        for title in ("A", "B") for kind, means in (("observed", (40.0, 30.0)), ("predicted", (41.0, 29.0)))
        for at, mean in zip((1.0, 2.0), means, strict=True)
    ])  # fmt: skip
    frame.attrs["said"] = "Something."
    lines = drawn(estimation.paint_calibration(frame, False, "income"))
    assert lines["predicted by the rule"] == 2 * [[[1.0, 41.0], [2.0, 29.0]]]
    every = [one for some in lines.values() for one in some]
    assert [[1.0, 40.0], [2.0, 30.0]] in every


def test_the_page_s_pictures_hold_the_numbers_they_are_given(results):
    frame = figures.over_time(results, "policy", "baseline", [("poverty", "all")], 0.9)
    traces = paint.over_time(frame, 15, "2013")["data"]
    for scenario in ("without", "with"):
        line = next(one for one in traces if str(one.get("name", "")).startswith(f"{scenario} "))
        assert line["y"] == frame[frame["scenario"] == scenario]["mean"].tolist()
    money = flows.money({"wages": 300.0, "remittances": 100.0}, 10.0)
    link = paint.sankey(money, "coins", False)["data"][0]["link"]
    assert sum(link["value"]) == pytest.approx(money["value"].sum())
