"""The waterfall of remittances: its steps add up, and it can be read."""

import pandas as pd
import pytest
from unit.invented_results import invented
from unit.test_figures import overlapping

from analysis.figures import in_words
from analysis.figures_remittances import COSTS, STEPS, TOTALS, USED, WATERFALL, waterfall
from analysis.load import load


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
