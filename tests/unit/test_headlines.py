"""The ten headline changes: the numbers they are made of, and what they say when there is nothing to say."""

import numpy as np
import pytest

from analysis import headlines
from analysis.headlines import Headline, card
from experiments.effects import paired


class Stored:
    """Results of two seeds and two months, by hand."""

    indicators = {name: {"title": name, "definition": "", "better": "", "unit": "1"} for name in ("wage_mean",)}  # noqa: RUF012
    currency = "coin"
    months = np.arange(1, 3)

    def panel(self, scenario, name, group="all"):
        pay = {"a": [[100.0, 120.0], [90.0, 90.0]], "b": [[110.0, 120.0], [90.0, 99.0]]}[scenario]
        prices = [[1.0, 1.2], [0.9, 0.9]]
        return np.array(pay if name == "wage_mean" else prices)


def test_real_pay_is_pay_over_prices_month_by_month():
    """Seed 1 without: (100 / 1 + 120 / 1.2) / 2 = 100; with: (110 + 100) / 2 = 105. Seed 2: 100 and 105."""
    assert headlines.real_wage(Stored(), "a", 60) == pytest.approx([100.0, 100.0])
    assert headlines.real_wage(Stored(), "b", 60) == pytest.approx([105.0, 105.0])


def per_job(differences, cost):
    effect = paired("at_work", np.full(len(differences), 50.0), 50.0 + np.array(differences), unit="persons", cost=cost)
    return Headline("cost_per_job", "Cost per job", "", "coin/month", "", effect)


def test_cost_per_job_is_the_cost_over_the_people_who_work_more():
    """4, 5 and 6 more people at work for 1,000 a month: 200 each; 5 -+ t(2) / sqrt(3) x 1 = 5 -+ 1.686."""
    said = card(per_job([4.0, 5.0, 6.0], 1000.0))
    assert (said["size"], said["unit"], said["mood"]) == ("200", "coins a month", "change")
    assert said["interval"] == "150 to 300"
    assert "5.0 more people work" in said["sentence"]


@pytest.mark.parametrize(
    ("differences", "cost", "size"),
    [
        ([0.0, 0.0], 1000.0, "no difference"),
        ([3.0, -2.0, 1.0], 1000.0, "cannot tell"),
        ([5.0], 1000.0, "cannot tell"),
        ([-4.0, -5.0, -6.0], 1000.0, "no job gained"),
        ([4.0, 5.0, 6.0], 0.0, "no cost"),
    ],
)
def test_no_cost_per_job_is_given_where_no_job_shows(differences, cost, size):
    said = card(per_job(differences, cost))
    assert said["size"] == size and said["interval"] == "" and said["mood"] != "good"
    assert "None" not in said["sentence"] and "for each further" not in said["sentence"]


def test_a_card_shows_no_sign_that_the_interval_does_not_show():
    unsure = Headline("x", "Poverty", "", "%", "down", paired("x", [10.0, 10.0], [8.0, 13.0], unit="%"))
    said = card(unsure)
    assert (said["arrow"], said["direction"], said["mood"], said["valued"]) == ("?", "cannot tell", "unsure", "")
    sure = Headline("x", "Poverty", "", "%", "down", paired("x", [10.0] * 3, [8.0, 8.1, 8.2], unit="%"))
    assert (card(sure)["direction"], card(sure)["valued"]) == ("down", "better")
    none = Headline("x", "Poverty", "", "%", "down", paired("x", [10.0, 9.0], [10.0, 9.0], unit="%"))
    assert card(none)["sure"] == "no difference in this model" and card(none)["strip"] is None
