"""Where skilled people leave, those who stay in basic work lose, because firms need both."""

import numpy as np
import pytest

from experiments.evidence_emigration import posted
from experiments.interventions import Among, intervene, removal
from experiments.worlds import advance, started, twin
from scenarios.configuration import compose
from sim.codes import Occupation, Status

SEEDS, MONTHS, TAKEN = (1, 2), 18, 0.25


def pay_without_some_of_the_skilled(complements: int, seed: int) -> tuple[float, float]:
    """Log pay that private firms post for basic and for skilled work, less that where nobody was taken out."""
    place = ["territory=uk_2012", "population=5000", f"months={MONTHS}"]
    model = started(compose([*place, f"parameters.production.complements={complements}"]), seed)
    persons = model.population.persons
    skilled = (persons.occupation == Occupation.SKILLED) & (persons.status < Status.AWAY)
    ids = np.sort(persons.id[skilled])[:: round(1.0 / TAKEN)]
    other = twin(model)
    fewer = intervene(model, removal(Among(by="persons", ids=[int(one) for one in ids])))
    for one in (fewer, other):
        advance(one, MONTHS)
    basic, of_skilled = (posted(fewer.world, level) - posted(other.world, level) for level in Occupation)
    return basic, of_skilled


@pytest.mark.slow
def test_basic_pay_falls_where_skilled_people_leave_only_because_firms_need_both(small_world):
    small_world(population=200, burn_in=0)  # compiled, whoever comes first
    with_it, without = (
        np.mean([pay_without_some_of_the_skilled(complements, seed) for seed in SEEDS], axis=0)
        for complements in (1, 0)
    )
    told = f"basic and skilled pay move by {with_it.round(4)} with complements, {without.round(4)} without"
    assert with_it[0] < min(0.0, without[0] - 0.01), told
    assert with_it[1] > 0.02 and without[1] > 0.02, told
