"""Agents are handles: real Mesa agents that look at columns, keep their identity, and change nothing."""

import copy
import gc
import pickle
import types
import warnings

import mesa
import numpy as np
import pytest

import sim.agents
from sim import codes
from sim.agents import (
    AGENTS,
    AgentSet,
    Destination,
    Explanation,
    Firm,
    Handles,
    Household,
    LocalAuthority,
    Locality,
    Migrant,
    Person,
)
from sim.codes import Reason, Sex, Status
from sim.population import (
    Authorities,
    Destinations,
    Firms,
    Households,
    Localities,
    Migrants,
    Persons,
    Population,
)
from sim.table import TABLES


class Town(Handles, mesa.Model):
    """Two households, five people of whom one is away and one is dead, one firm, one empty household."""

    def __init__(self):
        super().__init__(rng=1)
        self.world = types.SimpleNamespace(month=24, burn_in=24)
        self.population = population = Population()
        population.add(Localities, 1, id=np.array([7]))
        population.add(Destinations, 1, id=np.array([8]))
        population.add(Authorities, 1, id=np.array([7]), locality=0, cash=[12345])
        population.add(Households, 3, id=np.array([10, 11, 12]), locality=0)
        population.add(
            Persons, 5, id=np.arange(100, 105), household=[0, 0, 1, 1, 1], sex=[0, 1, 0, 1, 0],
            birth_month=-12 * np.array([5, 20, 30, 40, 50]) + 3, wage=[0, 3.5, 0, 0, 0],
            status=[Status.CHILD, Status.EMPLOYED, Status.OWN_ACCOUNT, Status.AWAY, Status.ABSENT],
        )  # fmt: skip
        population.add(Migrants, 2, id=np.array([9, 19]), person=[3, 2], household=1, locality=0, destination=0)
        population.migrants.ended[1] = 1
        population.persons.spell[3] = 0
        population.add(Firms, 2, id=np.array([3, 4]), locality=0, open=[1, 0])
        population.persons.employer[1] = 0

    def step(self):
        self.world.month += 1


@pytest.fixture
def town() -> Town:
    return Town()


@pytest.fixture
def people(town) -> AgentSet:
    return town.agents_by_type[Person]


def ids(agents) -> list[int]:
    return [agent.unique_id for agent in agents]


def test_agents_are_mesa_agents_of_a_mesa_model(town):
    assert isinstance(town, mesa.Model)
    assert all(isinstance(agent, mesa.Agent) for agent in town.agents)
    assert set(town.agent_types) == {Person, Household, Migrant, Firm, LocalAuthority} == set(town.agents_by_type)


def test_the_dead_ended_stays_closed_firms_and_empty_households_are_no_agents(town):
    counts = {kind.__name__: len(found) for kind, found in town.agents_by_type.items()}
    assert counts == {"Person": 4, "Household": 2, "Migrant": 1, "Firm": 1, "LocalAuthority": 1}
    assert len(town.agents) == 9


def test_attributes_are_the_columns_in_the_readers_terms(town):
    person = town.agent(Person, 101)
    assert (person.sex, person.status, person.wage) == (Sex.MAN, Status.EMPLOYED, 3.5)
    assert isinstance(person.sex, Sex)
    assert person.spouse is None
    assert person.employer is town.agent(Firm, 3)
    assert person.locality is town.agent(Locality, 7)
    assert town.agent(LocalAuthority, 7).cash == 123.45, "money in units, not cents"
    assert len(town.agent(Locality, 7).prevalence) == Localities.prevalence.width
    assert town.agent(Migrant, 9).destination is town.agent(Destination, 8)
    assert town.agent(Person, 103).spell.person is town.agent(Person, 103)


def test_age_counts_completed_years(town):
    assert town.agent(Person, 101).age == 19
    town.run_for(3)
    assert town.agent(Person, 101).age == 20


def test_households_and_firms_know_their_people(town):
    assert ids(town.agent(Household, 11).people) == [102, 103], "the dead are gone"
    assert ids(town.agent(Firm, 3).employees) == [101]


@pytest.mark.parametrize("kind", AGENTS)
def test_every_declared_column_is_an_attribute(town, kind):
    agent = next(iter(town.agents_by_type[kind]))
    for name in kind.table.columns:
        getattr(agent, name)
        assert type(agent).__dict__[name].__doc__.startswith(kind.table.columns[name].meaning)


def test_every_column_of_codes_names_its_enumeration():
    for table in TABLES.values():
        for column in table.columns.values():
            if column.unit == "code":
                assert issubclass(sim.agents._code(column), codes.IntEnum), str(column)


def test_one_person_is_one_object_as_long_as_somebody_holds_it(town, people):
    person = town.agent(Person, 101)
    assert next(a for a in people if a.unique_id == 101) is person
    assert town.agent(Household, 10).people.to_list()[1] is person
    del person
    gc.collect()
    assert len(town._handles[Person]) == 0, "nobody holds them, so nothing is kept"


def test_identity_and_values_survive_compaction(town, people):
    person, dead = town.agent(Person, 102), town.agent(Person, 104)
    town.population.move(Persons, np.array([3, 2]))
    assert person.row == 1 and person.age == 29
    assert town.agent(Person, 102) is person
    with pytest.raises(LookupError, match="<Person 104> is no longer in the model; its life stands in"):
        _ = dead.age
    assert set(ids(people)) == {102, 103}
    assert dead not in people and person in people


def test_those_who_die_drop_out_of_a_set_held_before(town, people):
    assert len(people) == 4
    town.population.persons.status[0] = Status.ABSENT
    town.run_for(1)
    assert ids(people) == [101, 102, 103]


REFUSALS = {
    "set an attribute": lambda town: setattr(town.agent(Person, 101), "wage", 5.0),
    "set a new attribute": lambda town: setattr(town.agent(Person, 101), "mood", "good"),
    "delete an attribute": lambda town: delattr(town.agent(Person, 101), "wage"),
    "make a person": lambda town: Person(town),
    "make several": lambda town: Person.create_agents(town, 3),
    "make one's own agent": lambda town: mesa.Agent(town),
    "remove a person": lambda town: town.agent(Person, 101).remove(),
    "add to a set": lambda town: town.agents.add(town.agent(Person, 101)),
    "discard from a set": lambda town: town.agents.discard(town.agent(Person, 101)),
    "remove from a set": lambda town: town.agents.remove(town.agent(Person, 101)),
    "set for all": lambda town: town.agents.set("wage", 1.0),
}


@pytest.mark.parametrize("attempt", REFUSALS)
def test_what_only_a_mechanism_may_do_is_refused_and_the_way_is_named(town, attempt):
    with pytest.raises((TypeError, AttributeError), match=r"write a mechanism .* write an instrument or a shock"):
        REFUSALS[attempt](town)


def test_an_unknown_attribute_names_those_near(town, people):
    with pytest.raises(AttributeError, match="Person has no 'wages'; it has wage"):
        _ = town.agent(Person, 101).wages
    with pytest.raises(AttributeError, match="Person has no column 'stattus'; it has status"):
        people.where(stattus=1)


def test_an_unknown_id_is_said(town):
    with pytest.raises(LookupError, match="no Person has the id 5"):
        town.agent(Person, 5)


def test_get_and_agg_work_on_columns(people, town):
    assert people.get("wage").tolist() == [0, 3.5, 0, 0]
    assert people.get(["sex", "age"]) == [[0, 4], [1, 19], [0, 29], [1, 39]]
    assert people.agg("age", max) == 39
    assert people.agg("age", [min, np.mean]) == [4, 22.75]
    assert people.get("employer") == [None, town.agent(Firm, 3), None, None]
    assert people.get("unique_id").tolist() == [100, 101, 102, 103]
    with pytest.raises(AttributeError):
        people.get("cash")
    assert town.agents.get("wage", handle_missing="default", default_value=-1.0)[3:6] == [0, -1.0, -1.0]


def test_where_takes_values_collections_functions_and_agents(people, town):
    assert ids(people.where(sex=Sex.WOMAN)) == [100, 102]
    assert ids(people.where(status=(Status.EMPLOYED, Status.AWAY), sex=Sex.MAN)) == [101, 103]
    assert ids(people.where(age=lambda age: age > 25)) == [102, 103]
    assert ids(people.where(employer=None)) == [100, 102, 103]
    assert ids(people.where(household=town.agent(Household, 10))) == [100, 101]
    assert ids(people.where(unique_id=102)) == [102]


def test_select_as_mesa_does(people, town):
    assert ids(people.select(lambda a: a.age > 10)) == [101, 102, 103]
    assert ids(people.select(lambda a: a.age > 10, at_most=2)) == [101, 102]
    assert ids(people.select(at_most=0.5)) == [100, 101]
    assert ids(people.select(at_most=3, sex=Sex.WOMAN)) == [100, 102]
    assert ids(town.agents.select(agent_type=Firm)) == [3]
    kept = people.select(sex=Sex.MAN, inplace=True)
    assert kept is people and ids(people) == [101, 103]


def test_groupby_a_column_and_a_function(people, town):
    assert people.groupby("sex").agg("age", np.mean) == {Sex.WOMAN: 16.5, Sex.MAN: 29.0}
    assert people.groupby("household").count() == {town.agent(Household, 10): 2, town.agent(Household, 11): 2}
    assert people.groupby(lambda a: a.age >= 15).count() == {False: 1, True: 3}
    assert people.groupby("sex", result_type="list").agg("wage", sum) == {Sex.WOMAN: 0, Sex.MAN: 3.5}
    assert people.groupby("age").count() == {4: 1, 19: 1, 29: 1, 39: 1}


def test_sort_shuffle_and_map(people):
    assert ids(people.sort("age")) == [103, 102, 101, 100]
    assert ids(people.sort("age", ascending=True)) == [100, 101, 102, 103]
    assert ids(people.sort(lambda a: -a.unique_id, ascending=True)) == [103, 102, 101, 100]
    assert sorted(ids(people.shuffle())) == [100, 101, 102, 103]
    assert people.map(lambda a, k: a.age + k, 1) == [5, 20, 30, 40]
    seen = []
    assert people.do(lambda a: seen.append(a.unique_id)) is people
    people.shuffle_do(lambda a: seen.append(a.unique_id))
    assert sorted(seen) == sorted([100, 101, 102, 103] * 2)


def test_sets_combine_copy_and_compare(people, town):
    women = people.where(sex=Sex.WOMAN)
    assert ids(people - women) == [101, 103]
    assert ids(people & women) == [100, 102]
    assert len(women | town.agents_by_type[Firm]) == 3
    assert copy.copy(people) == people and copy.copy(people) is not people
    assert women <= people and women != people


def test_looking_at_very_many_one_by_one_is_said(people, monkeypatch):
    monkeypatch.setattr(sim.agents, "MANY", 3)
    with pytest.warns(UserWarning, match="select with a function makes 4 handles"):
        people.select(lambda a: True)
    with pytest.warns(UserWarning, match="map makes 4 handles"):
        people.map(lambda a: None)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        people.where(sex=Sex.WOMAN).get("age")
        people.groupby("sex").agg("age", np.mean)


def number_of_agents(model):
    return len(model.agents)


def test_mesas_data_collector_collects_from_model_and_agents(town):
    collector = mesa.DataCollector(
        model_reporters={"agents": number_of_agents, "month": lambda m: m.world.month},
        agenttype_reporters={Person: {"wage": "wage", "home": lambda a: a.household.unique_id}},
    )
    for _ in range(2):
        collector.collect(town)
        town.run_for(1)
    assert collector.get_model_vars_dataframe().values.tolist() == [[9, 24], [9, 25]]
    frame = collector.get_agenttype_vars_dataframe(Person)
    assert frame.loc[(1.0, 101)].tolist() == [3.5, 10]
    assert len(frame) == 8


def test_a_pickled_model_goes_on_and_a_pickled_agent_brings_its_model(town):
    person = town.agent(Person, 101)
    again = pickle.loads(pickle.dumps(town))
    again.run_for(2)
    assert (again.world.month, town.world.month) == (26, 24)
    assert again.agent(Person, 101).wage == person.wage
    twin = pickle.loads(pickle.dumps(person))
    assert twin.unique_id == 101 and twin.model is not town
    assert copy.deepcopy(person) is person, "a handle copied is the same agent of the same model"


def test_what_explains_nothing_is_said(town):
    with pytest.raises(
        ValueError, match="'weather' explains no decision of a Person; migration, participation, remittances do"
    ):
        town.agent(Person, 101).explain("weather")


def test_an_explanation_is_numbers_and_words():
    told = Explanation({"reservation wage": 1234.56789, "best status": Status.OWN_ACCOUNT, "age": 40})
    assert str(told) == "reservation wage: 1,235\nbest status: own account\nage: 40"
    assert told["best status"] is Status.OWN_ACCOUNT


def test_a_person_explains_why_they_work_or_not(small_model):
    model = small_model(population=600)
    here = model.agents_by_type[Person].where(age=lambda age: age >= 20, status=lambda s: s <= Status.OWN_ACCOUNT)
    for person in here.select(at_most=40):
        told = person.explain("participation")
        values = {
            Status.INACTIVE: 0.0,
            Status.UNEMPLOYED: told["value of searching"],
            Status.OWN_ACCOUNT: told["value of own-account work"],
        }
        if person.age <= 75:
            assert values[told["best status"]] == max(values.values())
        assert (told["why out"] is not Reason.NONE) == (told["best status"] is Status.INACTIVE)
