"""Random numbers as a function of (seed, process, purpose, month, identity), and of nothing else.

The generator is Philox4x32-10 (Salmon, Moraes, Dror and Shaw 2011, "Parallel random numbers: as easy
as 1, 2, 3", SC'11). Key: the two halves of the seed. Counter: the two halves of the id, the hash of
process and purpose, the month. So the same person has the same luck in every scenario, whatever the
order of rows and whoever else is there.
"""

from __future__ import annotations

import hashlib
import math
from typing import NamedTuple

import numpy as np

from sim.mechanism import kernel, rule
from sim.table import Array

LOW = np.uint64(0xFFFFFFFF)
HALF = np.uint64(32)
MULTIPLIER_0, MULTIPLIER_1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
WEYL_0, WEYL_1 = np.uint64(0x9E3779B9), np.uint64(0xBB67AE85)
UNIT = 2.0**-32
ONCE = 0xFFFFFFFF  # the "month" of a trait or a place in a queue


class Luck(NamedTuple):
    """One stream: everything of the counter and key but the identity."""

    key_low: np.uint64
    key_high: np.uint64
    purpose: np.uint64
    month: np.uint64


@rule
def philox(
    c0: np.uint64, c1: np.uint64, c2: np.uint64, c3: np.uint64, k0: np.uint64, k1: np.uint64
) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64]:
    """Ten rounds of Philox4x32; words of 32 bits held in 64."""
    for _ in range(10):
        product_0 = MULTIPLIER_0 * c0
        product_1 = MULTIPLIER_1 * c2
        c0, c1, c2, c3 = (
            (product_1 >> HALF) ^ c1 ^ k0,
            product_1 & LOW,
            (product_0 >> HALF) ^ c3 ^ k1,
            product_0 & LOW,
        )
        k0 = (k0 + WEYL_0) & LOW
        k1 = (k1 + WEYL_1) & LOW
    return c0, c1, c2, c3


@rule
def uniforms(luck: Luck, identity: int) -> tuple[float, float, float, float]:
    """Four independent numbers in (0, 1) of one identity in one stream."""
    name = np.uint64(identity)
    x0, x1, x2, x3 = philox(name & LOW, name >> HALF, luck.purpose, luck.month, luck.key_low, luck.key_high)
    return (
        (float(x0) + 0.5) * UNIT,
        (float(x1) + 0.5) * UNIT,
        (float(x2) + 0.5) * UNIT,
        (float(x3) + 0.5) * UNIT,
    )


@rule
def derived_id(luck: Luck, parent: int, order: int) -> int:
    """Identity (63 bits) of somebody who comes later: from parent or place, month and order."""
    name = np.uint64(parent)
    x0, x1, _, _ = philox(
        name & LOW, name >> HALF, luck.purpose ^ np.uint64(order), luck.month, luck.key_low, luck.key_high
    )
    return int(((x0 & np.uint64(0x7FFFFFFF)) << HALF) | x1)


@rule
def poisson(mean: float, uniform: float) -> int:
    """Poisson count by inverting its distribution at a keyed uniform; ``mean`` below 30."""
    probability = math.exp(-mean)
    total = probability
    count = 0
    while uniform > total and count < 200:
        count += 1
        probability *= mean / count
        total += probability
    return count


@rule
def normal(uniform: float) -> float:
    """Standard normal by the inverse distribution (Acklam's rational form, relative error 1.2e-9)."""
    if uniform < 0.02425 or uniform > 0.97575:
        tail = uniform if uniform < 0.5 else 1.0 - uniform
        q = math.sqrt(-2.0 * math.log(tail))
        above = (
            ((((-7.784894002430293e-03 * q - 3.223964580411365e-01) * q - 2.400758277161838) * q - 2.549732539343734)
            * q + 4.374664141464968) * q + 2.938163982698783
        )  # fmt: skip
        below = (
            (((7.784695709041462e-03 * q + 3.224671290700398e-01) * q + 2.445134137142996) * q + 3.754408661907416) * q
            + 1.0
        )  # fmt: skip
        value = above / below
        return value if uniform < 0.5 else -value
    q = uniform - 0.5
    r = q * q
    above = (
        ((((-3.969683028665376e01 * r + 2.209460984245205e02) * r - 2.759285104469687e02) * r + 1.383577518672690e02)
        * r - 3.066479806614716e01) * r + 2.506628277459239
    ) * q  # fmt: skip
    below = (
        (((-5.447609879822406e01 * r + 1.615858368580409e02) * r - 1.556989798598866e02) * r + 6.680131188771972e01) * r
        - 1.328068155288572e01
    ) * r + 1.0  # fmt: skip
    return above / below


@rule
def logistic_draw(uniform: float) -> float:
    """Standard logistic by the inverse distribution."""
    return math.log(uniform / (1.0 - uniform))


def purpose_hash(process: str, purpose: str) -> int:
    """32 bits that stand for one purpose of one process."""
    return int.from_bytes(hashlib.blake2b(f"{process}:{purpose}".encode(), digest_size=4).digest(), "little")


class Streams:
    """All streams of one run; two purposes with one hash are an error as soon as both are used."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._key = (np.uint64(seed & 0xFFFFFFFF), np.uint64((seed >> 32) & 0xFFFFFFFF))
        self._purposes: dict[int, tuple[str, str]] = {}
        self._hashes: dict[tuple[str, str], np.uint64] = {}

    def luck(self, process: str, purpose: str, month: int) -> Luck:
        """The stream of one purpose of one process in one month."""
        hashed = self._hashes.get((process, purpose))
        if hashed is None:
            found = purpose_hash(process, purpose)
            owner = self._purposes.setdefault(found, (process, purpose))
            if owner != (process, purpose):
                raise ValueError(f"random streams {owner} and {(process, purpose)} have one hash; rename one purpose")
            self._hashes[process, purpose] = hashed = np.uint64(found)
        return Luck(*self._key, hashed, np.uint64(month))


@kernel
def draw_each(luck: Luck, ids: Array, word: int, drawn: Array) -> None:
    """One number for each id; a loop so short is vectorised, and a draw then costs a third."""
    for k in range(len(ids)):
        first, second, third, fourth = uniforms(luck, ids[k])
        low, high = (second, fourth) if word % 2 else (first, third)
        drawn[k] = high if word >= 2 else low


def draw(luck: Luck, ids: Array, word: int = 0) -> Array:
    """One uniform number per id, as an array: ``word`` chooses one of the four of `uniforms`."""
    names = np.ascontiguousarray(ids, np.int64)
    drawn = np.empty(len(names))
    draw_each(luck, names, word, drawn)
    return drawn
