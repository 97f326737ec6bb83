"""Unemployment benefit: what it is worth to a searcher, who has a claim, who is paid, and what follows."""

from __future__ import annotations

import dataclasses
import math
from types import SimpleNamespace

import numpy as np
import pytest
from batteries import (
    before,
    call,
    check_compiled_equals_plain,
    check_row_order,
    clone,
    differences,
    run,
    shadowed,
    snapshot,
)
from conftest import small_model, small_world
from unit.labour_market import Town, town
from unit.stand_in import Stand, places
from unit.test_participation import EXAMPLE, LINE, with_persons
from unit.test_separations import CALM, team

from sim.benefits import amount_granted, benefit_due, months_granted, passes_means_test
from sim.codes import Event, Status
from sim.example import example_inputs
from sim.mechanism import Month
from sim.mechanisms.government import Government
from sim.mechanisms.participation import Participation, explain
from sim.model import toy
from sim.population import Households, Persons, Population
from sim.schedule import Schedule
from sim.search import (
    EVEN,
    NEVER,
    best_surplus,
    lasting_benefit,
    reservation_wage,
    search_return,
    share_taken,
    worth_of_offers,
)
from sim.territory import Benefit, Inputs

OFFERS, K = np.repeat([40.0, 50.0, 60.0, 70.0], 4), 9.98996
SCHEME = Benefit(flat=10.0, share=0.0, months=6.0, covered=1.0, assisted=0.0)


def supported(scheme: Benefit = SCHEME, **persons) -> Town:
    """The worked example of R1, in a place with a benefit."""
    made = town(**with_persons(**{"status": int(Status.UNEMPLOYED), **persons}))
    made.territory.benefit = scheme
    return made


# ------------------------------------------------------------------------------------------- search


def test_hand_worked_benefit_that_runs_out():
    """Searches go on with chance .9 a month: .8955 after discounting, .5157 over six months."""
    assert lasting_benefit(100.0, 6.0, 0.0, 0.1, 0.995) == pytest.approx(48.43, abs=5e-3)
    assert lasting_benefit(100.0, 1.0, 0.0, 0.1, 0.995) == pytest.approx(10.45, abs=5e-3)
    assert lasting_benefit(100.0, 6.0, 60.0, 0.1, 0.995) == pytest.approx(60.0 + 0.4 * 48.43, abs=5e-3)


def test_a_benefit_counts_from_nothing_to_all_of_itself_as_months_are_added():
    counted = [lasting_benefit(100.0, float(n), 0.0, 0.1, 0.995) for n in range(200)]
    assert counted[0] == 0.0 and (np.diff(counted) > 0.0).all()
    assert lasting_benefit(100.0, math.inf, 0.0, 0.1, 0.995) == 100.0
    assert lasting_benefit(0.0, 0.0, 100.0, 0.1, 0.995) == 100.0


@pytest.mark.parametrize("benefit", [0.0, 5.0, 10.0, 24.0])
def test_an_unlimited_benefit_is_mccalls_unemployment_compensation(benefit):
    """w* = b + B + K E[(w - w*)+]: b and B enter as one, and the closed form holds at the root."""
    gain = search_return(0.25, 0.02, 0.995)
    asked = reservation_wage(OFFERS, EVEN, 30.0, gain, -lasting_benefit(benefit, math.inf, 0.0, 0.2, 0.995))
    assert asked == pytest.approx(30.0 + benefit + gain * np.maximum(OFFERS - asked, 0.0).mean(), abs=1e-9)
    assert asked == pytest.approx(reservation_wage(OFFERS, EVEN, 30.0, gain, -benefit))


def month_by_month(benefit: float, longest: int, flow: float, cost: float = 0.0) -> list[float]:
    """Reservation wages by months left, solved exactly: each job that ends gives the whole duration anew.

    Mortensen (1977): V_n = B - k_s + beta (V_{n-1} + lambda E[(W - V_{n-1})+]), a job worth
    W = (w - flow + beta s V_N) / (1 - beta (1 - s)); all values over not working, which one can always choose.
    """
    beta, arrival, ends = 0.995, 0.25, 0.02
    discount = 1.0 - beta * (1.0 - ends)
    values = np.zeros(longest + 1)
    for _ in range(20_000):
        jobs = (OFFERS - flow + beta * ends * values[-1]) / discount
        after = np.concatenate([values[:1], values[:-1]])
        gains = np.maximum(jobs[:, None] - after[None, :], 0.0).mean(axis=0)
        paid = np.where(np.arange(longest + 1) > 0, benefit, 0.0)
        values = np.maximum(paid - cost + beta * (after + arrival * gains), 0.0)
    return (flow + discount * values - beta * ends * values[-1]).tolist()


@pytest.mark.parametrize("longest", [3, 6, 12, 24])
@pytest.mark.parametrize(("flow", "apart"), [(40.0, 1e-6), (30.0, 0.03)])
def test_the_lasting_benefit_is_the_solution_month_by_month_for_a_new_claim(flow, apart, longest):
    """Exactly where the same offers are taken with it as without, else within 3 % of the benefit."""
    benefit, gain = 10.0, search_return(0.25, 0.02, 0.995)
    without = reservation_wage(OFFERS, EVEN, flow, gain, 0.0)
    found = 0.25 * share_taken(OFFERS, 1.0, 0.0, flow, 0.0, without - flow)
    lasting = lasting_benefit(benefit, float(longest), 0.0, found, 0.995)
    exact = month_by_month(benefit, longest, flow)
    asked = reservation_wage(OFFERS, EVEN, flow, gain, -lasting)
    assert asked == pytest.approx(exact[-1], abs=apart * benefit)
    assert exact[-1] > without and (np.diff(exact) > 0.0).all()


@pytest.mark.parametrize("longest", [3, 6, 12, 24])
def test_who_will_leave_when_it_ends_counts_it_within_4_percent_of_that(longest):
    """b 66, an offer of 70 once in 16 months, k_s 12: out without the benefit of 15, in search while it lasts."""
    benefit, flow, cost, gain = 15.0, 66.0, 12.0, search_return(0.25, 0.02, 0.995)
    keeps = cost - gain * worth_of_offers(OFFERS, EVEN, 1.0, 0.0, flow, NEVER)
    assert keeps > 0.0 and reservation_wage(OFFERS, EVEN, flow, gain, cost) < flow
    lasting = lasting_benefit(benefit, float(longest), keeps, 0.25 * 0.25, 0.995)
    asked = reservation_wage(OFFERS, EVEN, flow, gain, cost - lasting)
    exact = month_by_month(benefit, longest, flow, cost)
    assert asked > flow and asked == pytest.approx(exact[-1], abs=0.04 * benefit)


def test_the_share_of_offers_taken_and_the_best():
    """Over b 45.4214: three of four full-time offers are worth 1 more; of part-time pay over 33 only 35 is."""
    assert share_taken(OFFERS, 1.0, 0.0, 45.4214, 33.0, 10.0) == 0.5
    assert share_taken(OFFERS, 1.0, 0.5, 45.4214, 33.0, 1.0) == 0.5 * 0.75 + 0.5 * 0.25
    assert best_surplus(OFFERS, 1.0, 0.0, 45.4214, 33.0) == pytest.approx(24.5786)
    assert best_surplus(OFFERS, 1.0, 1.0, 45.4214, 33.0) == pytest.approx(2.0)


# ------------------------------------------------------------------------------------------- one person


def test_hand_worked_reservation_wage_on_assistance():
    """b 45.4214; 10 a month without limit: r = (K/4 * 24.5786 - 2 + 10) / (1 + K/4) = 19.8384, w* 65.2598."""
    her = supported(assisted=1).run(LINE).persons
    assert her.not_working[0] == pytest.approx(45.4214, abs=5e-5)
    assert her.reservation_flow[0] == pytest.approx((K / 4 * 24.5786 + 8.0) / (1.0 + K / 4), abs=5e-4)
    assert her.reservation_wage[0] == pytest.approx(65.2598, abs=5e-4)
    assert her.status[0] == Status.UNEMPLOYED


def test_hand_worked_reservation_wage_as_the_entitlement_runs_out():
    """She takes one offer in four of .25 a month: the search goes on with chance .9375, .9328 discounted.

    Of 10 a month, 6 months count for 10 * (1 - .9328^6) = 3.413, one for .672; r is 16.9793 + B / 3.49749.
    """
    asked = []
    for left, counted in ((6, 3.413), (1, 0.672), (0, 0.0)):
        her = supported(entitlement=10.0, entitled_months=left).run(LINE).persons
        assert her.reservation_flow[0] == pytest.approx(16.9793 + counted / (1.0 + K / 4), abs=5e-4)
        asked.append(her.reservation_wage[0])
    assert asked[0] > asked[1] > asked[2]


@pytest.mark.parametrize(("taste", "kept"), [(0.2, True), (5.0, False)])
def test_a_benefit_keeps_in_search_who_would_take_an_ordinary_offer_and_nobody_else(taste, kept):
    """An offer in a thousand months and k_s 12: nobody searches. With 20 a month those with b below 55 do."""
    dear, rare = Participation(search_cost=0.15, opening=1.0), {"markets": {"arrival": 0.001}}
    made = town(**with_persons(taste=taste, status=3, entitlement=20.0, entitled_months=60), **rare)
    assert clone(made).run(dear).persons.status[0] == Status.INACTIVE
    made.territory.benefit = Benefit(20.0, 0.0, 60.0, 1.0, 0.0)
    assert made.run(dear).persons.status[0] == (Status.UNEMPLOYED if kept else Status.INACTIVE)


def test_a_benefit_above_all_that_work_can_bring_leaves_the_best_offer_worth_taking():
    her = supported(Benefit(500.0, 0.0, 0.0, 0.0, 1.0), assisted=1).run(LINE).persons
    assert her.reservation_flow[0] == pytest.approx(70.0 - 45.4214, abs=5e-4)


def test_own_benefit_is_no_income_without_search_but_that_of_others_is():
    """Other income 10 of the household: 0.7 of it is hers (Y 81), none if it is her own benefit (Y 74)."""
    her = supported(benefit=10.0).run(LINE).persons
    assert her.nonlabour_income[0] == pytest.approx(74.0)
    assert town(**EXAMPLE).run(LINE).persons.nonlabour_income[0] == pytest.approx(81.0)


def test_search_in_other_places_is_paid_as_well():
    """Nothing is open at home, the example's offers next door: r as in the test of commuting, with k_s of 2 - 10."""
    market = {"arrival": np.repeat([0.0, 0.25], 2), "usual_vacancies": np.repeat([0.0, 10.0], 2)}
    made = town(places=2, commuting=10.0, markets=market, **with_persons(status=3, assisted=1))
    made.territory.benefit = SCHEME
    her = made.run(LINE).persons
    flow = 100.0 * ((360.0 / (360.0 - 187.0)) ** 0.5 - 1.0) + 4.0 + 80.0 * 7.0 * 0.25 / 180.0
    r = float(her.reservation_flow[0])
    assert her.search_range[0] == 1
    assert r == pytest.approx(8.0 + K * np.mean([max(w - flow - r, 0.0) for w in (40, 50, 60, 70)]), abs=1e-4)


def test_an_employee_reckons_with_no_benefit():
    made = supported(status=int(Status.EMPLOYED), entitlement=10.0, entitled_months=6, assisted=1)
    assert made.run(LINE).persons.reservation_flow[0] == pytest.approx(16.9793, abs=5e-5)


# ------------------------------------------------------------------------------------------- claims


def test_claims_by_hand():
    assert months_granted(1, 0.69, 0.7, 6.0) == 6
    assert months_granted(1, 0.71, 0.7, 6.0) == 0
    assert months_granted(0, 0.0, 1.0, 6.0) == 0
    assert amount_granted(1_000.0, 50.0, 0.4) == 450.0
    assert [passes_means_test(0.2, 0.5, age, 60.0) for age in (17.9, 18.0, 59.9, 60.0)] == [0, 1, 1, 0]
    assert passes_means_test(0.6, 0.5, 30.0, 60.0) == 0
    assert [benefit_due(80.0, m, a, 30.0) for m, a in ((2.0, 0), (0.0, 0), (2.0, 1), (0.0, 1))] == [
        80.0,
        0.0,
        80.0,
        30.0,
    ]


def test_who_loses_an_insured_job_has_a_claim_and_nobody_else():
    """Of five whose firm closes: insured, without contract, on a pension, who ran it; and one who quits."""
    made = team(
        5, firms=2, firm={"open": [0, 1], "founder": [3, -1]}, employer=[0, 0, 0, 0, 1], formal=[1, 0, 1, 1, 1],
        pensioner=[0, 0, 1, 0, 0], not_working=[45.0, 45.0, 45.0, 45.0, 99.0], reservation_flow=-1.0,
    )  # fmt: skip
    made.territory.benefit = Benefit(10.0, 0.5, 6.0, 1.0, 0.0)
    made.localities.tax_rate[:] = 0.2
    made.run(CALM)
    assert made.persons.entitled_months.tolist() == [6, 0, 0, 0, 0]
    assert made.persons.entitlement.tolist() == [10.0 + 0.5 * 48.0, 0.0, 0.0, 0.0, 0.0]
    assert made.persons.status.tolist() == [3, 2, 2, 2, 2]  # who is paid for it searches


def test_a_share_has_paid_in_for_long_enough():
    made = team(4000, firm={"open": 0}, formal=1)
    made.territory.benefit = SCHEME._replace(covered=0.3)
    assert made.run(CALM).persons.entitled_months.mean() == pytest.approx(6 * 0.3, abs=0.15)


# ------------------------------------------------------------------------------------------- payment


def paid(scheme: Benefit = SCHEME, line: Government | None = None, months: int = 1, **persons) -> Stand:
    """Three households of one: somebody unemployed, out of the labour force and employed."""
    population = Population()
    places(population)
    population.add(Households, 3, id=[1, 2, 3], locality=0, members=1)
    who = {"status": [3, 2, 4], "birth_month": -360, **persons}
    population.add(Persons, 3, id=[1, 2, 3], household=[0, 1, 2], **who)
    made = Stand(population, place=SimpleNamespace(pension=0.0, pension_coverage=1.0, benefit=scheme))
    made.schedule.government = line or Government()
    made.run(made.schedule.government, months)
    return made


CLAIM = {"entitlement": 10.0, "entitled_months": 3}


def test_only_who_searches_is_paid_and_a_month_is_used_up():
    """The same claim of an unemployed person, one out of the labour force and an employee: 10 to the first."""
    tables = paid(**CLAIM).population
    assert paid(status=[3, 2, 6], **CLAIM).population.persons.entitled_months.tolist() == [2, 3, 0]  # nor does one away
    assert tables.households.liquid_assets.tolist() == [1_000, 0, 0]
    assert tables.localities.outside[0] == -1_000
    assert tables.persons.benefit.tolist() == [10.0, 0.0, 0.0]
    assert tables.persons.entitled_months.tolist() == [2, 3, 0]  # a new job ends the claim
    assert tables.households.other_income.tolist() == [10.0, 0.0, 0.0]


def test_who_draws_the_last_month_looks_at_work_anew():
    for months, shaken in ((1, 1), (2, 0)):
        tables = paid(entitlement=10.0, entitled_months=2, shaken=0, months=3 - months).population
        assert tables.persons.entitled_months[0] == 2 - (3 - months) and tables.persons.shaken.tolist() == [
            shaken,
            0,
            0,
        ]
    assert paid(months=5, **CLAIM).population.households.liquid_assets.tolist() == [3_000, 0, 0]


def test_a_pension_takes_the_place_of_a_benefit():
    tables = paid(SCHEME._replace(assisted=1.0), birth_month=-12 * 61, **CLAIM).population
    assert tables.persons.pensioner[0] == 1 and not tables.households.liquid_assets.any()


def test_assistance_goes_on_when_insurance_has_ended():
    """25 in the first month, then 10 in each: 45 in three."""
    tables = paid(SCHEME._replace(assisted=1.0), months=3, entitlement=25.0, entitled_months=1).population
    assert tables.households.liquid_assets.tolist() == [4_500, 0, 0]


def test_assistance_alone_is_paid_without_a_claim():
    assert paid(SCHEME._replace(assisted=1.0, months=0.0)).population.households.liquid_assets.tolist() == [1_000, 0, 0]


def test_switched_off_in_a_run_nothing_that_was_drawn_is_left_to_reckon_with():
    tables = paid(SCHEME, Government(benefits=0), benefit=10.0, assisted=1).population
    assert not tables.persons.benefit.any() and not tables.persons.assisted.any()
    assert not tables.households.other_income.any()


def test_switched_off_nobody_is_paid_or_reckons_with_it():
    tables = paid(SCHEME._replace(assisted=1.0), Government(benefits=0), **CLAIM).population
    assert not tables.households.liquid_assets.any()
    off = supported(assisted=1, entitlement=10.0, entitled_months=6)
    off.schedule.government = Government(benefits=0)
    assert off.run(LINE).persons.reservation_flow[0] == pytest.approx(16.9793, abs=5e-5)


# ------------------------------------------------------------------------------------------- whole runs

PLACE = {"benefit": 40.0, "benefit_months": 12.0, "benefit_covered": 0.5, "formal_share": 1.0}


def place(**changes: float) -> Inputs:
    return dataclasses.replace(example_inputs(), **{**PLACE, **changes})


def lives(seed: int) -> dict[bool, list[tuple[float, float]]]:
    """What job losers with and without a claim, by lot, ask a month later, and months of unemployment."""
    world = small_world(population=1500, inputs=place(benefit=80.0), seed=seed)
    waiting: dict[int, tuple[bool, int, float]] = {}
    found: dict[bool, list[tuple[float, float]]] = {True: [], False: []}
    for month in range(48):
        run(world)
        persons = world.population.persons
        rows = dict(zip(persons.id.tolist(), range(persons.count), strict=True))
        for one, (claim, since, asked) in list(waiting.items()):
            i = rows.get(one, -1)
            if i < 0 or persons.status[i] >= Status.AWAY:
                del waiting[one]
            elif month == since + 1:
                waiting[one] = claim, since, float(persons.reservation_wage[i] / persons.skill[i])
            if one in waiting and month > since and (persons.status[i] != Status.UNEMPLOYED or month == since + 24):
                found[claim].append((asked, float(month - since)))
                del waiting[one]
        told = world.recorder.histories()
        lost = told["person"][(told["month"] == told["month"].max()) & (told["event"] == Event.LAID_OFF)]
        for one in lost.tolist():
            if persons.status[rows[one]] == Status.UNEMPLOYED:
                waiting[one] = bool(persons.entitled_months[rows[one]] > 0), month, math.nan
    return found


def test_those_with_a_claim_ask_more_and_search_longer_than_those_without_by_lot():
    """In one town half of those who lose their job have a claim: a trial."""
    both: dict[bool, list[tuple[float, float]]] = {True: [], False: []}
    for seed in (1, 2):
        for claim, seen in lives(seed).items():
            both[claim] += seen
    asked, months = ([np.nanmean([one[k] for one in both[claim]]) for claim in (True, False)] for k in (0, 1))
    assert min(map(len, both.values())) > 100
    assert asked[0] > asked[1] and months[0] > months[1]


def test_search_lasts_longer_in_a_place_that_pays_for_it():
    """Paired seeds: half of adults on assistance against none."""
    longer, more = [], []
    for seed in (1, 2, 3):
        seen = []
        for assisted in (0.5, 0.0):
            world = small_world(population=1500, inputs=place(benefit_assisted=assisted), seed=seed)
            search, asked = [], []
            for _ in range(24):
                run(world)
                persons = world.population.persons
                those = persons.status == Status.UNEMPLOYED
                search.append(persons.search_months[those].mean())
                asked.append(np.mean(persons.reservation_wage[those] / persons.skill[those]))
            seen.append((np.mean(search), np.mean(asked)))
        longer.append(seen[0][0] - seen[1][0])
        more.append(seen[0][1] - seen[1][1])
    assert min(longer) > 0.0 and np.mean(more) > 0.0


@pytest.fixture(scope="module")
def paying():
    return small_world(population=1200, inputs=place(benefit_assisted=0.6, benefit_share=0.2))


def test_every_cent_of_it_is_booked_and_it_is_what_the_unemployed_drew(paying):
    world = clone(paying)
    for _ in range(6):
        with shadowed(world) as books:
            run(world)
        books.check()
        persons = world.population.persons
        drawn = persons.benefit.astype(np.float64)
        searching = persons.status == Status.UNEMPLOYED
        assert searching[drawn > 0.0].mean() > 0.6  # others left or opened a firm after they were paid
        assert world.ledger.paid("unemployment benefits") == pytest.approx(100.0 * drawn.sum(), abs=persons.count)
        shown = {name: world.recorder.series(name)[-1] for name in ("benefit_recipients", "unemployment_benefits")}
        share = (drawn > 0.0)[searching].mean()
        assert shown["benefit_recipients"] == pytest.approx(100.0 * share, rel=1e-3)
        assert shown["unemployment_benefits"] == pytest.approx(drawn.sum(), rel=1e-3)


@pytest.mark.parametrize("name", ["participation", "separations", "government"])
def test_where_rows_stand_and_compiled_loops_change_nobodys_benefit(paying, name):
    at = before(clone(paying), name)
    line = getattr(at.schedule, name)
    check_compiled_equals_plain(clone(at), line)
    check_row_order(at, line, 3)


def test_what_is_told_of_somebody_with_a_benefit_is_what_the_month_decides(paying):
    """The reservation wage told before the line runs is the one it sets, for everybody without a job who draws one."""
    world = before(clone(paying), "participation")
    persons = world.population.persons
    persons.shaken[:] = 1
    line = world.schedule.participation
    rows = np.flatnonzero(persons.benefit > 0.0)[:20]
    told = [explain(Month(world, line), int(i)) for i in rows]
    call(world, line)
    price = world.population.localities.price_index[0]
    for i, one in zip(rows, told, strict=True):
        if persons.status[i] == one["best status"]:  # else the trade it would begin is not open yet
            assert persons.reservation_wage[i] == pytest.approx(price * one["reservation wage"], rel=1e-5)
    assert sum(one["unemployment benefit counted"] > 0.0 for one in told) > 0.5 * len(rows) > 0.0


def test_switched_off_is_the_place_without_one_bit_for_bit():
    """A place with benefits that are switched off against the same place without any, start and two years."""
    off = toy(
        population=500, inputs=place(benefit_assisted=0.3), parameters=Schedule(government=Government(benefits=0))
    )
    none = toy(population=500, inputs=dataclasses.replace(example_inputs(), formal_share=1.0))
    for model in (off, none):
        model.burn_in()
    assert not differences(snapshot(none.world), snapshot(off.world))


def test_at_the_start_the_unemployed_have_what_their_search_has_left_them():
    """Months left and months searched make up the longest duration; the household has it as income."""
    model = small_model(burnt=False, population=2000, inputs=place(benefit_covered=1.0))
    tables = model.world.population
    persons, homes = tables.persons, tables.households
    searching = persons.status == Status.UNEMPLOYED
    left, searched = persons.entitled_months[searching], persons.search_months[searching]
    assert (left == np.maximum(12 - searched, 0)).mean() > 0.9  # all but pensioners
    assert (persons.entitled_months[~searching] == 0).all()
    drawn = np.bincount(persons.household, persons.benefit, minlength=homes.count)
    assert drawn.sum() == pytest.approx(40.0 * (left > 0).sum()) and (homes.other_income >= drawn - 1e3).all()
    assert (persons.shaken[persons.entitled_months > 0] == 1).all()
