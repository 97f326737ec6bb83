"""An invented place, for tests and first steps without any file; packs with sources are in `scenarios`."""

from __future__ import annotations

from sim.territory import DestinationInputs, Inputs, ProviderInputs

CITY = DestinationInputs(
    name="city", abroad=0.0, wage_basic=140.0, wage_skilled=330.0, living_cost=45.0, finding=0.15, separation=0.02,
    recognition=1.0, recognition_at_arrival=1.0, detection=0.0, regular_share=1.0, fare=40.0, irregular_fee=0.0,
    recruiter_fee=0.0, amenity=1.0, emigrants=0.05, men=0.5,
)  # fmt: skip
ABROAD = DestinationInputs(
    name="abroad", abroad=1.0, wage_basic=900.0, wage_skilled=1400.0, living_cost=400.0, finding=0.1, separation=0.02,
    recognition=0.01, recognition_at_arrival=0.2, detection=0.003, regular_share=0.5, fare=900.0, irregular_fee=700.0,
    recruiter_fee=1500.0, amenity=0.5, emigrants=0.08, men=0.7,
)  # fmt: skip
BANK = ProviderInputs(name="bank", fixed_fee=8.0, rate=0.03, margin=0.03, loss=0.0, trust=0.0)
OPERATOR = ProviderInputs(name="operator", fixed_fee=4.0, rate=0.03, margin=0.02, loss=0.001, trust=0.0)
DIGITAL = ProviderInputs(name="digital", fixed_fee=1.0, rate=0.03, margin=0.01, loss=0.001, trust=-1.0)
COOPERATIVE = ProviderInputs(name="cooperative", fixed_fee=2.0, rate=0.03, margin=0.01, loss=0.0, trust=-1.0)
INFORMAL = ProviderInputs(name="informal", fixed_fee=0.0, rate=0.06, margin=0.0, loss=0.01, trust=-1.0)
AGES = (.14, .13, .12, .11, .09, .08, .07, .06, .05, .04, .03, .025, .02, .015, .01, .006, .004)  # fmt: skip
DEATHS = (.02, .002, .001, .002, .003, .003, .003, .004, .005, .006, .008, .012, .02, .03, .055, .09, .15, .24, .34,
          .42)  # fmt: skip


def example_inputs() -> Inputs:
    """The invented place: money in units of which a basic job pays a hundred a month."""
    return Inputs(
        name="example", title="An invented place", currency="money", base_year=2013.0, population=600.0,
        localities=1.0, household_size=6.0, age_shares=AGES, men_share=0.49,
        fertility=(0.07, 0.18, 0.2, 0.18, 0.13, 0.06, 0.01), mortality_women=DEATHS, mortality_men=DEATHS,
        schooling_women=(0.4, 0.3, 0.15, 0.1, 0.05), schooling_men=(0.3, 0.3, 0.2, 0.13, 0.07), school_enrolment=0.8,
        gdp_per_head=45.0, gdp_per_head_ppp=4000.0, farm_share=0.35, urban_share=0.5, pay_basic=100.0,
        pay_skilled=250.0, pay_spread=0.3, part_time=0.25, formal_share=0.2, wage_floor=60.0,
        firm_size=3.0, firm_size_tail=1.2,
        absentee_share=0.1, non_tradable_share=0.45, public_share=0.1, tax_rate=0.08, market_dues=0.02,
        grant_per_head=1.0, pension=80.0, pension_coverage=0.1, need=20.0, poverty_headcount=0.5, loan_rate=0.0125,
        loan_capital=15.0, account_share=0.2, desk_distance_town=2.0, desk_distance_village=12.0, price_informed=0.2,
        school_quality=0.8, health_quality=0.7, pool_wage_ratio=0.7, destinations=(CITY, ABROAD),
        providers=(BANK, OPERATOR, DIGITAL, INFORMAL, COOPERATIVE),
    )  # fmt: skip
