"""Double-entry book of all flows of the month, by flow, payer, payee and place; alone writes money.

An account is a money column: one row of it is one party. Every payment takes from one account and
gives to another, so it can create or destroy nothing; the closing shows that nobody wrote a money
column past the ledger, that every till is empty and that nobody who may not owe does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.mechanism import kernel
from sim.table import Array, Column, Kind

if TYPE_CHECKING:
    from sim.population import Population

NOWHERE = np.zeros(0, np.int32)


class BooksError(RuntimeError):
    """The books do not close, or a party cannot pay: says flow, party, month and amount."""


@dataclass(frozen=True)
class Flow:
    """One kind of payment: from which account, to which, and what for."""

    name: str
    payer: Column
    payee: Column
    meaning: str

    def __hash__(self) -> int:
        return hash(self.name)

    def __post_init__(self) -> None:
        for account in (self.payer, self.payee):
            if account.kind is not Kind.MONEY:
                raise TypeError(f"flow {self.name}: {account} is no money column")


@kernel
def book(
    payer: Array, payee: Array, payer_rows: Array, payee_rows: Array, cents: Array, may_owe: bool,
    places: Array, by_payer: bool, totals: Array,
) -> int:  # fmt: skip
    """Move each amount and add it to the total of its place; the last total is for what has none.

    A single row stands for all. ``places`` is the locality of each payer or payee; empty if neither has one.
    Returns -1, or the first entry that is negative or that the payer cannot pay, or -2 when a row of the
    payers, -3 when one of the payees is outside its table.
    """
    for k in range(len(payer_rows)):
        if not 0 <= payer_rows[k] < len(payer):
            return -2
    for k in range(len(payee_rows)):
        if not 0 <= payee_rows[k] < len(payee):
            return -3
    one_payer, one_payee = len(payer_rows) == 1, len(payee_rows) == 1
    for k in range(len(cents)):
        amount = cents[k]
        if amount == 0:
            continue
        row = payer_rows[0 if one_payer else k]
        to = payee_rows[0 if one_payee else k]
        if amount < 0 or (payer[row] < amount and not may_owe):
            return k
        payer[row] -= amount
        payee[to] += amount
        if len(places) == 0:
            totals[len(totals) - 1] += amount
        elif by_payer:
            totals[places[row]] += amount
        else:
            totals[places[to]] += amount
    return -1


class Ledger:
    """The book of one run: pays, and closes each month or fails naming the flow and the party."""

    def __init__(self, population: Population, may_owe: frozenset[Column], tills: frozenset[Column]) -> None:
        self._population = population
        self._may_owe, self._tills = may_owe, tills
        self.accounts = tuple(
            c for table in population.tables() for c in type(table).columns.values() if c.kind is Kind.MONEY
        )
        self._ways: dict[Flow, Any] = {}
        self._rows_of_places = np.arange(population["Localities"].count, dtype=np.int32)
        self.open()

    def open(self) -> None:
        """Begin a month: note what each account holds, forget last month's flows."""
        self.flows: dict[tuple[Flow, str], int] = {}  # each flow and purpose of the month, and its row in the book
        self._book = np.zeros((64, len(self._rows_of_places) + 1), np.int64)
        self._opening = {account: self._total(account) for account in self.accounts}

    @property
    def book(self) -> Array:
        """Cents of this month by flow and place; the last place is for what has none."""
        return self._book[: len(self.flows)]

    @property
    def month(self) -> dict[tuple[Flow, str], Array]:
        """Cents of this month by place, of each flow and purpose."""
        return dict(zip(self.flows, self.book, strict=True))

    def _total(self, account: Column) -> int:
        return int(self._population[account.table].values(account.name).sum())

    def __getstate__(self) -> dict[str, Any]:
        return {**vars(self), "_ways": {}}

    def _way(self, flow: Flow) -> tuple[Any, ...]:
        """Tables of payer and payee, that of them which says where it is paid, and whether the payer may owe."""
        sides = [self._population[account.table] for account in (flow.payer, flow.payee)]
        located = [table for table in sides if "locality" in table.columns or type(table).__name__ == "Localities"]
        self._ways[flow] = found = (*sides, located[0] if located else None, flow.payer in self._may_owe)
        return found

    def pay(self, flow: Flow, payer_rows: Any, payee_rows: Any, cents: Array, purpose: str = "") -> None:
        """Book one array of payments, entry by entry."""
        amounts = np.ascontiguousarray(cents, np.int64)
        if not len(amounts):
            return
        payers, payees = np.ascontiguousarray(payer_rows, np.int64), np.ascontiguousarray(payee_rows, np.int64)
        if len(payers) not in (1, len(amounts)) or len(payees) not in (1, len(amounts)):
            raise ValueError(f"flow {flow.name}: {len(payers)} payers and {len(payees)} payees, {len(amounts)} amounts")
        source, sink, located, may_owe = self._ways.get(flow) or self._way(flow)
        slot = self.flows.setdefault((flow, purpose), len(self.flows))
        if slot == len(self._book):
            self._book = np.concatenate([self._book, np.zeros_like(self._book)])
        places = NOWHERE
        if located is not None:
            places = located.values("locality") if "locality" in located.columns else self._rows_of_places
        held = source.values(flow.payer.name)
        failed = book(
            held, sink.values(flow.payee.name), payers, payees, amounts, may_owe, places, located is source,
            self._book[slot],
        )  # fmt: skip
        if failed < -1:
            side, table = ("payer", source) if failed == -2 else ("payee", sink)
            raise BooksError(f"flow {flow.name}: {side} row outside {type(table).__name__} (0..{table.count - 1})")
        if failed >= 0:
            row = payers[failed if len(payers) > 1 else 0]
            raise BooksError(
                f"flow {flow.name}: {flow.payer} row {row} holds {held[row]} cents and cannot pay {amounts[failed]}"
            )

    def paid(self, flow: str, purpose: str | None = None) -> int:
        """Cents paid this month by one flow over all places."""
        rows = [row for (f, p), row in self.flows.items() if f.name == flow and purpose in (None, p)]
        return int(self._book[rows].sum())

    def close(self, month: int) -> None:
        """Check every account against its flows.

        Raises
        ------
        BooksError
            Naming the account and the amount, when an account differs from opening plus flows, a till is
            not empty, or a party that may not owe holds less than nothing.
        """
        change = dict.fromkeys(self.accounts, 0)
        for (flow, _), amount in zip(self.flows, self.book.sum(axis=1).tolist(), strict=True):
            change[flow.payer] -= amount
            change[flow.payee] += amount
        for account in self.accounts:
            held, expected = self._total(account), self._opening[account] + change[account]
            if held != expected:
                raise BooksError(
                    f"month {month}: {account} holds {held} cents but opening and flows give {expected}; "
                    f"somebody wrote it past the ledger"
                )
            values = self._population[account.table].values(account.name)
            if account in self._tills and values.any():
                row = int(np.flatnonzero(values)[0])
                raise BooksError(f"month {month}: till {account} row {row} keeps {values[row]} cents; it must be empty")
            if account not in self._may_owe and len(values) and values.min() < 0:
                row = int(values.argmin())
                raise BooksError(f"month {month}: {account} row {row} holds {values[row]} cents")


def cents(amounts: Array) -> Array:
    """Money in units to whole cents, rounded to the nearest."""
    return np.rint(np.asarray(amounts, np.float64) * 100.0).astype(np.int64)


__all__ = ["BooksError", "Flow", "Ledger", "cents"]
