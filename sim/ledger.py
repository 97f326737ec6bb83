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
from sim.table import Array, Column, Kind, Table

if TYPE_CHECKING:
    from sim.population import Population


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
def book(payer: Array, payee: Array, payer_rows: Array, payee_rows: Array, cents: Array, may_owe: bool) -> int:
    """Move each amount; return -1, or the first entry that is negative or that the payer cannot pay."""
    for k in range(len(cents)):
        amount = cents[k]
        if amount == 0:
            continue
        if amount < 0:
            return k
        row = payer_rows[k]
        if not may_owe and payer[row] < amount:
            return k
        payer[row] -= amount
        payee[payee_rows[k]] += amount
    return -1


@kernel
def sum_by_place(places: Array, cents: Array, totals: Array) -> None:
    """Add each amount to the total of its place; the last total is for what has none."""
    for k in range(len(cents)):
        totals[places[k]] += cents[k]


class Ledger:
    """The book of one run: pays, and closes each month or fails naming the flow and the party."""

    def __init__(self, population: Population, may_owe: frozenset[Column], tills: frozenset[Column]) -> None:
        self._population = population
        self._may_owe, self._tills = may_owe, tills
        self.accounts = tuple(
            c for table in population.tables() for c in type(table).columns.values() if c.kind is Kind.MONEY
        )
        self.month: dict[tuple[Flow, str], Array] = {}
        self.open()

    def open(self) -> None:
        """Begin a month: note what each account holds, forget last month's flows."""
        self.month = {}
        self._opening = {account: self._total(account) for account in self.accounts}

    def _total(self, account: Column) -> int:
        return int(self._population[account.table].values(account.name).sum())

    def _places(self, account: Column, rows: Array) -> Array | None:
        """Locality of each party, where the table has one."""
        if account.table == "Localities":
            return rows
        columns = type(self._population[account.table]).columns
        if "locality" not in columns:
            return None
        return self._population[account.table].values("locality")[rows]

    def pay(self, flow: Flow, payer_rows: Any, payee_rows: Any, cents: Array, purpose: str = "") -> None:
        """Book one array of payments, entry by entry."""
        amounts = np.ascontiguousarray(cents, np.int64)
        if not len(amounts):
            return
        payers = np.ascontiguousarray(np.broadcast_to(np.asarray(payer_rows, np.int64), amounts.shape))
        payees = np.ascontiguousarray(np.broadcast_to(np.asarray(payee_rows, np.int64), amounts.shape))
        source, sink = self._population[flow.payer.table], self._population[flow.payee.table]
        for side, rows, table in (("payer", payers, source), ("payee", payees, sink)):
            if rows.min() < 0 or rows.max() >= table.count:
                raise BooksError(f"flow {flow.name}: {side} row outside {type(table).__name__} (0..{table.count - 1})")
        failed = book(
            source.values(flow.payer.name), sink.values(flow.payee.name), payers, payees, amounts,
            flow.payer in self._may_owe,
        )  # fmt: skip
        if failed >= 0:
            held = source.values(flow.payer.name)[payers[failed]]
            raise BooksError(
                f"flow {flow.name}: {flow.payer} row {payers[failed]} holds {held} cents "
                f"and cannot pay {amounts[failed]}"
            )
        totals = self.month.setdefault((flow, purpose), np.zeros(self._population["Localities"].count + 1, np.int64))
        places = self._places(flow.payer, payers)
        if places is None:
            places = self._places(flow.payee, payees)
        if places is None:
            totals[-1] += amounts.sum()
        else:
            sum_by_place(np.ascontiguousarray(places, np.int64), amounts, totals)

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


def table_of(account: Column) -> str:
    """Name of the table whose rows are the parties of an account."""
    return account.table


__all__ = ["BooksError", "Flow", "Ledger", "Table", "cents", "table_of"]
