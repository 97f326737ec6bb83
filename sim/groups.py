"""Groups: whom an instrument or a shock can be for, each a function of columns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sim.codes import Channel, Occupation, Owner, Status
from sim.population import Destinations, Firms, Households, Lenders, Localities, Persons, Providers, Recruiters
from sim.table import Array, Column


@dataclass(frozen=True)
class Group:
    """Rows that something can be for: a function of declared columns, the first of them of its own table."""

    meaning: str
    columns: tuple[Column, ...]
    members: Callable[..., Array]  # (month on the scale of birth_month, *values) -> a truth value per row

    @property
    def table(self) -> str:
        """The table whose rows belong or do not."""
        return self.columns[0].table


AWAY, UNEMPLOYED, OWN_ACCOUNT = int(Status.AWAY), int(Status.UNEMPLOYED), int(Status.OWN_ACCOUNT)
IDLE = (int(Status.INACTIVE), UNEMPLOYED)
WORKERS = (int(Status.EMPLOYED), OWN_ACCOUNT)
PUBLIC = int(Owner.AUTHORITY)


def aged(now: int, status: Array, born: Array, low: int, high: int) -> Array:
    """Here and between two ages in years; working age begins at 15, youth are 15 to 24 (ILO)."""
    age = (now - born) // 12
    return np.asarray((status < AWAY) & (age >= low) & (age < high))


# fmt: off
GROUPS: dict[str, Group] = {
    "all_persons": Group("everybody here", (Persons.status,), lambda now, status: status < AWAY),
    "everybody": Group("everybody, here and away", (Persons.status,), lambda now, status: status <= AWAY),
    "children": Group("children here below 15", (Persons.status, Persons.birth_month),
        lambda now, status, born: aged(now, status, born, 0, 15)),
    "adults": Group("people here aged 15 and older", (Persons.status, Persons.birth_month),
        lambda now, status, born: aged(now, status, born, 15, 200)),
    "working_age": Group("people here aged 15 to 64", (Persons.status, Persons.birth_month),
        lambda now, status, born: aged(now, status, born, 15, 65)),
    "women": Group("women here aged 15 and older", (Persons.status, Persons.birth_month, Persons.sex),
        lambda now, status, born, sex: aged(now, status, born, 15, 200) & (sex == 0)),
    "men": Group("men here aged 15 and older", (Persons.status, Persons.birth_month, Persons.sex),
        lambda now, status, born, sex: aged(now, status, born, 15, 200) & (sex == 1)),
    "youth": Group("people here aged 15 to 24", (Persons.status, Persons.birth_month),
        lambda now, status, born: aged(now, status, born, 15, 25)),
    "youth_out_of_school": Group("people here aged 15 to 24 and not at school",
        (Persons.status, Persons.birth_month, Persons.in_school),
        lambda now, status, born, school: aged(now, status, born, 15, 25) & (school == 0)),
    "unemployed": Group("people here without work who search", (Persons.status,),
        lambda now, status: status == UNEMPLOYED),
    "out_of_work": Group("people here aged 15 to 64, neither in work nor at school",
        (Persons.status, Persons.birth_month),
        lambda now, status, born: np.isin(status, IDLE) & aged(now, status, born, 15, 65)),
    "workers": Group("people here who work", (Persons.status,), lambda now, status: np.isin(status, WORKERS)),
    "own_account": Group("people here on own account", (Persons.status,),
        lambda now, status: status == OWN_ACCOUNT),
    "carers": Group("people here who give unpaid care", (Persons.status, Persons.care_hours),
        lambda now, status, hours: (status < AWAY) & (hours > 0)),
    "returnees": Group("people here who came back from a stay away", (Persons.status, Persons.returnee),
        lambda now, status, returnee: (status < AWAY) & (returnee == 1)),
    "newcomers": Group("people here who came from lower-wage places", (Persons.status, Persons.newcomer),
        lambda now, status, newcomer: (status < AWAY) & (newcomer == 1)),
    "people_away": Group("people away", (Persons.status,), lambda now, status: status == AWAY),
    "skilled_away": Group("people away with a skilled qualification", (Persons.status, Persons.occupation),
        lambda now, status, level: (status == AWAY) & (level == int(Occupation.SKILLED))),
    "all_households": Group("households with somebody here", (Households.members,),
        lambda now, members: members > 0),
    "migrant_households": Group("households with somebody here and somebody away",
        (Households.members, Households.away),
        lambda now, members, away: (members > 0) & (away > 0)),
    "rural_migrant_households": Group("households in a village with somebody away",
        (Households.members, Households.away, Households.zone),
        lambda now, members, away, zone: (members > 0) & (away > 0) & (zone == 1)),
    "recipients": Group("households that received remittances in the last three months",
        (Households.members, Households.receipts),
        lambda now, members, receipts: (members > 0) & (receipts > 0).any(axis=1)),
    "rural_households": Group("households in a village", (Households.members, Households.zone),
        lambda now, members, zone: (members > 0) & (zone == 1)),
    "farm_households": Group("households with farm land", (Households.members, Households.land),
        lambda now, members, land: (members > 0) & (land > 0)),
    "poor_households": Group("households below the poverty line last month",
        (Households.members, Households.poor),
        lambda now, members, poor: (members > 0) & (poor == 1)),
    "households_with_children": Group("households with children below 15",
        (Households.members, Households.children),
        lambda now, members, children: (members > 0) & (children > 0)),
    "firms_private": Group("private firms in business", (Firms.open, Firms.owner_kind),
        lambda now, open_, owner: (open_ == 1) & (owner != PUBLIC)),
    "firms_small": Group("private firms in business with fewer than ten employees",
        (Firms.open, Firms.owner_kind, Firms.jobs),
        lambda now, open_, owner, jobs: (open_ == 1) & (owner != PUBLIC) & (jobs.sum(axis=1) < 10)),
    "firms_young": Group("private firms in business for less than two years",
        (Firms.open, Firms.owner_kind, Firms.start_month),
        lambda now, open_, owner, start: (open_ == 1) & (owner != PUBLIC) & (now - start < 24)),
    "lenders": Group("local lenders", (Lenders.id,), lambda now, ids: ids >= 0),
    "providers": Group("all ways to send money", (Providers.id,), lambda now, ids: ids >= 0),
    "providers_formal": Group("banks, operators, digital channels and cooperatives", (Providers.channel,),
        lambda now, channel: channel != int(Channel.INFORMAL)),
    "providers_digital": Group("the digital channel", (Providers.channel,),
        lambda now, channel: channel == int(Channel.DIGITAL)),
    "recruiters": Group("recruiters", (Recruiters.id,), lambda now, ids: ids >= 0),
    "localities": Group("localities", (Localities.id,), lambda now, ids: ids >= 0),
    "destinations": Group("all destinations", (Destinations.id,), lambda now, ids: ids >= 0),
    "destinations_abroad": Group("destinations abroad", (Destinations.abroad,),
        lambda now, abroad: abroad == 1),
    "destinations_home": Group("destinations in the same country", (Destinations.abroad,),
        lambda now, abroad: abroad == 0),
}
# fmt: on
