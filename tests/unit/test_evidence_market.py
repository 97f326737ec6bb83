"""Worlds of the market tests: what moves demand, what is seen, and what stays as it is."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.evidence_market import Watch, cycles, sizes_of_firms, t11, t12, t13, uk, with_demand
from experiments.verdicts import Form, worst
from scenarios.configuration import compose
from sim.codes import Status


def test_worlds_of_the_market_tests_are_valid_configurations():
    made = compose(uk(5000, 120, 20, "parameters.vacancies.wage_speed=0.8")["place"], "evidence")
    assert made.inputs.name == "uk_2012" and made.inputs.localities == 20
    assert made.setup(1).months == 120


def test_no_shock_is_the_run_as_it_is_and_a_boom_fills_jobs(small_model):
    plain, still, boom = (small_model(population=1500, months=12) for _ in range(3))
    for _ in range(12):
        plain.step()
    watch = with_demand(still, np.zeros((12, 1)))
    np.testing.assert_array_equal(plain.population.persons.status, still.population.persons.status)
    assert watch["unemployment"].shape == (12, 1)
    with_demand(boom, np.full((12, 1), 0.5))
    jobs = [int(model.population.firms.jobs.sum()) for model in (still, boom)]
    assert jobs[1] > jobs[0]


def test_what_is_watched_is_what_the_indicators_count(small_model):
    model = small_model(population=1500, months=6)
    watch = Watch(model.world)
    for month in range(1, 4):
        model.step()
        watch(model.world, month)
    told = model.recorder
    for name, indicator in (("unemployment", "unemployment"), ("vacancies", "vacancy_rate")):
        assert 100.0 * watch[name][-1, 0] == pytest.approx(told.series(indicator)[-1], rel=1e-9)
    found, seekers = watch["matches"][-1, 0], watch["seekers"][-1, 0]
    assert 100.0 * found / seekers == pytest.approx(told.series("job_finding")[-1])
    assert (model.population.persons.status == Status.EMPLOYED).any()


def canned(function, worlds, seeds, **options):
    """What a measurement would find, without running a world."""
    points = (
        [[5.0, 6.0, 7.0], [2.5, 1.5, 0.5]] if "sizes" in function.__name__ else [[-0.1, 0.0, 0.1], [0.1, 0.0, -0.1]]
    )
    weaker = 0.3 if options.get("separations") else 0.0
    return [
        {"coefficient": -0.07, "posted": -0.08, "of_demand": -0.1, "later": -0.05, "swing": 0.2,
         "unemployment": 0.06, "own": 0.1,
         "correlation": -0.8 + weaker, "of_seekers": 0.5, "of_vacancies": 0.5, "swing_vacancies": 0.4,
         "vacancies": 0.02, "finding": 0.25, "slope": 1.06, "firms": 2000, "mean": 15.0, "start": [9, 9],
         "points": points}
        for _ in seeds
    ]  # fmt: skip


@pytest.mark.parametrize("quick", [True, False])
@pytest.mark.parametrize("test", [t11, t12, t13])
def test_what_the_studies_found_passes(test, quick):
    parts = test(Form(quick, range(1, 6), 10_000, canned))
    assert worst([part.verdict for part in parts]) == "pass"
    assert any(part.picture for part in parts)
    assert all(part.means for part in parts)


def pictures(test, measure=canned):
    """Figures of a test by title: name, x and y of each series."""
    parts = test(Form(True, range(1, 6), 10_000, measure))
    return {one.picture.title: one.picture.series for one in parts if one.picture}


def test_the_wage_curve_is_shown_as_it_was_measured():
    of_places, coefficient = pictures(t11)["Pay and unemployment of places, year by year"]
    assert of_places[1:3] == ((-0.1, 0.0, 0.1), (0.1, 0.0, -0.1))
    assert coefficient[1:3] == ((-0.1, 0.1), pytest.approx((0.007, -0.007)))


def test_the_wage_curve_is_shown_against_the_speed_at_which_it_was_measured():
    def by_speed(function, worlds, seeds, **options):
        named = [one for one in worlds["place"] if one.startswith("parameters.vacancies.wage_speed=")]
        speed = float(named[0].partition("=")[2]) if named else 0.4
        return [{**one, "coefficient": -speed, "of_demand": -2.0 * speed} for one in canned(function, worlds, seeds)]

    shown = pictures(t11, by_speed)["The wage curve against the speed of posted wages"]
    assert shown[0][1:3] == ((0.1, 0.2, 0.4, 0.8), pytest.approx((-0.1, -0.2, -0.4, -0.8)))
    assert shown[1][1:3] == ((0.1, 0.2, 0.4, 0.8), pytest.approx((-0.2, -0.4, -0.8, -1.6)))


def test_the_beveridge_curve_is_shown_as_it_was_measured():
    (quarters,) = pictures(t12)["Beveridge curve"]
    assert quarters[1:] == ((-0.1, 0.0, 0.1), (0.1, 0.0, -0.1), "points")


def test_firm_sizes_are_shown_in_logs_of_size_and_rank():
    def some(function, worlds, seeds, **options):
        return [{**one, "points": [[500, 50, 5], [0.5, 9.5, 99.5]]} for one in canned(function, worlds, seeds)]

    (firms,) = pictures(t13, some)["Firm sizes"]
    assert np.exp(firms[1]) == pytest.approx([500, 50, 5]) and np.exp(firms[2]) == pytest.approx([0.5, 9.5, 99.5])


def test_points_of_the_measurements_are_those_of_their_worlds(small_model, monkeypatch):
    """What stands in a figure is taken from the series that give the statistic."""
    monkeypatch.setattr("experiments.evidence_market.started", lambda *_: small_model(population=1500, months=6))
    monkeypatch.setattr("experiments.evidence_market.YEARS_OF_CYCLES", 2)
    found = cycles({"place": None}, 1, 0.1)
    assert np.corrcoef(*found["points"])[0, 1] == pytest.approx(found["correlation"])
    assert np.std(found["points"][0]) == pytest.approx(found["swing"])
    monkeypatch.setattr("experiments.evidence_market.YEARS_OF_FIRMS", 1)
    firms = sizes_of_firms({"place": None}, 1)
    sizes, ranks = firms["points"]
    assert min(sizes) >= 5 and list(sizes) == sorted(sizes, reverse=True) and ranks[0] == 0.5


def test_a_flat_wage_curve_and_an_upright_beveridge_curve_fail():
    def flat(function, worlds, seeds, **options):
        return [{**one, "coefficient": 0.02, "correlation": 0.3} for one in canned(function, worlds, seeds)]

    for test in (t11, t12):
        assert worst([part.verdict for part in test(Form(True, range(1, 6), 10_000, flat))]) == "fail"
