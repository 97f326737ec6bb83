"""Inputs of a place: what is impossible is refused with a line that says where and what is allowed."""

import dataclasses

import pytest

from sim.example import example_inputs
from sim.territory import CHANNELS, TerritoryError, read


def tree():
    """The invented place as a tree of bare figures."""
    values = dataclasses.asdict(example_inputs())
    for table in ("destinations", "providers"):
        values[table] = {one.pop("name"): one for one in values[table]}
    return values


def test_the_invented_place_reads_back_as_it_is():
    assert read(tree()) == example_inputs()


@pytest.mark.parametrize(
    ("channel", "figure", "value", "sentence"),
    [
        ("bank", "fixed_fee", -5.0, r"bank\.fixed_fee = -5 money lies outside \[0"),
        ("bank", "rate", -0.01, r"bank\.rate = -0\.01 1 lies outside \[0, 0\.5\]"),
        ("informal", "loss", 1.5, r"informal\.loss = 1\.5 1 lies outside"),
        ("operator", "margin", float("nan"), r"operator\.margin = nan is not a finite number"),
        ("operator", "firms", 0, r"operator\.firms = 0 1 lies outside \[1"),
    ],
)
def test_an_impossible_price_is_refused(channel, figure, value, sentence):
    values = tree()
    values["providers"][channel][figure] = value
    with pytest.raises(TerritoryError, match=sentence):
        read(values)


def test_an_unknown_channel_is_refused_and_the_known_ones_are_named():
    values = tree()
    values["providers"]["hawala"] = dict(values["providers"]["informal"])
    with pytest.raises(TerritoryError, match=r"providers\.hawala is not a known channel; allowed: bank, operator"):
        read(values)
    assert CHANNELS == ("bank", "operator", "digital", "informal", "cooperative")


def test_shares_that_do_not_sum_are_refused():
    values = tree()
    values["schooling_women"] = (0.5, 0.3, 0.15, 0.1, 0.05)
    with pytest.raises(TerritoryError, match=r"schooling_women sums to 1\.1000; shares must sum to 1"):
        read(values)


@pytest.mark.parametrize("left", [["operator", "informal"], ["informal"], []])
def test_a_place_without_some_channels_or_any_runs(left, small_model):
    inputs = example_inputs()
    inputs = dataclasses.replace(inputs, providers=tuple(one for one in inputs.providers if one.name in left))
    model = small_model(inputs=inputs, population=300, months=3)
    for _ in range(3):
        model.step()
    sent = model.recorder.series("remittances_sent")
    assert (sent[-1] > 0.0) == bool(left) or left == ["informal"]
