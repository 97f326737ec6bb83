"""Statistics of the tests, worked by hand; every test and claim says what it does and whence its target."""

import numpy as np
import pytest

from experiments import verdicts
from experiments.evidence import ASKED_AFTER, gradient, half_life, month_end_chances, t09, within_slope
from experiments.hands import share_gap
from experiments.verdicts import CLAIMS, TESTS, Form, Picture, discover

TESTED = {"T01", "T03", "T04", "T06", "T09", "T11", "T12", "T13"}
CLAIMED = {"CLM-01", "CLM-02", "CLM-03", "CLM-23", "CLM-24", "CLM-39", "CLM-40", "CLM-59", "CLM-61"}


def test_month_end_chances_balance_where_rates_do_and_halve_when_rates_do():
    find, lose = month_end_chances(0.45, 0.034)
    assert lose / (find + lose) == pytest.approx(0.034 / 0.484)
    assert 1.0 - find - lose == pytest.approx(np.exp(-0.484))
    assert find < 0.45


def test_half_life_of_a_deviation_that_halves_every_two_months():
    path = [0.1 + 0.8 * 0.5 ** (month / 2.0) for month in range(12)]
    assert half_life(path, 0.1) == pytest.approx(2.0)


def test_a_slope_within_spells_ignores_levels():
    """Two spells at different levels, both falling by .1 a week: -0.1, whatever lies between them."""
    spells = np.array([1, 1, 1, 2, 2])
    weeks = np.array([0.0, 1.0, 2.0, 0.0, 3.0])
    wages = np.array([5.0, 4.9, 4.8, 9.0, 8.7])
    assert within_slope(spells, weeks, wages) == pytest.approx(-0.1)


def test_a_gap_of_shares_in_points():
    one, other = np.array([[True, True, False, True]]), np.array([[True, False, False, False]])
    assert share_gap(one, other, np.array([[True, True, True, False]])) == pytest.approx(100.0 / 3.0)
    assert share_gap(one, other, np.zeros((1, 4), bool)) == 0.0


def test_what_is_due_is_registered_says_what_it_does_and_knows_its_sources():
    assert set(discover("evidence")) >= TESTED
    assert set(discover("claims")) >= CLAIMED
    for entry in (*TESTS.values(), *CLAIMS.values()):
        assert entry.title.strip()
        assert (entry.run.__doc__ or "").strip(), entry.id
        assert set(entry.sources) <= set(verdicts.figures_read()), entry.id
    assert all(entry.weight in (1, 2, 3) and entry.sources for entry in TESTS.values())
    leaning = {name for name, entry in {**TESTS, **CLAIMS}.items() if entry.provisional}
    assert leaning >= {"T06", "T13", "CLM-59", "CLM-61"}
    assert CLAIMS["CLM-39"].assumption


# ---- figures show what was measured


def test_the_gradient_of_participation_shows_each_quartile():
    cells = [
        {"income": 5.0, "observed": 0.651, "predicted": 0.64},
        {"income": 40.0, "observed": 0.5, "predicted": 0.52},
    ]
    observed, predicted = gradient("a survey", cells).series
    assert observed == ("observed", (5.0, 40.0), pytest.approx((65.1, 50.0)), "points")
    assert predicted == ("predicted", (5.0, 40.0), pytest.approx((64.0, 52.0)), "line")


def test_reservation_wages_over_the_spell_are_shown_over_the_first():
    path = np.log(80.0) + np.log(0.97) * np.array(ASKED_AFTER) / 12.0  # 3 % a year
    told = {"slope": -0.001, "observations": 100, "repeated": 10, "asked": path.tolist(), "elasticity": 0.1}
    parts = t09(Form(True, range(1, 3), 1000, lambda function, worlds, seeds: [told for _ in seeds]))
    fall = next(one for one in parts if one.name == "fall after a year of search")
    assert fall.values == pytest.approx([3.0, 3.0])
    ((_, months, wages, kind),) = fall.picture.series
    assert months == ASKED_AFTER and kind == "line"
    assert wages == pytest.approx([100.0 * 0.97 ** (one / 12.0) for one in ASKED_AFTER])
    assert fall.picture.y == "% of what was asked at first"


def test_a_figure_draws_the_numbers_it_is_given(monkeypatch):
    from analysis import evidence, figures

    made = []
    monkeypatch.setattr(figures, "svg", lambda figure, *words: made.append((figure, words)) or "")
    lines = (("points of it", (1.0, 2.0), (3.0, 5.0), "points"), ("line of it", (0.0, 4.0), (1.0, 9.0), "line"))
    evidence.drawn(Picture("Title", "below", "beside", lines, "What to see."), "T99-1")
    ((figure, words),) = made
    (axes,) = figure.axes
    assert (axes.get_xlabel(), axes.get_ylabel(), words[1:]) == ("below", "beside", ("Title", "What to see."))
    for (label, x, y, kind), line in zip(lines, axes.get_lines(), strict=True):
        assert (line.get_label(), tuple(line.get_xdata()), tuple(line.get_ydata())) == (label, x, y)
        assert (line.get_linestyle() == "None") == (kind == "points")
