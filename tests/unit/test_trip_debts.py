"""What becomes of debts for the way: the recruiter's end with the stay, the family's at home do not."""

from unit.test_migration import away_town

from sim.mechanisms.migration import Migration


def home_with(**settings):
    """Everybody is sent home; each family owes 70 to the lender, each migrant 100 to the recruiter."""
    world = away_town(migrant={"detected": 1, **settings.pop("migrant", {})}, **settings)
    world.population.persons.attachment[1::2] = 100.0  # nobody else leaves
    world.population.households.debt[:] = 7_000
    world.run(Migration(consider=1 / 36))
    return world


def test_a_returnee_pays_the_recruiter_first_and_what_the_family_borrowed_is_still_owed():
    world = home_with()
    tables = world.population
    assert world.ledger.paid("trip debt") == 300 * 10_000 and (tables.migrants.debt == 0).all()
    assert world.ledger.paid("purses home") == 300 * 90_000
    assert (tables.households.debt == 7_000).all()


def test_what_savings_do_not_cover_is_lost_to_the_recruiter_and_falls_on_nobody_at_home():
    world = home_with(migrant={"debt": 250_000})
    tables = world.population
    assert world.ledger.paid("trip debt") == 300 * 100_000  # all savings
    assert world.ledger.paid("purses home") == 0
    assert (tables.migrants.debt == 0).all() and (tables.migrants.savings == 0).all()
    assert (tables.households.debt == 7_000).all() and (tables.households.liquid_assets >= 0).all()
