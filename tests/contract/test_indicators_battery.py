"""Every indicator: named, finite in an empty town, and what a slow look at Mesa agents gives."""

import numpy as np
import pytest
from batteries import check_indicator, depopulated, run

from sim.agents import Firm, Household, Migrant, Person
from sim.codes import Channel, Occupation, Reason, Sector, Sex, Status
from sim.indicators import INDICATORS

each_indicator = pytest.mark.parametrize("indicator", INDICATORS.values(), ids=INDICATORS)
WORKING = (Status.EMPLOYED, Status.OWN_ACCOUNT)
LABOUR_FORCE = (Status.UNEMPLOYED, *WORKING)


@pytest.fixture(scope="module")
def towns(small_world):
    """An empty town and an ordinary one, after some months."""
    return run(depopulated(small_world(population=600)), 2), run(small_world(population=600), 3)


@each_indicator
def test_it_says_what_it_is_and_is_a_finite_number_in_every_town(indicator, towns):
    assert indicator.definition.endswith(".")
    assert indicator.better in ("up", "down", "")
    assert indicator.groups in ("people", "homes", "place", "all")
    for town in towns:
        check_indicator(indicator, town)


BALANCES = (  # either sign, or above 100
    "remittance_dependency", "labour_gap", "gender_wage_gap", "markdown", "unexplained_income",
)  # fmt: skip


def test_shares_lie_between_0_and_100(small_world):
    rows = run(small_world(population=600), 12).recorder.rows()
    for name, one in INDICATORS.items():
        values = rows["value"][rows["indicator"] == name]
        if one.unit in ("%", "%/month") and name not in BALANCES:
            assert values.min() >= 0 and values.max() <= 100, name


def people(model, sex=None, adults=True):
    """Residents present, one by one."""
    return [
        p for p in model.agents_by_type[Person]
        if p.status is not Status.AWAY and (p.age >= 15 or not adults) and sex in (None, p.sex)
    ]  # fmt: skip


def away(model, sex=None):
    return [p for p in model.agents_by_type[Person] if p.status is Status.AWAY and p.age >= 15 and sex in (None, p.sex)]


def homes(model):
    """Households with somebody here, with how many live in each."""
    here = [(h, [p for p in h.people if p.status is not Status.AWAY]) for h in model.agents_by_type[Household]]
    return [(h, members) for h, members in here if h.members > 0]


def share(some, of) -> float:
    return 100.0 * len(some) / len(of) if of else 0.0


def participation(model, sex=None) -> float:
    adults = people(model, sex)
    return share([p for p in adults if p.status in LABOUR_FORCE], adults)


def runs_a_firm(person) -> bool:
    return person.employer is not None and person.employer.founder is person


def among(model, status, of, adults_only=True) -> float:
    base = [p for p in people(model) if p.status in of]
    return share([p for p in base if p.status in status], base)


def unemployment_broad(model) -> float:
    out = [p for p in people(model) if p.status is Status.INACTIVE and p.why_out is Reason.OFFERS]
    seeking = [p for p in people(model) if p.status is Status.UNEMPLOYED]
    force = [p for p in people(model) if p.status in LABOUR_FORCE]
    return share(out + seeking, out + force)


def prevalence(model, sex=None) -> float:
    gone = away(model, sex)
    return share(gone, gone + people(model, sex))


def adult_equivalents(h) -> float:
    return 0.3 + 0.7 * h.adults + 0.5 * h.children


def gini(model) -> float:
    """Half the relative mean difference between all pairs of residents."""
    values = [max(h.consumption / adult_equivalents(h), 0) for h, _ in homes(model) for _ in range(h.members)]
    apart = sum(abs(a - b) for a in values for b in values)
    return apart / (2 * len(values) ** 2 * (sum(values) / len(values)))


def poverty(model) -> float:
    heads = sum(h.members for h, _ in homes(model))
    return 100.0 * sum(h.members for h, _ in homes(model) if h.poor) / heads


def mean(values) -> float:
    values = list(values)
    return sum(values) / len(values) if values else 0.0


def private(model):
    return [f for f in model.agents_by_type[Firm] if f.sector is not Sector.PUBLIC]


def skilled_away(model):
    return [m for m in model.agents_by_type[Migrant] if m.person.occupation is Occupation.SKILLED]


def skilled_here(model):
    return [p for p in people(model) if p.occupation is Occupation.SKILLED]


def public(model):
    return [f for f in model.agents_by_type[Firm] if f.sector is Sector.PUBLIC]


def tax(person) -> float:
    rate = person.household.locality.tax_rate
    return person.earnings * rate / (1.0 - rate)


SLOWLY = {
    "population": lambda m: len(people(m, adults=False)),
    "participation": participation,
    "participation_women": lambda m: participation(m, Sex.WOMAN),
    "participation_men": lambda m: participation(m, Sex.MAN),
    "discouraged_by_remittances": lambda m: share(
        [p for p in people(m) if p.status is Status.INACTIVE and p.why_out is Reason.REMITTANCES], people(m)
    ),
    "unemployment": lambda m: among(m, (Status.UNEMPLOYED,), LABOUR_FORCE),
    "unemployment_broad": unemployment_broad,
    "employment_rate": lambda m: share([p for p in people(m) if p.status in WORKING], people(m)),
    "self_employment": lambda m: share(
        [p for p in people(m) if p.status is Status.OWN_ACCOUNT or runs_a_firm(p)],
        [p for p in people(m) if p.status in WORKING],
    ),
    "informality": lambda m: share(
        [p for p in people(m) if p.status in WORKING and not (p.status is Status.EMPLOYED and p.formal)],
        [p for p in people(m) if p.status in WORKING],
    ),
    "search_duration": lambda m: mean(p.search_months for p in people(m) if p.status is Status.UNEMPLOYED),
    "wage_mean": lambda m: (
        sum(p.wage for p in people(m) if p.status is Status.EMPLOYED)
        / sum(1.0 if p.hours > 100 else 0.5 for p in people(m) if p.status is Status.EMPLOYED)
    ),
    "reservation_wage": lambda m: mean(p.reservation_wage for p in people(m) if p.status in LABOUR_FORCE),
    "mean_skill": lambda m: mean(p.skill for p in people(m)),
    "care_hours_women": lambda m: mean(p.care_hours for p in people(m, Sex.WOMAN)),
    "care_hours_men": lambda m: mean(p.care_hours for p in people(m, Sex.MAN)),
    "school_attendance": lambda m: share(
        [p for p in people(m, adults=False) if 7 <= p.age < 18 and p.in_school],
        [p for p in people(m, adults=False) if 7 <= p.age < 18],
    ),
    "gini": gini,
    "poverty": poverty,
    "consumption": lambda m: sum(h.consumption for h, _ in homes(m)) / sum(h.members for h, _ in homes(m)),
    "liquid_assets": lambda m: mean(h.liquid_assets for h, _ in homes(m)),
    "household_debt": lambda m: mean(h.debt for h, _ in homes(m)),
    "insured": lambda m: 100 * mean(h.insured for h, _ in homes(m)),
    "accounts": lambda m: 100 * mean(h.account for h, _ in homes(m)),
    "remittance_dependency": lambda m: (
        100.0 * sum(h.receipt for h, _ in homes(m)) / sum(h.income for h, _ in homes(m))
    ),
    "migrants": lambda m: len(m.agents_by_type[Migrant]),
    "prevalence": prevalence,
    "prevalence_women": lambda m: prevalence(m, Sex.WOMAN),
    "prevalence_men": lambda m: prevalence(m, Sex.MAN),
    "skilled_away": lambda m: share(skilled_away(m), skilled_away(m) + skilled_here(m)),
    "taxes_lost": lambda m: (
        sum(tax(p) for p in skilled_here(m) if p.status is Status.EMPLOYED and p.formal)
        / len(skilled_here(m)) * len(skilled_away(m))
    ),
    "public_posts_open": lambda m: (
        100.0 * sum(max(a - b, 0.0) for f in public(m) for a, b in zip(f.desired_labour, f.labour, strict=True))
        / sum(sum(f.desired_labour) for f in public(m))
    ),
    "overqualified_away": lambda m: share(
        [g for g in skilled_away(m) if g.employed and g.occupation is Occupation.BASIC], skilled_away(m)
    ),
    "idle_away": lambda m: share([g for g in skilled_away(m) if not g.employed], skilled_away(m)),
    "irregular_away": lambda m: 100 * mean(1 - g.regular for g in m.agents_by_type[Migrant]),
    "migrant_debt": lambda m: mean(g.debt for g in m.agents_by_type[Migrant]),
    "formal_transfers": lambda m: (
        100.0 * sum(g.sent for g in m.agents_by_type[Migrant] if g.channel != Channel.INFORMAL)
        / max(sum(g.sent for g in m.agents_by_type[Migrant]), 1e-9)
    ),
    "firms": lambda m: len(private(m)),
    "firm_size": lambda m: mean(sum(f.jobs) for f in private(m)),
    "newcomer_share": lambda m: 100 * mean(p.newcomer for p in people(m) if p.status is Status.EMPLOYED),
}  # fmt: skip


@pytest.fixture(scope="module")
def town(small_model):
    """A town half a year after its burn-in, with the tallies of its present state."""
    model = small_model(population=500)
    model.run_for(6)
    return model, model.recorder.tally()


@pytest.mark.parametrize("name", SLOWLY)
def test_it_is_what_a_slow_look_at_agents_gives(name, town):
    model, tally = town
    found = float(INDICATORS[name].compute(tally)[0])
    assert found == pytest.approx(SLOWLY[name](model), rel=2e-3, abs=6e-3)


def test_skilled_people_who_leave_and_come_back_are_counted_in_their_month(small_model):
    model = small_model(population=600)
    moved = 0
    for _ in range(36):
        model.run_for(1)
        now = model.world.month - model.setup.burn_in
        left = [m for m in skilled_away(model) if m.start_month == now and not m.onward]
        back = [p for p in skilled_here(model) if p.returnee and p.return_month == now]
        expected = sum(m.person.schooling for m in left), len(back) - len(left)
        found = [model.recorder.series(name)[-1] for name in ("schooling_lost", "skilled_balance")]
        assert found == pytest.approx(expected, abs=0.02)
        moved += 1 if left else 0
        moved += 1000 if back else 0
    assert moved > 1001


@pytest.mark.parametrize("sex", Sex)
def test_groups_by_sex_are_those_people(sex, town):
    model, tally = town
    place = tally.groups.index("sex=women" if sex is Sex.WOMAN else "sex=men")
    assert INDICATORS["participation"].compute(tally)[place] == pytest.approx(participation(model, sex))
    assert INDICATORS["prevalence"].compute(tally)[place] == pytest.approx(prevalence(model, sex))


def test_recipients_and_others_make_up_everybody(town):
    _, tally = town
    yes, no = tally.groups.index("recipient=yes"), tally.groups.index("recipient=no")
    for name in ("population", "migrants"):
        values = INDICATORS[name].compute(tally)
        assert values[yes] + values[no] == values[0]


def test_localities_make_up_the_territory(small_model):
    from sim.example import example_inputs

    inputs = example_inputs()
    if int(inputs.localities) < 2:
        import dataclasses

        inputs = dataclasses.replace(inputs, localities=3)
    model = small_model(population=900, inputs=inputs)
    model.run_for(1)
    rows = model.recorder.rows()

    def total(name, group):
        last = rows["month"] == rows["month"].max()
        those = (rows["indicator"] == name) & np.char.startswith(rows["group"], group) & last
        return rows["value"][those].sum()

    for name in ("population", "migrants", "firms", "remittances_sent", "authority_spending"):
        assert total(name, "locality=") == pytest.approx(total(name, "all")), name
