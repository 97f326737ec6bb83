"""Sentences of a life: figures of the record, nothing else."""

import re

import pytest

from analysis.lives import Who, happenings, keyed, story
from sim.codes import Event, Reason
from sim.recorder import Happening

AWA, MODOU = Who("Awa", True), Who("Modou", False)
SILENT = {Event.REMITTED}  # told by month and sender, not one by one


def event(kind, reason=0, value=0.0, cause=0.0, offer=0.0, without=0.0):
    return Happening(13, 7, 3, kind, int(reason), value, cause, offer, without)


def test_why_awa_stopped_looking_for_work():
    one = event(Event.LEFT_LABOUR_FORCE, Reason.REMITTANCES, 61.0, 38.0, 55.0, 48.0)
    assert story(one, AWA, ["her brother Modou"]) == (
        "Awa stopped looking for work: 38 a month from her brother Modou lifted her reservation wage from 48 to 61; "
        "ordinary offers were 55."
    )


def test_offers_above_the_reservation_wage_are_said_to_be_too_rare():
    one = event(Event.STAYED_OUT, Reason.REMITTANCES, 61.0, 38.0, 70.0, 48.0)
    said = story(one, MODOU, [])
    assert said.startswith("Modou does not look for work: 38 a month in remittances lift his reservation wage")
    assert said.endswith("ordinary offers are 70, but better ones come too seldom to be worth the search.")


def test_nobody_is_said_to_ask_for_more_than_is_recorded():
    same = story(event(Event.STAYED_OUT, Reason.CARE, 61.0, 90.0, 55.0, 61.0), AWA)
    assert "keep her reservation wage at 61" in same and "from" not in same
    none = story(event(Event.STAYED_OUT, Reason.CARE, 0.0, 400.0, 55.0, 70.0), AWA)
    assert "400 hours of care a month leave her no time for paid work" in none


def test_the_example_of_others_is_told_only_where_it_was_recorded():
    gone = event(Event.DEPARTED, 1, 3.1, 0.4, 900.0)
    assert "example of those away" in story(gone, MODOU, places=("the city", "another country"))
    assert "example" not in story(gone._replace(cause=0.0), MODOU, places=("the city", "another country"))
    assert "0.32 years of local pay less than staying" in story(gone._replace(value=-0.32), MODOU)


@pytest.mark.parametrize("kind", [one for one in Event if one not in SILENT])
@pytest.mark.parametrize("who", [AWA, MODOU])
def test_every_event_makes_one_sentence_without_odd_words(kind, who):
    said = story(event(kind, 1, 12.0, 3.0, 50.0, 8.0), who, ["her mother Binta"], ("the city", "another country"))
    assert who.name in said and said[0].isupper() and said.endswith(".")
    assert not re.search(r"nan|None|\{|inf\b|  ", said)
    assert not re.search(r"\b(she|her|hers)\b", said.replace("her mother Binta", "")) or who.woman


def test_events_come_in_the_order_of_months_and_after_the_burn_in():
    columns = {name: [1, 2, 3] for name in Happening._fields} | {"month": [5, -3, 0]}
    assert [one.month for one in happenings(columns)] == [1, 6]


def test_a_name_that_is_added_changes_only_whom_it_falls_to():
    few, more = ["Awa", "Binta", "Coumba"], ["Awa", "Aissatou", "Binta", "Coumba"]
    before, after = ([keyed(k, names) for k in range(200)] for names in (few, more))
    assert all(b == a or a == "Aissatou" for b, a in zip(before, after, strict=True))
    assert 25 < after.count("Aissatou") < 75
    assert keyed(1, few, ["Awa", "Binta"]) == "Coumba" and keyed(1, few, few) in few
