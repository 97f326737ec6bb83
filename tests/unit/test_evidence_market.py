"""Worlds of the market tests: what moves demand, what is seen, and what stays as it is."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.evidence_market import Watch, t11, t12, t13, uk, with_demand
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
    points = [[-0.1, 0.0, 0.1], [0.1, 0.0, -0.1]]
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


def test_a_flat_wage_curve_and_an_upright_beveridge_curve_fail():
    def flat(function, worlds, seeds, **options):
        return [{**one, "coefficient": 0.02, "correlation": 0.3} for one in canned(function, worlds, seeds)]

    for test in (t11, t12):
        assert worst([part.verdict for part in test(Form(True, range(1, 6), 10_000, flat))]) == "fail"
