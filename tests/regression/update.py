"""Renew the stored run after a change that is meant to change results:  python -m tests.regression.update"""

from __future__ import annotations

import json
import pathlib

from sim.model import toy

STORED = pathlib.Path(__file__).with_name("stored_run.json")
SEEDS = (1, 2, 3)
MONTHS = (1, 12, 24)
INDICATORS = (
    *("population", "participation", "participation_women", "participation_men", "unemployment", "self_employment"),
    *("informality", "vacancy_rate", "job_finding", "separation_rate", "wage_mean", "reservation_wage"),
    *("price_index", "consumption", "real_income", "gini", "poverty", "remittances_sent", "remittances_fees"),
    *("remittances_received", "receiving_households", "prevalence", "departures", "newcomers", "firms", "firm_size"),
    *("authority_spending", "budget_balance", "school_quality", "liquid_assets", "household_debt"),
)
Run = dict[str, dict[str, dict[str, float]]]


def rounded(value: float) -> float:
    """Six significant digits."""
    return float(f"{value:.6g}")


def stored_run() -> Run:
    """A small invented town, two years after its burn-in: seed, indicator, month."""
    found: Run = {}
    for seed in SEEDS:
        recorder = toy(population=600, months=max(MONTHS), seed=seed).run().recorder
        series = {name: recorder.series(name)[-max(MONTHS) :] for name in INDICATORS}
        found[f"seed {seed}"] = {
            name: {f"month {month}": rounded(values[month - 1]) for month in MONTHS} for name, values in series.items()
        }
    return found


if __name__ == "__main__":
    STORED.write_text(json.dumps(stored_run(), indent=1) + "\n", encoding="utf-8")
    print(f"{STORED.name} holds the results of today's sources; look at its difference before it is committed")
