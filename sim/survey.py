"""People of the start: the arrays every source of them fills, and a user's own survey as one source."""

from __future__ import annotations

import dataclasses

from sim.table import Array


@dataclasses.dataclass(frozen=True)
class People:
    """Everybody of a place at the start, members away included: one row per person, by household.

    Attributes
    ----------
    id : int64
        Identity of each person.
    household : int64
        Row of the household, from 0; rows of one household stand together.
    sex : int8
        codes.Sex.
    age_months : int32, month
        Age in completed months.
    schooling : float32, year
        Completed years of school.
    locality : int32
        Row of the locality, the same for all members of a household.
    mother, spouse : int64
        Row of the mother and of the spouse, -1 where unknown or not in the population.
    household_id : int64, one per household
        Identity of each household.
    """

    id: Array
    household: Array
    sex: Array
    age_months: Array
    schooling: Array
    locality: Array
    mother: Array
    spouse: Array
    household_id: Array

    def __len__(self) -> int:
        return len(self.id)
