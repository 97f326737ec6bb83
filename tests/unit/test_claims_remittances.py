"""Worlds of the tests and claims on remittances: doses do what they say, and statistics are worked by hand."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from experiments import claims_remittances as claims
from experiments import evidence_remittances as evidence
from experiments.evidence_remittances import Losing, Purses, slope
from experiments.verdicts import Form, Part, all_but_one, worst
from experiments.worlds import Hands, advance, twin
from scenarios.configuration import compose
from sim.codes import Channel


def test_between_theil_by_hand():
    """A tenth of the people with twice the mean: .2 ln 2 + .8 ln(.8 / .9)."""
    income, heads = np.array([2.0, 8.0]), np.array([1.0, 9.0])
    expected = 0.2 * np.log(2.0) + 0.8 * np.log(0.8 / 0.9)
    assert claims.between_theil(income, heads, np.array([True, False])) == pytest.approx(expected)
    assert claims.between_theil(np.array([1.0, 9.0]), heads, np.array([True, False])) == pytest.approx(0.0)


def test_four_of_five_parts():
    good, bad = Part("a: x", 0.5, 0.0, 1.0, means="m"), Part("b: y", 2.0, 0.0, 1.0, means="n")
    shown = all_but_one([good, bad])
    assert [part.verdict for part in shown] == ["pass", None] and "0.0 to 1.0" in shown[1].means
    third = dataclasses.replace(bad, name="c: z")
    assert worst([part.verdict for part in all_but_one([good, bad, third])]) == "fail"
    assert slope(np.array([1.0, 2.0, 3.0]), np.array([2.0, 4.0, 6.0])) == pytest.approx(2.0)


def test_a_loss_is_paid_seen_and_answered(small_model):
    usual = small_model(population=900, months=12)
    usual.burn_in()
    struck = twin(usual)
    homes = usual.population.households
    some = np.flatnonzero((homes.members > 0) & (homes.earned_income > 0) & evidence.abroad(usual.world))
    ids, lost = homes.id[some].copy(), 0.2 * homes.earned_income[some].astype(np.float64)
    before, after = evidence.Watched(ids), evidence.Watched(ids)
    advance(usual, 4, watch=before)
    advance(struck, 4, Hands(struck.schedule, after={"government": Losing(struck.world, ids, lost)}), after)
    fall = (after.total["other_income"] - before.total["other_income"]).sum()
    assert fall == pytest.approx(-4.0 * lost.sum(), rel=0.35)  # as far as they can pay, and profits move too
    assert after.total["receipt"].sum() > before.total["receipt"].sum()
    assert after.total["spending"].sum() < before.total["spending"].sum()


def test_treatments_move_what_they_name(small_model):
    start = small_model(population=800, months=6)
    start.burn_in()
    touched = {}
    for name, treat in claims.TREATMENTS.items():
        model = twin(start)
        treat(model.world)
        providers, homes = model.population["Providers"], model.population.households
        touched[name] = (
            providers.values("fee_cut").any(), homes.price_information.any(), providers.values("entrants").any(),
            homes.desk_nearer.any(), homes.project_information.any(),
            model.population["Recruiters"].values("supervision").any(),
        )  # fmt: skip
        assert providers.values("fee_cut")[Channel.INFORMAL] == 0.0
        advance(model, 2)  # the month closes with it
    assert touched["fees"] == (True, False, False, False, False, False)
    assert touched["compare with more"] == (False, True, True, False, False, False)
    assert touched["desks"][3] and touched["projects"][4] and touched["recruiters"][5]


def test_worlds_are_valid_configurations_in_one_place():
    form = Form(True, range(1, 2), 1000, lambda *a, **k: [])
    for overrides in (claims.place(form), claims.laos(form, claims.WITHHELD), *claims.dry_worlds(form).values()):
        assert compose([*overrides], "evidence").setup(1).population == 600


def test_same_people_as_women_and_as_men(small_model):
    base = ["territory=teaching_toy_village", "population=400", "months=2"]
    worlds = {"base": compose(base, "evidence"), "run": compose(base, "evidence")}
    found = claims.same_month(worlds, 1)
    alike = claims.same_month({**worlds, "run": compose([*base, *claims.ALIKE], "evidence")}, 1)
    assert found["share"] > 0.0
    assert alike["share"] == alike["kept"] == alike["more by sender"] == alike["more by receiver"] == 0.0


def test_purses_add_up(small_model):
    model = small_model(population=800, months=4)
    model.burn_in()
    homes = model.population.households
    purses = Purses(homes.id[: homes.count // 2].copy())
    total = 0.0
    for month in range(1, 4):
        model.step()
        purses(model.world, month)
        total += float(homes.receipt[: len(purses.ids)].astype(np.float64).sum())
    assert purses.total["receipt"].sum() == pytest.approx(total, rel=1e-6)
