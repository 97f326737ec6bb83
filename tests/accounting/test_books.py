"""The books: flow by flow, party by party, month by month; people and jobs; and the whole over 600 months."""

import numpy as np
import pytest
from batteries import (
    before,
    by_identity,
    clone,
    differences,
    run,
    shadowed,
    shuffle,
    told,
)

from sim.codes import Event, Status
from sim.ledger import BooksError
from sim.population import Authorities, Destinations, Firms, Households, Lenders, Localities, Migrants
from sim.schedule import Schedule


def month_checked(world) -> None:
    """One month with a second set of books, kept from the payments alone."""
    with shadowed(world) as books:
        world.run(world.schedule)
    books.check()


def test_every_flow_and_every_party_in_every_month(world):
    """Each party by itself, to the cent; nothing is added up before it is compared."""
    for _ in range(24):
        month_checked(world)


def test_each_line_declares_each_of_its_flows_once_and_says_what_it_is():
    for line in Schedule().lines():
        keys = [(flow.name, flow.payer, flow.payee) for flow in line.pays]
        assert len(set(keys)) == len(keys), f"{line.name()} declares a flow twice"
        assert all(len(flow.meaning) > 3 for flow in line.pays)


def test_every_declared_flow_is_paid_sometime(small_world):
    """In a few years of a town of some thousands; flows that only instruments move are left out."""
    world = small_world(population=3000)
    seen = set()
    for _ in range(60):
        world.run(world.schedule)
        seen |= {flow.name for flow, _ in world.ledger.month}
    declared = {flow.name for line in world.schedule.lines() for flow in line.pays}
    only_if_asked = {"donor money", "instruments", "fund", "cash grants", "payouts", "premiums", "withheld"}
    only_if_asked |= {"brought along", "fares"}  # by people whom a shock brings; where people can work elsewhere
    only_if_asked |= {"inheritance abroad"}  # of a migrant who dies: rarely seen in so small a town
    assert declared - seen <= only_if_asked


def test_only_those_who_may_owe_ever_do(world):
    may = {Firms.cash, Authorities.cash, Localities.outside, Destinations.outside}
    for _ in range(24):
        world.run(world.schedule)
        for account in world.ledger.accounts:
            if account not in may:
                values = world.population[account.table].values(account.name)
                assert not len(values) or values.min() >= 0, str(account)


def test_money_of_the_whole_world_is_the_same_every_month(world):
    def total():
        return sum(int(world.population[a.table].values(a.name).sum()) for a in world.ledger.accounts)

    start = total()
    for _ in range(24):
        world.run(world.schedule)
        assert total() == start


def test_loans_of_the_lender_are_the_debts_of_its_clients(world):
    for _ in range(24):
        world.run(world.schedule)
        population = world.population
        places = population.localities.count
        owed = np.zeros(places, np.int64)
        np.add.at(owed, population.households.locality, population.households.debt)
        np.add.at(owed, population.firms.locality, population.firms.debt)
        lent = np.zeros(places, np.int64)
        lenders = population["Lenders"]
        np.add.at(lent, lenders.values("locality"), lenders.values("loans"))
        assert lent.tolist() == owed.tolist(), f"month {world.month}"
    assert Lenders.loans.unit == "cent" == Households.debt.unit == Migrants.debt.unit


def test_people_balance_head_by_head(world):
    """Everybody who is gone died, everybody new was born or arrived; counted from life events by id."""
    for _ in range(24):
        persons = world.population.persons
        before = set(persons.id[persons.status != Status.ABSENT].tolist())
        world.run(world.schedule)
        persons = world.population.persons
        after = set(persons.id[persons.status != Status.ABSENT].tolist())
        told = world.recorder.histories()
        now = told["month"] == world.month - 1 - world.burn_in

        def happened(event, now=now, told=told):
            return set(told["person"][now & (told["event"] == event)].tolist())

        assert before - after <= happened(Event.DIED)
        assert after - before <= happened(Event.BORN) | happened(Event.ARRIVED)
        counts = world.recorder.counts
        assert len(after) == len(before) + counts["births"] + counts["newcomers"] - counts["deaths"]


def test_jobs_balance_firm_by_firm(world):
    closed: set[int] = set()
    for _ in range(24):
        world.run(world.schedule)
        persons, firms = world.population.persons, world.population.firms
        employed = persons.status == Status.EMPLOYED
        assert (persons.employer[employed] >= 0).all() and (persons.employer[~employed] == -1).all()
        holders = np.bincount(2 * persons.employer[employed] + persons.level[employed], minlength=2 * firms.count)
        assert holders.tolist() == firms.jobs.ravel().tolist()
        held = set(firms.id[(firms.open == 0) & (firms.jobs > 0).any(axis=1)].tolist())
        assert not held & closed, "whoever worked in a closing firm has left it a month later"
        closed = set(firms.id[firms.open == 0].tolist())


def test_stays_balance_person_by_person(world):
    for _ in range(24):
        world.run(world.schedule)
        persons, migrants = world.population.persons, world.population.migrants
        away = np.flatnonzero(persons.status == Status.AWAY)
        current = np.flatnonzero(migrants.ended == 0)
        assert sorted(migrants.person[current].tolist()) == away.tolist()
        assert (migrants.person[persons.spell[away]] == away).all()
        assert (persons.spell[persons.status != Status.AWAY] == -1).all()
        assert (migrants.household[current] == persons.household[migrants.person[current]]).all()


def test_counts_of_members_are_counts_of_people(world):
    """What households say of themselves once this month's people are known is what people say."""
    for _ in range(6):
        at = before(world, "care")
        persons, households = at.population.persons, at.population.households
        here = persons.status < Status.AWAY
        grown = (at.month - at.burn_in - persons.birth_month) // 12 >= 15

        def count(those, persons=persons, households=households):
            return np.bincount(persons.household[those], minlength=households.count).tolist()

        assert count(here) == households.members.tolist()
        assert count(here & grown) == households.adults.tolist()
        assert count(here & ~grown) == households.children.tolist()
        assert count(persons.status == Status.AWAY) == households.away.tolist()
        world.run(world.schedule)


def test_a_month_that_does_not_close_fails_by_name(world):
    world.population.households.liquid_assets[0] += 1
    world.ledger.open()
    world.population.households.liquid_assets[0] += 1
    with pytest.raises(BooksError, match=r"households\.liquid_assets holds"):
        world.ledger.close(world.month)


def test_six_hundred_months_on_shuffled_rows_tell_the_same_history(small_world):
    """Births, deaths, newcomers, closing firms: a world shuffled and compacted every month, beside its twin
    whose rows stay where they are for years.
    """
    world = small_world(population=300)
    moving, luck = clone(world), np.random.default_rng(5)
    for month in range(1, 601):
        shuffle(moving, luck)
        run(moving)
        moving.compact()
        run(world)
        if month % 60 == 0:
            world.compact()
            assert differences(by_identity(world), by_identity(moving)) == [], f"month {month}"
    assert told(world) == told(moving)
