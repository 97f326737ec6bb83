"""Who is in the labour force: the rules of R1 on numbers worked by hand and on small tables."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from unit.labour_market import OFFERS, by_id, shuffled, town

from sim.codes import Event, Reason, Status, Work
from sim.mechanism import Month
from sim.mechanisms.participation import (
    Participation,
    aged_taste,
    believed_arrival,
    chance_of_opening,
    counted_remittances,
    explain,
    nonlabour_income,
)
from sim.population import Persons

EXAMPLE = {
    "households": {
        "liquid_assets": 10_800, "others_earnings": 60.0, "other_income": 10.0, "receipts": 50.0,
        "persistent_receipt": 30.0, "receipt_variance": 144.0,
    },
    "persons": {"receives": 1},
}  # fmt: skip
LINE = Participation(search_cost=0.025, opening=1.0)  # k_s 2 and k_w 4 at a median pay of 80; trade at once


def with_persons(**more):
    return {**EXAMPLE, "persons": {**EXAMPLE["persons"], **more}}


def test_hand_worked_income_without_own_work():
    """Savings 108/36 = 3; 0.7 * (10 + 60) = 49; 30 - .25*12 + .1*(50 - 30) = 29: together 81."""
    counted = counted_remittances(30.0, 144.0, 50.0, 0.25, 0.1)
    assert counted == 29.0
    assert nonlabour_income(3.0, 10.0, 60.0, counted, 0.7, 1.0) == pytest.approx(81.0)


def test_remittances_counted_on_are_never_negative():
    assert counted_remittances(1.0, 400.0, 0.0, 0.25, 0.1) == 0.0


def test_belief_in_offers_halves_after_n0_months():
    assert believed_arrival(0.2, 24.0, 24.0) == pytest.approx(0.1)


def test_the_month_gives_the_worked_example():
    """Y 81, b 45.4214, w* 62.4007, r 16.9793: she searches."""
    made = town(**EXAMPLE).run(LINE)
    her = made.persons
    assert her.nonlabour_income[0] == pytest.approx(81.0)
    assert her.not_working[0] == pytest.approx(45.4214, abs=5e-5)
    assert her.reservation_flow[0] == pytest.approx(16.9793, abs=5e-5)
    assert her.reservation_wage[0] == pytest.approx(62.4007, abs=5e-5)
    assert her.status[0] == Status.UNEMPLOYED
    assert [event for event, _, _ in made.history] == [Event.ENTERED_LABOUR_FORCE]
    assert her.shaken[0] == 0


def test_the_month_gives_the_example_without_remittances():
    """Y 52: b 33.4092, w* 59.3968."""
    silent = {**EXAMPLE["households"], "receipts": 0.0, "persistent_receipt": 0.0, "receipt_variance": 0.0}
    her = town(**{**EXAMPLE, "households": silent}).run(LINE).persons
    assert her.not_working[0] == pytest.approx(33.4092, abs=5e-5)
    assert her.reservation_wage[0] == pytest.approx(59.3968, abs=5e-5)


@pytest.mark.parametrize(("pay", "flow", "status"), [(58.0, 22.0249, 5), (44.0, 16.9793, 3)])
def test_own_account_at_58_but_search_at_44(pay, flow, status):
    made = town(**EXAMPLE, localities={"trade_return": pay}).run(LINE)
    her = made.persons
    assert her.status[0] == status
    assert her.reservation_flow[0] == pytest.approx(flow, abs=5e-5)
    if status == Status.OWN_ACCOUNT:
        assert (her.work[0], her.hours[0], her.formal[0]) == (Work.TRADE, 160.0, 0)
        assert Event.OWN_ACCOUNT in [event for event, _, _ in made.history]


def test_taste_of_three_quarters_is_discouraged_by_remittances():
    """With 480 hours hers and the taste that makes b the same; with 120 hours of care, care comes first."""
    same = 0.75 * math.log(2.0) / math.log(480.0 / 300.0)
    made = town(**with_persons(taste=same, care_hours=0.0, status=int(Status.UNEMPLOYED))).run(LINE)
    her = made.persons
    assert her.not_working[0] == pytest.approx(72.1793, abs=5e-5)
    assert (her.status[0], her.why_out[0]) == (Status.INACTIVE, Reason.REMITTANCES)
    event, rows, reasons = made.history[0]
    assert (event, rows[0], reasons[0]) == (Event.LEFT_LABOUR_FORCE, 0, Reason.REMITTANCES)
    carer = town(**with_persons(taste=0.75)).run(LINE).persons
    assert carer.not_working[0] == pytest.approx(72.1793, abs=5e-5)
    assert (carer.status[0], carer.why_out[0]) == (Status.INACTIVE, Reason.CARE)


def test_what_decided_is_told_beside_the_event():
    """29 counted on, b 72.1793 less the cost of search 2, offers 55; without them b is 4 + 71 * (2^.75 - 1).

    Then only an offer of 70 is worth taking: r = (K/4 * (70 - b) - 2) / (1 + K/4) with K 9.98996.
    """
    same = 0.75 * math.log(2.0) / math.log(480.0 / 300.0)
    people = with_persons(taste=same, care_hours=0.0, status=int(Status.UNEMPLOYED))
    told = town(**people).run(LINE).figures
    assert told["value"][0] == pytest.approx(70.1793, abs=1e-4)
    assert told["cause"][0] == pytest.approx(29.0)
    assert told["offer"][0] == pytest.approx(55.0)
    flow = 4.0 + 71.0 * (2.0**0.75 - 1.0)
    quarter = 9.98996 / 4.0
    without = flow + (quarter * (70.0 - flow) - 2.0) / (1.0 + quarter)
    assert told["without"][0] == pytest.approx(without, abs=1e-3)
    off = town(**people).run(dataclasses.replace(LINE, income=0))
    assert all(event != Event.LEFT_LABOUR_FORCE for event, _, _ in off.history)


def test_who_stays_out_for_another_reason_than_before_is_told_once():
    same = 0.75 * math.log(2.0) / math.log(480.0 / 300.0)
    made = town(**with_persons(taste=same, care_hours=0.0, status=int(Status.INACTIVE), why_out=int(Reason.TASTE)))
    made.run(LINE)
    event, _, reasons = made.history[0]
    assert (event, reasons[0]) == (Event.STAYED_OUT, Reason.REMITTANCES)
    made.persons.shaken[:] = 1
    made.run(LINE)
    assert len(made.history) == 1


def test_time_is_dearer_with_age():
    """Ten years past 50 at .2 a year: e^2 = 7.389 times."""
    assert aged_taste(0.5, 60, 50.0, 0.2) == pytest.approx(3.694528, abs=1e-6)
    assert aged_taste(0.5, 49, 50.0, 0.2) == aged_taste(0.5, 70, 50.0, 0.0) == 0.5


def test_reasons_for_being_out_are_counterfactuals_in_their_order():
    pension = town(**{**EXAMPLE, "persons": {"receives": 1, "pensioner": 1, "birth_month": -12 * 49}})
    pension.territory.pension = 200.0
    assert pension.run(LINE).persons.why_out[0] == Reason.PENSION
    poor = {"households": {"others_earnings": 20.0}}
    care = town(**poor, persons={"care_hours": 290.0, "taste": 1.0})
    assert care.run(LINE).persons.why_out[0] == Reason.CARE
    offers = town(**poor, markets={"arrival": 0.001, "start_arrival": 0.25, "offers": np.full(16, 30.0)})
    assert offers.run(LINE).persons.why_out[0] == Reason.OFFERS
    taste = town(**poor, persons={"taste": 20.0})
    assert taste.run(LINE).persons.why_out[0] == Reason.TASTE
    pupil = town(**poor, persons={"status": int(Status.STUDENT)})
    assert pupil.run(LINE).persons.why_out[0] == Reason.STUDY


def test_who_would_take_an_ordinary_offer_and_does_not_look_lacks_offers():
    """Median offer 55 against b 45.4214, but at .001 offers a month searching is not worth its cost of 2."""
    made = town(**EXAMPLE, markets={"arrival": 0.001, "start_arrival": 0.001}).run(LINE)
    assert (made.persons.status[0], made.persons.why_out[0]) == (Status.INACTIVE, Reason.OFFERS)
    dear = town(**with_persons(taste=0.75, care_hours=0.0), markets={"arrival": 0.001, "start_arrival": 0.001})
    dear.markets.offers[:] = 40.0
    assert dear.run(LINE).persons.why_out[0] != Reason.OFFERS


def test_informal_trade_begins_at_once():
    """A fifth of a month's chance where nine jobs in ten are formal: 1 - .9 * .8 = .28; 1 where none is."""
    assert chance_of_opening(0.2, 0.9) == pytest.approx(0.28)
    assert chance_of_opening(0.2, 0.0) == chance_of_opening(1.0, 0.9) == 1.0


def test_trade_needs_an_opening_and_looking_for_one_is_search():
    rare = dataclasses.replace(LINE, opening=0.2)
    made = town(2000, localities={"trade_return": 200.0}, persons={"taste": 0.3}).run(rare)
    trading = made.persons.status == Status.OWN_ACCOUNT
    assert trading.mean() == pytest.approx(0.2, abs=0.03)
    assert (made.persons.status[~trading] == Status.UNEMPLOYED).all()
    assert (made.persons.reservation_flow[~trading] >= 0.0).all()
    farmers = town(200, households={"land": 1.0}, localities={"farm_return": 300.0}, persons={"taste": 0.3}).run(rare)
    assert (farmers.persons.status == Status.OWN_ACCOUNT).all()  # one's own land needs none
    kept = town(200, localities={"trade_return": 200.0}, persons={"status": int(Status.OWN_ACCOUNT), "taste": 0.3})
    assert (kept.run(rare).persons.status == Status.OWN_ACCOUNT).all()


def test_nobody_works_beyond_the_last_age():
    made = town(
        **with_persons(birth_month=-12 * 77, status=int(Status.OWN_ACCOUNT)),
        localities={"trade_return": 500.0},
    )
    old = made.run(LINE).persons
    assert (old.status[0], old.why_out[0], old.hours[0]) == (Status.INACTIVE, Reason.PENSION, 0.0)


def test_direct_null_control_income_off_remittances_change_no_bit():
    """Same month, same state, the line run with R and with 0, income off: identical bits."""
    rng = np.random.default_rng(1)
    people = 300
    persons = {
        "receives": rng.integers(0, 2, people), "taste": rng.lognormal(-0.7, 1.0, people),
        "care_hours": rng.uniform(0.0, 300.0, people), "skill": rng.uniform(0.5, 2.0, people),
        "status": rng.choice([2, 3, 5], people),
    }  # fmt: skip
    with_money = {
        "receipts": 90.0,
        "persistent_receipt": 80.0,
        "receipt_variance": 100.0,
        "liquid_assets": 400_000,
    }
    common = {"others_earnings": rng.uniform(0.0, 90.0, people)}
    off = dataclasses.replace(LINE, income=0)
    paid = town(people, households={**common, **with_money}, persons=persons).run(off)
    withheld = town(people, households=common, persons=persons).run(off)
    for name in Persons.columns:
        np.testing.assert_array_equal(paid.persons.values(name), withheld.persons.values(name), err_msg=name)
    on_paid = town(people, households={**common, **with_money}, persons=persons).run(LINE)
    on_withheld = town(people, households=common, persons=persons).run(LINE)
    assert (on_paid.persons.reservation_wage >= on_withheld.persons.reservation_wage).all()
    assert (on_paid.persons.status == Status.INACTIVE).sum() > (on_withheld.persons.status == Status.INACTIVE).sum()


def test_volatility_off_ignores_the_spread_exactly():
    off = dataclasses.replace(LINE, volatility=0)
    calm = {**EXAMPLE["households"], "receipt_variance": 0.0}
    risky, safe = town(**EXAMPLE).run(off), town(**{**EXAMPLE, "households": calm}).run(off)
    assert risky.persons.nonlabour_income[0] == safe.persons.nonlabour_income[0]
    assert risky.persons.nonlabour_income[0] == pytest.approx(84.0)


def test_disruption_off_counts_earners_as_if_they_were_there():
    gone = {**EXAMPLE["households"], "others_earnings": 20.0, "absent_earnings": 40.0}
    without = town(**{**EXAMPLE, "households": gone}).run(LINE)
    as_if = town(**{**EXAMPLE, "households": gone}).run(dataclasses.replace(LINE, disruption=0))
    assert without.persons.nonlabour_income[0] == pytest.approx(81.0 - 28.0)
    assert as_if.persons.nonlabour_income[0] == pytest.approx(81.0)


def test_choices_are_real_and_what_is_kept_is_nominal():
    """Everything nominal doubled with the price index: same choice, reservation wage twice as high."""
    double = {
        **EXAMPLE["households"], "liquid_assets": 21_600, "others_earnings": 120.0, "other_income": 20.0,
        "receipts": 100.0, "persistent_receipt": 60.0, "receipt_variance": 576.0,
    }  # fmt: skip
    dear = town(
        households=double, persons=EXAMPLE["persons"], markets={"offers": 2.0 * OFFERS},
        localities={"price_index": 2.0, "median_pay": 160.0, "median_income": 152.0},
    ).run(LINE).persons  # fmt: skip
    assert dear.nonlabour_income[0] == pytest.approx(81.0)
    assert dear.reservation_wage[0] == pytest.approx(2.0 * 62.4007, abs=1e-4)


def test_one_in_three_reviews_without_an_event_and_those_in_a_job_keep_it():
    made = town(3000, persons={"status": np.tile([2, 4, 3], 1000), "shaken": 0})
    made.run(LINE)
    looked = made.persons.reservation_wage > 0.0
    assert looked.mean() == pytest.approx(1.0 / 3.0, abs=0.03)
    assert (made.persons.status[1::3] == Status.EMPLOYED).all()


def test_a_skilled_person_searches_where_it_is_worth_most():
    offers = np.stack([OFFERS, OFFERS * 0.5])
    down = town(persons={"occupation": 1, "taste": 0.3}, markets={"offers": offers}).run(LINE)
    assert down.persons.seeks[0] == 0
    up = town(persons={"occupation": 1, "taste": 0.3}, markets={"offers": offers[::-1]}).run(LINE)
    assert up.persons.seeks[0] == 1


def test_one_more_worker_on_the_land_adds_less_the_more_there_are():
    alone = {"households": {"land": 1.0, "own_workers": 0}, "localities": {"farm_return": 60.0}}
    crowded = {"households": {"land": 1.0, "own_workers": 6}, "localities": {"farm_return": 60.0}}
    assert town(**alone).run(LINE).persons.work[0] == Work.FARM
    assert town(**crowded).run(LINE).persons.status[0] != Status.OWN_ACCOUNT


def test_explanation_gives_the_figures_that_decided():
    made = town(**EXAMPLE)
    told = explain(Month(made, LINE), 0)
    made.run(LINE)
    her = made.persons
    assert told["income without own work"] == pytest.approx(81.0)
    assert told["remittances counted on"] == pytest.approx(29.0)
    assert told["reservation wage"] == pytest.approx(float(her.reservation_wage[0]), rel=1e-6)
    assert told["best status"] == her.status[0]
    assert her.status[0] == Status.UNEMPLOYED
    assert told["in words"] == (
        "Best is searching: staying out is worth 0, searching 16.98 and own-account work nothing a month over it; "
        "a full-time job must bring 45.42 to be worth its time; the median offer is 60."
    )


def test_the_explanation_says_why_somebody_is_out():
    same = 0.75 * math.log(2.0) / math.log(480.0 / 300.0)
    told = explain(Month(town(**with_persons(taste=same, care_hours=0.0)), LINE), 0)
    assert told["why out"] == Reason.REMITTANCES
    assert told["in words"].startswith("Best is out of the labour force because of remittances of 29 counted on: ")
    told = explain(Month(town(**with_persons(taste=0.75)), LINE), 0)
    assert told["in words"].startswith("Best is out of the labour force for care: 120 hours a month: ")


def random_town(people=400):
    rng = np.random.default_rng(3)
    return town(
        people, places=2,
        households={"others_earnings": rng.uniform(0.0, 90.0, people), "land": rng.choice([0.0, 1.0], people),
                    "persistent_receipt": rng.choice([0.0, 40.0], people)},
        persons={"taste": rng.lognormal(-0.7, 1.2, people), "care_hours": rng.uniform(0.0, 400.0, people),
                 "status": rng.integers(0, 8, people), "skill": rng.uniform(0.5, 2.0, people),
                 "occupation": rng.integers(0, 2, people), "shaken": rng.integers(0, 2, people),
                 "search_months": rng.integers(0, 60, people),
                 "birth_month": -rng.integers(180, 1000, people)},
        localities={"trade_return": 30.0, "farm_return": 40.0}, markets={"part_share": 0.3},
    )  # fmt: skip


def test_rows_in_another_order_change_nobody():
    straight, mixed = random_town().run(LINE), shuffled(random_town()).run(LINE)
    for name in (
        "status",
        "why_out",
        "work",
        "seeks",
        "reservation_wage",
        "reservation_flow",
        "nonlabour_income",
    ):
        np.testing.assert_array_equal(by_id(straight.persons, name), by_id(mixed.persons, name), err_msg=name)


def test_compiled_loops_equal_plain_python():
    fast, plain = random_town().run(LINE), random_town().run(LINE, plain=True)
    for name in ("status", "why_out", "work", "seeks"):
        np.testing.assert_array_equal(fast.persons.values(name), plain.persons.values(name), err_msg=name)
    for name in ("reservation_wage", "not_working", "nonlabour_income"):
        np.testing.assert_allclose(fast.persons.values(name), plain.persons.values(name), rtol=2e-7, err_msg=name)


@settings(max_examples=25, deadline=None)
@given(st.floats(0.0, 300.0), st.floats(0.05, 3.0), st.floats(0.0, 450.0), st.floats(0.2, 3.0))
def test_more_remittances_never_bring_anybody_in(receipt, taste, care, skill):
    persons = {"taste": taste, "care_hours": care, "skill": skill}
    with_money = town(households={"persistent_receipt": receipt, "receipts": receipt}, persons=persons).run(LINE)
    without = town(persons=persons).run(LINE)
    assert not (with_money.persons.status[0] != Status.INACTIVE and without.persons.status[0] == Status.INACTIVE)
    assert with_money.persons.reservation_wage[0] >= without.persons.reservation_wage[0] - 1e-4
