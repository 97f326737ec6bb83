"""Trials in the model: arms are what was drawn, the twin gives the truth, and who select themselves mislead."""

import json

import numpy as np
import pytest

from analysis import command
from analysis.figures import BLUE, RED
from analysis.trials import beside_the_truth, ends
from experiments.trials import Sample, Verdict, accounted, balance, evaluated, judged, outcome_named, run_trial, trial
from experiments.worlds import Bench
from scenarios.configuration import ConfigurationError, compose
from sim.instruments import Assign

PLACE = [
    "territory=teaching_toy_village", "population=600", "shocks=[extra_income]", "shocks.extra_income.currency=coin",
    "shocks.extra_income.levers.households.cash_grant.add=40",
]  # fmt: skip
FOUND = "households.consumption"


def carried_out(*overrides, outcome=FOUND, months=3, taken=""):
    return run_trial(compose([*PLACE, *overrides]), "extra_income", outcome, 1, months, 2, taken)


@pytest.fixture(scope="module")
def half():
    """Half of the households get money from the third month on."""
    return carried_out("shocks.extra_income.assign={unit: households, share: 0.5}", "shocks.extra_income.start=3")


def test_who_is_drawn_is_served_and_nobody_else_and_the_truth_is_theirs(half):
    assert (half.served == half.assigned).all() and (half.taken == half.served).all()
    assert 0.3 < half.assigned.mean() < 0.7 and half.eligible.mean() > 0.9
    effect = half.after - half.twin
    assert effect[half.assigned].mean() > 5.0 > abs(effect[~half.assigned].mean())
    assert (half.before > 0).any() and not np.array_equal(half.before, half.twin)


@pytest.mark.parametrize("assign", ["{unit: households, share: 0}", "{unit: persons, ids: []}"])
def test_nobody_assigned_is_the_twin_exactly_and_tells_nothing(assign):
    eligible = ["shocks.extra_income.eligible=all_households"]
    if "persons" in assign:
        eligible = ["shocks=[word_of_work_away]", "shocks.word_of_work_away.assign=" + assign]
        sample = run_trial(compose([*PLACE[:2], *eligible]), "word_of_work_away", "away", 1, 3, 2)
    else:
        sample = carried_out(*eligible, "shocks.extra_income.assign=" + assign)
    assert (sample.after == sample.twin).all() and not sample.served.any()
    assert all(np.isnan(one.value) for one, _ in evaluated(sample))


def test_everybody_assigned_has_a_truth_and_no_controls():
    sample = carried_out("shocks.extra_income.assign={unit: households, share: 1}")
    assert sample.served[sample.eligible].all() and (sample.after - sample.twin).mean() > 5.0
    assert np.isnan(evaluated(sample)[1][0].value)


def test_places_draw_their_shares_and_standard_errors_go_by_place():
    sample = carried_out(
        "territory.localities=4", "shocks.extra_income.assign={unit: households, saturation: [0, 1]}", months=2
    )
    assert sorted(set(sample.saturation.tolist())) == [0.0, 1.0]
    assert (sample.assigned == (sample.eligible & (sample.saturation == 1.0))).all()
    means = evaluated(sample)[1][0]
    assert means.clusters == 4 == len(set(sample.group.tolist()))


def test_people_are_reached_through_their_household_and_their_place():
    by_home = carried_out("shocks.extra_income.assign={unit: households, share: 0.5}", outcome="participates", months=2)
    for home in set(by_home.group.tolist()):
        mine = by_home.group == home
        assert by_home.assigned[mine].all() or not by_home.assigned[mine].any()
    assert len(set(by_home.group.tolist())) < len(by_home.group)


def test_the_poor_who_are_helped_look_worse_off_to_the_naive_and_are_better_off():
    sample = carried_out("shocks.extra_income.eligible=poor_households", months=4)
    naive, truth = evaluated(sample)[0]
    assert truth > 0 > naive.value and not naive.covers(truth)


def test_having_somebody_away_can_be_what_is_taken_up():
    sample = carried_out(
        "shocks.extra_income.assign={unit: households, share: 0.5}", taken="migrant_households", outcome="somebody_away"
    )
    assert sample.taken[sample.after == 1.0].mean() > 0.9  # but for those of whom nobody stayed
    assert not sample.taken[sample.after == 0.0].any() and sample.taken_without.any()


def invented(seed, chosen):
    """Units with a trait; the effect of having something is 3, of having neighbours who have it 1."""
    luck = np.random.default_rng(seed)
    count = 1200
    trait = luck.normal(0, 2, count)
    place = np.arange(count) // 20
    saturation = np.where(place % 2 == 0, 0.0, 0.5)
    drawn = luck.random(count) < saturation
    takes = (trait > 0) if chosen else drawn & (luck.random(count) < 0.8)
    twin = trait + luck.normal(0, 0.5, count)
    after = twin + 3.0 * takes + (0.0 if chosen else 1.0) * (~drawn & (saturation > 0))
    before = trait + luck.normal(0, 0.5, count)
    everyone, nobody = np.ones(count, bool), np.zeros(count, bool)
    return Sample(before, after, twin, everyone, drawn, takes, takes, nobody, saturation, place)


def test_truths_are_means_of_what_the_twin_shows():
    found = {one.name: truth for one, truth in evaluated(invented(1, chosen=False))}
    sample = invented(1, chosen=False)
    share = sample.taken[sample.assigned].mean()
    assert found["naive comparison"] == pytest.approx(3.0)
    assert found["intention to treat"] == pytest.approx(3.0 * share)
    assert found["local average effect"] == pytest.approx(3.0)
    assert found["spillover"] == pytest.approx(1.0)
    assert found["direct effect"] == pytest.approx(3.0 * share - 1.0)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_luck_of_the_draw_and_those_reached_besides_are_all_that_parts_arms_from_the_truth(half, seed):
    for sample in (half, invented(seed, chosen=False)):
        found = {one.name: (one.value, truth) for one, truth in evaluated(sample)}
        parts = accounted(sample)
        means, truth = found["difference in means"]
        changes, _ = found["difference in differences"]
        assert means == pytest.approx(truth + parts["chance"] - parts["reached"], rel=1e-9, abs=1e-9)
        assert changes == pytest.approx(truth + parts["chance_change"] - parts["reached"], rel=1e-9, abs=1e-9)
    assert accounted(half)["reached"] != 0.0  # half of a village gets money, and the other half feels it
    assert accounted(invented(seed, chosen=False))["reached"] == pytest.approx(0.0, abs=1e-12)  # controls live apart


def test_over_seeds_random_assignment_agrees_and_self_selection_misses():
    def rows(sample):
        made = []
        for one, truth in evaluated(sample):
            values = {"value": one.value, "error": one.error, "low": one.low, "high": one.high, "truth": truth}
            made.append({"name": one.name, **{k: None if np.isnan(v) else v for k, v in values.items()}})
        return {"rows": made}

    drawn = judged([rows(invented(seed, chosen=False)) for seed in range(40)])
    for one in drawn[1:]:
        assert abs(one.miss) < 0.15 and one.covered > 0.75 and one.seeds == 40, one
    naive = judged([rows(invented(seed, chosen=True)) for seed in range(10)])[0]
    assert naive.misses and naive.covered == 0.0 and naive.miss > 2.0


def test_the_figure_shows_estimate_interval_and_truth_of_each():
    rows = [
        Verdict("naive comparison", -4.0, 1.0, 3.0, -7.0, -8.0, -6.0, 0.1, 24),
        Verdict("difference in means", 3.4, 1.0, 3.0, 0.4, -0.6, 1.4, 0.9, 24),
        Verdict("spillover", *[float("nan")] * 7, 0),
    ]
    figure = beside_the_truth([("half", rows)], "households.consumption", "coin", 0.9)
    (axes,) = figure.axes
    assert [label.get_text() for label in axes.get_yticklabels()] == ["naive comparison", "difference in means"]
    spans = [line.get_xdata() for line in axes.lines if len(line.get_xdata()) == 2 and line.get_ydata()[0] in (0, 1)]
    assert [tuple(span) for span in spans[:2]] == [(-5.0, -3.0), (2.4, 4.4)]
    colours = {line.get_color() for line in axes.lines if line.get_marker() == "o"}
    assert colours == {RED, BLUE}
    alone = Verdict("difference in means", 3.4, 1.0, 3.0, 0.4, float("nan"), float("nan"), 1.0, 1)
    assert ends(alone, 0.9) == pytest.approx((3.4 - 1.6464, 3.4 + 1.6464), abs=1e-3)


@pytest.mark.slow
def test_in_the_model_random_assignment_agrees_and_those_who_are_chosen_by_need_mislead(tmp_path):
    """Over twelve seeds; what reaches those not assigned is what comparisons of arms lack."""
    with Bench(tmp_path, workers=1) as bench:
        seeds = "seeds=12"
        found, each = trial([*PLACE, seeds], FOUND, assign=Assign("households", 0.5), months=12, window=6, bench=bench)
        chosen = [*PLACE, seeds, "shocks.extra_income.eligible=poor_households"]
        naive = trial(chosen, FOUND, months=12, window=6, bench=bench)[0][0]
    reached = balance(each, 0.99)["reached"][0]
    half_width = {one.name: (one.high - one.low) / 2.0 for one in judged(each, 0.99) if one.seeds}
    for one in found[1:5]:
        assert abs(one.miss + reached) <= half_width[one.name] and one.covered >= 0.6, one
    assert all(one.truth > 5.0 for one in found[1:5])
    assert naive.name == "naive comparison" and naive.misses and naive.truth > 0 > naive.estimate


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"outcome": "households.purse"}, "outcome 'households.purse' is not known"),
        ({"outcome": "households.receipts"}, "is not known"),
        ({"outcome": "firms.cash"}, "is not known"),
        ({"outcome": FOUND, "event": "drought"}, "event 'drought' is none of the policies and shocks: extra_income"),
        ({"outcome": FOUND, "taken": "rich"}, "taken = 'rich' is not a group"),
        ({"outcome": FOUND, "months": 2, "window": 3}, "window = 3 must be from 1 to months = 2"),
    ],
)
def test_what_cannot_be_tried_is_refused(options, said, tmp_path):
    with pytest.raises(ConfigurationError, match=said):
        trial(PLACE, bench=Bench(tmp_path), **options)


def test_money_is_in_units_and_named_outcomes_say_what_they_are():
    assert outcome_named("households.liquid_assets").unit == "money"
    assert outcome_named("away").table == "Persons" and outcome_named("works").unit == "1"


def test_the_command_sets_estimates_beside_the_truth(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    words = ["trial", *PLACE, "--by", "household", "--share", "0.25,0.5", "--after", "3", "--mean", "2", "seeds=2"]
    assert command.main([*words, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert [one["design"] for one in document["designs"]] == [
        "25% of households at random",
        "50% of households at random",
    ]
    for one in document["designs"]:
        assert {row["name"] for row in one["estimators"]} >= {"naive comparison", "local average effect", "spillover"}
        assert one["estimators"][1]["truth"] > 0
    assert command.main(words) == 0
    said = capsys.readouterr().out
    assert "difference in differences" in said and "cannot tell" in said
    assert "luck of the draw" in said and "those not assigned are reached" in said
    picture = (tmp_path / document["figure"]).read_text()
    assert picture.startswith("<svg") and "25% of households at random" in picture
    for one in document["designs"]:
        assert set(one["account"]) == {"chance", "chance_change", "reached"}
    kept = json.loads((tmp_path / document["numbers"]).read_text())
    assert kept["designs"] == document["designs"] and kept["manifest"]["code"] in kept["manifest"]["citation"]
    assert kept["seeds"] == [1, 2] and kept["configuration"]["population"] == 600 and kept["asked"]["by"] == "household"
    assert command.main(["trial", *PLACE, "--share", "0.5"]) == 2
    assert command.main(["trial", *PLACE, "--by", "household", "--share", "2"]) == 2
