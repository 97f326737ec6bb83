"""The waterfall of remittances: its steps add up, and it can be read."""

import pandas as pd
import pytest
from unit.invented_results import invented
from unit.test_figures import overlapping

from analysis.figures import in_words
from analysis.figures_remittances import COSTS, STEPS, TOTALS, USED, WATERFALL, waterfall
from analysis.load import load
from analysis.sentences import used


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    return load(invented(tmp_path_factory.mktemp("results") / "three", seeds=3, months=14))


def test_what_is_sent_less_costs_is_received_and_all_of_it_is_used_or_saved(results):
    frame = waterfall(results, "policy", "baseline")
    assert set(STEPS) == set(frame["part"])
    for scenario in ("without", "with"):
        rows = frame[frame["scenario"] == scenario].set_index("part")
        assert rows["mean"][list(COSTS)].sum() == pytest.approx(rows["mean"]["sent"] - rows["mean"]["received"])
        assert rows["mean"][[*USED, "saved"]].sum() == pytest.approx(rows["mean"]["received"])
        assert rows["end"]["saved"] == pytest.approx(0.0, abs=1e-6 * rows["mean"]["sent"])
        hanging = rows.drop(list(TOTALS))
        assert (hanging["start"] - hanging["end"]).tolist() == pytest.approx(hanging["mean"].tolist())
        assert rows["end"]["travel"] == pytest.approx(rows["mean"]["received"])


def test_it_shows_the_stored_numbers(results):
    rows = waterfall(results, "policy", "baseline").set_index(["scenario", "part"])
    assert rows["mean"]["with", "school"] == pytest.approx(results.outcome("policy", "use_school").mean())
    fees = results.outcome("policy", "remittances_fees") - results.outcome("baseline", "remittances_fees")
    assert rows["mean"]["difference", "fees"] == pytest.approx(fees.mean())


@pytest.mark.parametrize("narrow", [False, True])
def test_no_text_covers_another(narrow, results):
    frame = WATERFALL.numbers(results, "policy", "baseline")
    assert overlapping(WATERFALL.paint(frame, narrow, "2013")) == []
    assert isinstance(frame, pd.DataFrame) and "nan" not in in_words(frame)


def test_a_hundred_sent_are_followed_in_words():
    uses = [("daily needs", 60.0), ("the house", 20.0), ("school", 5.0), ("savings", 15.0)]
    said = used("without the package", 200.0, 100.0, uses)
    assert said == (
        "Of every 100 sent without the package, 50 arrive: 30 go to daily needs, 10 to the house, 7.5 to savings and "
        "2.5 to all else."
    )
    dissaving = used("with it", 100.0, 90.0, [("daily needs", 95.0), ("savings", -5.0)])
    assert dissaving == (
        "Of every 100 sent with it, 90 arrive: 95 go to daily needs; 5.0 of it is paid from earlier receipts."
    )
    assert used("with it", 100.0, 99.0, [("daily needs", 0.0)]) == "Of every 100 sent with it, 99 arrive."
    for nothing in (0.0, -1.0, float("nan")):
        assert used("with it", nothing, 1.0, uses) == "Nothing is sent with it."


def test_intervals_of_bars_are_drawn_where_there_are_any(results):
    frame = WATERFALL.numbers(results, "policy", "baseline")
    rows = frame[(frame["scenario"] == "without") & (frame["low"] < frame["high"])]
    assert len(rows) > 2
    drawn = [line for axes in WATERFALL.paint(frame, False, "2013").axes[:1] for line in axes.lines]
    ends = [tuple(line.get_xdata()) for line in drawn if line.get_ydata()[0] == line.get_ydata()[1]]
    assert len(ends) == len(rows)
    sent, factor = rows.set_index("part").loc["sent"], max(ends[0]) / rows["high"].iloc[0]
    assert ends[0] == pytest.approx((sent["low"] * factor, sent["high"] * factor))
