"""Jobs that end: quits, layoffs, closed firms."""

from __future__ import annotations

import numpy as np
import pytest
from unit.labour_market import by_id, shuffled, town

from sim.codes import Event, Status
from sim.mechanisms.separations import (
    ENDED,
    Separations,
    ending,
    jobs_to_cut,
    layoff_turn,
    net_pay,
    quits,
    steadied,
)

WORKER = {"status": int(Status.EMPLOYED), "employer": 0, "hours": 180.0, "wage": 60.0, "not_working": 45.0}
CALM = Separations(ended=0.005, without_contract=1.0)


def team(size: int, firms: int = 1, firm: dict | None = None, **worker):
    """``size`` employees spread over ``firms`` firms that want them all."""
    each = {**WORKER, "employer": np.arange(size) % firms, **worker}
    wanted = np.bincount(np.arange(size) % firms, minlength=firms)
    return town(
        size,
        firms,
        firms={"jobs": wanted, "labour": wanted, "desired_jobs": wanted, **(firm or {})},
        persons=each,
    )


def test_net_pay_takes_the_tax_of_formal_jobs_only():
    assert net_pay(100.0, 0.2, 1) == 80.0
    assert net_pay(100.0, 0.2, 0) == 100.0


def test_quits_below_the_value_of_time_not_below_the_reservation_wage():
    """In the worked example b is 45.42 and w* 62.40: at 60 she would not have accepted, but stays."""
    assert not quits(60.0, 45.4214)
    assert quits(45.0, 45.4214)


def test_a_firm_closes_three_tenths_of_an_excess():
    assert jobs_to_cut(20, 10, 0.3, 0.5) == 3
    assert jobs_to_cut(11, 10, 0.3, 0.69) == 0
    assert jobs_to_cut(11, 10, 0.3, 0.71) == 1
    assert jobs_to_cut(10, 10, 0.3, 0.99) == 0
    assert jobs_to_cut(10, -1, 0.3, 0.99) == 0  # has not decided yet


def test_tenure_moves_people_back_in_the_queue():
    assert layoff_turn(0.5, 24.0, 24.0) == pytest.approx(2.0 * layoff_turn(0.5, 0.0, 24.0))


def test_rates_are_remembered_over_three_months_and_shrunk():
    """2 of 100 here, 1 % overall: (2 + 6.667) / (100 + 666.7) = 1.13 %."""
    assert steadied(0.02, 2.0, 100.0, 0.01) == pytest.approx(0.02 + (0.0113043 - 0.02) / 3.0, abs=1e-6)
    assert steadied(0.03, 0.0, 0.0, 0.0) == pytest.approx(0.02)


def test_who_is_paid_less_than_time_is_worth_quits():
    made = team(4, not_working=np.array([45.0, 61.0, 45.0, 61.0]), not_working_part=99.0, reservation_flow=-1.0)
    made.run(CALM)
    assert made.persons.status.tolist() == [4, 2, 4, 2]
    assert made.persons.employer.tolist() == [0, -1, 0, -1]
    assert made.persons.shaken[1] == 1 and made.persons.wage[1] == 0.0
    assert (made.firms.jobs[0, 0], made.firms.labour[0, 0]) == (2, 2.0)
    assert made.markets.separations[0] == 2
    assert [event for event, _, _ in made.history] == [Event.QUIT]


def test_tax_makes_a_formal_employee_quit():
    made = team(1, not_working=45.0, formal=1, reservation_flow=-1.0)
    made.localities.tax_rate[:] = 0.3
    assert made.run(CALM).persons.status[0] == Status.INACTIVE


def test_a_closed_firm_releases_everybody():
    made = team(10, firms=2, firm={"open": np.array([0, 1])}, reservation_flow=5.0).run(CALM)
    assert made.firms.jobs[0, 0] == 0 and made.firms.jobs[1, 0] >= 4
    assert (made.persons.status[::2] == Status.UNEMPLOYED).all()


def test_layoffs_hit_short_tenure_first_and_only_the_excess():
    made = team(1000, firm={"desired_jobs": 500}, tenure=np.repeat([0, 120], 500), reservation_flow=5.0).run(CALM)
    gone = made.persons.status == Status.UNEMPLOYED
    assert gone.sum() == pytest.approx(150, abs=15)
    assert gone[:500].sum() > 3 * gone[500:].sum()
    assert made.firms.jobs[0, 0] == 1000 - gone.sum()


def test_other_endings_come_at_their_rate():
    made = team(5000, reservation_flow=-1.0).run(Separations(ended=0.02, without_contract=1.0))
    assert made.firms.jobs[0, 0] == pytest.approx(4900, abs=30)
    event, _, reasons = made.history[0]
    assert event == Event.LAID_OFF and (reasons == ENDED).all()
    assert made.markets.employees[0] == 5000
    assert made.markets.separations[0] == 5000 - made.firms.jobs[0, 0]


def test_a_job_without_a_contract_ends_more_often():
    """By hand: 2 % of 5,000 with a contract, 100; 6 % of 5,000 without, 300."""
    assert (ending(0.02, 3.0, 1), ending(0.02, 3.0, 0)) == (0.02, pytest.approx(0.06))
    made = team(10_000, formal=np.repeat([1, 0], 5000), wage=90.0, reservation_flow=-1.0).run(
        Separations(ended=0.02, without_contract=3.0)
    )
    gone = made.persons.status == Status.INACTIVE
    assert gone[:5000].sum() == pytest.approx(100, abs=30)
    assert gone[5000:].sum() == pytest.approx(300, abs=50)


def test_part_time_counts_half_in_labour_and_by_its_own_value_of_time():
    made = team(2, hours=np.array([180.0, 90.0]), skill=2.0, not_working_part=70.0, reservation_flow=-1.0).run(CALM)
    assert made.persons.status.tolist() == [4, 2]
    assert made.firms.labour[0, 0] == 2.0


def mixed(people: int = 300):
    rng = np.random.default_rng(2)
    made = team(
        people, firms=7, firm={"desired_jobs": rng.integers(10, 60, 7), "open": [1, 1, 0, 1, 1, 1, 1]},
        wage=rng.uniform(20.0, 90.0, people), tenure=rng.integers(0, 100, people),
        skill=rng.uniform(0.4, 2.0, people), reservation_flow=rng.uniform(-5.0, 20.0, people),
    )  # fmt: skip
    made.persons.status[::11], made.persons.employer[::11] = int(Status.INACTIVE), -1
    return made


def test_rows_in_another_order_change_nobody():
    straight, other = mixed().run(Separations()), shuffled(mixed()).run(Separations())
    for name in ("status", "wage", "hours", "why_out"):
        np.testing.assert_array_equal(by_id(straight.persons, name), by_id(other.persons, name), err_msg=name)
    for name in ("jobs", "labour"):
        np.testing.assert_array_equal(by_id(straight.firms, name), by_id(other.firms, name), err_msg=name)
    np.testing.assert_array_equal(straight.markets.separation, other.markets.separation)


def test_compiled_loops_equal_plain_python():
    fast, plain = mixed().run(Separations()), mixed().run(Separations(), plain=True)
    for table in ("persons", "firms", "markets"):
        for name in getattr(fast, table):
            np.testing.assert_array_equal(
                getattr(fast, table).values(name), getattr(plain, table).values(name), err_msg=name
            )


def test_jobs_balance():
    made = mixed().run(Separations())
    employed = made.persons.status == Status.EMPLOYED
    held = np.bincount(2 * made.persons.employer[employed] + made.persons.level[employed], minlength=14).reshape(7, 2)
    np.testing.assert_array_equal(held, made.firms.jobs)
    assert (made.persons.employer[~employed] == -1).all()


def test_who_runs_a_firm_is_neither_laid_off_nor_at_the_end_of_a_term():
    made = team(6, firm={"founder": 2, "desired_jobs": 0}, tenure=np.array([90, 80, 1, 70, 60, 50]))
    for _ in range(30):
        made.run(Separations(ended=0.06, layoff_speed=1.0))
    assert made.persons.employer.tolist() == [-1, -1, 0, -1, -1, -1]
    assert made.firms.jobs[0, 0] == 1


@pytest.mark.parametrize(("profit", "stays"), [(0.0, False), (2.0, True)])
def test_who_runs_a_firm_lives_on_its_profit_too(profit, stays):
    """Pay of 60 is below b of 61; two of profit make up for it."""
    made = team(1, firm={"founder": 0, "profit": profit}, not_working=61.0, not_working_part=99.0)
    made.run(CALM)
    assert (made.persons.employer[0] == 0) == stays
