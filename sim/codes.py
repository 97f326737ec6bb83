"""Enumerations in the field's standard terms. Plain integers, so that compiled loops can name them."""

from __future__ import annotations

from enum import IntEnum


class Sex(IntEnum):
    """Sex of a person."""

    WOMAN = 0
    MAN = 1


class Status(IntEnum):
    """Labour-force status (ILO 2013 resolution) of those present, and where the others are."""

    CHILD = 0  # below school-leaving age of the labour-force definition
    STUDENT = 1
    INACTIVE = 2
    UNEMPLOYED = 3  # without work, searching and available
    EMPLOYED = 4  # in somebody else's enterprise
    OWN_ACCOUNT = 5  # self-employed without employees: farming or trade
    AWAY = 6  # usual residence elsewhere; see the spell
    ABSENT = 7  # dead or left for good; the row waits for compaction


class Reason(IntEnum):
    """Why somebody is out of the labour force: the first that holds."""

    NONE = 0
    STUDY = 1
    PENSION = 2
    CARE = 3  # would enter without the care hours
    REMITTANCES = 4  # would enter without remittances: discouraged participation
    OFFERS = 5  # would enter with the offers of month 0: discouraged worker
    TASTE = 6


class Occupation(IntEnum):
    """Level of work that somebody is qualified for, and of a job."""

    BASIC = 0
    SKILLED = 1


class Work(IntEnum):
    """What somebody on own account does."""

    NONE = 0
    FARM = 1
    TRADE = 2


class Sector(IntEnum):
    """What a firm makes and to whom it can sell."""

    TRADABLE = 0
    NON_TRADABLE = 1
    PUBLIC = 2


class Owner(IntEnum):
    """Who owns a firm."""

    LOCAL = 0
    RETURNEE = 1
    ABSENTEE = 2
    AUTHORITY = 3


class Route(IntEnum):
    """How somebody travels."""

    REGULAR = 0
    IRREGULAR = 1
    RECRUITER = 2


class Motive(IntEnum):
    """Why a stay away began."""

    WORK = 0
    FAMILY = 1


class Return(IntEnum):
    """How somebody came back."""

    CHOSEN = 0
    FORCED = 1  # detected and sent home
    FAILED = 2  # chose to, without work there and with less than the way had cost


class Channel(IntEnum):
    """How money is sent; the row of `Providers`."""

    BANK = 0
    OPERATOR = 1
    DIGITAL = 2
    INFORMAL = 3  # a carrier
    COOPERATIVE = 4  # savings and credit cooperatives and their networks


class Use(IntEnum):
    """What a household does with remittances; the column of `Households.remittance_use`."""

    DAILY = 0  # food and daily needs
    PERSONAL = 1  # the deciders' own
    HEALTH = 2
    SCHOOL = 3
    HOUSING = 4
    BUSINESS = 5


class Event(IntEnum):
    """What happened to a person, in life histories: with which reason and value it is recorded."""

    BORN = 0
    DIED = 1  # reason: 1 if taken out by a shock; value: age
    ENTERED_LABOUR_FORCE = 2  # value: reservation wage; offer: median full-time offer
    LEFT_LABOUR_FORCE = 3  # reason: Reason; value, offer as above; cause: size of the reason; without: value without it
    HIRED = 4  # value: monthly pay; cause: minutes one way to a job in another locality
    LAID_OFF = 5  # reason: of `mechanisms.separations`
    QUIT = 6  # pay is worth less than the time
    OWN_ACCOUNT = 7  # value, offer as above; cause: what own-account work brings a month
    # reason: destination; offer: price; in years of local pay, value: expected gain,
    # cause: pull of those away
    DEPARTED = 8
    RETURNED = 9  # reason: Return; value: money brought
    REMITTED = 10  # value: amount
    FIRM_OPENED = 11  # value: capital
    FIRM_CLOSED = 12
    LEFT_SCHOOL = 13  # reason: of `mechanisms.skills`; value: years of school
    TRAINED = 14  # a month on a course; value: skill after it
    WANTED_TO_LEAVE = 15  # could not pay; reason: destination; value: price of the trip
    ARRIVED = 16  # reason: locality; value: earlier pay of a newcomer, 0 for people a shock brings
    HOUSEHOLD_FORMED = 17  # of the wife
    STAYED_OUT = 18  # out of the labour force for another reason than before; as LEFT_LABOUR_FORCE
    # left, and would have stayed with home terms of month 0; reason: destination; value: what they add, in years
    PUSHED = 19


HERE = (Status.CHILD, Status.STUDENT, Status.INACTIVE, Status.UNEMPLOYED, Status.EMPLOYED, Status.OWN_ACCOUNT)
LABOUR_FORCE = (Status.UNEMPLOYED, Status.EMPLOYED, Status.OWN_ACCOUNT)
