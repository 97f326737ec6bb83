"""One function per indicator: pure, of the month's tallies, with unit and official definition; a file for each subject.

They are listed in the order of the imports here, and within a file in that of the functions.
"""

from sim.indicators import market, income, remittances, migration, firms, place  # isort: skip
from sim.indicators.registry import INDICATORS, READINGS, Indicator

__all__ = ["INDICATORS", "READINGS", "Indicator", "firms", "income", "market", "migration", "place", "remittances"]
