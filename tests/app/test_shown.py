"""What the page draws: valid pictures that hold the very numbers of the results, for one locality and for many."""

import numpy as np
import pytest

pytest.importorskip("dash")
import plotly.graph_objects as plotly

from analysis import figures, report
from analysis.app import paint, shown
from analysis.app.engine import Job, Run, Worlds
from analysis.app.held import Held
from scenarios.configuration import compose

MONTHS = 13


def made(seeds, *overrides):
    """The finished job of a comparison, run here."""
    asked = [f"months={MONTHS}", f"seeds={seeds}", *overrides]
    policy = compose([*asked, "policies=[child_care_places]"])
    scenarios = {"baseline": compose([*asked, "policies=[]"]), "policy": policy}
    worlds, runs = Worlds(lambda text: None), []
    for seed in policy.all_seeds:
        for name, one in scenarios.items():
            worlds.open(name, one.tree, seed)
            found = worlds.advance(name, MONTHS)
            runs.append(Run("", name, seed, one.tree, month=MONTHS, values=[found["values"]], groups=found["groups"],
                            flows=found["flows"], people=found["people"]))  # fmt: skip
    return Job("job", scenarios, runs, MONTHS, state="done")


@pytest.fixture(scope="module")
def town():
    return Held(made(3, "territory=diourbel", "population=600"))


@pytest.fixture(scope="module")
def villages():
    return Held(made(2, "territory=diourbel", "population=900", "territory.localities=9"))


def graphs(parts):
    """Every picture in a list of components."""
    found = []
    for part in parts:
        found += [one for one in part._traverse() if type(one).__name__ == "Graph"]
    return found


@pytest.mark.parametrize("view", shown.VIEWS)
def test_lines_and_bands_hold_the_numbers_of_the_runs(town, view):
    drawn = graphs(shown.charts(town, view, MONTHS))
    names = shown.VIEWS[view][1]
    assert len(drawn) == len(names) == 4
    for name, graph in zip(names, drawn, strict=True):
        plotly.Figure(graph.figure)  # raises where something in it is unknown
        lines = {one["name"]: one for one in graph.figure["data"] if "name" in one}
        for label, scenario in (("with the package", "policy"), ("without the package", "baseline")):
            np.testing.assert_allclose(lines[label]["y"], town.panel(scenario, name).mean(axis=0))
            assert lines[label]["x"] == pytest.approx(np.arange(1, MONTHS + 1) / 12, abs=1e-3)
        assert sum(one.get("fill") == "tonexty" for one in graph.figure["data"]) == 2


def test_one_pair_has_no_band_and_claims_nothing():
    held = Held(made(1, "territory=diourbel", "population=300"))
    for graph in graphs(shown.charts(held, "work", MONTHS)):
        assert not [one for one in graph.figure["data"] if "fill" in one]
    verdicts = {part.to_plotly_json()["props"].get("data-verdict") for card in shown.scorecard(held)
                for part in card._traverse() if hasattr(part, "to_plotly_json")} - {None}  # fmt: skip
    assert verdicts <= {"unsure", "none"}


@pytest.mark.parametrize("world", ["with", "without"])
def test_flows_of_people_and_money_add_up(town, world):
    for graph in graphs(shown.streams(town, world)):
        plotly.Figure(graph.figure)
    moves = shown.whereabouts(town, world)
    scenario = "policy" if world == "with" else "baseline"
    now = moves[moves["target"] == "At work"]["value"].sum()
    assert now == pytest.approx(town.panel(scenario, "at_work")[:, -1].mean())
    cash, unit = shown.money(town, world)
    assert unit == "FCFA a month per inhabitant"
    received = cash[(cash["source"] == "Migrants") & (cash["target"] == "Families here")]["value"].sum()
    assert received > 0 and np.isfinite(cash["value"]).all()


def test_several_localities_lie_on_a_map(villages):
    for indicator in shown.MAPPED:
        frame = shown.localities(villages, indicator)
        assert len(frame) == 9 and frame["people"].sum() == pytest.approx(900, rel=0.2)
        near = np.hypot(np.diff(frame["x"]), np.diff(frame["y"]))
        np.testing.assert_allclose(near, 10.0)  # each is 10 km from the next
        drawn = paint.road(frame, "x", "%")
        plotly.Figure(drawn)
        bottom, top = drawn["layout"]["yaxis"]["range"]
        assert top < frame["y"].min() and frame["y"].max() < bottom, "the first and last line have room"
    one = report.comparison(villages)
    effect = one.effect("poverty", "locality=3")
    row = shown.localities(villages, "poverty").iloc[3]
    assert row["said"] == figures.shown(effect, "%").mean


def test_small_localities_are_not_shown():
    held = Held(made(2, "territory=diourbel", "population=150", "territory.localities=12"))
    frame = shown.localities(held, "poverty")
    small = frame["people"] < figures.SMALL
    assert small.any() and set(frame[small]["said"]) == {"too few people"} and set(frame[small]["mood"]) == {"none"}


def test_the_cards_are_those_of_the_brief(town):
    text = report.nice(report.render(report.comparison(town)))
    for card in shown.scorecard(town):
        heads = [part for part in card._traverse() if type(part).__name__ == "Strong"]
        assert str(heads[0].children) in text
