"""Random numbers: the published answers of Philox4x32-10, and what a number may depend on."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sim.streams
from sim.mechanism import compile_all
from sim.streams import (
    ONCE,
    Streams,
    derived_id,
    draw,
    logistic_draw,
    normal,
    philox,
    poisson,
    purpose_hash,
    uniforms,
)

PUBLISHED = [  # Random123 1.09, kat_vectors, philox4x32 10: counter, key, answer
    ("00000000 00000000 00000000 00000000", "00000000 00000000", "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
    ("ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff", "408f276d 41c83b0e a20bc7c6 6d5451fd"),
    ("243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0", "d16cfe09 94fdcceb 5001e420 24126ea1"),
]


def words(text: str) -> list[np.uint64]:
    """Words of 32 bits written in hexadecimal."""
    return [np.uint64(int(word, 16)) for word in text.split()]


@pytest.mark.parametrize("compiled", [False, True], ids=["plain", "compiled"])
@pytest.mark.parametrize(("counter", "key", "answer"), PUBLISHED)
def test_published_answers_of_philox(counter, key, answer, compiled):
    if compiled:
        compile_all()
        assert sim.streams.philox is not philox or hasattr(philox, "py_func")
    generator = sim.streams.philox if compiled else getattr(philox, "py_func", philox)
    with np.errstate(over="ignore"):
        assert [int(w) for w in generator(*words(counter), *words(key))] == [int(w) for w in words(answer)]


@pytest.mark.parametrize("name", ["key", "id", "purpose", "month"])
def test_each_part_of_the_counter_and_the_key_changes_the_number(name):
    def number(seed=1, identity=77, purpose="births", month=5):
        return uniforms(Streams(seed).luck("vital", purpose, month), identity)

    changed = {
        "key": {"seed": 2},
        "id": {"identity": 78},
        "purpose": {"purpose": "deaths"},
        "month": {"month": 6},
    }
    assert number() == number()
    assert all(a != b for a, b in zip(number(), number(**changed[name]), strict=True))


def test_both_halves_of_seed_and_id_count():
    low, high = Streams(1), Streams(1 + (1 << 32))
    assert uniforms(low.luck("a", "b", 0), 5) != uniforms(high.luck("a", "b", 0), 5)
    assert uniforms(low.luck("a", "b", 0), 5) != uniforms(low.luck("a", "b", 0), 5 + (1 << 32))


def test_a_trait_is_the_same_in_every_month():
    streams = Streams(3)
    assert streams.luck("migration", "taste", ONCE) == streams.luck("migration", "taste", ONCE)


def test_array_draws_are_those_of_the_scalar_function():
    luck = Streams(9).luck("care", "share", 4)
    ids = np.array([0, 1, 2**33, 2**62 + 7])
    for word in range(4):
        assert draw(luck, ids, word).tolist() == [uniforms(luck, int(i))[word] for i in ids]


def test_draws_are_uniform_and_independent():
    luck = Streams(5).luck("test", "uniform", 1)
    four = np.array([draw(luck, np.arange(50_000), word) for word in range(4)])
    assert ((four > 0) & (four < 1)).all()
    assert np.abs(four.mean(axis=1) - 0.5).max() < 0.005
    assert np.abs(four.var(axis=1) - 1 / 12).max() < 0.002
    assert np.abs(np.corrcoef(four) - np.eye(4)).max() < 0.02
    counts = np.bincount((four[0] * 20).astype(int), minlength=20)
    assert ((counts - 2500) ** 2 / 2500).sum() < 43.8  # chi-square, 19 degrees, .001


def test_two_purposes_with_one_hash_are_an_error(monkeypatch):
    monkeypatch.setattr(sim.streams, "purpose_hash", lambda process, purpose: 7)
    streams = Streams(1)
    streams.luck("vital", "births", 0)
    streams.luck("vital", "births", 1)
    with pytest.raises(ValueError, match="have one hash; rename one purpose"):
        streams.luck("vital", "deaths", 1)


def test_purposes_hash_to_32_bits():
    assert 0 <= purpose_hash("vital", "births") < 2**32
    assert purpose_hash("ab", "c") != purpose_hash("a", "bc")


def test_derived_ids_are_positive_and_differ_by_parent_order_and_month():
    streams = Streams(1)
    ids = [
        derived_id(streams.luck("vital", "child", month), parent, order)
        for month in range(20)
        for parent in range(50)
        for order in range(5)
    ]
    assert len(set(ids)) == len(ids)
    assert min(ids) >= 0 and max(ids) < 2**63


@given(st.floats(0.01, 20.0))
def test_poisson_counts_have_their_mean(mean):
    uniform = (np.arange(4000) + 0.5) / 4000
    counts = [poisson(mean, float(u)) for u in uniform]
    assert counts == sorted(counts), "a larger uniform never counts less"
    assert np.mean(counts) == pytest.approx(mean, rel=0.01, abs=0.01)


def test_normal_quantiles_are_the_textbook_ones():
    for uniform, quantile in (
        (0.5, 0.0),
        (0.975, 1.959964),
        (0.025, -1.959964),
        (0.99, 2.326348),
        (0.001, -3.090232),
    ):
        assert normal(uniform) == pytest.approx(quantile, abs=1e-6)


def test_logistic_quantiles():
    assert logistic_draw(0.5) == 0.0
    assert logistic_draw(0.75) == pytest.approx(math.log(3.0))
