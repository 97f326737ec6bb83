"""Tests of the labour market against theory and studies: search, flows, remittances, reservation wages."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from experiments import seeker
from experiments.verdicts import Form, Part, Picture, evidence
from scenarios.configuration import Configuration

Worlds = dict[str, Configuration]

# ------------------------------------------------------------------------------------------- T01


def textbook() -> list[tuple[str, seeker.Search, float]]:
    """Searches whose reservation wage is known: name, problem, solution."""
    from scipy import stats

    chances = stats.betabinom(50, 200, 100).pmf(np.arange(51))
    steps = seeker.discrete(np.linspace(10.0, 60.0, 51), chances / chances.sum())
    even = seeker.continuous(stats.uniform(0.0, 1.0))
    return [
        ("51 wages, c 25, beta .99", seeker.Search(steps, 25.0, 0.99), 47.316500),
        ("51 wages, c 20, beta .99", seeker.Search(steps, 20.0, 0.99), 46.956313),
        ("51 wages, c 30, beta .99", seeker.Search(steps, 30.0, 0.99), 47.699606),
        ("51 wages, c 25, beta .98", seeker.Search(steps, 25.0, 0.98), 46.124307),
        ("uniform, c .5, beta .99", seeker.Search(even, 0.5, 0.99), 10.0 / 11.0),
        ("uniform, c .2, beta .95", seeker.Search(even, 0.2, 0.95), 0.75770683),
        ("uniform, c 0, beta .95", seeker.Search(even, 0.0, 0.95), 0.72394747),
        ("uniform with separations", seeker.Search(even, 0.3, 0.995, 0.5, 0.02), 0.78065207),
    ]


def spells(worlds: Worlds, seed: int) -> dict[str, Any]:
    """Offers met and wages taken by 20,000 seekers; unemployment where jobs end."""
    problems = {name: search for name, search, _ in textbook()}
    even = seeker.simulate(problems["uniform, c .5, beta .99"], 20_000, 200, seed)
    steps = seeker.simulate(problems["51 wages, c 25, beta .99"], 20_000, 120, seed)
    ending = seeker.simulate(problems["uniform with separations"], 20_000, 250, seed)
    return {
        "offers": even.offers_seen.mean(),
        "accepted": even.accepted.mean(),
        "ended": len(even.accepted),
        "offers_of_steps": steps.offers_seen.mean(),
        "unemployment": ending.unemployment[-150:].mean(),
        "path": ending.unemployment[:100],
    }


@evidence("T01", "Search theory reproduced exactly", weight=3, sources=("W05", "W06", "W07", "W09"), sized=False)
def t01(form: Form) -> list[Part]:
    """The rule by which everybody here decides on offers, solved for problems with known answers and simulated."""
    errors = [abs(search.reservation_wage - known) / search.offers.range for _, search, known in textbook()]
    largest = textbook()[int(np.argmax(errors))][0]
    found = form.measure(spells, {}, form.seeds)
    months = tuple(float(k) for k in range(100))
    mean_path = tuple(np.mean([one["path"] for one in found], axis=0).tolist())
    return [
        Part(
            "a: largest error of the reservation wage over the range of wages", max(errors), 0.0, 1e-3, 0.0,
            sources=("W05", "W06", "W07", "W09"),
            means=f"Eight problems, discrete and continuous; the largest error is that of: {largest}.",
        ),
        Part(
            "b: offers met until one is taken", [one["offers"] for one in found], 0.98 * 11.0, 1.02 * 11.0, 11.0,
            "offers", ("W07",), "20,000 seekers a seed, offers even between 0 and 1, c .5, beta .99.",
        ),
        Part(
            "b: mean accepted wage", [one["accepted"] for one in found], 0.98 * 0.9545, 1.02 * 0.9545, 0.9545,
            sources=("W07",), means="The middle between the reservation wage and the best offer.",
        ),
        Part(
            "b: offers met, 51 wages", [one["offers_of_steps"] for one in found], 0.98 * 8.2149, 1.02 * 8.2149, 8.2149,
            "offers", ("W05", "W06"), "One over the chance of a wage that is at least the reservation wage.",
        ),
        Part(
            "c: unemployment where jobs end", [one["unemployment"] for one in found], 0.149, 0.159, 0.15423,
            sources=("W09",), means="20,000 people, mean of the last 150 of 250 periods; theory: s / (s + hazard).",
            picture=Picture(
                "Unemployment on its way to the steady state", "period", "share without a job",
                (("simulated", months, mean_path, "line"), ("s / (s + hazard)", (0.0, 99.0), (0.15423,) * 2, "line")),
                "All begin without a job; the line is what theory says.",
            ),
        ),
    ]  # fmt: skip


__all__ = ["math"]
