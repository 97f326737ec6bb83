"""Explanations: parts that add up exactly, what cannot be reached is nothing, and what was drawn is said."""

import json
import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import command
from experiments.explain import (
    CHANNELS,
    along,
    combinations,
    explain,
    explained,
    marginals,
    sampled_orders,
    shapley,
    switched_off,
    switches,
)
from experiments.worlds import Bench
from scenarios.configuration import ConfigurationError
from sim.schedule import Schedule

PLACE = ["territory=teaching_toy_village", "population=600", "months=6"]
CASE = [*PLACE, "shocks=[extra_income]", "shocks.extra_income.currency=coin",
        "shocks.extra_income.levers.households.cash_grant.add=30"]  # fmt: skip
NAMES = ("participation.income", "spending.remittances_spent", "enterprise.on")


def game(value, count):
    return {on: Fraction(value(on)) for on in combinations(count)}


def test_the_glove_game_by_hand():
    """One left glove, two right ones; a pair is worth 1: 2/3 to the left, 1/6 to each of the right."""
    found = shapley(game(lambda on: int(0 in on and len(on) > 1), 3), 3)
    assert found == [Fraction(2, 3), Fraction(1, 6), Fraction(1, 6)]


def test_what_adds_nothing_to_any_gets_exactly_nothing_and_equals_get_equal_parts():
    found = shapley(game(lambda on: 0.1 * len(on & {0, 1}) ** 2, 3), 3)
    assert found[2] == 0 and found[0] == found[1]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(-1e3, 1e3), min_size=16, max_size=16))
def test_parts_and_rest_add_up_exactly(numbers):
    sets = combinations(4)
    effects = [dict(zip(sets, numbers, strict=True)), dict(zip(sets, numbers[::-1], strict=True))]
    for orders in ([], sampled_orders(4, 3)):
        found = explained("abcd", effects, orders)
        for k in range(2):
            assert sum((part.parts[k] for part in found.parts), found.rest.parts[k]) == found.whole.parts[k]


def test_all_orders_together_are_the_exact_values():
    import itertools

    values = game(lambda on: math.sqrt(sum(one + 1 for one in on)), 4)
    orders = list(itertools.permutations(range(4)))
    each = [marginals(values, order) for order in orders]
    assert [sum(one[k] for one in each) / len(orders) for k in range(4)] == shapley(values, 4)


def test_drawn_orders_come_close_and_their_interval_says_how_close():
    luck = np.random.default_rng(5)
    weights = luck.normal(size=(8, 8))
    values = {on: float(sum(weights[a, b] for a in on for b in on)) for on in combinations(8)}
    exact = [float(one) for one in shapley({on: Fraction(v) for on, v in values.items()}, 8)]
    inside = []
    for seed in range(20):
        orders = sampled_orders(8, 12, seed)
        luck_of = explained("abcdefgh", [{on: values[on] for on in along(orders)}], orders)
        inside += [abs(p.mean - e) <= p.sampling + 1e-9 for p, e in zip(luck_of.parts, exact, strict=True)]
    assert np.mean(inside) > 0.8


def test_orders_come_with_their_reverse_and_few_sets_are_run():
    orders = sampled_orders(5, 2)
    assert orders[1] == orders[0][::-1] and orders[3] == orders[2][::-1]
    assert len(along(orders)) <= 4 * 4 + 2 and len(combinations(5)) == 32


def test_switches_are_those_of_the_schedule_and_turn_off():
    assert set(CHANNELS) <= set(switches())
    off = switched_off(Schedule(), ["participation.income", "care.on+skills.on"])
    assert (off.participation.income, off.care.on, off.skills.on, off.enterprise.on) == (0, 0, 0, 1)


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """Money from nowhere, and what it does to consumption."""
    bench = Bench(tmp_path_factory.mktemp("measured"), workers=1)
    return explain(CASE, PLACE, "consumption", names=(*NAMES, "newcomers.on"), seeds=(1, 2), window=3, bench=bench)


def test_the_effect_of_a_case_is_split_exactly_in_every_seed(found):
    for k in range(found.seeds):
        assert sum((part.parts[k] for part in found.parts), found.rest.parts[k]) == found.whole.parts[k]
    assert found.whole.mean > 0 and found.combinations == 16 and found.orders == 0
    assert "Every combination was run: 16 combinations of 4 switches" in found.said


def test_a_case_that_does_nothing_has_no_parts(tmp_path):
    nothing = [*CASE, "shocks.extra_income.levers.households.cash_grant.add=0"]
    bench = Bench(tmp_path, workers=1)
    same = explain(nothing, PLACE, "participation", "sex=women", names=NAMES[:2], seeds=(1,), window=3, bench=bench)
    assert same.whole.mean == 0.0 and all(part.parts == (0,) for part in same.parts)


def test_a_mechanism_that_the_case_cannot_reach_gets_exactly_nothing(tmp_path):
    """Where nobody moves, whether spouses weigh living apart changes nothing in either world."""
    alone = ["parameters.migration.on=0"]
    one = explain(
        [*CASE, *alone], [*PLACE, *alone], "consumption", names=("migration.family", "enterprise.on"),
        seeds=(1,), window=3, bench=Bench(tmp_path, workers=1),
    )  # fmt: skip
    assert one.parts[0].parts == (Fraction(0),)
    assert one.whole.mean != 0.0


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"names": ["care.of"]}, "'care.of' is no off switch"),
        ({"names": []}, "name at least one off switch"),
        ({"names": ["care.on", "care.on"]}, "each once"),
        ({"outcome": "povrty"}, "'povrty' is no indicator"),
        ({"outcome": "prices", "group": "sex=men"}, "no indicator|not measured"),
    ],
)
def test_what_cannot_be_explained_is_refused(options, said, tmp_path):
    with pytest.raises(ConfigurationError, match=said):
        explain(CASE, PLACE, **{"outcome": "consumption", **options}, bench=Bench(tmp_path))


def test_the_command_draws_a_waterfall_that_says_what_was_run(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    words = [
        "explain",
        *CASE,
        "--outcome",
        "consumption",
        "--mechanisms",
        ",".join(NAMES[:2]),
        "seeds=2",
        "--window",
        "3",
    ]
    assert command.main([*words, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    total = document["rest"]["mean"] + sum(one["mean"] for one in document["parts"])
    assert total == pytest.approx(document["whole"]["mean"], rel=1e-12)
    picture = (tmp_path / document["figure"]).read_text()
    kept = json.loads((tmp_path / document["numbers"]).read_text())
    assert (
        kept["parts"] == document["parts"] and kept["manifest"]["versions"]["numpy"] and kept["configuration"]["months"]
    )
    assert picture.startswith("<svg") and "Every combination was run" in picture
    assert command.main(words) == 0
    assert "participation.income" in capsys.readouterr().out


@pytest.mark.slow
def test_every_channel_together_is_drawn_said_and_adds_up_exactly(tmp_path):
    """What `remesa explain` does unless mechanisms are named, in small."""
    bench = Bench(tmp_path, workers=1)
    found = explain(CASE, PLACE, "consumption", pairs=2, seeds=(1, 2), window=3, bench=bench)
    assert [one.name for one in found.parts] == list(CHANNELS) and len(CHANNELS) == 11
    for k in range(2):
        assert sum((part.parts[k] for part in found.parts), found.rest.parts[k]) == found.whole.parts[k]
    assert found.orders == 4 and found.said.startswith("4 of 39,916,800 orders were drawn at random")
    assert any(part.sampling > 0 for part in found.parts) and found.whole.mean > 0
