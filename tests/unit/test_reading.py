"""A folder of results in the hands of somebody who has no code of ours: numbers, units, meaning, source, version."""

import json
import subprocess
import sys

import pytest
from unit.quick_runs import quick_plan, quick_run

from experiments.run import run_plan
from experiments.store import Store

READER = r"""
import json, sys
import duckdb, pandas, polars, pyarrow.parquet as pq

folder = sys.argv[1]
plan = pandas.read_parquet(f"{folder}/plan.parquet")
rows = pandas.read_parquet(f"{folder}/runs").merge(plan, on="run_id")
found = {"pandas": rows[rows.indicator == "poverty"].groupby("point").value.mean().tolist()}
asked = f'''select point, avg(value) from '{folder}/runs/*.parquet' join '{folder}/plan.parquet' using (run_id)
            where indicator = 'poverty' group by point order by point'''
found["duckdb"] = [value for _, value in duckdb.sql(asked).fetchall()]
joined = polars.read_parquet(f"{folder}/runs/*.parquet").with_columns(polars.col("run_id").cast(polars.String))
joined = joined.join(polars.read_parquet(f"{folder}/plan.parquet"), on="run_id")
poor = joined.filter(polars.col("indicator").cast(polars.String) == "poverty")
found["polars"] = poor.group_by("point").agg(polars.col("value").mean()).sort("point")["value"].to_list()
about = json.load(open(f"{folder}/sweep.json"))
found["unit"] = about["indicators"]["poverty"]["unit"]
found["code"], found["citation"] = about["code"], about["citation"]
found["sources"] = sorted(
    key for key, one in about["scenarios"]["base"]["territory"].items() if isinstance(one, dict) and one.get("source")
)
within = duckdb.sql(f"select decode(key), decode(value) from parquet_kv_metadata('{folder}/runs/*.parquet')").fetchall()
found["within"] = json.loads(dict(within)["remesa"])["indicators"]["poverty"]["unit"]
for kind in ("plan.parquet", "runs", "summary"):
    schema = pq.read_table(f"{folder}/{kind}").schema
    found[kind] = {f.name: (f.metadata or {}).get(b"unit", b"").decode() for f in schema}
    assert all((f.metadata or {}).get(b"meaning") for f in schema), kind
assert not {"sim", "experiments", "analysis", "scenarios"} & set(sys.modules)
print(json.dumps(found))
"""


def test_others_find_numbers_units_meaning_source_and_version_without_our_code(tmp_path):
    for name in ("pandas", "duckdb", "polars"):
        pytest.importorskip(name)
    folder = tmp_path / "größe und name"
    run_plan(quick_plan(), folder, workers=1, run=quick_run)
    done = subprocess.run([sys.executable, "-I", "-c", READER, str(folder)], capture_output=True, text=True, cwd="/")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["pandas"] == pytest.approx(found["duckdb"]) and found["pandas"] == pytest.approx(found["polars"])
    assert len(found["pandas"]) == 4 and found["unit"] == found["within"] == "%"
    sweep = Store(folder).sweep
    assert found["code"] == sweep["code"] and found["code"] in found["citation"]
    assert {"pay_basic", "household_size"} <= set(found["sources"])
    assert all(found["plan.parquet"].values()) and found["runs"]["month"] == "month"
    assert found["summary"]["poverty"] == "%" and found["summary"]["seconds"] == "s"
