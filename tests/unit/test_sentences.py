"""Sentences say what the numbers show, no more, and with the numbers of the tables."""

import ast
import dataclasses
import doctest
import itertools
import math
import pathlib
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import sentences
from analysis.sentences import Verdict, answer, favourable, headline, shown, verdict
from experiments.effects import Effect, paired

MONEY = "FCFA/month"


def effect(differences, baseline=100.0, outcome="remittances_received", cost=None) -> Effect:
    return paired(outcome, [baseline] * len(differences), [baseline + one for one in differences], unit="%", cost=cost)


UP = effect([1.0, 1.4, 1.2, 1.1, 1.3])
DOWN = effect([-1.0, -1.4, -1.2, -1.1, -1.3])
UNSURE = effect([1.0, -1.4, 0.2, -1.1, 0.3])
NOTHING = effect([0.0] * 20)


def test_a_change_that_shows():
    said = headline("Poverty", DOWN, "%", "down")
    assert said == (
        "Poverty: 1.20 percentage points lower, for the better; 90 % interval 1.05 to 1.35, 5 of 5 seeds agree."
    )
    assert "for the worse" in headline("Poverty", UP, "%", "down")
    assert "for the" not in headline("Participation of women", UP, "%", None)


def test_nothing_at_all():
    assert headline("Poverty", NOTHING, "%", "down") == "Poverty: no difference in this model, in any of 20 seeds."
    assert "no difference in this model" in answer(NOTHING, "%", "down")


def test_an_interval_with_zero_in_it_says_what_could_have_been_shown():
    said = headline("Poverty", UNSURE, "%", "down")
    assert "the model cannot tell" in said
    assert "seeds point both ways, 3 up and 2 down" in said
    smallest = shown(UNSURE, "%").smallest
    assert f"the smallest effect these 5 seeds could have shown is {smallest} percentage points" in said
    assert said.count("higher") == said.count("lower") == 0


def test_one_seed_has_no_interval_and_shows_nothing():
    one = effect([3.0])
    assert verdict(one) is Verdict.UNSURE
    said = headline("Poverty", one, "%", "down")
    assert "cannot tell" in said and "+3.0 percentage points in the one seed" in said and "nan" not in said
    assert "no difference in this model" in headline("Poverty", effect([0.0]), "%", "down")


def test_few_seeds_are_provisional():
    assert "only 3 seeds, so provisional" in headline("Poverty", effect([1.0, 1.1, 1.2]), "%", "down")
    assert "provisional" not in headline("Poverty", UP, "%", "down")


def test_a_tiny_change_is_called_so():
    assert "by very little" in headline("Poverty", effect([0.003, 0.004, 0.0035]), "%", "down")
    assert "very slightly lowers" in answer(effect([-0.003, -0.004, -0.0035]), "%", "down")


def test_what_is_not_finite_has_no_result():
    broken = Effect(
        "x", "all", "%", 1.0, math.nan, math.nan, math.nan, math.nan, 0.9, 0.0, 2, math.nan, (math.nan,) * 2
    )
    assert verdict(broken) is Verdict.BROKEN
    assert headline("Poverty", broken, "%", "down") == "Poverty: no result, because a seed gave no finite number."
    assert "no result" in answer(broken, "%", None)


def test_units_in_words_and_amounts_with_separators():
    money = effect([120_000.0, 130_000.0, 125_000.0, 128_000.0, 126_000.0], baseline=3_500_000.0)
    said = headline("Remittances received, net", money, MONEY, "up")
    assert re.search(r"12\d,\d00 FCFA a month higher \(3\.\d+ %\), for the better", said)
    assert sentences.unit_words("%") == "%"
    assert sentences.unit_words("money/month/1000 persons") == "money a month per 1,000 persons"
    assert sentences.quantity("1.02", "1") == "1.02"


def test_answers_name_what_families_receive():
    assert answer(UP, MONEY, "up").startswith(
        "The package raises what families receive, net of fees and losses, by 1.20 FCFA a month"
    )
    assert answer(UNSURE, MONEY, "up").startswith("The model cannot tell whether the package changes what families")


numbers = st.floats(-1e9, 1e9, allow_subnormal=False).map(lambda x: 0.0 if abs(x) < 1e-9 else x)


@settings(deadline=None)
@given(
    st.lists(numbers, min_size=1, max_size=8),
    st.floats(0, 1e9),
    st.sampled_from(["%", MONEY, "1", "persons"]),
)
def test_no_sentence_claims_a_sign_that_is_not_shown(differences, baseline, unit):
    found = effect(differences, baseline)
    said = headline("Outcome", found, unit, "up")
    assert not re.search(r"[+-]0(\.0*)?(?![\d.,])", said), said
    assert "nan" not in said and "inf" not in said
    if found.none:
        assert "no difference in this model" in said
    elif found.seeds == 1 or not found.shows:
        assert "cannot tell" in said and "higher" not in said and "lower" not in said
    else:
        assert ("higher" in said) == (found.mean > 0) and ("lower" in said) == (found.mean < 0)


@settings(deadline=None)
@given(st.lists(numbers, min_size=2, max_size=8), st.floats(0, 1e9))
def test_numbers_in_a_sentence_are_those_of_the_table(differences, baseline):
    found = effect(differences, baseline)
    numbers, said = shown(found, MONEY), headline("Outcome", found, MONEY, None)
    kind = verdict(found)
    if kind is Verdict.UNSURE:
        assert numbers.low in said and numbers.high in said and numbers.smallest in said and numbers.mean in said
    elif kind is not Verdict.NONE:
        assert (numbers.size in said and numbers.agree in said) or found.low == found.high


@settings(deadline=None)
@given(numbers, st.integers(-6, 6))
def test_zero_has_no_sign(value, places):
    assert not re.fullmatch(r"[+-]0*\.?0*", sentences.rounded(value, places))
    assert not re.fullmatch(r"[+-]0*\.?0*", sentences.signed(value, places))


def test_the_ends_of_an_interval_are_never_printed_as_one_number():
    said = headline("Migration prevalence", effect([0.031, 0.032], baseline=5.52), "%", None)
    assert "90 % interval 0.028 to 0.035" in said


def test_an_end_of_the_interval_that_shows_a_sign_is_never_printed_as_zero():
    close = paired("x", [0.0] * 4, [0.0017, 1.0, 2.0, 3.2])
    numbers = shown(close, "%")
    assert numbers.low.strip("+-0.,") and numbers.high.strip("+-0.,")


def test_better_and_worse_need_a_sign_and_a_good_side():
    assert favourable(UP, "up") is True and favourable(UP, "down") is False
    assert favourable(UP, "") is None and favourable(UNSURE, "up") is None and favourable(NOTHING, "up") is None


def test_who_gains_names_every_group_once():
    said = sentences.gains(
        "Real income per head",
        [("recipients", UP), ("others", DOWN), ("women", UNSURE), ("men", NOTHING)],
        MONEY,
    )
    assert "higher for recipients (by 1.20 FCFA a month, 1.20 %)" in said
    assert "lower for others" in said
    assert "the model cannot tell for women" in said and "no difference in this model for men" in said


def test_costs():
    assert "Nothing more was spent" in sentences.spent(0.0, "FCFA", ["donor"])
    assert "51,400 FCFA a month" in sentences.spent(51_432.0, "FCFA", ["donor"])
    assert "paid by a donor and the local authority" in sentences.spent(5.0, "FCFA", ["donor", "authority"])
    assert "not known" in sentences.spent(None, "FCFA", [])


@pytest.mark.parametrize(
    ("differences", "tail"),
    [
        ([10.0, 11.0, 12.0], "more than was spent, even at the lower end"),
        ([1.0, 1.1, 1.2], "less than was spent, even at the upper end"),
        ([4.0, 5.0, 6.0], "cannot tell whether that is more than was spent"),
        ([-4.0, -5.0, -6.0], "money was spent and the outcome is worse"),
    ],
)
def test_what_a_unit_of_money_buys(differences, tail):
    one = effect(differences, cost=5.0)
    assert tail in sentences.worth(one, MONEY, "up", "FCFA", "Remittances")


def test_what_a_unit_of_another_outcome_costs():
    women = effect([2.0, 2.1, 1.9], outcome="participation_women", cost=50_000.0)
    assert sentences.worth(women, "%", None, "FCFA", "x") == (
        "Each percentage point more of the participation of women in the labour force "
        "goes with 25,000 FCFA a month spent."
    )
    poor = effect([1.0, 1.1, 1.2], outcome="poverty", cost=5.0)
    assert "changed for the worse" in sentences.worth(poor, "%", "down", "FCFA", "Poverty")
    assert "cannot be said" in sentences.worth(effect([1.0, -1.0], cost=5.0), "%", None, "FCFA", "x")
    assert "nothing changed" in sentences.worth(effect([0.0, 0.0], cost=5.0), "%", None, "FCFA", "x")
    assert "nothing was spent" in sentences.worth(UP, "%", None, "FCFA", "x")


def test_discouragement_for_whom_and_how_sure():
    said = sentences.discouragement([("women", DOWN), ("men", UNSURE)])
    assert said.startswith("Yes: remittances lower the participation of women (1.20 percentage points; 90 % interval")
    assert "for men (at least" in said and "the model cannot tell" in said
    said = sentences.discouragement([("women", UP), ("men", NOTHING)])
    assert said.startswith("No: remittances raise the participation of women") and "no difference" in said
    assert sentences.discouragement([("women", UNSURE), ("men", UNSURE)]).startswith("The model cannot tell for women")
    assert sentences.discouragement([("women", NOTHING), ("men", NOTHING)]).startswith("No difference in this model")
    assert sentences.discouragement([]) == "This was not measured."


def test_every_mixture_of_verdicts_makes_a_sentence():
    for women, men in itertools.product((UP, DOWN, UNSURE, NOTHING, effect([1.0])), repeat=2):
        said = sentences.discouragement([("women", women), ("men", men)])
        assert said[0].isupper() and said.endswith(".") and "nan" not in said
        assert ("women" in said and "and men" in said) or re.search(r"\bmen\b", said.replace("women", ""))


def test_people_asked_one_by_one():
    said = sentences.direct([("women", 1.87, 1.5, 2.24, 20), ("men", 0.0, 0.0, 0.0, 20)], 0.9)
    assert "1.87 % of women (90 % interval 1.50 to 2.24 %) and none of the men" in said
    assert "(one seed)" in sentences.direct([("women", 1.87, math.nan, math.nan, 1)], 0.9)


def test_resemblance_counts():
    assert "meets 3, comes near 1, misses 2; 1 more is shown" in sentences.resemblance(3, 1, 2, 1)
    assert "meets none" in sentences.resemblance(0, 0, 1, 0)
    assert "none is judged" in sentences.resemblance(0, 0, 0, 2)


def test_examples_in_the_documentation():
    assert doctest.testmod(sentences).failed == 0


def broken() -> Effect:
    return dataclasses.replace(UP, mean=math.nan, baseline=math.nan)


def test_steps_name_what_adds_what_takes_away_and_of_what_nothing_can_be_said():
    parts = [("The sum sent", UP), ("Fees", DOWN), ("Loss", UNSURE), ("Travel", NOTHING), ("Rest", broken())]
    assert sentences.steps("What families receive", parts, "%") == (
        "What families receive: the sum sent adds 1.20 percentage points; fees takes away 1.20 percentage points; "
        "the model cannot tell of loss; no difference in this model in travel; no result for rest."
    )
    assert sentences.steps("X", [], "%") == "X: not measured."


@pytest.mark.parametrize("other", [UP, DOWN, UNSURE, NOTHING])
def test_what_is_not_finite_has_no_result_in_any_circumstances(other):
    assert sentences.becomes(broken(), other) == sentences.becomes(other, broken()) == "no result"
    assert sentences.per_job(broken(), MONEY).size == ""
    assert "no finite number" in sentences.per_job(dataclasses.replace(UP, cost=math.nan), MONEY).sentence


def test_a_sign_under_stress_is_never_claimed_where_none_shows():
    for before, now in itertools.product([UP, DOWN, UNSURE, NOTHING], repeat=2):
        said = sentences.becomes(before, now)
        if verdict(now) not in (Verdict.UP, Verdict.DOWN):
            assert not {"larger", "smaller", "stays", "shows", "round"} & set(said.split())


def test_how_many_lives_differ():
    assert "no difference in this model" in sentences.lives(0, 40)
    assert sentences.lives(3, 1200).startswith("In 3 of 1,200 households something happens otherwise")
    assert sentences.lives(0, 0) == "There is no household to follow."


def test_localities_are_counted_by_what_they_show_and_chance_is_named():
    up, none = paired("x", [1.0] * 3, [2.0, 2.1, 2.2]), paired("x", [1.0] * 3, [1.0] * 3)
    unsure = paired("x", [1.0] * 3, [0.0, 1.0, 2.5])
    said = sentences.across("Poverty", [up] * 2 + [none] + [unsure] * 9)
    assert said == (
        "Poverty: higher in 2 of 12 localities, no difference in this model in 1, the model cannot tell in 9; "
        "chance alone would show one in about 1."
    )
    assert sentences.across("Poverty", [none]) == "Poverty: no difference in this model in 1 of 1 locality."
    assert sentences.across("Poverty", []) == "Poverty: not measured."


def test_numbers_without_a_unit_are_said_to_be_what_they_are():
    from sim.indicators import INDICATORS

    bare = [name for name, one in INDICATORS.items() if one.unit.split("/")[0] == "1"]
    assert [name for name in bare if not sentences.scale(name, INDICATORS[name].unit)] == []
    assert sentences.scale("gini", "1", change=True) == "from 0, all equal, to 1"
    assert sentences.scale("poverty", "%", change=True) == "percentage points"


def test_a_survey_claims_no_sign_that_its_interval_does_not_show():
    said = sentences.surveyed("1 more", "participation", -0.2, -0.7, 0.3, elasticity=-0.1)
    assert said == (
        "The survey cannot tell whether 1 more changes participation: the estimate is -0.20 percentage points on "
        "average, the 90 % interval -0.70 to +0.30."
    )
    up = sentences.surveyed("1 more", "participation", 0.2, 0.1, 0.3, elasticity=0.5)
    assert up.startswith("1 more raises") and up.endswith("1 % more for everybody raises it by 0.50 %.")


def test_no_other_module_writes_a_sentence_about_an_effect():
    """What claims a sign, or that there is none, is made here alone; other modules and pages only take it."""
    claims = re.compile(r"\b(raises|lowers|makes no difference|for the better|for the worse)\b|no difference in this")
    folder = pathlib.Path(sentences.__file__).parent
    found = []
    for path in folder.rglob("*.py"):
        if path.name == "sentences.py":
            continue
        tree = ast.parse(path.read_text("utf-8"))
        told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}  # docstrings
        found += [
            f"{path.name}: {node.value}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told
            and claims.search(node.value)
        ]  # fmt: skip
    for path in (*folder.glob("templates/*"), *folder.glob("app/assets/*.js")):
        found += [f"{path.name}: {line[:80]}" for line in path.read_text("utf-8").splitlines() if claims.search(line)]
    assert found == []
