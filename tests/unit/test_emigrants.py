"""Those away at the start: odds and lengths of stays that follow from the hazard, and who is chosen."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from sim.codes import Status
from sim.emigrants import contacts_by_year, return_hazard, years_so_far, years_survived
from sim.example import ABROAD, CITY, example_inputs

AWAY = int(Status.AWAY)


def test_hand_worked_hazard_of_return():
    """Worth 2, attachment 5 of which .4 pulls and half of the contacts live: 2 - 1 = 1, P(stay) .731059.

    Considered one month in twelve: .0224118; with one in a hundred sent home 1 - .9775882 * .99 = .0321877.
    """
    assert return_hazard(2.0, 5.0, 0.4, 0.5, 1.0, 1.0 / 12.0, 0.0) == pytest.approx(0.0224118, abs=5e-8)
    assert return_hazard(2.0, 5.0, 0.4, 0.5, 1.0, 1.0 / 12.0, 0.01) == pytest.approx(0.0321877, abs=5e-8)
    assert return_hazard(2.0, 5.0, 0.4, 1.0, 1.0, 1.0 / 12.0, 0.0) > return_hazard(
        2.0, 5.0, 0.4, 1.0, 0.5, 1.0 / 12.0, 0.0
    )


def test_stays_of_a_steady_state_by_a_hazard_that_does_not_change():
    """Half leave each year: 1 + 1/2 + 1/4 = 1.75 expected years of three; three of seven are in year two or three."""
    monthly = 1.0 - 0.5 ** (1.0 / 12.0)
    consider = 2.0 * monthly  # worth nothing either way: one chance in two
    rules = (0.0, 0.4, contacts_by_year(60.0), 1.0, consider, 0.0, 3)
    years = years_survived(0.0, *rules)
    assert years == pytest.approx(1.75, rel=1e-6)
    assert years_so_far(0.0, *rules, 4.0 / 7.0) == pytest.approx(1.0, abs=1e-6)
    assert years_so_far(0.0, *rules, 2.0 / 7.0) == pytest.approx(0.5, abs=1e-6)
    assert years_so_far(0.0, *rules, 1.0) == pytest.approx(3.0, abs=1e-6)
    longer = years_survived(3.0, *rules)
    assert years < longer < 3.0


def test_contacts_fade_from_year_to_year():
    """With a memory of 60 months, 59/60 to the power of 6 is .9041 half-way through year one."""
    contacts = contacts_by_year(60.0)
    assert contacts[0] == pytest.approx(0.90407, abs=5e-5)
    assert contacts[1] / contacts[0] == pytest.approx((59.0 / 60.0) ** 12)
    assert (np.diff(contacts) < 0.0).all()


def test_control_ends_stays_for_five_years_until_there_are_papers():
    """Half are sent home each year and nobody else goes: 1 + 1/2 + ... + 1/16, then 1/32 in each later year."""
    control = 1.0 - 0.5 ** (1.0 / 12.0)
    rules = (0.0, 0.4, contacts_by_year(60.0), 1.0, 0.0, control)
    assert years_survived(0.0, *rules, 5) == pytest.approx(1.9375)
    assert years_survived(0.0, *rules, 8) == pytest.approx(1.9375 + 3.0 / 32.0)


def abroad_of(model):
    """Rows of people abroad, and all who might be."""
    persons, stays = model.population.persons, model.population.migrants
    there = model.population.destinations.abroad[stays.destination] == 1
    age = (-model.setup.burn_in - persons.birth_month) // 12
    pool = (age >= 18) & (age < 65)
    return stays, stays.person[there], np.flatnonzero(pool)


def test_the_stock_is_filled_with_those_who_are_least_attached(small_model):
    inputs = dataclasses.replace(example_inputs(), destinations=(CITY, dataclasses.replace(ABROAD, emigrants=0.2)))
    model = small_model(burnt=False, population=1500, inputs=inputs)
    persons = model.population.persons
    stays, abroad, pool = abroad_of(model)
    adults = int(((-model.setup.burn_in - persons.birth_month) // 12 >= 15).sum())
    assert len(abroad) == pytest.approx(0.2 * adults, abs=2)
    assert persons.attachment[abroad].mean() < persons.attachment[pool].mean() - 0.5
    assert (persons.status[abroad] == AWAY).all()
    age = (-model.setup.burn_in - persons.birth_month[stays.person]) // 12
    assert (stays.start_month < -model.setup.burn_in).all()
    assert (-stays.start_month - model.setup.burn_in <= 12 * (age - 16)).all()


def test_where_staying_is_worth_less_stays_are_shorter(small_model):
    """The same people and luck: who gains more by being there left longer ago."""
    lengths = []
    for wage in (300.0, 3000.0):
        rich = dataclasses.replace(ABROAD, emigrants=0.2, wage_basic=wage, wage_skilled=wage, living_cost=100.0)
        inputs = dataclasses.replace(example_inputs(), destinations=(CITY, rich))
        model = small_model(burnt=False, population=1500, inputs=inputs)
        stays, _, _ = abroad_of(model)
        there = model.population.destinations.abroad[stays.destination] == 1
        lengths.append(-np.asarray(stays.start_month[there], float).mean())
    assert lengths[1] > 1.3 * lengths[0]


def test_work_there_is_found_as_often_as_the_destination_and_papers_have_it(small_model):
    """.05 found and .05 lost a month: one in two is in work with papers; with .7 of the jobs open, .035 in .085."""
    place = dataclasses.replace(
        ABROAD, emigrants=0.4, finding=0.05, separation=0.05, regular_share=0.5, irregular_fee=300.0
    )  # fmt: skip
    model = small_model(
        burnt=False, population=6000, inputs=dataclasses.replace(example_inputs(), destinations=(CITY, place))
    )
    stays = model.population.migrants
    abroad = stays.destination == 1
    for regular, share in ((1, 1 / 2), (0, 0.035 / 0.085)):
        mine = abroad & (stays.regular == regular)
        assert mine.sum() > 100
        assert stays.employed[mine].mean() == pytest.approx(share, abs=2.5 * (share * (1 - share) / mine.sum()) ** 0.5)
