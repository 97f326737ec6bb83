import dataclasses

import numpy as np
import pytest

from scenarios.library import load_territory, territories
from sim.codes import Sex
from sim.mechanism import compile_all, uncompiled
from sim.packs import read_pack
from sim.streams import Streams
from sim.synthetic import margins, mixed_rank, natural_men_share, synthetic
from sim.territory import TerritoryError

SIZE = 20_000
DIOURBEL = read_pack(load_territory("diourbel")).inputs


def without_emigrants(inputs):
    gone = tuple(dataclasses.replace(place, emigrants=0.0) for place in inputs.destinations)
    return dataclasses.replace(inputs, destinations=gone)


def cells(people):
    """Share of people by sex and five-year group."""
    group = np.minimum(people.age_months // 60, 16)
    return np.bincount(17 * people.sex.astype(int) + group, minlength=34).reshape(2, 17) / len(people)


def same(one, other):
    return all(
        np.array_equal(getattr(one, field.name), getattr(other, field.name)) for field in dataclasses.fields(one)
    )


@pytest.fixture(scope="module", params=territories())
def place(request):
    inputs = read_pack(load_territory(request.param)).inputs
    return inputs, synthetic(inputs, SIZE, Streams(3))


def test_age_and_sex_of_people_of_origin_are_within_half_a_point(place):
    inputs, people = place
    here, away = margins(inputs)
    assert np.abs(cells(people) - (here + away) / (1.0 + away.sum())).max() < 0.005


def test_margins_here_are_those_of_the_place_after_the_emigrants_are_taken_out(place):
    inputs, _ = place
    here, away = margins(inputs)
    np.testing.assert_allclose(here.sum(axis=0), inputs.age_shares, atol=1e-9)
    assert here[Sex.MAN].sum() == pytest.approx(inputs.men_share, abs=1e-9)
    adults = here[:, 3:].sum() + away.sum()
    for total, stock in ((away.sum(), 1.0), (away[Sex.MAN].sum(), None)):
        share = sum(d.emigrants * (1.0 if stock else d.men) for d in inputs.destinations)
        assert total / adults == pytest.approx(share)


def test_without_emigrants_people_have_the_published_shares():
    inputs = without_emigrants(DIOURBEL)
    people = synthetic(inputs, SIZE, Streams(4))
    assert np.abs(cells(people).sum(axis=0) - inputs.age_shares).max() < 0.005
    assert people.sex.mean() == pytest.approx(inputs.men_share, abs=0.005)
    assert np.bincount(people.household).mean() == pytest.approx(inputs.household_size, rel=0.02)


def test_household_size_is_met_within_two_percent(place):
    inputs, people = place
    _, away = margins(inputs)
    expected = inputs.household_size * (1.0 + away.sum())
    assert np.bincount(people.household).mean() == pytest.approx(expected, rel=0.02)


def test_every_household_has_an_adult_and_one_locality(place):
    _, people = place
    assert np.bincount(people.household, people.age_months >= 180).min() >= 1
    assert np.unique(people.household * 100_000 + people.locality).size == len(people.household_id)


def test_mothers_are_women_of_the_household_who_were_15_to_50_at_birth(place):
    _, people = place
    child = np.flatnonzero(people.mother >= 0)
    mother = people.mother[child]
    assert (people.sex[mother] == Sex.WOMAN).all()
    assert (people.household[mother] == people.household[child]).all()
    age = (people.age_months[mother] - people.age_months[child]) / 12
    assert age.min() >= 15.0
    assert age.max() <= 50.0
    young = people.age_months < 180
    assert (people.mother[young] >= 0).mean() > 0.95


def test_spouses_name_each_other_and_live_together(place):
    _, people = place
    one = np.flatnonzero(people.spouse >= 0)
    assert 0.1 < len(one) / len(people) < 0.6
    assert (people.spouse[people.spouse[one]] == one).all()
    assert (people.household[people.spouse[one]] == people.household[one]).all()
    assert (people.sex[people.spouse[one]] != people.sex[one]).all()


def test_schooling_has_the_published_shares_and_rises_over_cohorts(place):
    inputs, people = place
    for sex, shares in ((Sex.WOMAN, inputs.schooling_women), (Sex.MAN, inputs.schooling_men)):
        adults = (people.sex == sex) & (people.age_months >= 180)
        years = people.schooling[adults]
        none, primary = (years == 0).mean(), ((years > 0) & (years <= 6)).mean()
        assert none == pytest.approx(shares[0], abs=0.03)
        assert primary == pytest.approx(shares[1], abs=0.03)
        old, young = people.age_months[adults] >= 600, people.age_months[adults] < 360
        assert years[young].mean() > years[old].mean()
    assert (people.schooling <= np.maximum(people.age_months // 12 - 6, 0)).all()


def test_same_seed_gives_the_same_people_and_another_seed_others():
    first, second = synthetic(DIOURBEL, 2000, Streams(5)), synthetic(DIOURBEL, 2000, Streams(5))
    assert same(first, second)
    assert not np.intersect1d(first.id, synthetic(DIOURBEL, 2000, Streams(6)).id).size


def test_a_larger_population_adds_people_and_changes_nobody():
    several = dataclasses.replace(DIOURBEL, localities=3.0)
    small, large = synthetic(several, 1000, Streams(7)), synthetic(several, 1500, Streams(7))
    row = {identity: k for k, identity in enumerate(large.id)}
    assert len(row) == 1500
    for k, identity in enumerate(small.id):
        other = row[identity]
        for name in ("sex", "age_months", "schooling", "locality"):
            assert getattr(small, name)[k] == getattr(large, name)[other]
        assert small.household_id[small.household[k]] == large.household_id[large.household[other]]
        if small.mother[k] >= 0:
            assert small.id[small.mother[k]] == large.id[large.mother[other]]


@pytest.mark.parametrize("population", [1, 2, 11, 257])
def test_small_populations_have_exactly_as_many_people_as_asked_for(population):
    people = synthetic(DIOURBEL, population, Streams(8))
    assert len(people) == population
    assert people.household.max() + 1 == len(people.household_id)
    assert people.age_months[0] >= 180


def test_many_localities_get_nearly_the_same_number_of_people():
    people = synthetic(dataclasses.replace(DIOURBEL, localities=20.0), 6000, Streams(9))
    counts = np.bincount(people.locality, minlength=20)
    assert counts.min() > 0.9 * 300
    assert counts.max() < 1.1 * 300
    assert (np.diff(people.locality) >= 0).all()
    assert (np.diff(people.household) >= 0).all()


def test_compiled_code_makes_the_same_people_as_plain_python():
    compile_all()
    fast = synthetic(DIOURBEL, 700, Streams(10))
    with uncompiled():
        assert same(fast, synthetic(DIOURBEL, 700, Streams(10)))


def test_hand_worked_rank_of_a_later_cohort():
    """Own rank .5 in the last cohort, weight .5: F(1.0) = 1 - .5^2 / 1 = .75; in the first, F(.5) = .25."""
    assert mixed_rank(0.5, 1.0, 0.5) == pytest.approx(0.75)
    assert mixed_rank(0.5, 0.0, 0.5) == pytest.approx(0.25)


def test_ranks_of_all_cohorts_together_stay_uniform():
    grid = (np.arange(200) + 0.5) / 200
    ranks = np.sort([mixed_rank(own, cohort, 0.5) for own in grid for cohort in grid])
    assert np.abs(ranks - (np.arange(40_000) + 0.5) / 40_000).max() < 0.01


def test_men_are_more_at_birth_and_fewer_in_old_age():
    share = natural_men_share(DIOURBEL)
    assert share[0] == pytest.approx(0.507, abs=0.003)
    assert share[16] < 0.45


def test_households_without_room_for_an_adult_are_refused():
    with pytest.raises(TerritoryError, match="household_size = 1 leaves households without anybody"):
        synthetic(dataclasses.replace(without_emigrants(DIOURBEL), household_size=1.0), 100, Streams(1))


def test_more_emigrants_than_adults_are_refused():
    first = dataclasses.replace(DIOURBEL.destinations[0], emigrants=1.0)
    with pytest.raises(TerritoryError, match="emigrants sum to 1"):
        synthetic(dataclasses.replace(DIOURBEL, destinations=(first,)), 100, Streams(1))
