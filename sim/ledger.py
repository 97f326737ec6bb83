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
        self.month: dict[tuple[Flow, str], Array] = {}
        self._rows_of_places = np.arange(population["Localities"].count, dtype=np.int32)
        self.open()

    def open(self) -> None:
        """Begin a month: note what each account holds, forget last month's flows."""
        self.month = {}
        self._opening = {account: self._total(account) for account in self.accounts}

    def _total(self, account: Column) -> int:
        return int(self._population[account.table].values(account.name).sum())

    def _places(self, account: Column) -> Array:
        """Locality of each row of an account's table, where it has one."""
        table = self._population[account.table]
        if account.table == "Localities":
            return self._rows_of_places
        return table.values("locality") if "locality" in table.columns else NOWHERE

    def pay(self, flow: Flow, payer_rows: Any, payee_rows: Any, cents: Array, purpose: str = "") -> None:
        """Book one array of payments, entry by entry."""
        amounts = np.ascontiguousarray(cents, np.int64)
        if not len(amounts):
            return
        payers, payees = np.ascontiguousarray(payer_rows, np.int64), np.ascontiguousarray(payee_rows, np.int64)
        if len(payers) not in (1, len(amounts)) or len(payees) not in (1, len(amounts)):
            raise ValueError(f"flow {flow.name}: {len(payers)} payers and {len(payees)} payees, {len(amounts)} amounts")
        source, sink = self._population[flow.payer.table], self._population[flow.payee.table]
        totals = self.month.get((flow, purpose))
        if totals is None:
            totals = np.zeros(len(self._rows_of_places) + 1, np.int64)
        places = self._places(flow.payer)
        by_payer = places is not NOWHERE
        held = source.values(flow.payer.name)
        failed = book(
            held, sink.values(flow.payee.name), payers, payees, amounts, flow.payer in self._may_owe,
            places if by_payer else self._places(flow.payee), by_payer, totals,
        )  # fmt: skip
        if failed < -1:
            side, table = ("payer", source) if failed == -2 else ("payee", sink)
            raise BooksError(f"flow {flow.name}: {side} row outside {type(table).__name__} (0..{table.count - 1})")
        if failed >= 0:
            row = payers[failed if len(payers) > 1 else 0]
            raise BooksError(
                f"flow {flow.name}: {flow.payer} row {row} holds {held[row]} cents and cannot pay {amounts[failed]}"
            )
        self.month[flow, purpose] = totals

    def paid(self, flow: str, purpose: str | None = None) -> int:
        """Cents paid this month by one flow over all places."""
        return sum(int(t.sum()) for (f, p), t in self.month.items() if f.name == flow and purpose in (None, p))

    def close(self, month: int) -> None:
        """Check every account against its flows.

        Raises
        ------
        BooksError
            Naming the account and the amount, when an account differs from opening plus flows, a till is
            not empty, or a party that may not owe holds less than nothing.
        """
        change = dict.fromkeys(self.accounts, 0)
        for (flow, _), totals in self.month.items():
            amount = int(totals.sum())
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
