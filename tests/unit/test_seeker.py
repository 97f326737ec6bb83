"""Search on its own: known answers, bad offers in words, and that it is the very function of the month."""

import numpy as np
import pytest
from batteries import before, call, clone
from scipy import stats

from experiments.evidence import textbook
from experiments.seeker import Search, SearchError, continuous, discrete, simulate
from sim import search as rules
from sim.mechanism import uncompiled


@pytest.mark.parametrize(("name", "search", "known"), textbook(), ids=[name for name, _, _ in textbook()])
def test_known_reservation_wages(name, search, known):
    assert search.reservation_wage == pytest.approx(known, abs=2e-6)


def test_hand_worked_two_offers():
    """Wages 1 and 2 alike, beta 1/2, c 0: K = 1, and both are taken: w = 3/2 - w, so 3/4."""
    search = Search(discrete([2.0, 1.0], [0.5, 0.5]), compensation=0.0, discount=0.5)
    assert search.reservation_wage == pytest.approx(0.75)
    assert search.acceptance == 1.0


def test_more_compensation_and_patience_raise_what_is_asked_and_jobs_that_end_lower_it():
    even = continuous(stats.uniform(0.0, 1.0))
    usual = Search(even, 0.3, 0.95, 0.5, 0.02)
    assert Search(even, 0.4, 0.95, 0.5, 0.02).reservation_wage > usual.reservation_wage
    assert Search(even, 0.3, 0.97, 0.5, 0.02).reservation_wage > usual.reservation_wage
    assert Search(even, 0.3, 0.95, 0.5, 0.05).reservation_wage < usual.reservation_wage
    assert Search(even, 0.3, 0.95, 0.3, 0.02).reservation_wage < usual.reservation_wage


def test_long_tails_are_solved_too():
    """Log-normal offers: the equation w = c + K E[(w - R)+] holds with the integral computed otherwise."""
    offers = stats.lognorm(0.6, scale=100.0)
    search = Search(continuous(offers), 40.0, 0.99, 0.3, 0.03)
    lowest = search.reservation_wage
    wages = np.linspace(lowest, 3000.0, 400_001)
    surplus = np.trapezoid((wages - lowest) * offers.pdf(wages), wages)
    gain = 0.99 * 0.3 / (1.0 - 0.99 * 0.97)
    assert lowest == pytest.approx(40.0 + gain * surplus, rel=1e-4)


@pytest.mark.parametrize(
    ("wages", "chances", "said"),
    [
        ([1.0, 2.0], [0.5, 0.4], "sum to 0.9; they must sum to 1"),
        ([1.0, 2.0], [0.0, 0.0], "nothing is ever offered"),
        ([1.0, 2.0], [1.5, -0.5], "a chance is -0.5"),
        ([1.0, np.nan], [0.5, 0.5], "a wage is nan"),
        ([1.0, 2.0], [0.5, np.nan], "a chance is nan"),
        ([], [], "there are none"),
        ([1.0, 2.0], [1.0], "two lists of the same length"),
    ],
)
def test_offers_that_cannot_be_are_refused_in_words(wages, chances, said):
    with pytest.raises(SearchError, match=said):
        discrete(wages, chances)


def test_distributions_that_cannot_be_are_refused_in_words():
    with pytest.raises(SearchError, match="no finite mean"):
        continuous(stats.pareto(0.8))
    with pytest.raises(SearchError, match="no mass or no finite wages"):
        continuous(stats.uniform(0.0, -1.0))
    with pytest.raises(SearchError, match="frozen distribution"):
        continuous([0.5, 0.5])


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"discount": 1.0}, "discount"),
        ({"arrival": 1.2}, "arrival"),
        ({"separation": -0.1}, "separation"),
        ({"compensation": np.inf}, "compensation"),
    ],
)
def test_problems_that_cannot_be_are_refused_in_words(changes, said):
    with pytest.raises(SearchError, match=said):
        Search(**{"offers": discrete([1.0], [1.0]), "compensation": 0.0, "discount": 0.9, **changes})


def test_one_seeker_has_the_luck_of_one_among_many():
    search = Search(discrete([1.0, 2.0, 3.0], [0.6, 0.3, 0.1]), 0.5, 0.95, 0.4, 0.1)
    one, many = (simulate(search, people, 60, seed=3) for people in (1, 50))
    assert one.wage[0] == many.wage[0]
    assert 0.0 < many.unemployment[-1] < 1.0
    assert simulate(search, 50, 60, seed=3).wage.tolist() == many.wage.tolist()
    assert simulate(search, 50, 60, seed=4).wage.tolist() != many.wage.tolist()


def test_where_nothing_is_offered_nobody_works_and_where_no_job_ends_everybody_does():
    offers = discrete([1.0, 2.0], [0.5, 0.5])
    assert simulate(Search(offers, 0.0, 0.9, 0.0), 40, 30).unemployment.tolist() == [1.0] * 30
    history = simulate(Search(offers, 0.0, 0.9), 40, 30)
    assert history.unemployment[-1] == 0.0
    assert len(history.accepted) == 40
    assert Search(offers, 0.0, 0.9, 0.0).unemployment == 1.0
    with pytest.raises(SearchError, match="at least one"):
        simulate(Search(offers, 0.0, 0.9), 0)


def test_it_is_the_function_that_the_month_uses(small_world, monkeypatch):
    """Replaced, both the single seeker and the month's reservation wages change."""
    world = before(small_world(population=200), "participation")
    search = Search(discrete([1.0, 2.0], [0.5, 0.5]), 0.0, 0.5)
    asked = []
    with uncompiled():
        for change in (0.0, 1000.0):
            plain = rules.search_value

            def dearer(*arguments, plain=plain, change=change):
                return plain(*arguments) + change

            with monkeypatch.context() as patch:
                patch.setattr(rules, "search_value", dearer)
                here = clone(world)
                call(here, here.schedule.participation)
                wage = Search(search.offers, 0.0, 0.5).reservation_wage
            asked.append((here.population.persons.reservation_wage.copy(), wage))
    (usual, alone), (dear, alone_dear) = asked
    assert alone_dear - alone == pytest.approx(1000.0)
    assert (dear > usual).any()
