"""A Mesa user's first script: the one in README.md, run as it stands there."""

import re
from pathlib import Path

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
(SCRIPT,) = (block for block in re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL) if "import mesa" in block)


def test_the_script_of_the_readme_runs_and_says_what_it_should(small_model, capsys):
    small_model(population=200)  # compiled once, with the others
    names: dict = {"__name__": "__main__"}
    exec(compile(SCRIPT, "mesa_user.py", "exec"), names)
    said = capsys.readouterr().out
    for line in (
        "agents: {'Person': ",
        "labour force by sex: {<Sex.WOMAN: 0>",
        "mean skill: ",
        "large households: ",
        "migrants: [",
        "richest household: <Household",
    ):
        assert line in said
    assert re.search(r"^reservation wage: [\d.]+", said, flags=re.MULTILINE), "the explanation"
    frame = names["collector"].get_agenttype_vars_dataframe(names["Household"])
    assert set(frame.columns) == {"receipt", "members"} and len(frame) > 100


def test_the_script_is_all_a_mesa_user_needs():
    for word in (
        "DataCollector",
        "model.agents.select",
        "agents_by_type",
        ".where(",
        ".agg(",
        ".groupby(",
        ".explain(",
    ):
        assert word in SCRIPT
