"""Life histories: every event has its sentence, nothing is told that was not recorded, and two worlds line up."""

import json
import re

import pytest

from analysis import command, histories
from analysis.histories import Words, date, history, most_changed, sentence, side_by_side, tell
from experiments.interventions import Among, extra_income, intervene, removal
from sim.agents import Household, Person
from sim.codes import Event, Sex
from sim.recorder import Happening

ANNA, OMAR = 11, 12
WORDS = Words(("Italy", "Spain"), {ANNA: (Sex.WOMAN, -12 * 30), OMAR: (Sex.MAN, -12 * 9)}.get, {})


def happening(event, reason=0, value=0.0, month=5, person=ANNA):
    return Happening(month, person, 7, event, reason, value, cause=12.0, offer=50.0, without=30.0)


@pytest.mark.parametrize(
    ("event", "reason", "value", "said"),
    [
        (Event.DIED, 0, 71, "She died, aged 71."),
        (Event.DIED, 1, 71, "She was taken out of the population by a shock, aged 71."),
        (Event.HIRED, 0, 1234, "She found a job that pays 1,234 a month, in another locality, 12 minutes away."),
        (Event.LAID_OFF, 3, 0, "She lost her job: the firm closed."),
        (Event.REMITTED, 0, 30, "She sent her household 30."),
        (Event.TRAINED, 0, 1.234, "She was on a course: an hour of her work counts for 1.23 unskilled ones after it."),
        (Event.FIRM_CLOSED, 0, 0, "The firm closed that she had opened or worked for."),
        (Event.ARRIVED, 0, 40, "She arrived from a place where work pays less, 40 a month, to look for work."),
        (Event.ARRIVED, 0, 0, "She was brought to the place by a shock."),
        (Event.HOUSEHOLD_FORMED, 0, 0, "She founded a household of her own with her husband."),
    ],
)
def test_each_event_is_told_with_its_reason(event, reason, value, said):
    assert sentence(happening(event, reason, value), WORDS) == said


@pytest.mark.parametrize("event", Event)
@pytest.mark.parametrize("person", [ANNA, OMAR])
def test_every_event_is_told_of_women_and_men(event, person):
    said = sentence(happening(event, 1, 12.0, person=person), WORDS)
    assert said.endswith(".") and said[0].isupper() and "'s household" not in said
    assert not re.search(
        r"\b(She|she|her)\b" if person == OMAR else r"\b(He|he|his|him)\b", said.replace("her husband", "")
    )


def test_months_are_dated():
    assert (date(1), date(12), date(13), date(0), date(-3)) == (
        "year 1, month 1", "year 1, month 12", "year 2, month 1", "the month before", "4 months before",
    )  # fmt: skip


def test_what_goes_on_month_after_month_is_told_once_until_something_else_happens():
    sent = [happening(Event.REMITTED, value=10.0, month=month) for month in (1, 2, 3, 5)]
    lines = tell([*sent, happening(Event.RETURNED, month=4)], WORDS)
    assert [(line.month, line.last) for line in lines] == [(1, 3), (4, 4), (5, 5)]
    assert lines[0].text == "She sent her household 30 in 3 transfers."
    assert lines[0].date == "year 1, month 1 to year 1, month 3"
    assert [one for line in lines for one in line.happenings] == sorted(
        [*sent, happening(Event.RETURNED, month=4)], key=lambda one: one.month
    )


def test_people_of_a_household_are_told_apart():
    lines = tell([happening(Event.QUIT), happening(Event.BORN, person=OMAR)], WORDS, named=True)
    assert [line.text for line in lines] == [
        "Woman of 30 (..0011): she gave up her job: the time was worth more to her than the pay.",
        "Boy of 9 (..0012): he was born.",
    ]
    named = Words(WORDS.destinations, WORDS.of_whom, {ANNA: "Anna"})
    assert tell([happening(Event.BORN)], named, named=True)[0].text == "Anna was born."


@pytest.fixture(scope="module")
def worlds(small_model):
    """A town after a year, and the same in which some get money and one person is taken out."""
    start = small_model(population=600)
    people = start.population.persons.id[::100]
    homes = start.population.households.id[start.population.households.members > 0][::3]
    changes = (extra_income(2000.0, Among(ids=homes)), removal(Among(ids=people[:1]), start=4))
    models = intervene(start), intervene(start, *changes)
    for model in models:
        for _ in range(12):
            model.step()
    return *models, int(people[0])


def test_lives_are_exactly_what_was_recorded(worlds):
    baseline = worlds[0]
    told = baseline.recorder.histories()
    for person in baseline.agents_by_type[Person].to_list()[::25]:
        mine = told["person"] == person.unique_id
        found = person.history()
        assert [one.month - 1 for one in found] == told["month"][mine].tolist()
        assert [int(one.event) for one in found] == told["event"][mine].tolist()
        assert sum(len(line.happenings) for line in history(baseline, person=person.unique_id)) == len(found)
    home = next(home for home in baseline.agents_by_type[Household] if len(home.history()) > 2)
    assert {one.household for one in home.history()} == {home.unique_id}


def test_two_worlds_part_where_the_first_event_differs(worlds):
    baseline, policy, gone = worlds
    both = side_by_side(baseline, policy, person=gone)
    assert both.parts == 4
    assert [row for row in both.rows if row[0] is not None and row[1] is not None and row[0].month >= 5] == []
    last = [row[1] for row in both.rows if row[1] is not None][-1]
    assert last.month == 4 and "was taken out of the population" in last.text
    assert gone in most_changed(baseline, policy, 200)


def test_a_world_beside_itself_is_one_and_the_same(worlds):
    baseline = worlds[0]
    for who in most_changed(baseline, count=5):
        both = side_by_side(baseline, baseline, person=who)
        assert both.parts is None and all(a is b or a == b for a, b in both.rows) and both.rows
    changed = most_changed(baseline, baseline, 3)
    assert len(changed) == 3


def test_nobody_is_invented(worlds):
    with pytest.raises(LookupError, match="no person has the identity 5"):
        history(worlds[0], person=5)
    with pytest.raises(LookupError, match="no household has the identity 5"):
        side_by_side(worlds[0], worlds[1], household=5)
    with pytest.raises(ValueError, match="of a person or of a household"):
        worlds[0].recorder.life()


def test_the_command_tells_a_life_in_two_worlds(capsys):
    words = ["life", "territory=teaching_toy_village", "population=600", "months=6", "shocks=[drought]",
             "shocks.drought.start=1", "--count", "2", "--json"]  # fmt: skip
    assert command.main(words) == 0
    document = json.loads(capsys.readouterr().out)
    assert len(document["lives"]) == 2
    for one in document["lives"]:
        assert one["lines"] and all({"month", "date", "baseline", "policy"} <= set(line) for line in one["lines"])
    assert command.main(["life", "territory=teaching_toy_village", "population=600", "months=1", "--person", "5"]) == 2
    assert "no person has the identity 5" in capsys.readouterr().err


def test_the_tables_are_for_eyes(worlds, capsys):
    import argparse

    options = argparse.Namespace(json=False)
    both = side_by_side(worlds[0], worlds[1], person=worlds[2])
    histories.show(options, both, "person", True, worlds[0], worlds[2])
    assert "the two worlds part in year 1, month 4" in capsys.readouterr().out
