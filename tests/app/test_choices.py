"""What a visitor may choose: checked, restored from a link, and the same as on the command line."""

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.app import choices
from analysis.app.choices import BUNDLE, NONE, OWN, ChoiceError, Choices, read

HALF = (10, 10, 5, 20, 0, 5, 0, 0, 0, 0, 0, 0)


@pytest.mark.parametrize("place", choices.places())
@pytest.mark.parametrize("package", [OWN, NONE])
def test_a_link_restores_what_was_chosen(place, package):
    shares = HALF if package == OWN else (0,) * len(BUNDLE)
    chosen = Choices(place, package, shares, **choices.defaults(place))
    assert read(chosen.query()) == chosen
    other = dataclasses.replace(chosen, months=36, seeds=2, persons=700, seed=9, localities=7, around="drought")
    assert read(other.query()) == other


PAIRS = [(choices.DEFAULT["place"], package) for package in choices.packages()]
PAIRS += [(place, package) for place in choices.places()[1:] for package in choices.packages(place)[:3]]


@pytest.mark.parametrize(("place", "package"), PAIRS)
def test_ready_packages_can_be_run_in_every_place(place, package):
    both = Choices(place, package, **choices.defaults(place)).scenarios()
    assert list(both["policy"].tree["policies"]) and not both["baseline"].tree["policies"]
    assert both["policy"].tree["shocks"] == both["baseline"].tree["shocks"]


def test_a_bundle_spends_its_shares_of_the_fixed_budget_and_no_more():
    tree = Choices(package=OWN, shares=HALF).scenarios()["policy"].tree
    spent = {name: one["budget"]["value"] for name, one in tree["policies"].items()}
    assert spent == {name: 1000.0 * share for name, share in zip(BUNDLE, HALF, strict=True) if share}
    with pytest.raises(ChoiceError, match="105 % of the budget"):
        Choices(package=OWN, shares=(50, 50, 5, *(0,) * 9))


def test_amounts_in_another_money_buy_the_same_share_of_basic_pay():
    """Basic pay of the village is 100 coin: 100,000 FCFA are 100 / basic pay there of it."""
    pay = choices.figure("diourbel", "pay_basic")
    tree = Choices("teaching_toy_village", OWN, HALF, **choices.defaults("teaching_toy_village")).scenarios()
    cards = tree["policy"].tree["policies"]["transfer_cards"]
    assert cards["currency"] == "coin"
    assert cards["unit_cost"]["value"] == pytest.approx(400 * 100 / pay)
    assert cards["budget"]["value"] == pytest.approx(choices.budget("teaching_toy_village") / 10)
    assert choices.budget("teaching_toy_village") == pytest.approx(100_000 * 100 / pay, rel=0.05)


def test_a_package_with_its_own_amounts_keeps_them_in_another_money():
    pay = choices.figure("diourbel", "pay_basic")
    place = "teaching_toy_village"
    tree = Choices(place, "diourbel_project_scale", **choices.defaults(place)).scenarios()["policy"].tree
    assert tree["policies"]["transfer_cards"]["budget"]["value"] == pytest.approx(267 * 100 / pay)


@pytest.mark.parametrize(
    "link",
    [
        "?place=nowhere",
        "?place=../../etc/passwd",
        "?place=my.yaml",
        "?package=/tmp/x.yaml",
        "?package=baseline",
        "?around=<script>",
        "?months=1e9",
        "?months=-1",
        "?persons=20001",
        "?seeds=1000",
        "?seed=0",
        "?shares=1.2.3",
        "?package=own&shares=100.100.0.0.0.0.0.0.0.0.0.0",
        "?package=own&shares=-5.0.0.0.0.0.0.0.0.0.0.0",
        "?out=/etc/passwd",
        "?parameters.remittances.on=0",
        "?months=" + "9" * 5000,
    ],
)
def test_a_broken_link_is_answered_in_a_line(link):
    with pytest.raises(ChoiceError) as said:
        read(link)
    assert "\n" not in str(said.value) and len(str(said.value)) < 200


@given(st.text(max_size=60))
@settings(max_examples=30, deadline=None)
def test_any_text_as_a_link_is_read_or_refused(text):
    try:
        read("?" + text)
    except ChoiceError as error:
        assert len(str(error)) < 250


def test_what_would_take_too_long_is_refused_with_what_to_do():
    chosen = Choices(persons=20_000, months=240, seeds=20)
    with pytest.raises(ChoiceError, match=r"minutes; the page allows 90 seconds. Choose fewer"):
        chosen.scenarios()


def test_results_too_large_to_keep_are_refused_with_what_to_do():
    with pytest.raises(ChoiceError, match=r"MB; the page keeps 150. Choose fewer localities"):
        Choices(persons=100, months=240, seeds=20, localities=60).scenarios()


def test_the_command_line_is_the_same_comparison():
    chosen = Choices(package=OWN, shares=HALF, around="drought", months=24, persons=900, seeds=2)
    import shlex

    from scenarios.configuration import compose

    program, command, *overrides = shlex.split(chosen.command())
    assert (program, command) == ("remesa", "compare")
    there, here = compose(overrides, "compare"), chosen.scenarios()["policy"]
    assert there.run_ids(there.all_seeds) == here.run_ids(here.all_seeds)
