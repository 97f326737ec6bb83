"""Orders and picks that depend on keyed luck and identities, never on where rows happen to stand."""

from __future__ import annotations

import numpy as np

from sim.mechanism import rule
from sim.streams import Luck, derived_id, uniforms
from sim.table import Array

PLACES = 16  # of each item on its ring: arcs are nearly equal, so picks are nearly uniform


def ascending(values: Array, ids: Array) -> Array:
    """Order of values from the smallest, ties by id: that of `numpy.lexsort`, by quick sorts of single numbers."""
    order = np.argsort(values)
    inside = values[order]
    same = inside[1:] == inside[:-1]
    if same.any():
        tied = np.flatnonzero(np.append(same, False) | np.append(False, same))
        rows, run = order[tied], np.cumsum(~np.append(False, same)[tied])
        rank = np.empty(len(rows), np.int64)
        rank[np.argsort(ids[rows])] = np.arange(len(rows))
        order[tied] = rows[np.argsort(run * len(rows) + rank)]
    return order


@rule
def medians(groups: Array, values: Array, count: int) -> Array:
    """Upper median of the values of each of ``count`` groups, which are not below zero; -1 where a group has none."""
    first = np.zeros(count + 1, np.int64)
    for k in range(len(groups)):
        first[groups[k] + 1] += 1
    for g in range(count):
        first[g + 1] += first[g]
    fill, grouped = first.copy(), np.zeros(len(groups))
    for k in range(len(groups)):
        grouped[fill[groups[k]]] = values[k]
        fill[groups[k]] += 1
    found = np.full(count, -1.0)
    for g in range(count):
        size = first[g + 1] - first[g]
        if size > 0:
            found[g] = np.partition(grouped[first[g] : first[g + 1]], size // 2)[size // 2]
    return found


@rule
def ranked(groups: Array, scores: Array, ids: Array, count: int) -> tuple[Array, Array]:
    """Items by group, within a group by ascending score, ties by id.

    Returns the order and, for each of ``count`` groups, where it begins (with the end as last entry).
    """
    first = np.zeros(count + 1, np.int64)
    for k in range(len(groups)):
        first[groups[k] + 1] += 1
    for g in range(count):
        first[g + 1] += first[g]
    fill = first.copy()
    order = np.zeros(len(groups), np.int64)
    for k in range(len(groups)):
        order[fill[groups[k]]] = k
        fill[groups[k]] += 1
    for g in range(count):
        begin, end = first[g], first[g + 1]
        if end - begin > 24:
            part = order[begin:end].copy()
            part = part[np.argsort(ids[part], kind="mergesort")]
            order[begin:end] = part[np.argsort(scores[part], kind="mergesort")]
            continue
        for k in range(begin + 1, end):
            item = order[k]
            at = k
            while at > begin:
                other = order[at - 1]
                if scores[other] < scores[item] or (scores[other] == scores[item] and ids[other] < ids[item]):
                    break
                order[at] = other
                at -= 1
            order[at] = item
    return order, first


@rule
def rings(groups: Array, ids: Array, count: int, luck: Luck) -> tuple[Array, Array, Array, Array]:
    """Give each item its keyed places on the ring of its group.

    Returns places in ascending order ring by ring, the item at each, where each ring begins, and an index
    that only speeds up `clockwise`. One item more moves only the picks that fall to it.

    References
    ----------
    Karger et al. (1997), "Consistent hashing and random trees", STOC '97.
    """
    nodes = PLACES * len(groups)
    begins = np.zeros(count + 1, np.int64)
    for k in range(len(groups)):
        begins[groups[k] + 1] += PLACES
    for g in range(count):
        begins[g + 1] += begins[g]
    spots, bucket = np.zeros(nodes), np.zeros(nodes, np.int64)
    index = np.zeros(nodes + 1, np.int64)
    for k in range(len(groups)):
        begin = begins[groups[k]]
        size = begins[groups[k] + 1] - begin
        for quarter in range(PLACES // 4):
            drawn = uniforms(luck, derived_id(luck, ids[k], quarter + 1))
            for word in range(4):
                node = k * PLACES + quarter * 4 + word
                spots[node] = drawn[word]
                bucket[node] = begin + int(drawn[word] * size)
                index[bucket[node] + 1] += 1
    for b in range(nodes):
        index[b + 1] += index[b]
    places, items = np.zeros(nodes), np.zeros(nodes, np.int64)
    fill = index.copy()
    for node in range(nodes):
        at, item = fill[bucket[node]], node // PLACES
        fill[bucket[node]] += 1
        while at > index[bucket[node]]:
            other = items[at - 1]
            if places[at - 1] < spots[node] or (places[at - 1] == spots[node] and ids[other] <= ids[item]):
                break
            places[at], items[at] = places[at - 1], other
            at -= 1
        places[at], items[at] = spots[node], item
    return places, items, begins, index


@rule
def clockwise(place: float, group: int, places: Array, items: Array, begins: Array, index: Array) -> int:
    """The next item from ``place`` on the ring of ``group``; -1 if the ring is empty."""
    begin, end = begins[group], begins[group + 1]
    if begin == end:
        return -1
    at = index[begin + int(place * (end - begin))]
    while at < end and places[at] < place:
        at += 1
    return int(items[at]) if at < end else int(items[begin])
