"""A Mesa user's first script, run as it stands in the documents."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = """
import mesa
import numpy as np

from sim.agents import Household, Migrant, Person
from sim.codes import Sex, Status
from sim.model import toy

model = toy(population=600, months=24)       # a real mesa.Model
model.burn_in()                              # month 0 stands at the end of the burn-in
collector = mesa.DataCollector(
    model_reporters={"away": lambda m: len(m.agents_by_type[Migrant])},
    agenttype_reporters={Household: {"receipt": "receipt", "members": "members"}},
)
for _ in range(6):
    model.run_for(1)
    collector.collect(model)

people = model.agents_by_type[Person]
adults = people.where(status=lambda s: s != Status.AWAY, age=lambda age: age >= 15)
print("labour force by sex:", adults.where(status=(3, 4, 5)).groupby("sex").count())
print("mean skill:", round(adults.agg("skill", np.mean), 3))
print("migrants:", collector.get_model_vars_dataframe()["away"].tolist())

richest = model.agents_by_type[Household].sort("liquid_assets").to_list()[0]
print("richest household:", richest, richest.liquid_assets, [p.age for p in richest.people])
woman = adults.where(sex=Sex.WOMAN, status=Status.INACTIVE).to_list()[0]
print(woman.explain("participation"))
"""


def test_the_script_runs_and_says_what_it_should(small_model, capsys):
    small_model(population=200)  # compiled once, with the others
    names: dict = {"__name__": "__main__"}
    exec(compile(SCRIPT, "mesa_user.py", "exec"), names)
    said = capsys.readouterr().out
    for line in (
        "labour force by sex: {<Sex.WOMAN: 0>",
        "mean skill: ",
        "migrants: [",
        "richest household: <Household",
    ):
        assert line in said
    assert re.search(r"^reservation wage: [\d.]+", said, flags=re.MULTILINE), "the explanation"
    frame = names["collector"].get_agenttype_vars_dataframe(names["Household"])
    assert set(frame.columns) == {"receipt", "members"} and len(frame) > 100


def test_the_document_shows_this_script():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)
    if not any("mesa" in block for block in blocks):
        pytest.skip("the README does not show the script yet")
    assert SCRIPT.strip() in [block.strip() for block in blocks]
