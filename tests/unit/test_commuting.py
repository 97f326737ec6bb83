"""Work in another locality: the way is counted where a job is valued; pay, taxes and people go where they belong."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from batteries import before, by_identity, changed, clone, differences, run, shadowed, shuffle, snapshot
from unit.labour_market import by_id, shuffled, town

from analysis.lives import Who, story
from scenarios.configuration import ConfigurationError, compose
from sim.agents import Person
from sim.codes import Event, Status
from sim.commuting import APART, market_reached, spread_search, way_between, way_of, worth_of_way
from sim.example import example_inputs
from sim.mechanism import Month
from sim.mechanisms.care import Care
from sim.mechanisms.matching import Matching
from sim.mechanisms.participation import Participation, explain
from sim.mechanisms.separations import Separations
from sim.model import toy
from sim.recorder import Happening
from sim.schedule import Schedule
from sim.search import NEVER

LINE = Participation(search_cost=0.025, opening=1.0)  # k_s 2 and k_w 4 at a median pay of 80
EXAMPLE = {
    "households": {
        "liquid_assets": 10_800, "others_earnings": 60.0, "other_income": 10.0, "receipts": 50.0,
        "persistent_receipt": 30.0, "receipt_variance": 144.0, "locality": 0,
    },
    "persons": {"receives": 1},
}  # fmt: skip
HERS = {"taste": 0.5, "care_hours": 120.0, "nonlabour_income": 81.0, "birth_month": -360}


def two_places(minutes=0.0, seed=1, **settings):
    """A region of two localities, demand for what it sells low in the first and high in the second."""
    inputs = dataclasses.replace(example_inputs(), localities=2.0, commuting=minutes)
    return toy(inputs=inputs, seed=seed, **{"population": 2500, "months": 24, **settings})


def after(minutes, seed=1, months=36, **settings):
    """Means of the last year of such a region: share of commuters, unemployment and pay of each place."""
    model = two_places(minutes, seed, months=months, **settings)
    model.burn_in()
    seen = []
    for month in range(months):
        model.population.localities.export_demand[:] = (0.8, 1.2)
        model.step()
        if month >= months - 12:
            tables = model.population
            seen.append([
                model.recorder.series("commuters")[-1], *tables.localities.unemployment, *tables.markets.mean_wage[::2],
            ])  # fmt: skip
    return np.mean(seen, axis=0)


@pytest.fixture(scope="module")
def region():
    """Two places half an hour apart, two years after the burn-in began: people go from one to the other."""
    model = two_places(30.0)
    model.population.localities.export_demand[:] = (0.8, 1.2)
    for _ in range(30):
        model.population.localities.export_demand[:] = (0.8, 1.2)
        model.step()
    return model


# ---- the way


def test_hand_worked_way():
    """Twenty days of half an hour there and back: 20 hours, at a quarter hour's pay each 5 of 180 hours' pay."""
    way = way_between(30.0, 20.0, 0.25, 40)
    assert way.hours == 20.0
    assert way.fare == pytest.approx(5.0 / 180.0)
    assert way.steps == 16  # 480 hours less 60 of rest and 90 of part-time work are 16.5 ways
    assert way_between(30.0, 20.0, 0.25, 3).steps == 2
    assert way_between(0.0, 20.0, 0.25, 3) == way_between(30.0, 20.0, 0.25, 1) == APART


def test_hand_worked_value_of_a_job_elsewhere():
    """Y 81, c0 19, T 360, psi .5: b is 100 * (2^.5 - 1) at home, 100 * ((360/140)^.5 - 1) with 40 hours on the way."""
    worth = worth_of_way(81.0, 19.0, 360.0, 0.5, 180.0, 40.0, 1.0, 76.0)
    assert worth == pytest.approx(60.3567 - 41.4214, abs=1e-4)
    assert worth_of_way(81.0, 19.0, 360.0, 0.5, 180.0, 0.0, 1.0, 76.0) == 0.0


def test_no_way_where_no_hours_are_left():
    """360 hours less 180 of work and 60 of rest leave 120 for the way."""
    assert worth_of_way(81.0, 19.0, 360.0, 0.5, 180.0, 120.0, 1.0, 76.0) < NEVER
    assert worth_of_way(81.0, 19.0, 360.0, 0.5, 180.0, 121.0, 1.0, 76.0) == NEVER


@pytest.mark.parametrize(("drawn", "market"), [(0.0, 0), (0.09, 0), (0.11, 2), (0.39, 2), (0.41, 4), (0.999, 4)])
def test_vacancies_are_drawn_over_all_places_in_range(drawn, market):
    """One, three and six vacancies of basic jobs in three places, four of skilled ones in the first."""
    begins = np.cumsum([0, 1, 4, 3, 0, 6, 0])
    assert market_reached(drawn, 1, 1, 0, begins) == market
    assert market_reached(drawn, 1, 0, 0, begins) == 2


def test_a_searcher_counts_in_each_place_by_its_vacancies():
    """A third of 12 at home and two thirds next door, where one in three and two in three of the vacancies are."""
    begins, searchers = np.cumsum([0, 1, 4, 2, 0, 7, 0]), np.zeros(6, np.int64)
    spread_search(12, 0, 1, 0, begins, searchers)
    assert searchers.tolist() == [4, 0, 8, 0, 0, 0]
    spread_search(5, 0, 0, 0, begins, searchers)
    spread_search(3, 2, 1, 1, np.zeros(7, np.int64), searchers)  # nothing is open: looks at home
    assert searchers.tolist() == [9, 0, 8, 0, 0, 3]


# ---- the decision to look, to take and to leave


def searching(minutes, **markets):
    made = town(places=2, commuting=minutes, markets=markets, **EXAMPLE)
    made.run(LINE)
    return made


def test_what_search_is_worth_holds_the_offers_elsewhere_net_of_the_way():
    """Nothing is open at home, and next door the offers of the example: r solves the example with the way's b and fare.

    Ways of 10 minutes take 7 hours a month and 7 / 4 / 180 of the median pay of 80 as fare.
    """
    made = searching(10.0, arrival=np.repeat([0.0, 0.25], 2), usual_vacancies=np.repeat([0.0, 10.0], 2))
    flow = 100.0 * ((360.0 / (360.0 - 187.0)) ** 0.5 - 1.0) + 4.0 + 80.0 * 7.0 * 0.25 / 180.0
    gain = 0.995 * 0.25 / (1.0 - 0.995 * 0.98)
    r = float(made.persons.reservation_flow[0])
    part = 100.0 * ((360.0 / (360.0 - 97.0)) ** 0.5 - 1.0) + 4.0 + 80.0 * 7.0 * 0.25 / 180.0
    assert float(made.markets.part_share[2]) == 0.0 and part < flow
    assert r == pytest.approx(-2.0 + gain * np.mean([max(w - flow - r, 0.0) for w in (40, 50, 60, 70)]), abs=1e-4)
    assert made.persons.search_range[0] == 1
    assert made.persons.not_working[0] == pytest.approx(45.4214, abs=5e-5)  # b stays that of work at home
    assert made.persons.reservation_wage[0] < 62.4007  # less to expect than at home in the example, ...
    apart = searching(0.0, arrival=np.repeat([0.0, 0.25], 2), usual_vacancies=np.repeat([0.0, 10.0], 2))
    assert made.persons.reservation_wage[0] > apart.persons.reservation_wage[0]  # ... and more than without


def test_nobody_looks_elsewhere_when_it_is_no_better_there():
    """The same market next door, less the way: r is that of the example, bit for bit."""
    near = searching(10.0, usual_vacancies=10.0)
    assert near.persons.search_range[0] == 0
    assert near.persons.reservation_flow[0] == searching(0.0).persons.reservation_flow[0]


def test_who_has_no_hours_left_for_the_way_does_not_look_elsewhere():
    better = {"arrival": np.repeat([0.01, 0.3], 2), "usual_vacancies": 10.0}
    assert searching(30.0, **better).persons.search_range[0] == 1
    assert searching(172.0, **better).persons.search_range[0] == 0  # 120.4 hours of 120


def seekers(minutes, care_hours=120.0, posted=(50.0, 90.0), open_jobs=(50, 50), people=200, **rules):
    """People of the first of two places who look in both."""
    firms = {
        "full_time": 1, "posted_wage": posted, "applicants_wage": 35.0, "marginal_product": 200.0,
        "vacancies": open_jobs, "locality": [0, 1],
    }  # fmt: skip
    persons = {
        **HERS, "status": int(Status.UNEMPLOYED), "not_working": 45.4214, "not_working_part": 20.0,
        "reservation_flow": 5.0, "search_range": 1, "care_hours": care_hours,
    }  # fmt: skip
    made = town(people, 2, places=2, commuting=minutes, households={"locality": 0}, firms=firms, persons=persons)
    made.schedule.matching = Matching(**rules)
    return made, made.schedule.matching


def test_reach_is_not_multiplied_by_places_in_range():
    """Half a vacancy each out of plenty: 1 - exp(-1/2) of the seekers find one, a quarter of them at home."""
    rules = {"reach": 0.5, "recruiters": 0.0, "ties": 0.0, "fare": 0.0}
    made, line = seekers(0.1, posted=(90.0, 90.0), open_jobs=(1000, 3000), people=2000, **rules)
    made.run(line)
    hires = made.markets.hires[::2]
    assert hires.sum() / 2000 == pytest.approx(1.0 - math.exp(-0.5), abs=0.03)
    assert hires[1] / hires.sum() == pytest.approx(0.75, abs=0.05)


def test_one_more_vacancy_next_door_moves_few_picks():
    made, line = seekers(10.0, open_jobs=(400, 400), posted=(90.0, 90.0), people=300)
    other, _ = seekers(10.0, open_jobs=(400, 401), posted=(90.0, 90.0), people=300)
    made.run(line)
    other.run(line)
    assert (made.persons.employer != other.persons.employer).mean() < 0.03


def test_pay_elsewhere_must_make_up_for_fare_and_hours():
    """b 45.42 and r 5 ask for 50.42 at home; 40 hours on the way are worth 18.94, and the fare is 4.44: 73.80."""
    for pay, taken in ((73.0, False), (75.0, True)):
        made, line = seekers(60.0, posted=(40.0, pay), working_days=20.0)
        made.run(line)
        assert (made.markets.hires[2] > 0) == taken, pay
        assert made.markets.hires[0] == 0
    made, line = seekers(60.0, posted=(40.0, 75.0), working_days=20.0)
    asked = made.run(line).firms.applicants_wage[:, 0]
    assert asked[0] == pytest.approx(50.4214, abs=1e-3)
    assert asked[1] == pytest.approx(50.4214 + 18.9353 + 80.0 * 40.0 * 0.25 / 180.0, abs=1e-3)


def test_the_time_budget_rules_a_job_out_whatever_it_pays():
    """Two hours each way are 84 a month: with 120 hours of care they can be gone, with 160 not."""
    for care, gone in ((120.0, True), (160.0, False)):
        made, line = seekers(120.0, care_hours=care, posted=(40.0, 500.0))
        made.firms.marginal_product[:] = 1000.0
        made.run(line)
        assert (made.markets.hires[2] > 0) == gone
        assert (made.persons.status == Status.EMPLOYED).any() == gone


def test_the_switch_keeps_the_places_apart():
    made, line = seekers(30.0, posted=(40.0, 200.0), commuting=0)
    made.run(line)
    assert made.markets.hires.sum() == 0


@pytest.mark.parametrize("plain", [False, True])
def test_hiring_across_places_is_the_same_in_plain_python_and_in_any_order_of_rows(plain):
    first, line = seekers(20.0, people=60)
    second, _ = seekers(20.0, people=60)
    first.run(line)
    shuffled(second).run(line, plain=plain)
    for name in ("status", "wage", "hours"):
        np.testing.assert_array_equal(by_id(first.persons, name), by_id(second.persons, name))
    for name in ("hires", "contacts", "arrival", "found"):
        np.testing.assert_array_equal(first.markets.values(name), second.markets.values(name))


def test_unemployment_and_hires_are_counted_where_they_belong():
    """Those hired next door: vacancies filled there, unemployed who found work here."""
    made, line = seekers(5.0, posted=(40.0, 90.0), open_jobs=(50, 50), people=100)
    made.run(line)
    assert (made.markets.hires[2], made.markets.found[0], made.markets.found[2]) == (50, 50, 0)
    assert made.localities.searchers.tolist() == [50, 0]
    assert made.firms.jobs[:, 0].tolist() == [0, 50]


def test_a_commuter_quits_when_the_way_is_no_longer_worth_it():
    """Net pay 60 is worth her time at home and with 10 minutes (5.1) on the way, not with an hour (24.5)."""
    for minutes, place, quit in ((60.0, 0, False), (10.0, 1, False), (60.0, 1, True)):
        firms = {"posted_wage": 60.0, "jobs": 1, "desired_jobs": 5, "locality": place}
        her = {**HERS, "status": int(Status.EMPLOYED), "employer": 0, "wage": 60.0, "hours": 180.0,
               "not_working": 45.4214, "not_working_part": 20.0}  # fmt: skip
        made = town(1, 1, places=2, commuting=minutes, firms=firms, persons=her, households={"locality": 0})
        made.run(Separations(ended=0.005))
        assert (made.persons.status[0] != Status.EMPLOYED) == quit, (minutes, place)


def test_a_commuter_moves_to_a_job_at_home_for_less_than_the_way_is_worth():
    """An hour each way of 21 days (42 hours) is worth 20.1 and costs 4.7: 60 next door is 35.2 at home."""
    for minutes, moves in ((60.0, True), (1.0, False)):
        firms = {"full_time": 1, "posted_wage": [50.0, 60.0], "marginal_product": 200.0, "applicants_wage": 35.0,
                 "vacancies": [5, 0], "jobs": [0, 1], "locality": [0, 1]}  # fmt: skip
        her = {**HERS, "status": int(Status.EMPLOYED), "employer": 1, "wage": 60.0, "hours": 180.0,
               "not_working": 20.0, "not_working_part": 10.0}  # fmt: skip
        made = town(1, 2, places=2, commuting=minutes, firms=firms, persons=her, households={"locality": 0})
        made.run(Matching(on_the_job=1.0, reach=10.0))
        assert (made.persons.employer[0] == 0) == moves, minutes
        assert made.firms.jobs[:, 0].tolist() == ([1, 0] if moves else [0, 1])


# ---- whole runs


def test_switched_off_or_with_no_way_nothing_changes_bit_for_bit():
    apart = run(two_places(0.0, population=900).world, 30)
    off = two_places(30.0, population=900, parameters=Schedule(matching=Matching(commuting=0)))
    for world in (run(off.world, 30), run(two_places(500.0, population=900).world, 30)):
        assert not differences(snapshot(apart), {**snapshot(world), **_kept(apart)})


def _kept(world):
    """What is only remembered where people can work elsewhere."""
    return {"markets.usual_vacancies": world.population.markets.values("usual_vacancies").copy()}


def test_one_place_alone_knows_no_way():
    alone = [toy(inputs=dataclasses.replace(example_inputs(), commuting=m), population=400).world for m in (0.0, 30.0)]
    first, second = (snapshot(run(world, 14)) for world in alone)
    assert not differences(first, second)


def test_a_slack_and_a_tight_place_come_nearer_and_fewer_go_the_further_it_is():
    """Demand low in one place, high in the other: gaps of unemployment and pay over paired seeds, by the way."""
    seeds = {0.0: range(1, 7), 20.0: range(1, 7), 90.0: (1, 2, 3), 500.0: (1,)}
    found = {minutes: np.array([after(minutes, seed) for seed in seeds[minutes]]) for minutes in seeds}
    share = {minutes: one[:, 0].mean() for minutes, one in found.items()}
    assert share[0.0] == share[500.0] == 0.0
    assert share[20.0] > share[90.0] > 0.5
    gap = {minutes: (one[:, 1] - one[:, 2]).mean() for minutes, one in found.items()}
    assert gap[0.0] > 0.005
    assert gap[20.0] < 0.8 * gap[0.0]
    pay = {minutes: (one[:, 4] / one[:, 3] - 1.0).mean() for minutes, one in found.items()}
    assert pay[0.0] > 0.06
    assert pay[20.0] < 0.6 * pay[0.0]


def commute(tables):
    """Rows of people who work elsewhere."""
    persons = tables.persons
    rows = np.flatnonzero(persons.employer >= 0)
    home = tables.households.locality[persons.household[rows]]
    return rows[tables.firms.locality[persons.employer[rows]] != home]


def test_commuters_are_those_whose_firm_stands_elsewhere(region):
    model = region
    working = [p for p in model.agents_by_type[Person] if p.status in (Status.EMPLOYED, Status.OWN_ACCOUNT)]
    away = [p for p in working if p.status is Status.EMPLOYED and p.employer.locality is not p.locality]
    assert len(away) > 10
    assert model.recorder.series("commuters")[-1] == pytest.approx(100 * len(away) / len(working), abs=1e-3)
    held = np.bincount(model.population.firms.locality, model.population.firms.jobs.sum(axis=1), minlength=2)
    open_jobs = model.recorder.tally().vacancies[-2:] - model.recorder.tally().hires[-2:]
    rows = model.recorder.rows()
    last = (rows["month"] == rows["month"].max()) & (rows["indicator"] == "vacancy_rate")
    told = [rows["value"][last & (rows["group"] == f"locality={k}")][0] for k in range(2)]
    assert told == pytest.approx(100 * open_jobs / (open_jobs + held), rel=1e-4)


def test_pay_is_spent_taxed_and_travelled_for_from_home(region):
    """The books close; commuters' households pay the fares and their tax, to the place they live in."""
    world = before(region.world, "government")
    tables = world.population
    homes = tables.persons.household
    earned = np.bincount(homes, np.maximum(tables.persons.earnings, 0), minlength=tables.households.count)
    rows_of_commuters = commute(tables)
    travelled = np.bincount(homes[rows_of_commuters], minlength=tables.households.count)
    fare = way_of(Month(world, world.schedule.production)).fare * tables.localities.median_pay
    due = np.minimum(np.round(100 * fare)[tables.households.locality] * travelled, 100 * earned)
    assert world.ledger.paid("fares") == pytest.approx(due.sum(), abs=len(rows_of_commuters)) and due.sum() > 0
    assert 100 * (earned - tables.households.labour_income) == pytest.approx(due, abs=1.0)
    world = clone(region.world)
    with shadowed(world) as books:
        world.run(world.schedule)
    books.check()  # every party by itself, to the cent
    world = before(region.world, "spending")
    tables = world.population
    flow = next(flow for flow, _ in world.ledger.flows if flow.name == "income tax")
    persons = tables.persons
    formal = (persons.status == Status.EMPLOYED) & (persons.formal == 1)
    rate = float(tables.localities.tax_rate[0])
    due = np.round(100 * persons.earnings[formal].astype(float) * rate / (1 - rate))
    by_home = np.bincount(tables.households.locality[persons.household[formal]], due, minlength=2)
    paid = world.ledger.month[(flow, "")][:2]
    assert paid == pytest.approx(by_home, rel=1e-3)
    by_work = np.bincount(tables.firms.locality[persons.employer[formal]], due, minlength=2)
    assert abs(paid - by_home).max() < 0.1 * abs(by_work - by_home).max()
    world = clone(region.world)
    world.population.localities.tax_rate[:] = (0.05, 0.2)
    world = before(world, "government")
    rows, twin = commute(world.population), world.population.persons
    formal = rows[twin.formal[rows] == 1]
    kept = twin.earnings[formal] / twin.wage[formal]
    rates = world.population.localities.tax_rate[world.population.households.locality[twin.household[formal]]]
    assert len(formal) and kept.max() <= (1.0 - rates).max() + 1e-4
    np.testing.assert_allclose(kept[kept > 0.75], (1.0 - rates)[kept > 0.75], atol=1e-3)


def test_care_leaves_commuters_their_way(region):
    """Nobody gives more care than the time that work, the way to it and rest leave."""
    world = clone(region.world)
    tables = world.population
    rows = commute(tables)
    line = Care(home=250.0, housework=60.0, small_child=200.0)  # more than anybody can do
    line(Month(world, line))
    persons = tables.persons
    used = persons.hours[rows] + 21.0 + persons.care_hours[rows]
    assert used.max() == pytest.approx(480.0 - 60.0, abs=1e-3)


def test_rows_in_any_order_give_the_same_people_the_same_lives(region):
    straight, mixed = (two_places(30.0, population=900).world for _ in range(2))
    for world in (straight, mixed):
        run(world, 14)
    shuffle(mixed, np.random.default_rng(3))
    for world in (straight, mixed):
        for _ in range(6):
            world.population.localities.export_demand[:] = (0.7, 1.3)
            run(world)
    assert len(commute(straight.population)) > 0
    assert not differences(by_identity(straight), by_identity(mixed))


def test_switched_off_in_the_middle_nobody_new_goes_elsewhere(region):
    world = clone(region.world)
    those = set(world.population.persons.id[commute(world.population)].tolist())
    world.schedule = changed(world.schedule, "matching", commuting=0)
    run(world, 3)
    assert set(world.population.persons.id[commute(world.population)].tolist()) <= those


# ---- said and asked


def test_it_is_told_that_somebody_travels_and_how_long(region):
    tables = region.population
    month = Month(region.world, region.schedule.participation)
    told = explain(month, int(commute(tables)[0]))
    assert told["way to work, minutes"] == 30.0
    assert "Travels 30 minutes to work in another locality" in told["in words"]
    at_home = np.setdiff1d(np.flatnonzero(tables.persons.employer >= 0), commute(tables))
    assert "Travels" not in explain(month, int(at_home[0]))["in words"]
    hired = Happening(5, 1, 1, Event.HIRED, 0, 70.0, cause=30.0)
    who = Who("Awa", True)
    assert story(hired, who) == "Awa found a job that pays 70 a month, in another locality, 30 minutes away."
    assert story(hired._replace(cause=0.0), who) == "Awa found a job that pays 70 a month."


def test_what_is_explained_is_what_is_decided(region):
    """The range and the value of search told of a person are those the month gave to everybody who looked anew."""
    world = clone(region.world)
    world.population.persons.shaken[:] = 1
    line = world.schedule.participation
    twin = clone(world)
    line(Month(world, line))
    persons = world.population.persons
    rows = np.flatnonzero((persons.search_range > 0) & np.isin(persons.status, (Status.UNEMPLOYED, Status.EMPLOYED)))[
        :9
    ]
    assert len(rows)
    for i in rows:
        told = explain(Month(twin, line), int(i))
        assert told["looks for work as far away as, minutes"] == 30.0 * persons.search_range[i]
        place = twin.population.households.locality[persons.household[i]]
        price = twin.population.localities.price_index[place]
        assert told["value of searching"] * price == pytest.approx(float(persons.reservation_flow[i]), rel=1e-5)


def test_the_way_is_an_input_of_the_place_and_checked():
    chosen = compose(["territory=teaching_toy_village", "territory.localities=3", "territory.commuting=45"])
    assert chosen.inputs.commuting == 45.0
    assert compose(["territory=teaching_toy_village"]).inputs.commuting == 0.0
    for value in ("-5", "700", "far"):
        with pytest.raises(ConfigurationError, match=r"territory\.commuting"):
            compose([f"territory.commuting={value}"])
