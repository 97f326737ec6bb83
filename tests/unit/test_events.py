"""Instruments and shocks: what is refused, who is served, what is paid, and that nothing is nothing."""

from __future__ import annotations

import copy
import re
import types
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.codes import Status
from sim.events import Events, places_bought, queue, split
from sim.groups import GROUPS
from sim.instruments import LEVERS, named, read_instrument, read_shock
from sim.ledger import Ledger
from sim.mechanism import Month
from sim.parameters import ParameterError
from sim.population import Authorities, Households, Localities, Persons, Population, Providers
from sim.streams import Streams

CARE = {
    "title": "Child-care places",
    "inventory": ["POL-65"],
    "summary": "Places that take over care hours.",
    "evidence": "assumption",
    "eligible": "carers",
    "start": 1,
    "funder": "authority",
    "budget": {"value": 350, "unit": "money/month"},
    "unit_cost": {"value": 35, "unit": "money/month/place", "source": "assumption", "bounds": [5, 200]},
    "levers": {
        "persons": {"care_relief": {"add": 80, "unit": "hour/month", "source": "assumption", "bounds": [0, 200]}}
    },
}
DROUGHT = {
    "title": "Drought",
    "summary": "A dry year.",
    "evidence": "assumption",
    "eligible": "localities",
    "start": 2,
    "end": 3,
    "levers": {"localities": {"harvest": {"multiply": 0.5, "source": "assumption"}}},
}


def changed(base: dict, path: str, value: object) -> dict:
    """A copy of a tree with one leaf replaced; ``...`` removes it."""
    tree = copy.deepcopy(base)
    *steps, last = path.split(".")
    node = tree
    for step in steps:
        node = node[step]
    if value is ...:
        del node[last]
    else:
        node[last] = value
    return tree


def little_world(*events, people: int = 60, places: int = 3, order=None, more: int = 0) -> types.SimpleNamespace:
    """Households of four, every second member caring, in some localities; nothing else of a world."""
    population = Population()
    population.add(Localities, places, id=np.arange(places))
    population.add(Authorities, places, id=np.arange(places), locality=np.arange(places))
    population.add(Providers, 4, id=np.arange(4), channel=np.arange(4))
    total = people + more
    homes = -(-total // 4)
    population.add(
        Households, homes, id=500 + np.arange(homes), locality=np.arange(homes) % places, members=4,
        away=np.arange(homes) % 2,
    )  # fmt: skip
    rows = np.arange(total) if order is None else order
    population.add(
        Persons, total, id=9000 + rows, household=rows // 4, status=int(Status.INACTIVE),
        birth_month=-12 * (20 + rows % 9),
        care_hours=np.where(rows % 2 == 0, 40.0, 0.0), sex=rows % 2,
    )  # fmt: skip
    ledger = Ledger(population, frozenset({Authorities.cash, Localities.outside}), frozenset({Localities.till}))
    return types.SimpleNamespace(
        population=population, streams=Streams(7), ledger=ledger, territory=None, month=24, burn_in=24,
        events=tuple(events), moved=set(), served={}, start=types.SimpleNamespace(persons=people),
    )  # fmt: skip


def live(world: types.SimpleNamespace, months: int = 1) -> types.SimpleNamespace:
    """Some months of nothing but events."""
    for _ in range(months):
        world.ledger.open()
        events = Events()
        events(Month(world, events))
        world.ledger.close(world.month)
        world.month += 1
    return world


def relief(world: types.SimpleNamespace) -> np.ndarray:
    return world.population.persons.care_relief


def everything(world: types.SimpleNamespace) -> dict[str, bytes]:
    return {
        f"{type(table).__name__}.{name}": table.values(name).tobytes()
        for table in world.population.tables()
        for name in table
    }


# ------------------------------------------------------------------------------------------- schema


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("titel", "x", "policies.care.titel is not a known key; did you mean title? allowed: title,"),
        ("title", 3, "policies.care.title = 3 is not a text"),
        ("title", "  ", "is not a text"),
        ("inventory", "POL-65", "policies.care.inventory = 'POL-65' must be a list of names"),
        ("eligible", "carer", "policies.care.eligible = 'carer' is not a known group; did you mean carers?"),
        ("start", 0, "policies.care.start = 0 month after the burn-in lies outside [1, 12000]"),
        ("start", 1.5, "is not a whole number"),
        ("start", "soon", "policies.care.start = 'soon' is not a number"),
        ("end", 0, "lies outside"),
        ("ramp", -1, "lies outside"),
        ("funder", "bank", "policies.care.funder = 'bank' is not known; allowed: authority, donor"),
        ("funder", ..., "policies.care.funder = None is not a text"),
        ("budget", ..., "has neither budget nor coverage"),
        ("budget", 350, "policies.care.budget = 350 is no figure; give a table of value"),
        ("budget.value", float("nan"), "policies.care.budget.value = nan is not finite"),
        ("budget.value", float("inf"), "policies.care.budget.value = inf is not finite"),
        ("budget.value", -1, "policies.care.budget.value = -1 money/month lies outside [0, 1e+12]"),
        ("budget.value", True, "is not a number"),
        ("budget.unit", "money", "'money'; allowed: money/month, money/month/1000 persons"),
        ("budget.sum", 1, "policies.care.budget.sum is not a known key"),
        ("unit_cost", ..., "policies.care.unit_cost = None is no figure"),
        ("unit_cost.value", 4, "4 money/month/place lies outside [5, 200]; the range comes from"),
        ("unit_cost.unit", "money/month/1000 persons", "is for localities, lenders and the like"),
        ("unit_cost.bounds", [200, 5], "the low one is above the high one"),
        ("unit_cost.bounds", [1], "must be two numbers [low, high]"),
        ("take_up", {"value": 2}, "policies.care.take_up.value = 2 lies outside [0, 1]"),
        ("assign", {"unit": "firms", "share": 0.5}, "policies.care.assign.unit = 'firms' is not known"),
        ("assign", {"unit": "persons"}, "care.assign has no share; give exactly one of share, saturation, ids"),
        ("assign", {"unit": "persons", "share": 0.5, "ids": [1]}, "has share and ids; give exactly one"),
        ("assign", {"unit": "persons", "saturation": []}, "assign.saturation = [] must be a list of shares"),
        ("assign", {"unit": "persons", "saturation": [0, 2]}, "policies.care.assign.saturation = 2"),
        ("assign", {"unit": "persons", "ids": ["rome"]}, "policies.care.assign.ids has 'rome'; give identities"),
        ("assign", {"unit": "localities", "saturation": [0, 1]}, "is for persons or households within localities"),
        ("levers", {}, "policies.care.levers = {} names no lever"),
        ("levers.persons", {}, "policies.care.levers.persons = {} names no lever"),
        (
            "levers.persons.care_relieve",
            {"add": 1},
            "care_relieve is not a known lever; did you mean persons.care_relief?",
        ),
        ("levers.persons.wage", {"add": 1}, "policies.care.levers.persons.wage is not a known lever"),
        ("levers.persons.care_relief", 80, "is not a table; give add, multiply or set"),
        ("levers.persons.care_relief.add", 500, "care_relief.add = 500 hour/month lies outside [0, 200]"),
        ("levers.persons.care_relief.set", 80, "has add and set; give exactly one"),
        ("levers.persons.care_relief.add", ..., "has no amount; give exactly one"),
        ("levers.persons.care_relief", {"multiply": 2, "source": "x"}, "whose neutral value is 0"),
        ("levers.persons.care_relief.unit", "hour", "unit = 'hour'; the lever is in 'hour/month'"),
        ("levers.persons.care_relief.bounds", [0, 300], "leave [0, 200]; that is what the lever allows"),
        ("levers.persons.care_relief.source", ..., "care_relief.source = None is not a text"),
        ("levers.persons.care_relief.of", "women", "these rows are the eligible ones: leave it out"),
        ("levers.providers", {"fee_cut": {"add": 0.1, "source": "x", "of": "women"}}, "names no group"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_refused_with_place_finding_and_remedy(path, value, said):
    with pytest.raises(ParameterError) as caught:
        read_instrument("care", changed(CARE, path, value))
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_budget_without_a_cost_is_refused():
    with pytest.raises(ParameterError, match="serves everybody for nothing"):
        read_instrument("care", changed(CARE, "unit_cost", {"value": 0, "unit": "money/month/place"}))


@pytest.mark.parametrize("name", ["Care", "../care", "a-b", "", "x" * 65, "1a"])
def test_a_name_that_is_no_plain_word_is_refused(name):
    with pytest.raises(ParameterError, match="not allowed"):
        read_instrument(name, CARE)


@pytest.mark.parametrize("values", [None, [], "care", 3])
def test_what_is_no_table_is_refused(values):
    with pytest.raises(ParameterError, match="is not a table of keys"):
        read_instrument("care", values)


def test_a_shock_has_no_budget():
    with pytest.raises(ParameterError, match=r"shocks\.drought\.budget is not a known key"):
        read_shock("drought", {**DROUGHT, "budget": {"value": 1, "unit": "money/month"}})


def test_an_end_before_the_start_is_refused():
    with pytest.raises(ParameterError, match="end = 1 comes before start = 2"):
        read_shock("drought", {**DROUGHT, "end": 1})


def test_assignment_must_be_able_to_tell_the_rows_apart():
    slump = {
        **DROUGHT,
        "eligible": "destinations",
        "levers": {"destinations": {"cycle": {"multiply": 0.5, "source": "x"}}},
    }
    with pytest.raises(ParameterError, match="cannot tell destinations apart"):
        read_shock("slump", {**slump, "assign": {"unit": "localities", "share": 0.5}})


def test_a_lever_set_outside_its_bounds_by_a_product_is_refused():
    with pytest.raises(ParameterError, match="lies outside"):
        read_shock("drought", changed(DROUGHT, "levers.localities.harvest.multiply", 3.0))


def test_every_group_is_of_one_table_and_knows_its_rows():
    world = little_world(read_instrument("care", CARE))
    month = Month(world, Events())
    for name, group in GROUPS.items():
        values = [month.values(column) for column in group.columns]
        found = group.members(month.age_base, *values)
        assert found.shape == (world.population[group.table].count,), name
        assert found.dtype == bool, name


def test_youth_are_15_to_24_and_children_below_15():
    ages = np.array([14, 15, 24, 25, 64, 65])
    status = np.zeros(len(ages), np.int8)
    counted = {
        name: GROUPS[name].members(0, status, -12 * ages).tolist()
        for name in ("children", "adults", "youth", "working_age")
    }
    assert counted["children"] == [True, False, False, False, False, False]
    assert counted["adults"] == [False, True, True, True, True, True]
    assert counted["youth"] == [False, True, True, False, False, False]
    assert counted["working_age"] == [False, True, True, True, True, False]


# --------------------------------------------------------------------------------------- the engine


def test_hand_worked_places():
    """350 a month at 35 a place serves the first ten of the queue, and 349 serves nine."""
    costs = np.full(20, 3500)
    served, paid = places_bought(costs, 35000, 20.0, divisible=False)
    assert served.tolist() == [1.0] * 10 + [0.0] * 10
    assert paid.sum() == 35000
    assert places_bought(costs, 34900, 20.0, divisible=False)[0].sum() == 9


def test_what_can_be_divided_is_served_in_part():
    """Three quarters of the cost of two localities' programmes move both levers three quarters of the way."""
    served, paid = places_bought(np.array([1000, 1000]), 1500, 2.0, divisible=True)
    assert served.tolist() == [0.75, 0.75]
    assert paid.tolist() == [750, 750]


def test_coverage_serves_that_share_whatever_it_costs():
    served, paid = places_bought(np.full(10, 700), None, 3.0, divisible=False)
    assert served.sum() == 3
    assert paid.sum() == 2100


@given(
    costs=st.lists(st.integers(1, 10_000), max_size=30),
    budget=st.integers(0, 100_000),
    extra=st.integers(0, 100_000),
    divisible=st.booleans(),
)
@settings(max_examples=200, deadline=None)
def test_more_money_serves_everyone_that_less_serves_and_is_never_overspent(costs, budget, extra, divisible):
    array = np.array(costs, np.int64)
    small, paid = places_bought(array, budget, float(len(costs)), divisible)
    large, more_paid = places_bought(array, budget + extra, float(len(costs)), divisible)
    assert (large >= small).all()
    assert (np.diff(small) <= 0).all()
    assert paid.sum() <= budget
    assert more_paid.sum() <= budget + extra
    assert (paid <= array).all()


@given(people=st.lists(st.integers(0, 4), min_size=1, max_size=60), places=st.integers(0, 60))
@settings(max_examples=100, deadline=None)
def test_places_follow_the_eligible_heads_of_localities(people, places):
    """Never further than one place from the exact proportion with two localities, and seldom with more."""
    where = np.array([place % 2 for place in people])
    ids = np.arange(len(people))
    draws = (ids * 0.618034) % 1.0
    order = queue(where, draws, ids)
    assert sorted(order) == list(ids)
    count = min(places, len(people))
    for place in (0, 1):
        exact = count * (where == place).mean()
        assert abs((where[order[:count]] == place).sum() - exact) <= 1.0


@given(total=st.integers(0, 10**12), heads=st.lists(st.integers(0, 10**7), min_size=1, max_size=12))
@settings(max_examples=100, deadline=None)
def test_a_bill_is_split_to_the_cent(total, heads):
    parts = split(total, np.array(heads))
    assert int(parts.sum()) == total
    assert (parts >= 0).all()


def test_a_ramp_of_four_months_rises_by_quarters():
    shock = read_shock("drought", {**DROUGHT, "start": 3, "end": 8, "ramp": 4})
    assert [shock.intensity(month) for month in range(1, 10)] == [0, 0, 0.25, 0.5, 0.75, 1, 1, 1, 0]


def test_those_served_are_eligible_and_others_keep_the_neutral_value():
    world = live(little_world(read_instrument("care", CARE)))
    carers = world.population.persons.care_hours > 0
    assert (relief(world) == np.float32(80)).sum() == 10
    assert not relief(world)[~carers].any()


@pytest.mark.parametrize("budget", [0.0, 34.99, 35.0, 350.0, 700.0, 1e9])
def test_larger_budget_keeps_everyone_a_smaller_one_serves(budget):
    small = live(little_world(read_instrument("care", changed(CARE, "budget.value", budget))))
    large = live(little_world(read_instrument("care", changed(CARE, "budget.value", min(2 * budget, 1e12)))))
    assert (relief(large) >= relief(small)).all()
    assert small.ledger.paid("instruments", "care") <= budget * 100
    assert small.ledger.paid("instruments", "care") == 3500 * (relief(small) > 0).sum()


def test_no_budget_equals_the_baseline_bit_for_bit():
    nothing, neutral = (
        little_world(),
        little_world(read_instrument("care", changed(CARE, "budget.value", 0.0))),
    )
    assert everything(live(nothing, 3)) == everything(live(neutral, 3))


def test_dose_zero_is_neutral_for_instruments_and_shocks():
    events = [read_instrument("care", CARE).dosed(0), read_shock("drought", {**DROUGHT, "start": 1}).dosed(0)]
    assert everything(live(little_world(*events), 2)) == everything(live(little_world(), 2))


def test_nothing_acts_during_the_burn_in():
    world = little_world(read_instrument("care", CARE))
    world.month = 23  # the last month of the burn-in
    assert not relief(live(world)).any()
    assert relief(live(world)).any()


def test_levers_return_to_neutral_when_it_ends_or_is_taken_away():
    world = little_world(read_instrument("care", {**CARE, "end": 2}))
    assert relief(live(world, 2)).any()
    assert not relief(live(world)).any()
    assert not world.population["Authorities"].values("instruments").any()
    world = live(little_world(read_instrument("care", CARE)))
    world.events = ()
    assert not relief(live(world)).any()
    assert not world.moved


def test_the_off_switch_leaves_everything_neutral():
    world = little_world(read_instrument("care", CARE))
    world.ledger.open()
    Events(on=0)(Month(world, Events(on=0)))
    assert everything(world) == everything(little_world())


def test_the_authority_pays_and_a_donor_pays_first():
    own = live(little_world(read_instrument("care", CARE)))
    assert own.population["Authorities"].values("cash").sum() == -35000
    assert own.population["Authorities"].values("instruments").sum() == 350
    given_ = live(little_world(read_instrument("care", {**CARE, "funder": "donor"})))
    assert not given_.population["Authorities"].values("cash").any()
    assert not given_.population["Authorities"].values("instruments").any()
    assert given_.ledger.paid("donor money", "care") == 35000
    assert given_.ledger.paid("instruments", "care") == 35000


def test_each_authority_pays_for_its_own_people():
    world = live(little_world(read_instrument("care", CARE)))
    persons, households = world.population.persons, world.population.households
    served = np.bincount(households.locality[persons.household[relief(world) > 0]], minlength=3)
    assert (world.population["Authorities"].values("cash") == -3500 * served).all()
    assert served.max() - served.min() <= 1


def test_a_budget_per_thousand_counts_people_of_the_start():
    per_head = changed(CARE, "budget", {"value": 3500, "unit": "money/month/1000 persons"})
    world = live(little_world(read_instrument("care", per_head), people=60))
    assert (relief(world) > 0).sum() == 6  # 3500 * 60 / 1000 = 210 = 6 places


def test_places_grow_with_the_ramp():
    world = little_world(read_instrument("care", {**CARE, "ramp": 5}))
    assert [(relief(live(world)) > 0).sum() for _ in range(6)] == [2, 4, 6, 8, 10, 10]


def test_the_order_of_rows_does_not_matter():
    shuffled = np.random.default_rng(3).permutation(60)
    plain = live(little_world(read_instrument("care", CARE)))
    mixed = live(little_world(read_instrument("care", CARE), order=shuffled))
    assert (relief(mixed) == relief(plain)[shuffled]).all()


def test_one_more_person_takes_at_most_one_place():
    before = relief(live(little_world(read_instrument("care", CARE), places=1)))
    after = relief(live(little_world(read_instrument("care", CARE), places=1, more=1)))
    assert ((before > 0) & ~(after[:60] > 0)).sum() <= 1
    assert (~(before > 0) & (after[:60] > 0)).sum() == 0


def test_take_up_keeps_those_who_accepted_at_a_lower_one():
    rich = changed(CARE, "budget.value", 1e6)
    served = [
        relief(live(little_world(read_instrument("care", {**rich, "take_up": {"value": share}})))) > 0
        for share in (0.0, 0.3, 0.7, 1.0)
    ]
    assert all((more >= less).all() for less, more in pairwise(served))
    assert not served[0].any() and served[-1].sum() == 30


@pytest.mark.parametrize("unit", ["persons", "households", "localities"])
def test_random_assignment_grows_with_its_share_and_keeps_units_together(unit):
    rich = changed(CARE, "budget.value", 1e6)
    served = []
    for share in (0.0, 0.34, 0.67, 1.0):
        world = live(little_world(read_instrument("care", {**rich, "assign": {"unit": unit, "share": share}})))
        persons = world.population.persons
        served.append(relief(world) > 0)
        if unit == "localities":
            place = world.population.households.locality[persons.household]
            assert len(np.unique(place[served[-1]])) == round(3 * share)
        if unit == "households":
            assert ((np.bincount(persons.household[served[-1]]) % 2) == 0).all()
    assert all((more >= less).all() for less, more in pairwise(served))
    assert not served[0].any() and served[-1].sum() == 30


@pytest.mark.parametrize("unit", ["persons", "households"])
def test_each_locality_draws_one_of_the_shares_and_serves_that_share_of_its_people(unit):
    rich = {**changed(CARE, "budget.value", 1e6), "eligible": "all_persons"}
    shares = [0, 0.5, 1]
    tree = {**rich, "assign": {"unit": unit, "saturation": shares}}
    world = live(little_world(read_instrument("care", tree), people=2400, places=6))
    place = world.population.households.locality[world.population.persons.household]
    reached = np.bincount(place, relief(world) > 0) / np.bincount(place)
    np.testing.assert_allclose(np.sort(reached), np.repeat(shares, 2), atol=0.08)


def test_exactly_those_named_are_served_and_the_record_says_who():
    rich = {**changed(CARE, "budget.value", 1e6), "eligible": "all_persons"}
    tree = {**rich, "assign": {"unit": "persons", "ids": [9003, 9010, 77]}}
    world = live(little_world(read_instrument("care", tree)))
    assert world.population.persons.id[relief(world) > 0].tolist() == [9003, 9010]
    assert sorted(world.served["care"].tolist()) == [9003, 9010]


def test_one_lot_draws_the_same_units_for_two_events_and_names_draw_for_themselves():
    def served(name, lot):
        rich = {**changed(CARE, "budget.value", 1e6), "eligible": "all_persons"}
        assign = {"unit": "persons", "share": 0.5, **({"lot": lot} if lot else {})}
        return relief(live(little_world(read_instrument(name, {**rich, "assign": assign})))) > 0

    assert (served("care", "trial") == served("nursery", "trial")).all()
    assert (served("care", "") != served("nursery", "")).any()


def test_destinations_are_named_as_in_the_inputs():
    slump = {**DROUGHT, "eligible": "destinations", "assign": {"unit": "destinations", "ids": ["spain", 1]},
             "levers": {"destinations": {"cycle": {"multiply": 0.5, "source": "x"}}}}  # fmt: skip
    found = named(read_shock("slump", slump), ["italy", "spain"], "shocks.slump")
    assert found.assign.ids == (2, 1)
    with pytest.raises(ParameterError, match="'spain'; did you mean"):
        named(read_shock("slump", slump), ["italy", "spai"], "shocks.slump")


@pytest.mark.parametrize(
    ("people", "said"),
    [
        ({"number": {"value": -1}}, "number.value = -1 persons/month lies outside"),
        ({"number": {"value": 2}, "age": [5, 8]}, "age = [5, 8]; allowed: 15 to 100 years"),
        ({"number": {"value": 2}, "men": 2}, "people.men = 2 lies outside [0, 1]"),
        ({"number": {"value": 2}, "hair": 2}, "people.hair is not a known key"),
        ({}, "number = None is no figure"),
        (3, "is not a table"),
    ],
)
def test_impossible_people_are_refused(people, said):
    with pytest.raises(ParameterError, match=re.escape(said)):
        read_shock("arrive", {**DROUGHT, "levers": None, "people": people})


def test_two_instruments_add_up_within_the_bounds_of_the_lever():
    rich = changed(CARE, "budget.value", 1e6)
    half = changed(rich, "levers.persons.care_relief.add", 50)
    world = live(little_world(read_instrument("a", rich), read_instrument("b", half)))
    assert set(relief(world)) == {0.0, 130.0}
    most = changed(rich, "levers.persons.care_relief.add", 150)
    world = live(little_world(read_instrument("a", rich), read_instrument("b", most)))
    assert set(relief(world)) == {0.0, 200.0}


def test_shocks_multiply_and_the_order_in_the_list_does_not_matter():
    dry = read_shock("dry", {**DROUGHT, "start": 1})
    locusts = read_shock("locusts", changed({**DROUGHT, "start": 1}, "levers.localities.harvest.multiply", 0.8))
    one, other = live(little_world(dry, locusts)), live(little_world(locusts, dry))
    assert one.population.localities.harvest == pytest.approx(0.4)
    assert everything(one) == everything(other)


def test_a_lever_of_another_table_moves_with_the_share_served():
    values = changed(CARE, "levers.providers", {"fee_cut": {"add": 0.3, "source": "x", "of": "providers_digital"}})
    world = live(little_world(read_instrument("care", values)))
    assert world.population["Providers"].values("fee_cut").tolist() == pytest.approx([0, 0, 0.1, 0])  # 10 of 30 served
    world = live(little_world(read_instrument("care", changed(values, "budget.value", 0))))
    assert not world.population["Providers"].values("fee_cut").any()


def test_a_locality_gets_the_part_its_budget_buys():
    works = {
        **CARE, "eligible": "localities",
        "unit_cost": {"value": 1000, "unit": "money/month/1000 persons"},
        "budget": {"value": 500, "unit": "money/month/1000 persons"},
        "levers": {"localities": {"public_jobs": {"add": 0.2, "source": "x"}}},
    }  # fmt: skip
    world = live(little_world(read_instrument("works", works), places=1))
    assert world.population.localities.public_jobs.tolist() == pytest.approx([0.1])
    assert world.ledger.paid("instruments") == 3000  # half of 1000 for 60 of 1000 persons


def test_an_empty_world_is_served_nothing():
    world = little_world(read_instrument("care", CARE), people=0)
    live(world, 2)
    assert world.ledger.paid("instruments") == 0


def test_events_declare_every_lever():
    assert set(LEVERS) <= set(Events.writes)
    assert Authorities.instruments in Events.writes
