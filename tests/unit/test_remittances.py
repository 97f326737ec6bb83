"""Remittances: R4's worked numbers, its properties, and small tables one can check by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.stand_in import Stand, places, put_money

from sim.codes import Channel, Sex, Status
from sim.mechanisms.remittances import (
    Remittances,
    altruism_now,
    contact_with_home,
    control_of_receipts,
    gift,
    heard_income,
    insured_part,
    meant_for_house,
    planned_remittance,
    weight_of_home,
    women_control,
)
from sim.moving import life_at_home
from sim.population import Destinations, Households, Migrants, Persons, Population, Providers
from sim.transfers import (
    NEEDS_ACCOUNT,
    PAYS_AT_DESKS,
    channel_score,
    cost_of_sending,
    exchange_margin,
    felt_cost,
    sending_balance,
    travel_cost,
)

AMOUNT = st.floats(0.0, 1e4)
ALTRUISM = st.floats(0.05, 2.0)
COST = st.floats(0.0, 0.5)


def test_hand_worked_plan_and_what_it_replaces_of_a_fall_in_income():
    """x 400, tau .05, y 120, f .6: 67.8571; y 96: 82.8571; 1/(1 + f) = 62.5 % of the fall."""
    before, after = planned_remittance(400.0, 120.0, 0.05, 0.6), planned_remittance(400.0, 96.0, 0.05, 0.6)
    assert before == pytest.approx(67.8571, abs=5e-5)
    assert after == pytest.approx(82.8571, abs=5e-5)
    assert (after - before) / (120.0 - 96.0) == pytest.approx(0.625)


@pytest.mark.parametrize(("fee", "balance", "months"), [(5.0, 92.0985, 1.357), (4.0, 82.3754, 1.214)])
def test_hand_worked_sending_balance(fee, balance, months):
    """Cheaper transfers act through their number: F 5 every 1.357 months, F 4 every 1.214."""
    planned = planned_remittance(400.0, 120.0, 0.05, 0.6)
    worth = sending_balance(fee, planned, 0.08)
    assert worth == pytest.approx(balance, abs=5e-5)
    assert worth / planned == pytest.approx(months, abs=5e-4)


def test_hand_worked_channel_shares():
    """Costs per 100 of 8.5, 4 and 5, trust 0, -1, -1, eta_c 40: .21198, .47178, .31624."""
    weights = [math.exp(channel_score(c, t, 40.0)) for c, t in ((0.085, 0.0), (0.04, -1.0), (0.05, -1.0))]
    shares = np.array(weights) / sum(weights)
    assert shares == pytest.approx([0.21198, 0.47178, 0.31624], abs=5e-6)


def test_elasticity_of_the_total_to_its_cost():
    """At tau .09 the total falls by about .18 % for a rise of cost by 1 %."""
    low, high = (planned_remittance(400.0, 120.0, tau, 0.6) for tau in (0.0899, 0.0901))
    elasticity = math.log(high / low) / math.log(0.0901 / 0.0899)
    assert elasticity == pytest.approx(-0.18, abs=0.005)


def test_elasticity_of_formal_volume_with_its_own_share():
    """Own share .645 at tau .09: about -1.3 by moving between channels, besides that of the total."""

    def formal(cost: float) -> float:
        other = 0.355 / 0.645 * math.exp(channel_score(0.09, 0.0, 40.0))
        mine = math.exp(channel_score(cost, 0.0, 40.0))
        return mine / (mine + other)

    assert formal(0.09) == pytest.approx(0.645)
    elasticity = math.log(formal(0.0901) / formal(0.0899)) / math.log(0.0901 / 0.0899)
    assert elasticity == pytest.approx(-1.3, abs=0.03)


@given(AMOUNT, AMOUNT, COST, ALTRUISM)
def test_plan_maximises_the_stated_welfare(means, income, cost, altruism):
    planned = planned_remittance(means, income, cost, altruism)
    assert 0.0 <= planned * (1.0 + cost) <= means + 1e-9

    def welfare(r: float) -> float:
        kept, had = means - r * (1.0 + cost), income + r
        return math.log(max(kept, 1e-300)) + altruism * math.log(max(had, 1e-300))

    for other in (0.9 * planned, planned + 0.01 * means):
        if 0.0 <= other * (1.0 + cost) < means and planned > 0.0:
            assert welfare(planned) >= welfare(other) - 1e-9


@given(AMOUNT, AMOUNT, AMOUNT, COST, ALTRUISM)
def test_plan_rises_with_means_and_falls_with_income(means, income, more, cost, altruism):
    planned = planned_remittance(means, income, cost, altruism)
    assert planned_remittance(means + more, income, cost, altruism) >= planned
    assert planned_remittance(means, income + more, cost, altruism) <= planned


def test_nothing_is_sent_out_of_a_deficit_or_to_an_empty_house():
    assert planned_remittance(-50.0, 0.0, 0.05, 0.6) == 0.0
    assert altruism_now(0.6, 0.002, 12, 0) == 0.0
    assert altruism_now(0.6, 0.002, 0, 3) == 0.6
    assert altruism_now(0.6, 0.002, 60, 3) < altruism_now(0.6, 0.002, 12, 3)


def test_information_alone_cuts_the_margin_and_never_raises_it():
    """Floor .3 %, m .01, four providers: half informed .8 %, all informed .55 %, nobody: what is asked."""
    assert exchange_margin(0.03, 0.003, 0.01, 4, 0.5) == pytest.approx(0.008)
    assert exchange_margin(0.03, 0.003, 0.01, 4, 1.0) == pytest.approx(0.0055)
    assert exchange_margin(0.03, 0.003, 0.01, 4, 0.0) == 0.03
    assert exchange_margin(0.001, 0.003, 0.01, 4, 0.5) == 0.001


def test_cost_of_sending_adds_fees_way_and_loss():
    """100 sent: 2 fixed, 3 of way, 1 % rate, 1.5 % margin, 0.5 % lost: 8 %."""
    assert cost_of_sending(2.0, 0.01, 0.015, 3.0, 0.005, 100.0) == pytest.approx(0.08)
    assert travel_cost(10.0, 0.5, 0.002, 100.0) == pytest.approx(1.0)


def town(seed: int = 1, fixed: float = 0.0, loss: float = 0.0, count: int = 1, offered=range(4), **home) -> Stand:
    """Households of a mother and a married couple, the husband away with money and no thought of coming back."""
    population, channels = Population(), np.arange(5)
    places(population, start_informed=0.5, base_pay=100.0)
    population.add(Destinations, 1, id=[1], abroad=1)
    population.add(
        Providers, 5, id=channels + 1, channel=channels, fixed_fee=fixed, rate=0.02, base_margin=0.02,
        margin=0.02, loss=loss, desk=np.isin(channels, PAYS_AT_DESKS), needs_account=np.isin(channels, NEEDS_ACCOUNT),
        offered=np.isin(channels, offered),
    )  # fmt: skip
    rows = np.arange(count)
    values = {"members": 2, "adults": 2, "away": 1, "labour_income": 50.0, "desk_distance": 5.0} | home
    values = {"earned_income": values["labour_income"]} | values
    population.add(Households, count, id=rows + 1, locality=0, **values)
    people = 3 * rows
    population.add(
        Persons, 3 * count, id=np.arange(3 * count) + 1, household=np.repeat(rows, 3),
        sex=np.tile([Sex.WOMAN, Sex.WOMAN, Sex.MAN], count), birth_month=np.tile([-700, -300, -320], count),
        status=np.tile([Status.INACTIVE, Status.INACTIVE, Status.AWAY], count),
        mother=np.stack([-1 + 0 * people, -1 + 0 * people, people]).T.ravel(),
        spouse=np.stack([-1 + 0 * people, people + 2, people + 1]).T.ravel(),
        spell=np.stack([-1 + 0 * rows, -1 + 0 * rows, rows]).T.ravel(),
    )  # fmt: skip
    population.add(
        Migrants, count, id=rows + 1, person=people + 2, household=rows, locality=0, destination=0,
        means=400.0, intention=0.0,
        altruism=0.6, start_month=0, regular=1, employed=1, channel=Channel.OPERATOR, known_cost=0.05,
    )  # fmt: skip
    put_money(population, "Migrants", "savings", 100_000)
    put_money(population, "Households", "liquid_assets", 10_000)
    return Stand(population, seed)


def test_without_a_fixed_cost_the_plan_is_sent_every_month():
    """x 400, y 50, known cost .05, f .6: what R4 plans arrives, and the fee comes on top."""
    world = town(desk_distance=0.0)
    world.run(Remittances())
    migrants, households = world.population.migrants, world.population.households
    planned = planned_remittance(400.0, 50.0, 0.05, 0.6)
    assert migrants.plan[0] == pytest.approx(planned, rel=1e-6)
    assert households.receipt[0] == pytest.approx(planned, abs=0.01)
    assert migrants.sent[0] == pytest.approx(households.receipt[0] + migrants.fee[0], abs=0.01)
    assert migrants.waiting[0] == 0.0
    assert world.ledger.paid("remittances") == round(100 * float(households.receipt[0]))


def test_a_fixed_cost_makes_sending_rarer_and_the_balance_waits():
    world = town(fixed=20.0, count=60)
    receipts = []
    for _ in range(12):
        world.run(Remittances())
        receipts.append(float((world.population.households.receipt > 0).mean()))
    assert 0.2 < np.mean(receipts) < 0.8
    assert (world.population.migrants.waiting >= 0).all()


def test_withheld_remittances_take_the_same_from_migrants_and_bring_nothing():
    paid, withheld = town(count=20, fixed=5.0), town(count=20, fixed=5.0)
    for _ in range(6):
        paid.run(Remittances())
        withheld.run(Remittances(on=0))
    assert (withheld.population.households.receipt == 0).all()
    assert (withheld.population.migrants.sent == 0).all()
    assert (withheld.population.households.liquid_assets == 10_000).all()
    assert (paid.population.households.liquid_assets > 10_000).all()
    for name in ("savings", "waiting", "plan"):
        np.testing.assert_array_equal(paid.population.migrants.values(name), withheld.population.migrants.values(name))


def test_a_transfer_that_is_lost_leaves_the_migrant_and_does_not_arrive():
    world = town(loss=1.0, desk_distance=0.0)
    world.run(Remittances())
    migrants = world.population.migrants
    assert world.population.households.receipt[0] == 0.0
    assert migrants.lost[0] > 0.0
    assert migrants.sent[0] == pytest.approx(migrants.lost[0] + migrants.fee[0], abs=0.01)


def test_the_wife_receives_else_the_mother_else_the_eldest():
    world = town()
    world.run(Remittances())
    assert world.population.persons.receives.tolist() == [0, 1, 0]
    assert world.population.households.woman_decides[0] == 1
    world.population.persons.spouse[2] = -1
    world.run(Remittances())
    assert world.population.persons.receives.tolist() == [1, 0, 0]
    world.population.persons.mother[2] = -1
    world.run(Remittances())
    assert world.population.persons.receives.tolist() == [1, 0, 0]  # born first
    world.population.persons.values("sex")[0] = Sex.MAN
    world.run(Remittances())
    assert world.population.households.woman_decides[0] == 0


def test_a_card_opens_the_digital_way_and_information_cuts_margins():
    plain, cards, told = town(count=200), town(count=200), town(count=200)
    cards.population.households.card[:] = 1.0
    told.population.households.price_information[:] = 1.0
    for world in (plain, cards, told):
        world.run(Remittances(), 3)
    digital = [(w.population.migrants.channel == Channel.DIGITAL).mean() for w in (plain, cards)]
    assert digital[0] == 0.0 < digital[1]
    assert told.population["Providers"].values("margin").max() < plain.population["Providers"].values("margin").min()
    assert plain.population.localities.informed[0] == pytest.approx(0.5, abs=0.1)
    assert told.population.localities.informed[0] == 1.0
    assert told.population.migrants.known_cost.mean() < plain.population.migrants.known_cost.mean()


def test_hand_worked_felt_cost():
    """Ways at .04 and .08 liked alike, eta 40: e^-1.6 + e^-3.2 = .24266 against 2, so that ln(8.242) / 40 = .05273 is
    felt; at a common cost it is that cost.
    """
    assert felt_cost(math.exp(-1.6) + math.exp(-3.2), 2.0, 40.0) == pytest.approx(0.05273, abs=5e-6)
    assert felt_cost(3.0 * math.exp(-2.4), 3.0, 40.0) == pytest.approx(0.06)


@given(st.lists(st.tuples(st.floats(0.0, 0.3), st.floats(-2.0, 2.0)), min_size=1, max_size=5))
def test_a_dearer_way_is_felt_as_much_as_it_is_used_and_never_less_than_the_mean_cost(ways):
    eta, step = 20.0, 1e-6

    def felt(costs):
        scores = [trust - eta * cost for cost, (_, trust) in zip(costs, ways, strict=True)]
        return felt_cost(sum(map(math.exp, scores)), sum(math.exp(trust) for _, trust in ways), eta), scores

    costs = [cost for cost, _ in ways]
    before, scores = felt(costs)
    used = [math.exp(score) / sum(map(math.exp, scores)) for score in scores]
    after, _ = felt([costs[0] + step, *costs[1:]])
    assert (after - before) / step == pytest.approx(used[0], abs=1e-3)
    assert sum(u * c for u, c in zip(used, costs, strict=True)) <= before + 1e-9 and before <= max(costs) + 1e-9


def test_what_a_dearer_way_costs_those_who_leave_it_is_felt_only_with_the_switch_on():
    """Who can also send by a carrier feels dear operators by more than the mean cost of the ways taken."""
    rise = {}
    for on in (0, 1):
        known = []
        for fixed in (2.0, 20.0):
            world = town(count=50, fixed=fixed)
            world.population["Providers"].values("fixed_fee")[Channel.INFORMAL] = 2.0
            world.run(Remittances(ways_felt=on))
            known.append(float(world.population.migrants.known_cost.mean()))
        rise[on] = known[1] - known[0]
    assert rise[1] > rise[0]


def test_cheaper_providers_raise_what_arrives_and_their_number():
    dear, cheap = town(count=200, fixed=10.0), town(count=200, fixed=10.0)
    cheap.population["Providers"].values("fee_cut")[:] = 0.8
    arrived = np.zeros(2)
    for _ in range(12):
        for k, world in enumerate((dear, cheap)):
            world.run(Remittances())
            arrived[k] += world.ledger.paid("remittances")
    assert arrived[1] > arrived[0]


def test_insurance_off_means_the_plan_does_not_see_this_months_income():
    usual = {"earned_income": 50.0}
    for insurance, same in ((1, False), (0, True)):
        plans = []
        for income in (50.0, 20.0):
            world = town(labour_income=income, **usual)
            world.run(Remittances(insurance=insurance))
            plans.append(float(world.population.migrants.plan[0]))
        assert (plans[0] == plans[1]) is same


def test_two_migrants_of_one_household_share_the_task():
    """Together they plan what one with the means of both would."""
    one, two = town(), town()
    one.population.migrants.means[0] = 800.0
    two.population.add(
        Persons, 1, id=[9], household=[0], sex=[Sex.MAN], birth_month=[-310], status=[Status.AWAY], spell=[1]
    )
    two.population.add(
        Migrants, 1, id=[9], person=[3], household=[0], locality=[0], destination=[0], means=400.0,
        altruism=0.6, intention=0.0,
        channel=Channel.OPERATOR, known_cost=0.05,
    )  # fmt: skip
    for world in (one, two):
        world.run(Remittances())
    assert two.population.migrants.plan.sum() == pytest.approx(float(one.population.migrants.plan[0]), rel=1e-5)


def test_help_with_the_households_loan_is_a_switch_of_its_own():
    plans = []
    for on in (0, 1):
        world = town(debt=24_000)
        world.run(Remittances(loan_repayment=on))
        plans.append(float(world.population.migrants.plan[0]))
    assert plans[1] - plans[0] == pytest.approx(240.0 / 24.0, rel=1e-5)


def test_hand_worked_weight_of_home_and_intention():
    """f .6 and half of life to be spent at home, worth .4: .8. h = .05/12 against 1/.995 - 1: .4533 of life."""
    assert weight_of_home(0.6, 0.5, 0.4) == pytest.approx(0.8)
    assert weight_of_home(0.6, 0.5, 0.0) == 0.6
    assert life_at_home(0.95, 1 / 12, 0.995) == pytest.approx(0.45330, abs=5e-6)
    assert life_at_home(1.0, 1 / 12, 0.995) == life_at_home(1.0, 1.0, 1.0) == 0.0


def test_part_of_what_is_sent_for_the_own_life_later_is_meant_for_the_house():
    """x 400, y 120, tau .05: f .6 plans 67.8571, f .8 102.6455; the sender keeps a say in half of what lies between."""
    more = planned_remittance(400.0, 120.0, 0.05, 0.8)
    assert meant_for_house(more, planned_remittance(400.0, 120.0, 0.05, 0.6), 0.5) == pytest.approx(17.3942, abs=5e-5)
    shares = {}
    for name, kept, off in (("sent", 0.5, {}), ("no say", 0.0, {}), ("off", 0.5, {"house": 0})):
        world = town()
        world.population.migrants.intention[0] = 0.5
        world.run(Remittances(own_later=0.4, sender_keeps=kept, **off))
        shares[name] = float(world.population.households.house_share[0])
        assert world.population.migrants.plan[0] == pytest.approx(planned_remittance(400.0, 50.0, 0.05, 0.8), rel=1e-6)
    plain = planned_remittance(400.0, 50.0, 0.05, 0.6), planned_remittance(400.0, 50.0, 0.05, 0.8)
    assert shares["sent"] == pytest.approx(0.5 * (1.0 - plain[0] / plain[1]), rel=1e-3)
    assert shares["no say"] == shares["off"] == 0.0


def test_news_of_a_bad_month_reaches_women_more_and_everybody_less_than_in_full():
    """Usual 100, now 60: told .8 of it, 68; .9 with one woman, 64; both 60."""
    heard = [heard_income(100.0, 60.0, contact_with_home(0.8, 0.1, s, r)) for s, r in ((0, 0), (1, 0), (1, 1))]
    assert heard == pytest.approx([68.0, 64.0, 60.0])
    assert insured_part(100.0, 68.0, 0.6) == pytest.approx(20.0)
    assert insured_part(100.0, 120.0, 0.6) == pytest.approx(-12.5)  # a good month is given back
    assert insured_part(120.0, 96.0, 0.6) == pytest.approx(82.8571 - 67.8571, abs=5e-4)  # as altruism alone would


@given(st.floats(0.0, 1e4), st.floats(0.0, 0.5), st.floats(0.1, 100.0))
def test_gift_maximises_what_it_says_and_small_givers_ride_free(own, weight, given):
    best = gift(own, weight, given)
    assert 0.0 <= best <= own
    for other in (0.9 * best, best + 0.01 * own):
        if other < own and best > 0.0:
            worth = [math.log(own - g) + weight * math.log(given + g) for g in (best, other)]
            assert worth[0] >= worth[1] - 1e-9
    assert gift(1000.0, 0.02, 10.0) == pytest.approx(10.0 / 1.02)
    assert gift(1000.0, 0.01, 10.0) == 0.0


def test_control_of_money_by_who_sends_and_who_receives():
    """A man who sends keeps half the say of his wife's receipts; she earns 20, he earns 60, 20 is common."""
    assert [control_of_receipts(w, s, 0.5) for w, s in ((1, 0.0), (1, 1.0), (0, 0.0), (0, 1.0))] == [0.5, 1, 0, 0.5]
    assert women_control(20.0, 60.0, 20.0, 1, 1) == pytest.approx(0.3)
    assert women_control(20.0 + 50.0, 60.0 + 50.0, 20.0, 1, 1) == pytest.approx(0.4)
    assert women_control(0.0, 0.0, 0.0, 0, 0) == 0.5
    assert women_control(0.0, 0.0, 0.0, 2, 0) == 1.0


def test_margins_fall_with_more_firms_that_compete():
    plain, more = town(), town()
    more.population["Providers"].values("entrants")[1] = 6.0
    for world in (plain, more):
        world.run(Remittances())
    margins = [world.population["Providers"].values("margin")[1] for world in (plain, more)]
    informed = plain.population.localities.informed[0]
    if informed > 0.0:
        assert margins[0] == pytest.approx(min(0.02, 0.003 + 0.01 / (4 * informed)), rel=1e-5)
        assert margins[1] == pytest.approx(min(0.02, 0.003 + 0.01 / (10 * informed)), rel=1e-5)
    assert margins[1] <= margins[0]


@pytest.mark.parametrize("motive", ["altruism", "insurance", "loan_repayment", "investment"])
def test_each_motive_has_its_switch_and_adds_to_what_is_sent(motive):
    plans = []
    for on in (0, 1):
        world = town(labour_income=30.0, earned_income=50.0, debt=24_000)
        world.population.migrants.intention[:] = 0.5
        world.run(Remittances(**{motive: on}))
        plans.append(float(world.population.migrants.plan[0]))
    assert plans[1] > plans[0] > 0.0


def test_without_any_motive_nothing_is_sent_and_with_insurance_alone_a_part_of_the_shortfall():
    off = dict.fromkeys(("altruism", "insurance", "loan_repayment", "investment"), 0)
    world = town(labour_income=30.0, earned_income=50.0, debt=24_000)
    world.run(Remittances(**off))
    assert world.population.migrants.plan[0] == 0.0
    world = town(labour_income=30.0, earned_income=50.0, debt=24_000)
    world.run(Remittances(**{**off, "insurance": 1}))
    assert world.population.migrants.plan[0] == pytest.approx(20.0 * 0.9 / 1.6)  # who receives is not yet known


def test_women_away_send_more_of_the_same_means_and_for_longer():
    men, women = town(), town()
    women.population.persons.values("sex")[2] = Sex.WOMAN
    sent = []
    for world in (men, women):
        for start in (0, -120):
            world.population.migrants.values("start_month")[:] = start
            world.run(Remittances())
            sent.append(float(world.population.migrants.plan[0]))
    assert sent[2] > sent[0] and sent[3] > sent[1]
    assert sent[3] / sent[2] > sent[1] / sent[0]  # fades less


def test_a_cooperative_is_a_way_to_send_for_its_members_alone():
    members, others = town(count=300, account=1, offered=range(5)), town(count=300, offered=range(5))
    for world in (members, others):
        world.run(Remittances(), 3)
    used = [(w.population.migrants.channel == Channel.COOPERATIVE).mean() for w in (members, others)]
    assert used[0] > 0.05 and used[1] == 0.0


def test_a_channel_that_is_not_offered_is_never_used_and_without_any_nothing_is_sent():
    world = town(count=100, offered=[Channel.INFORMAL, Channel.BANK], account=1)
    world.run(Remittances(), 3)
    assert set(world.population.migrants.channel.tolist()) <= {Channel.INFORMAL, Channel.BANK, Channel.OPERATOR}
    assert world.ledger.paid("remittances") > 0
    assert (world.population.migrants.sent > 0).any()
    nothing = town(count=100, offered=[])
    nothing.run(Remittances(), 3)
    assert nothing.ledger.paid("remittances") == 0
    assert (nothing.population.migrants.sent == 0).all()


def test_gifts_answer_to_information_leave_the_migrant_and_are_counted_at_the_place():
    given = []
    for told in (0.0, 1.0):
        world = town(count=50)
        world.population.households.project_information[:] = told
        world.run(Remittances())
        books = world.ledger.paid("collective projects")
        assert books == round(100 * float(world.population.migrants.gift.sum()))
        assert books == round(100 * float(world.population.localities.gifts[0]))
        given.append(books)
    assert given[1] > given[0] > 0
    off = town(count=50)
    off.run(Remittances(collective=0))
    assert off.ledger.paid("collective projects") == 0


def test_who_receives_gains_a_say_unless_that_is_switched_off():
    power = []
    for on in (0, 1):
        world = town(persistent_receipt=100.0, need=20.0)
        world.population.persons.smoothed_earnings[1] = 30.0
        world.population.persons.values("sex")[0] = Sex.MAN
        world.population.persons.smoothed_earnings[0] = 70.0
        world.run(Remittances(control=on))
        power.append(float(world.population.households.women_power[0]))
    assert power[0] == pytest.approx((30.0 + 10.0) / 120.0)
    assert power[1] == pytest.approx((30.0 + 50.0 + 10.0) / 220.0)


def test_without_lumps_a_fixed_cost_does_not_make_sending_rarer():
    sent = []
    for on in (0, 1):
        world = town(fixed=20.0, count=40)
        months = []
        for _ in range(6):
            world.run(Remittances(lumpy=on))
            months.append(float((world.population.migrants.sent > 0).mean()))
        sent.append(np.mean(months))
    assert sent[0] == 1.0 > sent[1]
