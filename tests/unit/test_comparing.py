"""Comparisons: intervals that cover as often as they say, seeds added for a width and never for a sign."""

import json

import numpy as np
import pytest

from analysis import comparing
from analysis.command import main
from analysis.load import load
from experiments import run as runs
from experiments.comparing import seeds_needed
from experiments.effects import paired, quantile
from experiments.store import Finished
from scenarios.configuration import check
from sim.indicators import INDICATORS

REPEATS = 400
GROUPS = ("all", "recipient=yes", "recipient=no", "sex=women", "sex=men", "quintile=1", "quintile=2")


def outcomes(luck, seeds, effect, skewed):
    """Two worlds that share most of their luck; the effect differs between seeds, with a long tail where skewed."""
    common = luck.normal(50.0, 10.0, seeds)
    own = luck.gamma(4.0, 1.0, seeds) - 4.0 if skewed else luck.normal(0.0, 2.0, seeds)
    return common, common + effect + own


@pytest.mark.parametrize("skewed", [False, True])
@pytest.mark.parametrize("seeds", [5, 40])
def test_ninety_percent_intervals_contain_a_known_effect_in_85_to_95_of_100_repetitions(seeds, skewed):
    luck = np.random.default_rng(20)
    inside = [(one := paired("x", *outcomes(luck, seeds, 1.5, skewed))).low <= 1.5 <= one.high for _ in range(REPEATS)]
    assert 0.85 <= np.mean(inside) <= 0.95


def test_worlds_that_do_not_share_their_luck_need_far_wider_intervals():
    luck = np.random.default_rng(1)
    one, other = outcomes(luck, 40, 1.5, False)
    together, apart = paired("x", one, other), paired("x", one, luck.permutation(other))
    assert apart.smallest > 4.0 * together.smallest


def test_seeds_needed_by_hand():
    """s = 1 and width 1: n with 2 t(n - 1) <= sqrt(n) is 13; 2 * 1.7823 = 3.5646 <= 3.6056."""
    differences = [-1.0, 1.0] * 500
    scale = np.std(differences, ddof=1)
    assert seeds_needed(differences, scale) == 13
    assert 2 * quantile(12, 0.9) <= np.sqrt(13) and 2 * quantile(11, 0.9) > np.sqrt(12)
    assert seeds_needed([2.0, 2.0, 2.0], 0.1) == 2
    assert seeds_needed(list(np.array(differences) + 100.0), scale) == 13  # the effect plays no part


def test_stopping_at_a_width_keeps_the_coverage():
    """As the command does: five seeds, then as many as their spread asks for, at most doubled each time."""
    luck = np.random.default_rng(3)
    inside, used = [], []
    for _ in range(REPEATS):
        one, other = outcomes(luck, 200, 0.3, False)
        count = 5
        while True:
            found = paired("x", one[:count], other[:count])
            if found.high - found.low <= 1.5 or count == 200:
                break
            count = min(200, max(count + 1, min(seeds_needed(found.differences, 1.5), 2 * count)))
        inside.append(found.low <= 0.3 <= found.high)
        used.append(count)
    assert 0.85 <= np.mean(inside) <= 0.95
    assert 12 < np.median(used) < 40


# ---- the command, on invented runs


def invented_run(tree, seed):
    """A run without a model: every event adds its length of name, each seed noise of its own and some in common."""
    found = check(tree)
    luck = np.random.default_rng([seed, 1])
    common, own = luck.normal(0.0, 5.0), np.random.default_rng([seed, 7 + len(found.events)]).normal(0.0, 1.0)
    level = 40.0 + common + sum(len(event.name) / 10.0 + own for event in found.events)
    cells = [(month, name, group) for name in INDICATORS for group in GROUPS for month in range(1, found.months + 1)]
    month, indicator, group = (np.array(column) for column in zip(*cells, strict=True))
    rows = {"month": month.astype(np.int16), "indicator": indicator, "group": group}
    rows["value"] = level + (group == "sex=men") * 10.0 + (indicator == "instrument_spending") * 100 * len(found.events)
    return Finished(found.run_id(seed), rows, {"seed": seed, "seconds": 0.1, "peak_memory": 1.0, "poverty": level})


@pytest.fixture
def here(tmp_path, monkeypatch):
    """An empty working folder, and the invented model, which other processes would not know."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(runs, "processors", lambda: 1)
    monkeypatch.setattr(runs, "run_one", invented_run)
    return tmp_path


def document(capsys, *arguments):
    code = main([*arguments, "--json"])
    out, err = capsys.readouterr()
    assert code == 0 and err == "", out
    return json.loads(out)


def test_several_cases_stand_beside_one_baseline(here, capsys):
    found = document(capsys, "compare", "--cases", "care_and_work,skills", "baseline=baseline", "months=2", "seeds=3")
    assert [one["policy"] for one in found["cases"]] == ["care_and_work", "skills"]
    assert {one["baseline"] for one in found["cases"]} == {"baseline"}
    results = load(found["folder"])
    assert set(results.scenarios) == {"baseline", "care_and_work", "skills"} and found["runs"] == 9
    assert main(["compare", "--cases", "care_and_work,skills", "baseline=baseline", "months=2", "seeds=3"]) == 0
    said = capsys.readouterr().out
    assert "All cases against baseline" in said and "skills against baseline" in said and "| care_and_work" in said


def test_each_policy_alone_and_all_together(here, capsys):
    found = document(capsys, "compare", "policies=[transfer_cards,public_works]", "--each", "months=2", "seeds=2")
    assert [one["policy"] for one in found["cases"]] == ["transfer_cards", "public_works", "policy"]
    results = load(found["folder"])
    assert [list(results.configuration(name)["policies"]) for name in ("transfer_cards", "policy")] == [
        ["transfer_cards"], ["transfer_cards", "public_works"],
    ]  # fmt: skip
    assert results.configuration("baseline")["policies"] == {}


def test_shocks_alone_are_set_beside_none(here, capsys):
    found = document(capsys, "compare", "shocks=[drought]", "months=2", "seeds=3")
    assert load(found["folder"]).configuration("baseline")["shocks"] == {}
    assert found["effects"][0]["mean"] == pytest.approx(0.7, abs=2.0)


def test_effects_by_group(here, capsys):
    found = document(
        capsys, "compare", "policies=[transfer_cards]", "months=2", "seeds=3", "--by", "sex,quintile",
        "--indicators", "poverty",
    )  # fmt: skip
    assert [one["group"] for one in found["groups"]] == ["quintile=1", "quintile=2", "sex=men", "sex=women"]
    assert all(one["cost_per_unit"] is None or one["cost_per_unit"] > 0 for one in found["groups"])
    men = next(one for one in found["groups"] if one["group"] == "sex=men")
    assert men["baseline"] == pytest.approx(found["effects"][0]["baseline"] + 10.0)


def test_seeds_are_added_until_the_width_is_reached_and_what_is_stored_is_used(here, capsys):
    words = ["compare", "policies=[transfer_cards]", "months=2", "--until", "poverty=0.9", "--most", "60"]
    found = document(capsys, *words)
    width = found["widths"][0]
    assert width["reached"] and width["found"] <= 0.9 and 5 < width["seeds"] < 60
    assert found["seeds"] == list(range(1, width["seeds"] + 1)) and found["runs"] == 2 * width["seeds"]
    again = document(capsys, *words)
    assert again["stored_before"] >= found["runs"] and again["effects"] == found["effects"]


def test_a_width_that_is_not_reached_is_said(here, capsys):
    words = ["compare", "policies=[transfer_cards]", "months=2", "--until", "poverty=0.01", "--most", "8", "seeds=4"]
    found = document(capsys, *words)
    assert not found["widths"][0]["reached"] and len(found["seeds"]) == 8
    main(words)
    assert "not reached with as many seeds as are allowed, 8 seeds" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["policies=[transfer_cards]", "--by", "hair"], "--by has 'hair'"),
        (["policies=[transfer_cards]", "--until", "poverty"], "is not understood"),
        (["policies=[transfer_cards]", "--until", "poverty=-1"], "is not understood"),
        (["policies=[transfer_cards]", "--until", "povrty=1"], "--until has 'povrty'"),
        (["--cases", "skills,skills", "months=2"], "named twice"),
        (["--cases", "skills,drought", "months=2"], "name what all are set beside"),
        (["months=2"], "nothing to compare"),
    ],
)
def test_what_cannot_be_compared_is_refused(here, capsys, words, said):
    assert main(["compare", *words]) == 2
    assert said in capsys.readouterr().err


def test_groups_of_each_kind_are_those_of_the_recorder():
    from sim.recorder import GROUPS as measured

    assert {group.partition("=")[0] for group in measured} - {"all"} == set(comparing.KINDS) - {"locality"}
