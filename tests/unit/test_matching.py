"""Seekers and vacancies meet; no matching function is imposed."""

from __future__ import annotations

import math

import numpy as np
import pytest
from unit.labour_market import by_id, shuffled, town

from sim.codes import Event, Status
from sim.mechanisms.matching import (
    Matching,
    asked_per_unit,
    chance_to_meet,
    clients_served,
    expected_offer,
    fit_of_service,
    offers_per_searcher,
    reached,
    seeming_productivity,
    service_gain,
    valued,
)
from sim.ranking import clockwise, ranked, rings
from sim.streams import Streams

LINE = Matching()
ONE_APPLICATION = Matching(reach=10.0, applications=1)  # everybody reaches at least one vacancy, applies to one
FIRM = {"full_time": 1, "posted_wage": 50.0, "applicants_wage": 35.0, "marginal_product": 90.0}
SEEKER = {
    "status": int(Status.UNEMPLOYED),
    "not_working": 30.0,
    "not_working_part": 12.0,
    "reservation_flow": 5.0,
}


def market(seekers: int, vacancies: int, firms: int | None = None, seed: int = 1, firm: dict | None = None, **seeker):
    """Identical seekers and vacancies, one to a firm unless said otherwise."""
    firms = vacancies if firms is None else firms
    return town(
        seekers, firms, seed=seed, firms={**FIRM, "vacancies": vacancies // firms, **(firm or {})},
        persons={**SEEKER, **seeker},
    )  # fmt: skip


def hires(seekers: int, vacancies: int, seed: int) -> int:
    return int(market(seekers, vacancies, seed=seed).run(ONE_APPLICATION).markets.hires[0])


def test_hand_worked_reach_and_pay_asked():
    assert reached(2.0, 0.5, 0.1, 0.0, 1.0) == pytest.approx(2.1)
    assert reached(2.0, 0.5, 0.1, 0.4, 1.0) == pytest.approx(2.3)
    assert chance_to_meet(2.0) == pytest.approx(0.864665)
    assert asked_per_unit(30.0, 6.0, 0.75, 0.2) == pytest.approx(60.0)


def test_skill_is_seen_with_noise():
    assert seeming_productivity(1.5, 0.0, 0.9, 0.0, 0.3, 1.0) == 1.5
    assert seeming_productivity(1.5, 0.2, 0.5, 0.0, 0.3, 1.0) == pytest.approx(1.5)
    assert seeming_productivity(1.5, 0.2, 0.975, 0.0, 0.3, 1.0) == pytest.approx(1.5 * math.exp(0.2 * 1.959964))


def test_an_unread_qualification_counts_for_less_the_noisier_it_is():
    """Spread .3, added noise .3: half trusted, so skill 4 against a usual 1 seems 2."""
    assert seeming_productivity(4.0, 0.0, 0.5, 0.3, 0.3, 1.0) == pytest.approx(2.0)
    seen = [seeming_productivity(4.0, 0.2, 0.5, unread, 0.3, 1.0) for unread in (0.0, 0.1, 0.3, 0.6, 2.0)]
    assert seen == sorted(seen, reverse=True)
    assert seen[0] == pytest.approx(4.0) and seen[-1] == pytest.approx(1.0, abs=0.05)


def test_discrimination_takes_off_a_share_and_nothing_at_zero():
    assert valued(2.0, 1, 1, 0.0, 0.0) == 2.0
    assert valued(2.0, 1, 0, 0.25, 0.5) == 1.5
    assert valued(2.0, 0, 1, 0.25, 0.5) == 1.0
    assert valued(2.0, 0, 0, 0.25, 0.5) == 2.0


def test_hand_worked_employment_service():
    """Places .5 a seeker, fixed cost .01: one scheme serves .49; of 49 schemes .01 is left, or nothing of .49."""
    assert clients_served(0.5, 1.0, 0.01, 0.5) == pytest.approx(0.49)
    assert clients_served(0.5, 49.0, 0.01, 0.0) == pytest.approx(0.01)
    assert clients_served(0.49, 49.0, 0.01, 0.0) == 0.0
    # Ten schemes with 1 place a seeker between them: apart they serve all, alike 1 - .9^10.
    assert clients_served(1.0, 10.0, 0.0, 1.0) == pytest.approx(1.0 - 0.9**10)
    assert clients_served(1.0, 10.0, 0.0, 0.5) == pytest.approx(0.5 + 0.5 * (1.0 - 0.9**10))
    assert fit_of_service(0.0, 0.3, 0.2) == pytest.approx(0.56)
    assert fit_of_service(1.0, 0.3, 0.2) == 1.0
    assert service_gain(0.5, 1.0, 0.0, 0.2, 1.0, 0.01, 0.5, 0.3) == pytest.approx(0.49 * 0.56)
    assert service_gain(0.0, 49.0, 1.0, 0.2, 1.0, 0.01, 0.5, 0.3) == 0.0


def test_the_service_reaches_more_with_places_and_fewer_with_schemes_fixed_costs_and_overlap():
    def served(places=0.6, schemes=6.0, overhead=0.02, overlap=0.5):
        return clients_served(places, schemes, overhead, overlap)

    assert [served(places=p) for p in (0.1, 0.3, 0.6, 1.0)] == sorted(served(places=p) for p in (0.1, 0.3, 0.6, 1.0))
    for name, values in (("schemes", (1, 3, 10, 30)), ("overhead", (0, 0.02, 0.05)), ("overlap", (0, 0.3, 0.7, 1))):
        found = [served(**{name: float(v)}) for v in values]
        assert found == sorted(found, reverse=True) and found[0] > found[-1], name


def test_tailoring_gains_more_the_more_a_place_differs():
    gains = [fit_of_service(1.0, 0.3, d) - fit_of_service(0.0, 0.3, d) for d in (0.0, 0.2, 0.5)]
    assert gains == sorted(gains) and gains[0] == pytest.approx(0.3)


def test_believed_chance_is_shrunk_to_the_territory():
    """5 offers for 20 searchers, .5 overall: (5 + 6.667) / (20 + 13.33) = .35."""
    assert offers_per_searcher(5.0, 20.0, 0.5) == pytest.approx(0.35)
    assert offers_per_searcher(0.0, 20.0, 0.0) == 0.0


@pytest.mark.parametrize(("ratio", "elasticity"), [(1.0, 0.58), (4.0, 0.07)])
def test_identical_agents_with_one_application_give_the_urn_ball_function(ratio, elasticity):
    """M = V (1 - exp(-U/V)); the elasticity in U is x exp(-x) / (1 - exp(-x))."""
    vacancies = 1000
    seekers = int(ratio * vacancies)
    found = np.mean([hires(seekers, vacancies, seed) for seed in range(6)])
    assert found == pytest.approx(vacancies * (1.0 - math.exp(-ratio)), rel=0.03)
    more = np.mean([hires(int(1.2 * seekers), vacancies, seed) for seed in range(6)])
    assert math.log(more / found) / math.log(1.2) == pytest.approx(elasticity, abs=0.08)


def test_jobs_start_now_with_the_posted_pay():
    made = market(50, 50, skill=1.2).run(LINE)
    taken = made.persons.status == Status.EMPLOYED
    assert 10 < taken.sum() < 50
    assert made.persons.wage[taken] == pytest.approx(60.0)
    assert (made.persons.hours[taken] == 180.0).all()
    assert (made.persons.search_months[~taken] == 1).all() and (made.persons.tenure[taken] == 1).all()
    assert made.firms.jobs.sum() == taken.sum() == made.markets.hires[0]
    assert made.firms.vacancies.sum() == 50 - taken.sum()
    assert made.firms.labour.sum() == pytest.approx(1.2 * taken.sum(), rel=1e-5)
    assert made.markets.vacancies[0] == 50
    assert made.localities.searchers[0] == 50 - taken.sum() == made.markets.searchers[0]
    assert made.localities.unemployment[0] == pytest.approx((50 - taken.sum()) / 50)
    assert [event for event, _, _ in made.history] == [Event.HIRED]


def test_part_time_jobs_pay_half_for_half_the_hours():
    made = market(20, 20, firm={"full_time": 0, "posted_wage": 60.0}).run(LINE)
    taken = made.persons.status == Status.EMPLOYED
    assert taken.any()
    assert (made.persons.wage[taken] == 30.0).all() and (made.persons.hours[taken] == 90.0).all()
    assert made.markets.part_share[0] == pytest.approx(1.0 / 3.0)


def test_offers_below_the_reservation_wage_are_refused_and_the_firm_learns():
    made = market(50, 50, reservation_flow=25.0).run(LINE)
    assert made.markets.hires[0] == 0
    assert made.markets.contacts[0] > 30  # offers met all the same
    assert (made.firms.applicants_wage[:, 0] == 55.0).all()


def test_tax_counts_in_the_choice_and_in_what_is_asked():
    made = market(50, 50, firm={"formal": 1})
    made.localities.tax_rate[:] = 0.5
    made.run(LINE)
    assert made.markets.hires[0] == 0
    assert made.firms.applicants_wage[0, 0] == pytest.approx(70.0)


def test_people_apply_to_the_best_they_reach():
    pay = np.tile([40.0, 60.0], 50)
    made = market(400, 100, firm={"posted_wage": pay, "vacancies": 1}).run(ONE_APPLICATION)
    left = made.firms.vacancies
    assert left[1::2].sum() == 0
    assert left[::2].sum() > 30


def test_whoever_is_turned_down_applies_to_the_next_best():
    """Ten good jobs and forty others for thirty people who all know both: with one application the good jobs
    crowd, with two all have work."""
    firm = {"posted_wage": np.array([90.0, 60.0]), "vacancies": np.array([10, 40])}
    once, again = (
        market(30, 2, firms=2, firm=firm, contact_boost=10.0).run(Matching(reach=10.0, applications=number))
        for number in (1, 2)
    )
    assert again.markets.hires[0] == 30 > once.markets.hires[0]
    assert again.firms.jobs[0, 0] == once.firms.jobs[0, 0] == 10


def test_hires_are_stable_nobody_and_no_firm_would_rather_have_each_other():
    """Nobody better ranked than somebody a firm hired has a worse job (here all know both firms)."""
    skill = np.linspace(0.5, 1.5, 60)
    firm = {"posted_wage": np.array([80.0, 60.0]), "vacancies": 20}
    made = market(60, 40, firms=2, firm=firm, skill=skill, contact_boost=10.0).run(Matching(reach=10.0, noise=0.0))
    best, other, none = (skill[made.persons.employer == f] for f in (0, 1, -1))
    assert len(best) == len(other) == len(none) == 20
    assert best.min() > other.max() and other.min() > none.max()


def test_more_contacts_fill_more_vacancies_where_neither_side_is_short():
    """With one application the best vacancies crowd; with more, what is reached counts."""
    pay = {"posted_wage": np.linspace(50.0, 70.0, 500)}
    few, more = (
        np.mean(
            [market(500, 500, seed=seed, firm=pay).run(Matching(reach=reach)).markets.hires[0] for seed in range(3)]
        )
        for reach in (1.0, 3.0)
    )
    assert more > 1.2 * few


def test_firms_take_the_more_skilled_first():
    skill = np.tile([0.8, 1.6], 200)
    made = market(400, 100, firms=1, skill=skill).run(Matching(reach=10.0, noise=0.0))
    assert (made.persons.status[1::2] == Status.EMPLOYED).sum() == 100


def test_own_account_workers_search_less():
    made = market(4000, 4000, status=np.tile([3, 5], 2000)).run(LINE)
    found = made.persons.status == Status.EMPLOYED
    assert found[::2].sum() > found[1::2].sum() > 0.5 * found[::2].sum()


def test_employees_move_for_better_pay_only_and_leave_a_job_behind():
    people = 300
    made = town(
        people, 101,
        firms={**FIRM, "posted_wage": np.append(np.tile([45.0, 55.0], 50), 50.0),
               "jobs": np.append(np.zeros(100), people), "vacancies": np.append(np.ones(100), 0)},
        persons={**SEEKER, "status": int(Status.EMPLOYED), "employer": 100, "wage": 50.0, "hours": 180.0},
    ).run(Matching(on_the_job=1.0))  # fmt: skip
    moved = made.persons.employer != 100
    assert moved.sum() > 20
    assert (made.persons.wage[moved] == 55.0).all()
    assert made.firms.jobs[100, 0] == people - moved.sum()
    assert made.firms.jobs[:100, 0].sum() == moved.sum()


def test_skilled_seekers_look_where_they_chose_to():
    made = market(100, 100, firm={"occupation": np.tile([0, 1], 50)}, occupation=1, seeks=np.repeat([0, 1], 50)).run(
        LINE
    )
    employed = made.persons.employer >= 0
    np.testing.assert_array_equal(made.firms.occupation[made.persons.employer[employed]], made.persons.seeks[employed])
    assert made.markets.hires.min() > 0


def test_seekers_stay_in_their_place():
    made = town(100, 50, places=2, firms={**FIRM, "vacancies": 1}, persons=SEEKER).run(LINE)
    employed = np.flatnonzero(made.persons.employer >= 0)
    np.testing.assert_array_equal(made.firms.locality[made.persons.employer[employed]], employed % 2)


def test_a_month_without_vacancies_keeps_the_offers_and_lowers_the_chance():
    made = market(50, 0, firms=1).run(LINE)
    np.testing.assert_array_equal(made.markets.offers[0], np.repeat([40.0, 50.0, 60.0, 70.0], 4))
    assert made.markets.arrival[0] == pytest.approx(0.25 * 2.0 / 3.0)
    assert made.markets.hires[0] == 0


def test_offers_move_a_third_of_the_way_to_what_was_posted():
    made = market(50, 40, firm={"posted_wage": np.repeat([40.0, 80.0], 20)}).run(LINE)
    assert made.markets.offers[0, 0] == pytest.approx(40.0)
    assert made.markets.offers[0, 15] == pytest.approx(70.0 + 10.0 / 3.0)
    assert (np.diff(made.markets.offers[0]) >= 0.0).all()


def test_expected_offers_are_shrunk_to_the_territory_with_twenty_in_three_months():
    assert expected_offer(60.0, 40.0, 0) == 40.0
    assert expected_offer(60.0, 40.0, 20) == pytest.approx(55.0), "20 of the month against 20 / 3"
    assert expected_offer(0.1, 0.1, 7) == 0.1, "one place alone has its own offers, exactly"


def test_a_place_without_vacancies_expects_what_is_offered_elsewhere():
    made = town(2, 40, places=2, firms={**FIRM, "vacancies": 1, "posted_wage": 90.0})
    made.firms.vacancies[made.firms.locality == 1] = 0
    made.run(LINE)
    here, there = made.markets.offers[0].copy(), made.markets.offers[2].copy()
    assert here[0] == pytest.approx(40.0 + 50.0 / 3.0) == there[0]
    made.firms.vacancies[:, 0], made.firms.posted_wage[:, 0] = 1, np.where(made.firms.locality == 1, 30.0, 90.0)
    made.run(LINE)  # 20 vacancies in each place, so a quarter of what is seen is the territory's
    of_territory = 30.0  # the lowest of all
    assert made.markets.offers[0, 0] == pytest.approx(here[0] + (of_territory + 0.75 * 60.0 - here[0]) / 3.0)
    assert made.markets.offers[2, 0] == pytest.approx(there[0] + (30.0 - there[0]) / 3.0)


def test_the_believed_chance_follows_offers_met():
    """As many vacancies as seekers, all reach one: about .63 of the searchers get an offer."""
    made = market(2000, 2000)
    made.markets.arrival[:] = 0.63
    made.run(ONE_APPLICATION)
    assert made.markets.arrival[0] == pytest.approx(0.63, abs=0.02)


def found(line=LINE, places=0.0, schemes=1.0, fit=0.0, seeds=range(4), **seeker):
    total = 0
    for seed in seeds:
        made = market(500, 500, seed=seed, **seeker)
        made.localities.service_reach[:], made.localities.service_schemes[:] = places, schemes
        made.localities.service_fit[:] = fit
        total += int(made.run(line).markets.hires[0])
    return total


def test_contacts_arranged_ties_recruiters_and_the_employment_service_raise_hires():
    base = found()
    assert found(contact_boost=3.0) > base
    assert found(places=1.0) > base
    assert found(places=1.0, fit=1.0) > found(places=1.0)
    assert found(places=1.0, schemes=60.0) < found(places=1.0)
    assert found(Matching(recruiters=1.0)) > base > found(Matching(recruiters=0.0, reach=1.0))


def test_a_service_without_places_changes_nothing_whatever_its_schemes_and_fit():
    plain, empty = market(300, 300), market(300, 300)
    empty.localities.service_schemes[:], empty.localities.service_fit[:] = 49.0, 1.0
    plain.run(LINE), empty.run(LINE)
    np.testing.assert_array_equal(plain.persons.employer, empty.persons.employer)


def test_working_members_of_the_household_tell_of_vacancies():
    def hired(home):
        made = town(
            400, 300, firms={**FIRM, "vacancies": np.append(np.ones(299), 0), "jobs": np.append(np.zeros(299), 200)},
            persons={**SEEKER, "household": home, "status": np.repeat([3, 4], 200),
                     "hours": np.repeat([0.0, 180.0], 200),
                     "employer": np.repeat([-1, 299], 200), "wage": np.repeat([0.0, 90.0], 200)},
        )  # fmt: skip
        made.run(Matching(ties=1.0, reach=0.5, on_the_job=0.0))
        return (made.persons.employer[:200] >= 0).sum()

    together, apart = np.tile(np.arange(200), 2), np.arange(400)
    assert hired(together) > 1.2 * hired(apart)


def group_hired(line, **groups):
    """Hires of the second half of 400 equal seekers for 100 jobs in one firm, over seeds."""
    total = 0
    for seed in range(4):
        seeker = {"skill": 1.5, "occupation": 1, **{k: np.repeat(v, 200) for k, v in groups.items()}}
        made = market(400, 100, firms=1, seed=seed, **seeker)
        made.markets.usual_skill[:] = 1.0
        total += int((made.run(line).persons.status[200:] == Status.EMPLOYED).sum())
    return total


def test_discrimination_lowers_hires_of_newcomers_and_women_the_more_of_it_there_is():
    for group, name in ((("newcomer", (0, 1)), "discrimination"), (("sex", (1, 0)), "discrimination_women")):
        hires = [group_hired(Matching(reach=10.0, **{name: share}), **dict([group])) for share in (0.0, 0.1, 0.3)]
        assert hires == sorted(hires, reverse=True) and hires[2] < 0.5 * hires[0], name
        assert 150 < hires[0] < 250  # of 400 in all: half


def test_without_discrimination_and_noise_of_qualifications_who_somebody_is_changes_nothing():
    line = Matching(reach=10.0, discrimination=0.0, discrimination_women=0.0, unread=0.0)
    alike = market(400, 100, firms=1, occupation=1).run(line)
    mixed = market(400, 100, firms=1, occupation=1, newcomer=np.tile([0, 1], 200), sex=np.tile([0, 0, 1, 1], 100))
    mixed.persons.recognised[::3] = 0
    np.testing.assert_array_equal(mixed.run(line).persons.employer, alike.persons.employer)


def test_unrecognised_qualifications_lower_hires_the_noisier_they_are():
    hires = [group_hired(Matching(reach=10.0, unread=u), recognised=(1, 0)) for u in (0.0, 0.2, 0.6)]
    assert hires == sorted(hires, reverse=True) and hires[2] < 0.6 * hires[0]


def test_qualifications_become_known_with_time():
    made = market(1000, 0, firms=1, recognised=0).run(Matching(recognition=0.1))
    assert 60 < made.persons.recognised.sum() < 150
    assert market(1000, 0, firms=1, recognised=0).run(Matching(recognition=0.0)).persons.recognised.sum() == 0


def test_nobody_searching_leaves_vacancies_open():
    made = market(50, 40, status=int(Status.INACTIVE)).run(LINE)
    assert made.markets.hires[0] == 0 and made.firms.vacancies.sum() == 40
    assert np.isfinite(made.markets.arrival).all() and made.markets.arrival[0] > 0.25  # a searcher would find one


def test_a_place_whose_firms_are_all_gone_keeps_its_seekers():
    made = market(50, 40)
    made.firms.open[:], made.firms.vacancies[:] = 0, 0
    for _ in range(40):
        made.run(LINE)
    assert (made.persons.status == Status.UNEMPLOYED).all()
    assert (made.persons.search_months == 40).all()
    assert 0.0 <= made.markets.arrival[0] < 1e-3
    assert np.isfinite(made.markets.offers).all()


def test_a_town_without_firms_and_without_people_works():
    assert town(5, 0, persons=SEEKER).run(LINE).markets.hires.sum() == 0
    assert town(0, 3, firms={**FIRM, "vacancies": 2}).run(LINE).firms.vacancies.sum() == 6


def test_unemployed_people_hired_are_counted_apart():
    made = market(400, 400, status=np.tile([3, 5], 200)).run(LINE)
    assert made.markets.found[0] == (made.persons.status[::2] == Status.EMPLOYED).sum()
    assert made.markets.hires[0] == (made.persons.status == Status.EMPLOYED).sum()


def test_offers_of_month_0_are_remembered():
    made = market(50, 50)
    made.run(LINE)
    assert made.markets.start_arrival[0] == made.markets.arrival[0]
    kept = made.markets.start_arrival[0]
    made.run(LINE)
    assert made.markets.start_arrival[0] == kept != made.markets.arrival[0]


def test_out_of_the_labour_force_the_memory_of_search_fades():
    made = market(3, 0, firms=1, status=np.array([2, 3, 5]), search_months=10).run(LINE)
    assert made.persons.search_months.tolist() == [9, 11, 9]


def test_one_more_vacancy_changes_few_choices():
    """The ring: with 200 vacancies, one more draws away about one pick in 200."""
    luck = Streams(1).luck("test", "ring", 0)
    ids = np.arange(1, 202) * 7919
    groups = np.zeros(201, np.int64)
    picks = np.random.default_rng(1).random(4000)
    before, after = rings(groups[:200], ids[:200], 1, luck), rings(groups, ids, 1, luck)
    old = np.array([clockwise(p, 0, *before) for p in picks])
    new = np.array([clockwise(p, 0, *after) for p in picks])
    assert 0.0 < (old != new).mean() < 0.02
    assert (new[old != new] == 200).all()
    shares = np.bincount(old, minlength=200) / len(picks)
    assert shares.max() < 4.0 / 200


def test_an_empty_ring_gives_nothing():
    luck = Streams(1).luck("test", "ring", 0)
    ring = rings(np.array([1, 1]), np.array([5, 6]), 3, luck)
    assert clockwise(0.5, 0, *ring) == -1
    assert clockwise(0.9999, 1, *ring) in (0, 1)
    assert clockwise(0.5, 2, *ring) == -1


def test_ranked_is_by_group_then_score_then_id():
    groups = np.array([1, 0, 1, 1, 0])
    order, first = ranked(groups, np.array([0.5, 0.2, 0.1, 0.1, 0.1]), np.array([9, 8, 7, 6, 5]), 3)
    assert order.tolist() == [4, 1, 3, 2, 0]
    assert first.tolist() == [0, 2, 5, 5]
    many = np.random.default_rng(1).integers(0, 4, 500)
    scores, ids = np.round(np.random.default_rng(2).random(500), 1), np.random.default_rng(3).permutation(500)
    order, _ = ranked(many, scores, ids, 4)
    np.testing.assert_array_equal(order, np.lexsort((ids, scores, many)))


def mixed():
    rng = np.random.default_rng(6)
    people, count = 400, 60
    made = town(
        people, count, places=2,
        firms={**FIRM, "posted_wage": rng.uniform(30.0, 90.0, count), "vacancies": rng.integers(0, 4, count),
               "full_time": rng.integers(0, 2, count), "formal": rng.integers(0, 2, count),
               "occupation": rng.integers(0, 2, count)},
        persons={**SEEKER, "status": rng.choice([0, 1, 2, 3, 3, 3, 5, 6], people),
                 "skill": rng.uniform(0.4, 2.0, people), "seeks": rng.integers(0, 2, people),
                 "reservation_flow": rng.uniform(0.0, 40.0, people)},
        localities={"tax_rate": 0.1},
    )  # fmt: skip
    worker = np.flatnonzero(made.persons.status == 2)
    made.persons.status[worker] = int(Status.EMPLOYED)
    made.persons.employer[worker] = worker % count
    made.persons.hours[worker], made.persons.wage[worker] = 180.0, 40.0
    return made


BUSY = Matching(on_the_job=0.5)


def test_rows_in_another_order_change_nobody():
    straight, other = mixed().run(BUSY), shuffled(mixed()).run(BUSY)
    for name in ("status", "wage", "hours", "tenure", "search_months"):
        np.testing.assert_array_equal(by_id(straight.persons, name), by_id(other.persons, name), err_msg=name)
    for name in ("jobs", "labour", "vacancies", "applicants_wage"):
        np.testing.assert_array_equal(by_id(straight.firms, name), by_id(other.firms, name), err_msg=name)
    for name in ("arrival", "offers", "contacts", "mean_wage", "part_share"):
        np.testing.assert_array_equal(straight.markets.values(name), other.markets.values(name), err_msg=name)


def test_compiled_loops_equal_plain_python():
    fast, plain = mixed().run(BUSY), mixed().run(BUSY, plain=True)
    for table in ("persons", "firms", "markets", "localities"):
        for name in getattr(fast, table):
            np.testing.assert_allclose(
                getattr(fast, table).values(name), getattr(plain, table).values(name), rtol=2e-7, err_msg=name
            )
