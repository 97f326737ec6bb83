import copy
import dataclasses
import pathlib
import re

import numpy as np
import pytest

from scenarios.library import load_territory, territories
from sim.indicators import INDICATORS
from sim.packs import read_pack
from sim.synthetic import margins
from sim.territory import CHANNELS, DestinationInputs, Inputs, ProviderInputs, TerritoryError

SIM = pathlib.Path(__file__).parents[2] / "sim"
TRANSFER = 200 * 655.957  # FCFA


@pytest.fixture(params=territories())
def pack(request):
    return read_pack(load_territory(request.param))


@pytest.fixture
def tree():
    return copy.deepcopy(load_territory("diourbel"))


@pytest.fixture(scope="module")
def diourbel():
    return read_pack(load_territory("diourbel"))


def place(pack, name):
    return next(one for one in pack.inputs.destinations if one.name == name)


def test_every_figure_says_what_of_when_from_where_and_how_sure(pack):
    assert len(pack.figures) > 60
    for figure in pack.figures:
        assert figure.unit and figure.source, figure.path
        assert 1950 <= figure.year <= 2100, figure.path


def test_assumptions_have_bounds_and_are_listed(pack):
    assert pack.assumptions
    for figure in pack.assumptions:
        assert figure.bounds is not None, figure.path
    assert {f.path for f in pack.assumptions} == {f.path for f in pack.figures if f.source == "assumption"}


def test_derived_figures_say_how(pack):
    for figure in pack.figures:
        if figure.verified == "derived":
            assert figure.note, figure.path


def test_figures_that_were_not_read_have_bounds(pack):
    for figure in pack.figures:
        if figure.verified == "no":
            assert figure.bounds is not None, figure.path


def test_statistics_of_tests_are_indicators(pack):
    for test in pack.tests:
        assert test.statistic in INDICATORS, test.name
        assert not test.over or test.over in INDICATORS, test.name
        if not test.over:
            assert INDICATORS[test.statistic].unit == test.unit, test.name


def test_a_pack_has_ways_to_send_money_and_somewhere_to_go(pack):
    names = [one.name for one in pack.inputs.providers]
    assert {"bank", "operator", "digital", "informal"} <= set(names) <= set(CHANNELS) and len(names) == len(set(names))
    assert len(pack.inputs.destinations) >= 2
    assert {one.abroad for one in pack.inputs.destinations} == {0.0, 1.0}


def test_every_destination_pays_more_than_living_there_costs(pack):
    for one in pack.inputs.destinations:
        assert one.wage_skilled >= one.wage_basic > one.living_cost, one.name


def test_sex_by_age_can_be_fitted_to_the_margins(pack):
    here, away = margins(pack.inputs)
    assert here.min() > 0.0
    assert here.sum() == pytest.approx(1.0)
    men = here[1] / here.sum(axis=0)
    assert men.min() > 0.25 and men.max() < 0.56  # three in ten of the oldest, where men die twelve years earlier
    assert (away >= 0.0).all()


@pytest.mark.parametrize("kind", [Inputs, DestinationInputs, ProviderInputs])
def test_every_input_is_used_by_the_model(kind):
    sources = "".join(path.read_text(encoding="utf-8") for path in sorted(SIM.rglob("*.py")) if path.name != "packs.py")
    for field in dataclasses.fields(kind):
        if field.name not in ("name", "title", "currency", "base_year", "population"):
            assert re.search(rf"\.{field.name}\b", sources), f"{kind.__name__}.{field.name} is read nowhere"


# ---- Diourbel


def test_diourbel_is_judged_by_the_published_panel(diourbel):
    allowed = {(test.statistic, test.over): test.allowed for test in diourbel.tests}
    assert allowed["participation_women", ""] == pytest.approx((28.89, 38.89))
    assert allowed["participation_men", ""] == pytest.approx((54.62, 64.62))
    assert allowed["unemployment", ""] == pytest.approx((0.85, 4.85))
    assert allowed["self_employment", ""] == pytest.approx((60.42, 74.42))
    assert allowed["remittance_dependency", ""] == pytest.approx((7.05, 11.75))
    assert allowed["unemployment_broad", "unemployment"][0] == 3.0


def test_without_a_figure_for_the_place_there_is_no_verdict(diourbel):
    receiving = next(test for test in diourbel.tests if test.statistic == "receiving_households")
    assert receiving.value is None
    assert receiving.passed(20.0) is None


def test_verdicts_follow_the_tolerance(diourbel):
    women = next(test for test in diourbel.tests if test.statistic == "participation_women")
    assert women.passed(38.8) is True
    assert women.passed(28.8) is False
    broad = next(test for test in diourbel.tests if test.over)
    assert broad.passed(9.0, 3.0) is True
    assert broad.passed(8.9, 3.0) is False
    assert broad.passed(8.9, 0.0) is True


def test_each_number_of_the_project_is_input_or_test_and_never_both(diourbel):
    assert [one.id for one in diourbel.interventions] == [f"NUM-{k:02d}" for k in range(1, 18)]
    roles = {one.id: one.role for one in diourbel.interventions}
    assert {name for name, role in roles.items() if role == "neither"} == {"NUM-17"}
    assert roles["NUM-07"] == "input"
    assert roles["NUM-06"] == "test"


def test_what_is_a_test_is_no_input(diourbel):
    names = {field.name for field in dataclasses.fields(Inputs)}
    assert not names & {test.statistic for test in diourbel.tests}


def test_gaps_and_conflicts_are_said(diourbel):
    assert len(diourbel.not_found) >= 10
    shown = {conflict.what for conflict in diourbel.conflicts}
    assert {
        "participation of women",
        "unemployment",
        "self-employment",
        "remittances over GDP",
        "schooling",
    } <= shown


def test_sending_200_euros_costs_what_the_sources_say(diourbel):
    cost = {one.name: one.fixed_fee / TRANSFER + one.rate + one.margin for one in diourbel.inputs.providers}
    assert cost["bank"] == pytest.approx(0.12, abs=0.001)
    assert cost["operator"] == pytest.approx(0.067, abs=0.001)
    assert cost["digital"] < cost["operator"]
    assert 0.03 <= cost["informal"] <= 0.10
    operator = diourbel.inputs.providers[1]
    assert (operator.fixed_fee + operator.rate * TRANSFER) / 655.957 == pytest.approx(9.0, abs=0.1)  # EUR


@pytest.mark.parametrize(
    ("name", "unemployment"), [("italy", 0.16), ("france_belgium", 0.22), ("spain", 0.35), ("dakar", 0.139)]
)
def test_work_at_destinations_matches_unemployment_there(diourbel, name, unemployment):
    there = place(diourbel, name)
    assert there.separation / (there.finding + there.separation) == pytest.approx(unemployment, abs=0.003)


@pytest.mark.parametrize(
    ("name", "stock", "nearer"),
    [("italy", 81_424, 44.8 / 28), ("france_belgium", 91_446 + 1_940, 20.8 / 21), ("spain", 51_672, 12 / 14)],
)
def test_emigrant_stocks_follow_their_derivation(diourbel, name, stock, nearer):
    """National stock times the region's 9 % of leavers times the weight of the country in its transfers."""
    inputs = diourbel.inputs
    adults = 1_497_455 * sum(inputs.age_shares[3:])
    origin = adults / (1.0 - sum(one.emigrants for one in inputs.destinations))
    assert place(diourbel, name).emigrants == pytest.approx(stock * 0.09 * nearer / origin, abs=1e-4)


def test_derived_figures_of_diourbel_can_be_computed_again(diourbel):
    inputs = diourbel.inputs
    assert inputs.gdp_per_head == pytest.approx(0.838 * 14_900 + 0.162 * 28_500, rel=0.002)
    assert inputs.pay_basic == pytest.approx(42_150 * 1.014 * 1.007, rel=0.002)
    assert inputs.pay_skilled == pytest.approx((177_930 * 177_930 / 75_564 * inputs.pay_basic) ** 0.5, rel=0.005)
    assert inputs.urban_share == pytest.approx((753_313 + 77_256 + 133_706) / 1_497_455, abs=0.001)
    assert inputs.desk_distance_village == pytest.approx(0.5 * (4_770 / 5) ** 0.5, abs=0.5)
    assert place(diourbel, "italy").wage_basic == pytest.approx(968 * 655.957, rel=0.001)
    assert place(diourbel, "dakar").wage_basic == pytest.approx(inputs.pay_basic * 104_869 / 75_564, rel=0.002)
    assert 5 * sum(inputs.fertility) == pytest.approx(4.95, abs=0.01)
    ages = np.array(inputs.age_shares)
    assert ages[:4].sum() == pytest.approx(0.56, abs=0.001)
    assert ages[12:].sum() == pytest.approx(0.053, abs=0.001)
    assert (np.diff(ages) < 0).all()


def test_the_toy_village_is_invented_throughout():
    pack = read_pack(load_territory("teaching_toy_village"))
    assert len(pack.assumptions) == len(pack.figures)


# ---- packs that are refused


def missing(tree, *path):
    for key in path[:-1]:
        tree = tree[key]
    del tree[path[-1]]


def change(tree, value, *path):
    for key in path[:-1]:
        tree = tree[key]
    tree[path[-1]] = value


REFUSED = [
    (lambda t: missing(t, "inputs"), r"^territory has no table `inputs`"),
    (lambda t: change(t, [], "targets"), r"^territory\.targets is not known; allowed: pack, inputs"),
    (lambda t: missing(t, "inputs", "fertility"), r"^territory\.inputs\.fertility is missing"),
    (lambda t: missing(t, "inputs", "need", "source"), r"^territory\.inputs\.need\.source is missing"),
    (lambda t: missing(t, "inputs", "need", "bounds"), r"inputs\.need is an assumption; it needs bounds"),
    (lambda t: change(t, True, "inputs", "need", "verified"), r"^territory\.inputs\.need is an assumption"),
    (lambda t: change(t, 99, "inputs", "need", "value"), r"inputs\.need = 99 lies outside its own bounds"),
    (lambda t: change(t, 8000, "inputs", "need"), r"^territory\.inputs\.need = 8000 has no source"),
    (lambda t: change(t, "EUR", "inputs", "need", "unit"), r"inputs\.need\.unit = 'EUR'.*convert it"),
    (lambda t: change(t, float("nan"), "inputs", "need", "value"), r"inputs\.need = nan is not a finite"),
    (lambda t: change(t, [5, 1], "inputs", "need", "bounds"), r"inputs\.need\.bounds = \[5, 1\] must be"),
    (lambda t: change(t, "maybe", "inputs", "need", "verified"), r"need\.verified = 'maybe'; allowed: true"),
    (lambda t: change(t, 1, "inputs", "need", "sorce"), r"need\.sorce is not known; allowed: bounds, note"),
    (lambda t: change(t, 1, "inputs", "destinations", "italy", "wage"), r"italy\.wage is not known"),
    (lambda t: missing(t, "inputs", "providers", "bank", "loss", "year"), r"bank\.loss\.year is missing"),
    (lambda t: change(t, None, "tests", 0, "value"), r"^territory\.tests\.0 has a tolerance and no value"),
    (lambda t: change(t, 5, "tests", 0, "tolerance"), r"^territory\.tests\.0\.tolerance = 5; write"),
    (lambda t: missing(t, "tests", 0, "source"), r"^territory\.tests\.0\.source is missing"),
    (lambda t: change(t, "NUM-01", "interventions", 1, "id"), r"NUM-01 stands there twice; .*never both"),
    (lambda t: change(t, "both", "interventions", 0, "role"), r"0\.role = 'both'; allowed: input, test"),
    (lambda t: change(t, "POL-04", "interventions", 0, "used_by"), r"NUM-01 is 'test'; an input says"),
    (lambda t: missing(t, "conflicts", 0, "why"), r"^territory\.conflicts\.0\.why is missing"),
    (lambda t: change(t, "none", "not_found"), r"^territory\.not_found = 'none' must be a list"),
    (lambda t: change(t, "x", "tests", 0), r"^territory\.tests\.0 = 'x' must be a table"),
]  # fmt: skip


@pytest.mark.parametrize(("harm", "sentence"), REFUSED, ids=[sentence for _, sentence in REFUSED])
def test_a_malformed_pack_is_refused_in_one_line_that_says_where(tree, harm, sentence):
    harm(tree)
    with pytest.raises(TerritoryError, match=sentence) as caught:
        read_pack(tree)
    assert "\n" not in str(caught.value)


def test_an_empty_or_other_tree_is_refused():
    for wrong in ({}, {"inputs": []}, {"inputs": None}):
        with pytest.raises(TerritoryError, match="has no table `inputs`"):
            read_pack(wrong)
