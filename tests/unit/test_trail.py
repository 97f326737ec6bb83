"""The causal trail adds up, the answer under stress is not overstated, and two lives are those of the records."""

import numpy as np
import pytest
from unit.invented_results import invented

from analysis import flows, sentences, trail, two_lives
from analysis.load import load
from experiments.effects import paired
from experiments.run import Plan, run_plan
from scenarios.configuration import compose


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    return load(invented(tmp_path_factory.mktemp("stored") / "results", seeds=4, months=18, withheld=False))


@pytest.fixture(scope="module")
def village(tmp_path_factory):
    """A small comparison that the model itself made."""
    asked = ["territory=teaching_toy_village", "population=180", "months=14"]
    care = [
        "policies=[child_care_places]", "policies.child_care_places.currency=coin",
        "policies.child_care_places.unit_cost.bounds=[1,100]", "policies.child_care_places.unit_cost.value=10",
        "policies.child_care_places.budget.value=400",
    ]  # fmt: skip
    plan = Plan("v", {"baseline": compose([*asked, "policies=[]"]), "policy": compose([*asked, *care])})
    folder = tmp_path_factory.mktemp("village") / "results"
    run_plan(plan, folder, workers=1, about={"baseline": "baseline", "policy": "policy"})
    return load(folder)


def test_the_parts_of_a_trail_are_the_whole_in_every_seed(stored, village):
    for results, names in ((stored, ["What families receive"]), (village, [one.title for one in trail.TRAILS])):
        found = trail.steps(results, "policy", "baseline")
        for name in names:
            *parts, (_, whole) = found[name]
            together = np.sum([effect.differences for _, effect in parts], axis=0)
            np.testing.assert_allclose(together, whole.differences, rtol=1e-6, atol=1e-6)


def test_a_waterfall_starts_each_step_where_the_last_one_ended(stored):
    frame = trail.waterfall(stored, "policy", "baseline")
    rows = frame[frame["title"] == "What families receive"]
    steps, together = rows.iloc[:-1], rows.iloc[-1]
    np.testing.assert_allclose(steps["start"].iloc[1:], (steps["start"] + steps["mean"]).iloc[:-1])
    assert together["start"] == 0 and together["mean"] == pytest.approx(steps["mean"].sum())


def test_a_trail_of_a_package_that_does_nothing_has_no_step(tmp_path):
    results = load(invented(tmp_path / "r", seeds=2, months=13, size=0.0, withheld=False))
    parts = trail.steps(results, "policy", "baseline")["What families receive"]
    assert sentences.steps("X", parts[:-1], "coin").startswith("X: no difference in this model in the sum sent")


def effect(*differences):
    return paired("x", np.full(len(differences), 10.0), 10.0 + np.array(differences), unit="%")


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        (effect(0.0, 0.0), effect(0.0, 0.0), "no difference in this model"),
        (effect(1.0, 1.1), effect(0.0, 0.0), "the effect is gone"),
        (effect(1.0, 1.1), effect(3.0, -3.0), "the model can no longer tell"),
        (effect(2.0, -1.0), effect(3.0, -3.0), "the model cannot tell either"),
        (effect(2.0, -1.0), effect(3.0, 3.1), "here an effect shows"),
        (effect(1.0, 1.1), effect(-1.0, -1.1), "the answer turns round"),
        (effect(1.0, 1.1), effect(5.0, 5.1), "the answer stays and is larger"),
        (effect(-5.0, -5.1), effect(-1.0, -1.1), "the answer stays and is smaller"),
        (effect(1.0, 1.1), effect(1.0, 1.2), "the answer stays; the model cannot tell whether its size changes"),
        (effect(1.0), effect(1.2), "the model cannot tell either"),
    ],
)
def test_what_becomes_of_an_answer(before, now, said):
    assert sentences.becomes(before, now) == said


def test_two_lives_come_from_the_records_of_both_worlds(village):
    found = two_lives.two_lives(village, "policy", "baseline")
    assert found.households > 10 and 0 <= found.differing <= found.households
    assert two_lives.MEMBERS[0] <= len(found.members) <= two_lives.MEMBERS[1]
    assert set(found.money["scenario"]) == {"without", "with"} and len(found.money) == 28
    told = {(month, said) for month, said, only in found.without if not only}
    for month, said, _ in (*found.without, *found.treated):
        assert 1 <= month <= 15, "who chose to leave in the last month goes on the first of the next"
        assert said.startswith("The ") and said.endswith(".")
    assert len(told) <= two_lives.LONGEST


def test_two_lives_in_the_same_world_are_one(village):
    found = two_lives.two_lives(village, "baseline", "baseline")
    assert found.differing == 0 and found.without == found.treated
    assert "no difference in this model" in sentences.lives(found.differing, found.households)
    without, treated = (found.money[found.money["scenario"] == one]["mean"] for one in ("without", "with"))
    np.testing.assert_array_equal(without, treated)


def test_lives_of_another_version_of_the_model_are_not_told(village):
    assert two_lives.refused(village, "policy", "baseline") == ""
    village.sweep, kept = {**village.sweep, "code": "0" * 8}, village.sweep
    assert "another version" in two_lives.refused(village, "policy", "baseline")
    village.sweep = kept


def test_money_that_comes_in_goes_out_or_is_saved():
    """Families: 100 of pay and 30 from migrants, 90 spent here: 40 saved; migrants earn 50 and live on 15."""
    frame = flows.money(
        {"wages": 100.0, "remittances": 30.0, "non-tradables": 90.0, "pay abroad": 50.0, "living abroad": 15.0,
         "division": 7.0}, 10.0
    )  # fmt: skip
    found = {(row.source, row.target): row.value for row in frame.itertuples()}
    assert found["Pay from local firms", "Families here"] == 10.0
    assert found["Families here", "Saved"] == pytest.approx(4.0)
    assert found["Migrants", "Saved elsewhere"] == pytest.approx(0.5)
    for middle in ("Families here", "Migrants"):
        into = sum(value for (_, to), value in found.items() if to == middle)
        assert into == pytest.approx(sum(value for (of, _), value in found.items() if of == middle))


def test_every_flow_of_the_books_that_families_see_has_a_name_for_people():
    parties = flows.accounts()
    assert {name for name in (*flows.INTO_FAMILIES, *flows.OUT_OF_FAMILIES)} <= set(parties)
    assert not {side for pair in parties.values() for side in pair} - set(flows.ACCOUNTS.values())
