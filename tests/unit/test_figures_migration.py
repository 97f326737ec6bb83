"""Who left, came and came back; who they are: the figures show the stored numbers and the people of the run."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from unit.invented_results import invented
from unit.test_figures import overlapping

from analysis import sentences
from analysis.figures import in_words
from analysis.figures_migration import FIGURES, FLOWS, STOCKS, moves, of_migration, paint_paths, paths
from analysis.load import load
from analysis.profiles import AGES, class_words, counts, paint_profiles, profiles
from analysis.report import comparison, drawn, of_comparison
from sim.codes import Event, Sex, Status


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    return load(invented(tmp_path_factory.mktemp("results") / "three", seeds=3, months=14, localities=3))


def test_flows_are_people_a_year_and_stocks_people(results):
    frame = moves(results, "policy", "baseline").set_index(["part", "scenario"])
    assert set(frame.index.get_level_values("part")) == {*FLOWS, *STOCKS}
    left = results.outcome("baseline", "departures")
    assert frame["mean"]["departures", "without"] == pytest.approx(12.0 * left.mean())
    assert frame["unit"]["departures", "without"] == "persons/year" and frame["unit"]["migrants", "with"] == "persons"
    away = results.effect("policy", "baseline", "migrants")
    assert tuple(frame.loc[("migrants", "difference"), ["mean", "low", "high"]]) == pytest.approx(
        (away.mean, away.low, away.high)
    )


def test_each_path_is_one_locality_with_one_seed(results):
    frame = paths(results, "baseline")
    assert frame["path"].nunique() == 9
    one = frame[(frame["place"] == "locality=1") & (frame["seed"] == results.seeds[2])]
    np.testing.assert_array_equal(one["value"], results.panel("baseline", "prevalence", "locality=1")[2])
    assert overlapping(paint_paths(frame, False, "2013")) == []


def test_the_brief_of_several_communities_shows_how_far_they_part(results, tmp_path):
    found = drawn(comparison(results), "communities", of_migration(results)["communities"], "2013")
    last = np.concatenate([results.panel("policy", "prevalence", f"locality={k}")[:, -1] for k in range(3)])
    low, middle, high = (sentences.rounded(one, 1) for one in (last.min(), np.median(last), last.max()))
    assert found["said"][0].endswith(
        f"in the last {low} % to {high} % of adults are away, half of the lines above {middle} %."
    )
    frame = of_migration(results)["communities"].numbers(results, "policy", "baseline")
    assert sorted(set(frame["until"])) == [1, 12, 14]
    assert "communities" not in of_migration(load(invented(tmp_path / "one", seeds=2, months=13)))


@pytest.mark.parametrize("name", [*FIGURES, "communities"])
@pytest.mark.parametrize("narrow", [False, True])
def test_no_text_covers_another(name, narrow, results):
    drawing = of_migration(results)[name]
    frame = drawing.numbers(results, "policy", "baseline")
    assert overlapping(drawing.paint(frame, narrow, "2013")) == []
    assert "nan" not in in_words(frame)


def test_the_brief_has_them_and_says_what_they_show(results):
    assert set(FIGURES) < set(of_comparison(results))
    found = drawn(comparison(results), "moves", FIGURES["moves"], "2013")
    left = sentences.rounded(12.0 * results.outcome("baseline", "departures").mean(), 0)
    assert found["said"][0].startswith(f"In an average year {left} people leave")
    assert found["wide"].count("a year") >= 8 and "Left" in found["narrow"]


def people_of(born: list[int], sex: list[Sex], status: list[Status], lives: list[tuple[int, int, Event]]):
    """A stand-in for a model five months after the burn-in: rows are identities."""
    month, person, event = (np.array(values, np.int64) for values in zip(*lives, strict=True))
    persons = SimpleNamespace(
        birth_month=np.array(born), sex=np.array(sex), status=np.array(status), rows_of=lambda ids: np.asarray(ids)
    )
    return SimpleNamespace(
        population=SimpleNamespace(persons=persons), world=SimpleNamespace(month=30, burn_in=24),
        recorder=SimpleNamespace(histories=lambda: {"month": month, "person": person, "event": event}),
    )  # fmt: skip


def test_who_left_and_came_back_are_counted_once_by_age_then():
    here, away = Status.EMPLOYED, Status.AWAY
    # 0: a woman of 20 leaves and comes back and leaves again; 1: a man turns 25 in month 3 and leaves in month 4;
    # 2: a man of 40 stays; 3: a girl of 10; 4: left before the burn-in ended
    model = people_of(
        [-240, 3 - 300, -480, -120, -400], [Sex.WOMAN, Sex.MAN, Sex.MAN, Sex.WOMAN, Sex.WOMAN],
        [away, away, here, here, away],
        [(-3, 4, Event.DEPARTED), (1, 0, Event.DEPARTED), (2, 0, Event.RETURNED), (3, 0, Event.DEPARTED),
         (4, 1, Event.DEPARTED)],
    )  # fmt: skip
    found = counts(model)
    assert found["left"].sum() == 2 and found["left"][Sex.WOMAN, 0] == 1 and found["left"][Sex.MAN, 1] == 1
    assert found["returned"].sum() == 1 and found["returned"][Sex.WOMAN, 0] == 1
    assert found["stayed"].sum() == 1 and found["stayed"][Sex.MAN, 2] == 1
    frame = profiles([model, model])
    share = frame.set_index(["kind", "sex", "age"])["mean"]
    assert share["left", "women", "15 to 24"] == 50.0 and share["stayed", "men", "35 to 44"] == 100.0
    assert sentences.who_moves(frame) == (
        "Of those who left, 50 % are men and 100 % are 15 to 34; of those who came back, 0 % are men and 100 % are "
        "15 to 34; of those who stayed, 100 % are men and 0 % are 15 to 34."
    )
    for narrow in (False, True):
        assert overlapping(paint_profiles(frame, narrow)) == []


def test_nobody_who_moves_can_be_drawn_and_said():
    model = people_of([-480], [Sex.MAN], [Status.EMPLOYED], [(-1, 0, Event.HIRED)])
    frame = profiles([model])
    assert set(frame["kind"]) == {"stayed"} and len(frame) == 2 * len(AGES) and class_words(5) == "65 and over"
    assert "there are no adults among those who left" in sentences.who_moves(frame).lower()
    assert isinstance(paint_profiles(frame), object) and isinstance(frame, pd.DataFrame)
