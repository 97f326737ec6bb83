"""Estimators of trials on data whose effects are known, and on figures that can be checked by hand."""

import numpy as np
import pytest

from experiments.estimators import (
    difference_in_differences,
    difference_in_means,
    direct_and_spillover,
    intention_to_treat,
    local_average_effect,
    naive_comparison,
    regression,
)

REPEATS, EFFECT = 300, 2.0


def test_difference_in_means_by_hand():
    """Means 2 and 5; each arm has deviations -1, 0, 1, so HC1 gives sqrt(6/4 * (2/9 + 2/9))."""
    found = difference_in_means([1, 2, 3, 4, 5, 6], [0, 0, 0, 1, 1, 1], range(6))
    assert found.value == pytest.approx(3.0)
    assert found.error == pytest.approx(np.sqrt(6 / 5 * 5 / 4 * (2 / 9 + 2 / 9)))
    assert (found.units, found.clusters) == (6, 6)
    assert found.high - found.value == pytest.approx(2.015048 * found.error, rel=1e-5)  # t(5), 90 %


def test_difference_in_differences_takes_out_what_lasts():
    found = difference_in_differences([0, 0, 10, 10], [1, 3, 14, 16], [0, 0, 1, 1], range(4))
    assert found.value == pytest.approx((4 + 6) / 2 - (1 + 3) / 2)


def test_the_local_average_effect_is_walds_ratio():
    outcome, taken, assigned = [0, 2, 1, 5, 3, 7], [0, 0, 0, 1, 0, 1], [0, 0, 0, 1, 1, 1]
    found = local_average_effect(outcome, taken, assigned, range(6))
    assert found.value == pytest.approx((5.0 - 1.0) / (2 / 3))


def test_direct_effect_and_spillover_by_hand():
    """Controls 1, neighbours 2, treated 5: direct 3, spillover 1."""
    outcome = [0.5, 1.5, 1.5, 2.5, 4.5, 5.5]
    direct, spillover = direct_and_spillover(outcome, [0, 0, 0, 0, 1, 1], [0, 0, 0.5, 0.5, 0.5, 0.5], range(6))
    assert direct.value == pytest.approx(3.0) and spillover.value == pytest.approx(1.0)


def test_nobody_or_everybody_treated_tells_nothing():
    for arm in (0, 1):
        found = difference_in_means([1.0, 2.0, 3.0], [arm] * 3, range(3))
        assert np.isnan(found.value) and not found.covers(1.0)


def people(seed, places=60, each=20):
    """Places with something in common, people with traits that last, and who would take a treatment up."""
    luck = np.random.default_rng(seed)
    place = np.repeat(np.arange(places), each)
    trait = luck.normal(0, 1, len(place))
    common = luck.normal(0, 0.5, places)[place]
    return luck, place, trait, common


@pytest.mark.parametrize("by_place", [False, True])
def test_under_random_assignment_all_find_the_effect_and_their_intervals_contain_it(by_place):
    found = {"means": [], "differences": [], "itt": []}
    for seed in range(REPEATS):
        luck, place, trait, common = people(seed)
        drawn = luck.permutation(60) < 30 if by_place else luck.random(len(place)) < 0.5
        own = (drawn[place] if by_place else drawn).astype(float)
        groups = place if by_place else np.arange(len(place))
        noise = luck.normal(0, 1, (2, len(place)))
        base = trait + common
        before, after = base + noise[0], base + noise[1] + EFFECT * own
        found["means"].append(difference_in_means(after, own, groups))
        found["differences"].append(difference_in_differences(before, after, own, groups))
        found["itt"].append(intention_to_treat(before, after, own, groups))
    for name, estimates in found.items():
        assert np.mean([one.value for one in estimates]) == pytest.approx(EFFECT, abs=0.03), name
        assert 0.85 <= np.mean([one.covers(EFFECT) for one in estimates]) <= 0.95, name
    assert np.mean([one.error for one in found["itt"]]) < np.mean([one.error for one in found["means"]])


def test_standard_errors_that_forget_the_places_are_too_small():
    honest, bold = [], []
    for seed in range(REPEATS):
        luck, place, trait, common = people(seed)
        own = (luck.permutation(60) < 30)[place].astype(float)
        after = trait + common + EFFECT * own
        honest.append(difference_in_means(after, own, place).covers(EFFECT))
        bold.append(difference_in_means(after, own, np.arange(len(own))).covers(EFFECT))
    assert np.mean(bold) < 0.8 < 0.85 <= np.mean(honest) <= 0.95


def test_who_select_themselves_mislead_the_naive_comparison_and_not_the_instrument():
    """Those with the better trait take it up: the naive comparison adds the difference in traits."""
    naive, late = [], []
    for seed in range(REPEATS):
        luck, place, trait, _ = people(seed)
        assigned = (luck.random(len(place)) < 0.5).astype(float)
        taken = assigned * (trait > 0) + (1 - assigned) * (trait > 1.5)
        after = trait + EFFECT * taken + luck.normal(0, 1, len(place))
        naive.append(naive_comparison(after, taken, np.arange(len(place))))
        late.append(local_average_effect(after, taken, assigned, np.arange(len(place))))
    assert np.mean([one.value for one in naive]) > EFFECT + 0.8
    assert np.mean([one.covers(EFFECT) for one in naive]) < 0.01
    assert np.mean([one.value for one in late]) == pytest.approx(EFFECT, abs=0.03)
    assert 0.85 <= np.mean([one.covers(EFFECT) for one in late]) <= 0.95


def test_with_spillovers_neighbours_hide_part_of_the_effect_and_saturation_finds_it():
    hidden, direct, spill = [], [], []
    for seed in range(REPEATS):
        luck, place, trait, common = people(seed)
        saturation = np.repeat([0.0, 0.25, 0.5, 0.75], 15)[luck.permutation(60)][place]
        own = (luck.random(len(place)) < saturation).astype(float)
        neighbour = (1 - own) * (saturation > 0)
        after = trait + common + EFFECT * own + 1.2 * neighbour
        inside = saturation > 0
        hidden.append(difference_in_means(after[inside], own[inside], place[inside]).value)
        one, other = direct_and_spillover(after, own, saturation, place)
        direct.append(one)
        spill.append(other)
    assert np.mean(hidden) == pytest.approx(EFFECT - 1.2, abs=0.05)
    assert np.mean([one.value for one in direct]) == pytest.approx(0.8, abs=0.05)
    assert np.mean([one.value for one in spill]) == pytest.approx(1.2, abs=0.05)
    for estimates, truth in ((direct, 0.8), (spill, 1.2)):
        assert 0.85 <= np.mean([one.covers(truth) for one in estimates]) <= 0.96


def test_a_regression_equals_textbook_least_squares():
    luck = np.random.default_rng(1)
    x = luck.normal(size=(200, 3))
    y = x @ [1.0, -2.0, 0.5] + luck.normal(size=200)
    slope = np.linalg.lstsq(np.column_stack([np.ones(200), x]), y, rcond=None)[0]
    for k in range(4):
        assert regression("x", y, x, range(200), which=k).value == pytest.approx(slope[k])
