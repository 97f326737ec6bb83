"""Faulty processes, one for each line of the battery: each must be caught, by a sentence that names it."""

import dataclasses
import itertools
from dataclasses import dataclass

import numpy as np
import pytest
from batteries import (
    before,
    begin,
    call,
    check_answer,
    check_compiled_equals_plain,
    check_declared_answers,
    check_finite,
    check_one_more_household,
    check_parameters,
    check_repeats,
    check_row_order,
    check_runs_at,
    check_shows,
    check_writes,
    run,
    shadowed,
)

from sim.codes import Status
from sim.ledger import BooksError, Flow
from sim.mechanism import Answer, Mechanism, Month, UndeclaredError, compile_all, kernel
from sim.parameters import ParameterError, param, switch
from sim.population import Households, Localities, Persons
from sim.schedule import Schedule, line
from sim.streams import Luck, uniforms

GIFTS = Flow("gifts", Localities.outside, Households.liquid_assets, "from outside")
ABSENT = int(Status.ABSENT)
calls = itertools.count(1)


@kernel
def draw_by_row(persons: Persons, luck: Luck) -> None:
    for i in range(len(persons.id)):
        u0, _, _, _ = uniforms(luck, i)
        persons.skill[i] = u0


@dataclass
class DrawsByRow(Mechanism):
    """Draws luck by where somebody is stored."""

    reads = (Persons.id,)
    writes = (Persons.skill,)
    on: int = switch("the whole line")

    def __call__(self, month: Month) -> None:
        draw_by_row(month.persons, month.luck("skill"))


@kernel
def sum_in_order(persons: Persons, households: Households) -> None:
    total = np.zeros(1, np.float32)
    for i in range(len(persons.id)):
        total[0] += np.float32(persons.skill[i] * 1.1 + persons.birth_month[i] * 0.37)
    for h in range(len(households.need)):
        households.need[h] = total[0]


@dataclass
class SumsInOrder(Mechanism):
    """Adds single-precision numbers of everybody, row after row."""

    reads = (Persons.id, Persons.skill, Persons.birth_month)
    writes = (Households.need,)
    on: int = switch("the whole line")

    def __call__(self, month: Month) -> None:
        sum_in_order(month.persons, month.households)


@kernel
def serve_first_come(persons: Persons) -> None:
    left = 20
    for i in range(len(persons.status)):
        if left > 0 and persons.status[i] != ABSENT:
            persons.skill[i] = 9.0
            left -= 1


@dataclass
class ServesFirstCome(Mechanism):
    """Twenty places for those who stand first in the table."""

    reads = (Persons.status,)
    writes = (Persons.skill,)
    on: int = switch("the whole line")

    def __call__(self, month: Month) -> None:
        serve_first_come(month.persons)


@kernel
def overflow(persons: Persons) -> None:
    for i in range(len(persons.id)):
        persons.tenure[i] = (persons.id[i] + 7) * 6364136223846793005 % 1000


@dataclass
class Overflows(Mechanism):
    """Multiplies beyond 64 bits, which compiled code cuts off and Python does not."""

    reads = (Persons.id,)
    writes = (Persons.tenure,)
    on: int = switch("the whole line")

    def __call__(self, month: Month) -> None:
        overflow(month.persons)


@dataclass
class Remembers(Mechanism):
    """Keeps something beside the tables, so that a second run differs."""

    writes = (Persons.skill,)
    on: int = switch("the whole line")

    def __call__(self, month: Month) -> None:
        month.values(Persons.skill)[:] = next(calls)


@dataclass
class PicksByCount(Mechanism):
    """Picks from a list with int(u * length): one more person shifts everybody's pick."""

    reads = (Persons.id,)
    writes = (Persons.skill,)
    on: int = switch("the whole line")

    def __call__(self, month: Month) -> None:
        persons = month.values(Persons.skill)
        luck = month.draw(month.values(Persons.id), month.luck("pick"))
        persons[:] = persons[(luck * len(persons)).astype(np.int64)]


@dataclass
class MakesNotANumber(Mechanism):
    """Takes a logarithm of nothing."""

    writes = (Persons.skill,)
    on: int = switch("the whole line")

    def __call__(self, month: Month) -> None:
        month.values(Persons.skill)[0] = np.nan


@dataclass
class ReachesPastItsRoom(Mechanism):
    """Writes a column nobody declared, around the room."""

    writes = (Persons.skill,)
    on: int = switch("the whole line")

    def __call__(self, month: Month) -> None:
        month._world.population.persons.tenure[0] += 1


@dataclass
class AddsPastItsRoom(Mechanism):
    """Adds a household nobody declared."""

    writes = (Persons.skill,)
    on: int = switch("the whole line")

    def __call__(self, month: Month) -> None:
        month._world.population.add(Households, 1, id=np.array([2**60]))


@dataclass
class WritesMoney(Mechanism):
    """Writes a money column past the ledger."""

    reads = (Households.liquid_assets,)
    on: int = switch("the whole line")

    def __call__(self, month: Month) -> None:
        month._world.population.households.liquid_assets[0] += 100


@dataclass
class SwapsMoney(Mechanism):
    """Moves money between two households past the ledger: the account's total stays the same."""

    reads = (Households.liquid_assets,)
    on: int = switch("the whole line")

    def __call__(self, month: Month) -> None:
        month._world.population.households.liquid_assets[0] += 100
        month._world.population.households.liquid_assets[1] -= 100


@dataclass
class PaysNobody(Mechanism):
    """Pays a household that does not exist."""

    pays = (GIFTS,)
    on: int = switch("the whole line")

    def __call__(self, month: Month) -> None:
        month.pay("gifts", 0, [-1], np.array([100]))


@dataclass
class PaysUndeclared(Mechanism):
    """Pays a flow it does not declare."""

    on: int = switch("the whole line")

    def __call__(self, month: Month) -> None:
        month.pay("gifts", 0, [0], np.array([100]))


@dataclass
class LosesPeople(Mechanism):
    """Lets somebody vanish without a death."""

    writes = (Persons.status, Persons.employer)
    on: int = switch("the whole line")

    def __call__(self, month: Month) -> None:
        status = month.values(Persons.status)
        status[np.flatnonzero(status == int(Status.INACTIVE))[0]] = int(Status.ABSENT)


@dataclass
class LosesJobs(Mechanism):
    """Ends a job without telling the firm."""

    writes = (Persons.status, Persons.employer)
    on: int = switch("the whole line")

    def __call__(self, month: Month) -> None:
        status = month.values(Persons.status)
        one = np.flatnonzero(status == int(Status.EMPLOYED))[0]
        status[one] = int(Status.UNEMPLOYED)
        month.values(Persons.employer)[one] = -1


@dataclass
class AnswersWrongly(Mechanism):
    """Pay rises with hours, it says; it falls."""

    reads = (Persons.hours, Persons.skill)
    writes = (Persons.reservation_wage,)
    answers = (
        Answer(Persons.hours, Persons.reservation_wage, +1, "it says so"),
        Answer(Persons.skill, Persons.reservation_wage, +1, "it does not look"),
    )
    shows = ("population",)
    on: int = switch("the whole line")

    def __call__(self, month: Month) -> None:
        month.values(Persons.reservation_wage)[:] = 1000.0 - month.values(Persons.hours)


@dataclass
class AnswersItself(Mechanism):
    """Answers to what it writes itself."""

    writes = (Persons.reservation_wage, Persons.not_working)
    answers = (
        Answer(Persons.reservation_wage, Persons.not_working, +1, "its own"),
        Answer(Persons.not_working, Persons.reservation_wage, +1, "its own"),
    )
    on: int = switch("the whole line")


@dataclass
class Silent(Mechanism):
    """A line that does nothing and names no indicator."""

    on: int = switch("the whole line")

    def __call__(self, month: Month) -> None:
        pass


@dataclass
class DividesAtItsBound(Mechanism):
    """Works at its default and divides by nothing at its lower bound."""

    writes = (Households.need,)
    on: int = switch("the whole line")
    speed: float = param(1.0, "1", (0.0, 2.0), "assumption")

    def __call__(self, month: Month) -> None:
        month.values(Households.need)[:] = 1.0 / np.float64(self.speed)


@dataclass
class Longer(Schedule):
    """The month with one more line."""

    divides_at_its_bound: DividesAtItsBound = line(DividesAtItsBound)
    silent: Silent = line(Silent)
    answers_wrongly: AnswersWrongly = line(AnswersWrongly)


@pytest.fixture
def at(world):
    """An ordinary town in the middle of a month."""
    compile_all()
    return before(world, "participation")


@pytest.mark.parametrize("faulty", [DrawsByRow, SumsInOrder, ServesFirstCome, PicksByCount])
def test_what_depends_on_the_order_of_rows_is_caught(faulty, at):
    with pytest.raises(AssertionError, match=f"{faulty.name()} depends on the order of rows"):
        check_row_order(at, faulty())


def test_what_compiled_code_does_otherwise_is_caught(at):
    with pytest.raises(AssertionError, match=r"persons\.tenure differs in \d+ rows between compiled and plain"):
        check_compiled_equals_plain(at, Overflows())


def test_what_does_not_repeat_is_caught(at):
    with pytest.raises(AssertionError, match="remembers differs when repeated"):
        check_repeats(at, Remembers())


def test_a_pick_that_shifts_with_one_more_person_is_caught(at):
    with pytest.raises(AssertionError, match="picks_by_count: one more household changes others"):
        check_one_more_household(at, PicksByCount())


def test_not_a_number_is_caught(at):
    call(at, MakesNotANumber())
    with pytest.raises(AssertionError, match=r"persons\.skill holds nan in 1 rows"):
        check_finite(at)


@pytest.mark.parametrize(
    ("faulty", "sentence"),
    [
        (ReachesPastItsRoom, r"changes \['persons\.tenure'\] without declaring it"),
        (AddsPastItsRoom, r"adds rows to \['households\.id'\] without declaring it"),
        (WritesMoney, r"changes \['households\.liquid_assets'\]"),
    ],
)
def test_a_write_nobody_declared_is_caught(faulty, sentence, at):
    with pytest.raises(AssertionError, match=sentence):
        check_writes(at, faulty())


def test_money_written_past_the_ledger_is_caught_at_the_close(world):
    begin(world)
    call(world, WritesMoney())
    with pytest.raises(BooksError, match=r"households\.liquid_assets holds .* somebody wrote it past the ledger"):
        world.ledger.close(world.month)


def test_money_swapped_between_two_parties_is_caught_by_the_second_books(world):
    begin(world)
    world.population.households.liquid_assets[:2] += 1000
    world.ledger.open()
    with shadowed(world) as books:
        call(world, SwapsMoney())
    world.ledger.close(world.month)  # the totals are right, the parties are not
    with pytest.raises(AssertionError, match=r"households\.liquid_assets of \d+ holds"):
        books.check()


def test_a_payment_without_payee_is_caught(at):
    with pytest.raises(BooksError, match="flow gifts: payee row outside Households"):
        call(at, PaysNobody())


def test_an_undeclared_flow_is_caught(at):
    with pytest.raises(UndeclaredError, match="PaysUndeclared pays 'gifts' without declaring it"):
        call(at, PaysUndeclared())


@pytest.mark.parametrize(("faulty", "sentence"), [(LosesPeople, "people, but births"), (LosesJobs, "jobs and")])
def test_people_and_jobs_that_do_not_balance_are_caught(faulty, sentence, world):
    begin(world)
    call(world, faulty())
    with pytest.raises(BooksError, match=sentence):
        world.check_heads_and_jobs()


def test_an_answer_of_the_wrong_sign_and_one_that_does_not_come_are_caught(at):
    faulty = AnswersWrongly()
    for answer, moved in zip(faulty.answers, (r"-\d", "0"), strict=True):
        with pytest.raises(AssertionError, match=f"moves .*reservation_wage \\+1 .* it moves it by {moved}"):
            check_answer([at], faulty, answer)


def test_answers_to_itself_and_too_few_answers_are_caught():
    lines = [type(one) for one in Schedule().lines()]
    mine = [AnswersItself]
    with pytest.raises(AssertionError, match="AnswersItself declares answers to 0 columns that other lines write"):
        check_declared_answers(AnswersItself, mine)
    with pytest.raises(AssertionError, match="answers to 0 columns that other lines write; two are needed"):
        check_declared_answers(Silent, lines)


def test_a_line_that_nothing_shows_is_caught(world):
    world.schedule = Longer()
    with pytest.raises(AssertionError, match="Silent names no indicator"):
        check_shows(world, Silent, months=1)
    with pytest.raises(AssertionError, match="population does not change within 1 months when answers_wrongly is off"):
        check_shows(world, AnswersWrongly, months=1)


def test_a_parameter_that_breaks_at_its_bound_is_caught(world):
    world.schedule = Longer()
    run(world)
    with pytest.raises(AssertionError, match=r"with divides_at_its_bound\.speed = 0\.0: households\.need holds inf"):
        check_runs_at(world, "divides_at_its_bound", "speed", 0.0, months=1)


FAULTY_PARAMETERS = {
    "lies outside its own bounds": param(3.0, "1", (0.0, 1.0), "assumption"),
    "has no unit": param(0.5, "", (0.0, 1.0), "assumption"),
    "has no source": param(0.5, "1", (0.0, 1.0), ""),
    "has no bounds": param(0.5, "1", (0.0, float("inf")), "assumption"),
    "without declaration": 0.5,
}


@pytest.mark.parametrize("fault", FAULTY_PARAMETERS)
def test_a_faulty_parameter_is_caught(fault):
    fields = [("on", int, switch("the whole line")), ("share", float, FAULTY_PARAMETERS[fault])]
    faulty = dataclasses.make_dataclass("Faulty", fields, bases=(Mechanism,), module=__name__)
    with pytest.raises(AssertionError, match=fault):
        check_parameters(faulty)


def test_a_default_out_of_bounds_does_not_even_start():
    fields = [("share", float, FAULTY_PARAMETERS["lies outside its own bounds"])]
    faulty = dataclasses.make_dataclass("Faulty", fields, bases=(Mechanism,), module=__name__)
    with pytest.raises(ParameterError, match="lies outside"):
        faulty()
