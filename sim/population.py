"""Every state variable and lever, in one place: the tables of one world.

Money that changes hands is int64 cents; wages, hours and values that only inform decisions are
float32 in money a month. `given` columns are set when a row is made, `lever` columns are moved by
events and obeyed by one mechanism, `money` columns are written by the ledger alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from sim.table import Array, Kind, Table, column, given, lever, money, reference

f32, f64, i8, i16, i32, i64 = np.float32, np.float64, np.int8, np.int16, np.int32, np.int64

OCCUPATIONS = 2
OFFERS = 16  # points of an offer distribution, equally likely
PREVALENCE_GROUPS = 4  # women and men, below 35 and from 35


class Persons(Table):
    """People: those here, those away (with a spell) and those gone until compaction."""

    id = given(i64, "1", "identity: from the input or derived from parent or place, month and order")
    household = reference("Households", "household the person belongs to, also while away")
    mother = reference("Persons", "mother, where she is in the population")
    spouse = reference("Persons", "spouse")
    spell = reference("Migrants", "current stay away; -1 for those here")
    employer = reference("Firms", "firm the person works for; -1 for none")
    level = column(i8, "code", "codes.Occupation of the job with that firm")
    sex = given(i8, "code", "codes.Sex")
    birth_month = given(i32, "month", "month of birth, month 0 being the end of the burn-in")
    schooling = column(f32, "year", "completed years of school")
    occupation = column(i8, "code", "codes.Occupation: the level the person is qualified for")
    skill = column(f32, "1", "efficiency units of an hour's work; 1 is an adult without school or experience", 1.0)
    taste = given(f32, "1", "psi, taste for time: log psi = x'd + sigma * logistic, drawn once", 0.5)
    attachment = given(f32, "year of local pay", "xi, attachment to home, normal, drawn once")
    newcomer = given(i8, "1", "1 if the person arrived from the pool of lower-wage places")
    status = column(i8, "code", "codes.Status")
    why_out = column(i8, "code", "codes.Reason: why somebody of working age is not in the labour force")
    work = column(i8, "code", "codes.Work of those on own account")
    formal = column(i8, "1", "1 in a job with contributions and protection")
    hours = column(f32, "hour/month", "hours of work of those who work")
    wage = column(f32, "money/month", "contractual pay of employees, before tax")
    tenure = column(i16, "month", "months in the present job")
    search_months = column(i16, "month", "months searched in this spell without a job")
    earnings = column(f32, "money/month", "net earnings of last month from any work here")
    smoothed_earnings = column(f32, "money/month", "net earnings here, smoothed over about three months")
    seeks = column(i8, "code", "codes.Occupation of the jobs in which search is worth most to the person")
    search_range = column(i16, "1", "neighbouring localities on either side that the person searches in, too")
    reservation_wage = column(f32, "money/month", "lowest net monthly pay for full-time work the person accepts")
    reservation_flow = column(f32, "money/month", "r: value of search over not working, in pay (R1)")
    not_working = column(f32, "money/month", "b: flow value of not working for full-time hours, in pay (R1)")
    not_working_part = column(f32, "money/month", "b for part-time hours, in pay (R1)")
    nonlabour_income = column(f32, "money/month", "Y: income without own work as the person sees it, real (R1)")
    care_hours = column(f32, "hour/month", "unpaid care given")
    in_school = column(i8, "1", "1 while at school")
    shaken = column(i8, "1", "1 if something happened that makes the person review their status this month", 1)
    receives = column(i8, "1", "1 for the member who receives remittances or decides on them")
    trips = column(i16, "1", "stays away begun")
    months_away = column(i16, "month", "months of experience abroad or in another place")
    returnee = column(i8, "1", "1 for those who came back from a stay away")
    return_kind = column(i8, "code", "codes.Return of the last return")
    return_month = column(i32, "month", "month of the last return; -30000 before the first", -30_000)
    preparedness = column(f32, "1", "readiness times willingness at the last return: a score that decides nothing")
    contacts = column(f32, "1", "share of contacts here that are alive: they fade while one is away", 1.0)
    admitted_month = column(i32, "month", "month from which a regular place asked for is open; -30000: none", -30_000)
    recognised = column(i8, "1", "1 if employers here can read the person's qualifications", 1)
    pensioner = column(i8, "1", "1 while drawing a pension")
    insured = column(i8, "1", "1 if covered by social protection through a formal job")
    entitlement = column(f32, "money/month", "unemployment insurance earned in the last job: drawn while searching")
    entitled_months = column(i16, "month", "months of it that are left")
    assisted = column(i8, "1", "1 for who passes the means test of unemployment assistance")
    benefit = column(f32, "money/month", "unemployment benefit drawn this month")
    care_relief = lever(0, (0, 200), "hour/month", "care taken over by others; obeyed by Care")
    contact_boost = lever(0, (0, 10), "1", "extra vacancies reached a month; obeyed by Matching")
    training_place = lever(0, (0, 1), "1", "place on a course this month; obeyed by Skills")
    recognition_help = lever(0, (0, 1), "1", "chance a month that qualifications become recognised; obeyed by Away")
    travel_grant = lever(0, (0, 1), "1", "share of the cost of leaving that is paid; obeyed by Migration")
    job_information = lever(0, (0, 1), "1", "share of wrong beliefs about destinations corrected; obeyed by Migration")
    removal = lever(0, (0, 1), "1/month", "chance to be taken out of the population, as by death; obeyed by Vital")


class Migrants(Table):
    """Stays away, one row each; ended ones wait for compaction with `ended` set."""

    id = given(i64, "1", "identity, derived from the person and the month of departure")
    person = reference("Persons", "who is away")
    household = reference("Households", "household at home")
    locality = reference("Localities", "locality of origin")
    destination = reference("Destinations", "where")
    start_month = given(i32, "month", "month the stay began")
    motive = given(i8, "code", "codes.Motive")
    route = given(i8, "code", "codes.Route")
    regular = column(i8, "1", "1 with the right to stay and work", 1)
    ended = column(i8, "1", "1 when the stay is over")
    employed = column(i8, "1", "1 with work at the destination")
    recognised = column(i8, "1", "1 if qualifications are recognised there")
    occupation = column(i8, "code", "codes.Occupation of the present or last job there")
    wage = column(f32, "money/month", "pay there, in home money at the exchange rate of the base year")
    onward = given(i8, "1", "1 if begun from another place of work and not from home")
    cost = given(f32, "money", "what the way cost, advances included")
    push = given(
        f32, "year of local pay", "what home terms worse than the median of month 0 added to the wish to leave"
    )
    pull = given(f32, "year of local pay", "gain and amenities there against those terms, cost of the way included")
    network = given(f32, "year of local pay", "what a member there, the spouse and the norm added to the wish to leave")
    pushed = given(i8, "1", "1 if the person would have stayed with home terms at the median of month 0")
    savings = money("money of the migrant")
    debt = column(i64, "cent", "owed for the trip")
    altruism = given(f32, "1", "f: weight on the household's consumption at departure (R4)", 0.6)
    target_savings = given(f32, "money", "savings the migrant wants to come home with")
    plan = column(f32, "money/month", "r: amount planned to be received a month (R4)")
    waiting = column(f32, "money", "planned amounts not yet sent")
    means = column(f32, "money/month", "x: pay there less living costs and debt service, smoothed (R4)")
    intention = column(f32, "1", "to return: share of the discounted rest of life expected at home (R3)", 0.3)
    gift = column(f32, "money/month", "given to projects of the home-town association this month")
    channel = column(i8, "code", "codes.Channel used last")
    known_cost = column(f32, "1", "tau: cost share of sending that the migrant expects", 0.08)
    sent = column(f32, "money/month", "amount sent this month, before fees, in home money")
    fee = column(f32, "money/month", "fees and margins on what was sent this month")
    lost = column(f32, "money/month", "lost on the way this month")
    detected = column(i8, "1", "1 if ordered to leave this month")


class Households(Table):
    """Households: members here and away share a purse, land and plans."""

    id = given(i64, "1", "identity")
    locality = reference("Localities", "where the household lives")
    zone = given(i8, "1", "0 in town, 1 in a village")
    liquid_assets = money("cash and deposits of the household")
    debt = column(i64, "cent", "owed to the local lender")
    land = column(f32, "1", "farm land in units of the place's mean holding of a farming household")
    members = column(i16, "1", "members here")
    adults = column(i16, "1", "members here aged 15 and older")
    children = column(i16, "1", "members here below 15")
    away = column(i16, "1", "members away")
    own_workers = column(i16, "1", "members working on the household's land")
    others_earnings = column(f32, "money/month", "sum of smoothed earnings of members here")
    absent_earnings = column(f32, "money/month", "smoothed earnings that members now away had in their last month here")
    labour_income = column(f32, "money/month", "net earnings of all members here this month")
    other_income = column(f32, "money/month", "pensions, grants, profits, payouts received this month")
    outside_income = given(f32, "money/month", "other net income from the rest of the country: closes the start")
    home_food = column(f32, "money/month", "own product eaten this month, at farm-gate price")
    property_income = column(f32, "money/month", "profits and payouts received at the end of last month")
    receipt = column(f32, "money/month", "remittances received this month, after fees and losses")
    receipts = column(f32, "money/month", "receipts of the last three months", width=3)
    persistent_receipt = column(f32, "money/month", "R_p: part of receipts the household counts on (R1)")
    house_share = column(
        f32, "1", "share of what is sent that those away want in the house they mean to return to (R4)"
    )
    receipt_variance = column(f32, "(money/month)^2", "variance of receipts around R_p (R1)")
    smoothed_income = column(f32, "money/month", "Yp: smoothed income from all sources (R5)")
    earned_income = column(f32, "money/month", "smoothed income without remittances; what insurance and loans look at")
    earned_variance = column(f32, "(money/month)^2", "variance of income without remittances around it")
    need = column(f32, "money/month", "subsistence need at base prices")
    spending = column(f32, "money/month", "spent on consumption this month, nominal")
    consumption = column(f32, "money/month", "consumption this month at base prices, home-grown food included")
    income = column(f32, "money/month", "income from all sources this month")
    schooling_spending = column(f32, "money/month", "spent on school this month")
    health_spending = column(f32, "money/month", "spent on health this month")
    housing = column(f32, "money", "value of the house at base prices")
    housing_spending = column(f32, "money/month", "spent on building this month")
    poor = column(i8, "1", "1 if consumption per adult equivalent lies below the poverty line")
    woman_decides = column(i8, "1", "1 if a woman receives or decides on remittances")
    women_power = column(f32, "1", "share of the household's income that women control: their weight in its use", 0.5)
    personal_spending = column(f32, "money/month", "spent by those who decide on themselves, beyond an equal share")
    remittance_use = column(
        f32, "money/month", "by codes.Use: spent, less what would be with nothing received", width=6
    )
    account = column(i8, "1", "1 with an account at a bank, mobile operator or cooperative")
    desk_distance = given(f32, "km", "distance to the nearest paying-out desk")
    insured = column(i8, "1", "1 if insured against income loss")
    defaults = column(i16, "1", "loans not paid back")
    credit = column(f32, "money", "what the local lender would still lend the household")
    received_assets = column(i64, "cent", "part of liquid assets that came as remittances; the last to be spent")
    card = lever(0, (0, 1), "1", "holds a transfer card: the digital channel at its reduced fee; obeyed by Remittances")
    desk_nearer = lever(0, (0, 1), "1", "share of the way to a desk that is saved; obeyed by Remittances")
    price_information = lever(0, (0, 1), "1", "share informed about transfer prices; obeyed by Remittances")
    project_information = lever(
        0, (0, 1), "1", "how far those away are told what the place has to build first; obeyed by Remittances"
    )
    cash_grant = lever(0, (0, 1e9), "money/month", "grant paid to the household; obeyed by Government")
    premium_support = lever(0, (0, 1), "1", "share of an insurance premium that is paid; obeyed by Finance")
    loan_guarantee = lever(0, (0, 1), "1", "share of a loan that is guaranteed; obeyed by Finance")
    business_advice = lever(
        0, (0, 1), "1", "advice on rules, premises and markets for a start-up; obeyed by Enterprise"
    )
    school_fee = column(f32, "money/month", "what a pupil costs the household, support deducted, at base prices")
    school_support = lever(0, (0, 1), "1", "share of school costs that is paid; obeyed by Skills")


class Firms(Table):
    """Enterprises with employees; people on own account are not here."""

    id = given(i64, "1", "identity")
    locality = reference("Localities", "where the firm works")
    owner = reference("Households", "owning household; -1 if absentee or public")
    owner_kind = given(i8, "code", "codes.Owner")
    founder = reference("Persons", "who started it; -1 for firms of the start or without founder")
    sector = given(i8, "code", "codes.Sector")
    occupation = given(i8, "code", "codes.Occupation of whoever runs it; of all its jobs, if it keeps to one level")
    skilled_weight = column(f32, "1", "omega_s, weight of skilled work in its labour; 0 or 1: jobs of one level only")
    full_time = given(i8, "1", "1 if its jobs are full time", 1)
    formal = given(i8, "1", "1 if it pays contributions and taxes")
    open = column(i8, "1", "1 while in business", 1)
    start_month = given(i32, "month", "month it opened")
    necessity = given(i8, "1", "1 if started for lack of an alternative")
    capital = column(f32, "money", "capital at base prices")
    productivity = column(f32, "1", "A of Q = A K^alpha L^(1-alpha)")
    cash = money("cash of the firm; below zero is overdraft")
    debt = column(i64, "cent", "owed to the local lender")
    jobs = column(i32, "1", "employees by level of the job", width=2)
    labour = column(f32, "1", "efficiency units of work employed by level of the job", width=2)
    desired_labour = column(f32, "1", "efficiency units the firm wants by level", width=2)
    desired_jobs = column(i32, "1", "employees the firm wants by level; -1 before it first decided", -1, width=2)
    vacancies = column(i32, "1", "open positions by level", width=2)
    posted_wage = column(f32, "money/month", "full-time pay offered per efficiency unit by level", width=2)
    premium = column(f32, "1", "pay policy: what it offers over what applicants ask, relative to usual, by level", 1, 2)
    marginal_product = column(f32, "money/month", "marginal revenue product of an efficiency unit by level", width=2)
    applicants_wage = column(
        f32, "money/month", "median reservation wage per efficiency unit of applicants met by level", width=2
    )
    output = column(f32, "1", "made (tradables) or capacity (others) this month, at base prices")
    expected_sales = column(f32, "money/month", "sales the firm expects, at base prices")
    sales = column(f32, "money/month", "sales of this month, nominal")
    wage_bill = column(f32, "money/month", "pay and contributions of this month")
    profit = column(f32, "money/month", "sales less wages, interest and depreciation of this month")
    losing_months = column(i16, "month", "months in a row in which the owner earned less than the alternative")
    wage_subsidy = lever(0, (0, 1), "1", "share of the wage cost that is paid; obeyed by Vacancies")
    coaching = lever(0, (0, 1), "1", "business coaching this month: raises productivity's drift; obeyed by Enterprise")


class Authorities(Table):
    """Local authorities, one row per locality."""

    id = given(i64, "1", "identity")
    locality = reference("Localities", "locality governed")
    cash = money("cash of the authority; below zero is debt, shown")
    revenue = column(f32, "money/month", "taxes, contributions and grants of this month")
    smoothed_revenue = column(f32, "money/month", "revenue smoothed over a year")
    grant = given(f32, "money/month", "central government's grant")
    staff_budget = given(f32, "money/month", "part of the grant that is meant for the pay of public staff")
    instruments = column(f32, "money/month", "own money spent on instruments this month")
    purchases = column(f32, "money/month", "bought from local suppliers this month")


class Lenders(Table):
    """Local lenders (bank, cooperative), one row per locality."""

    id = given(i64, "1", "identity")
    locality = reference("Localities", "where it lends")
    cash = money("money that can be lent")
    loans = column(i64, "cent", "owed to the lender by households and firms")
    written_off = column(i64, "cent", "loans written off so far")
    fund = lever(0, (0, 1e12), "money/month", "outside money added to what can be lent; obeyed by Finance")


class Providers(Table):
    """Ways to send money, one row for each of codes.Channel."""

    id = given(i64, "1", "identity")
    channel = given(i8, "code", "codes.Channel")
    offered = given(i8, "1", "1 where the place has this channel", 1)
    firms = given(i16, "1", "firms that offer it", 1)
    fixed_fee = given(f32, "money", "fee per transfer")
    rate = given(f32, "1", "fee as a share of the amount")
    margin = column(f32, "1", "exchange margin as a share of the amount")
    base_margin = given(f32, "1", "exchange margin when nobody compares prices")
    loss = given(f32, "1", "chance that a transfer is lost")
    trust = given(f32, "1", "how much the channel is trusted, in logit units")
    desk = given(i8, "1", "1 if the receiver must travel to a desk")
    needs_account = given(i8, "1", "1 if the receiver needs an account or card")
    cash = money("provider's money of the month, passed on to the rest of the country")
    fee_cut = lever(0, (0, 1), "1", "share of fixed fee and rate that is cut; obeyed by Remittances")
    entrants = lever(0, (0, 20), "1", "more firms that offer the channel and compete; obeyed by Remittances")


class Recruiters(Table):
    """Agents who arrange trips: one row per destination, row = row of the destination."""

    id = given(i64, "1", "identity")
    fee = given(f32, "money", "fee for a placement, advanced as debt")
    supervision = lever(
        0, (0, 1), "1", "share of the excess fee that licensing and inspection remove; obeyed by Migration"
    )


class Localities(Table):
    """Local labour markets with their prices, services and beliefs."""

    id = given(i64, "1", "identity")
    till = money("what was paid for non-tradables and not yet passed to sellers; empty when the month closes")
    outside = money("position of the rest of the country (government, traders, absentee owners) with this place")
    price = column(f32, "1", "p_N, price of non-tradables; 1 in the base month", 1.0)
    price_index = column(f32, "1", "P = p_N^g e^(1-g)", 1.0)
    tradable_price = column(f32, "1", "e: price of tradables this month, in local money", 1.0)
    capacity = column(f32, "money/month", "non-tradables that can be sold this month, at base prices")
    demand = column(f32, "money/month", "non-tradables wanted this month, at base prices")
    use = column(f32, "1", "demand over capacity", 0.9)
    trade_return = column(f32, "money/month", "net earnings of an efficiency unit in own-account trade, nominal", 0.0)
    overhead = column(
        f32, "1", "cost of a unit of capacity beside labour, at base prices; -1 before the first month", -1.0
    )
    farm_return = column(f32, "money/month", "product of one worker on one unit of land, nominal, harvest included")
    trade_productivity = given(
        f32, "money/month", "capacity of an efficiency unit in own-account trade, at base prices"
    )
    farm_productivity = given(f32, "money/month", "product of one worker on one unit of land at base prices")
    median_pay = column(f32, "money/month", "median net monthly earnings of those who work here")
    median_income = column(f32, "money/month", "median household income per adult present")
    base_pay = given(f32, "money/month", "median pay of the start, for costs and lines fixed at the start")
    poverty_line = given(f32, "money/month", "consumption per adult equivalent at base prices, set at the start")
    adults = column(i32, "1", "people here aged 15 and older")
    searchers = column(i32, "1", "unemployed people")
    unemployment = column(f32, "1", "unemployed over labour force")
    prevalence = column(f32, "1", "share away by women/men below 35/from 35, slow average over 24 months", width=4)
    informed = column(f32, "1", "share of remitting households informed about transfer prices")
    start_informed = given(f32, "1", "share of remitting households that compare transfer prices unasked")
    gifts = column(f32, "money/month", "given by those away to common projects this month")
    start_residents = given(i32, "1", "people here at the start: they set how many candidates the pool offers")
    school_quality = column(f32, "1", "schools: the scarcer of buildings and staff over need, at most 1")
    health_quality = column(f32, "1", "clinics: the scarcer of buildings and staff over need, at most 1")
    buildings = column(f32, "1", "public buildings over the need of the people of the start")
    start_staffing = column(
        f32, "1", "efficiency units of public staff per inhabitant in the first month; -1 before", -1.0
    )
    start_upkeep = column(f32, "money/month", "public purchases of the first month at base prices; -1 before", -1.0)
    tax_rate = given(f32, "1", "local tax and contributions on formal pay")
    market_dues = given(f32, "1", "share of non-tradable sales paid to the authority")
    anchor_prices = lever(
        1, (0.2, 5), "1", "world price of tradables in local money, e from next month; obeyed by Spending"
    )
    harvest = lever(1, (0.1, 2), "1", "harvest over a normal one; obeyed by Production")
    adaptation = lever(0, (0, 1), "1", "share of a bad harvest's loss that works against it save; obeyed by Production")
    export_demand = lever(1, (0.1, 3), "1", "price obtained for tradables over e; obeyed by Production")
    public_jobs = lever(0, (0, 10), "1", "extra public spending on staff over the grant; obeyed by Government")
    wage_floor = lever(0, (0, 1e9), "money/month", "lowest full-time pay in formal jobs; obeyed by Vacancies")
    service_reach = lever(
        0, (0, 2), "1", "places of the employment service per job seeker, were there one scheme; obeyed by Matching"
    )
    service_schemes = lever(1, (1, 100), "1", "schemes that share the service's budget; obeyed by Matching")
    service_fit = lever(
        0, (0, 1), "1", "how far the service is made for this place and not for the country; obeyed by Matching"
    )
    local_purchases = lever(
        0, (0, 1), "1", "share of the authority's purchases moved to local sellers; obeyed by Government"
    )
    building_works = lever(0, (0, 10), "1", "public buildings added a month over need; obeyed by Services")
    pool_open = lever(1, (0, 1), "1", "openness to newcomers from lower-wage places; obeyed by Newcomers")
    rights = lever(1, (0, 2), "1", "respect for workers' rights here over that of the start; obeyed by Migration")
    supply_free = lever(1, (0, 1), "1", "0 fixes local supply: no entry, no investment; obeyed by Enterprise")


class Markets(Table):
    """Labour markets: one row per locality and occupation, row = 2 * locality + occupation."""

    id = given(i64, "1", "identity")
    locality = reference("Localities", "locality")
    occupation = given(i8, "code", "codes.Occupation of the jobs")
    offers = column(
        f32, "money/month", "full-time pay per efficiency unit on offer, 16 equally likely points", width=16
    )
    part_share = column(f32, "1", "share of offers that are part time")
    arrival = column(f32, "1/month", "lambda: offers per searcher a month, mean of three months, shrunk")
    start_arrival = column(f32, "1/month", "lambda of month 0, for the reason of being out")
    separation = column(f32, "1/month", "s: jobs lost a month, mean of three months, shrunk")
    searchers = column(i32, "1", "people searching here last month")
    contacts = column(i32, "1", "offers met by searchers last month")
    vacancies = column(i32, "1", "vacancies open before hiring")
    usual_vacancies = column(f32, "1", "these, mean of about three months; kept where people can work elsewhere")
    hires = column(i32, "1", "people hired this month")
    found = column(i32, "1", "unemployed people hired this month")
    separations = column(i32, "1", "jobs lost this month")
    employees = column(i32, "1", "people employed here at the beginning of the month")
    mean_wage = column(f32, "money/month", "mean full-time pay per efficiency unit of employees")
    base_wage = given(f32, "money/month", "full-time pay per efficiency unit at the start")
    usual_skill = given(f32, "1", "mean skill of adults of that qualification at the start", 1.0)
    start_worth = column(
        f32, "money/month", "sure income that life here is worth, median of month 0 over all places; -1 before", -1.0
    )
    start_terms = column(f32, "year of local pay", "services, protection and rights here, median of month 0")


class Destinations(Table):
    """Places of work abroad or elsewhere in the country; exogenous, in home money of the base year."""

    id = given(i64, "1", "identity")
    abroad = given(i8, "1", "1 abroad, 0 in the same country")
    wage = given(f32, "money/month", "net pay by occupation, at purchasing power of the origin", width=2)
    living_cost = given(f32, "money/month", "cost of living of one worker")
    finding = given(f32, "1/month", "chance that somebody without work finds it")
    separation = given(f32, "1/month", "chance that a job ends")
    recognition = given(f32, "1/month", "chance that qualifications become recognised")
    recognition_at_arrival = given(f32, "1", "chance that qualifications are recognised on arrival")
    detection = given(f32, "1/month", "chance that somebody irregular is detected and sent home")
    regular_share = given(f32, "1", "share of applicants who can go the regular way")
    waiting = given(f32, "month", "wait for a regular place")
    fine = given(f32, "money", "fine for those detected")
    fare = given(f32, "money", "travel and papers of the regular way")
    irregular_fee = given(f32, "money", "price of the irregular way")
    amenity = given(f32, "year of local pay", "services, rights and protection there against home")
    distance = given(f32, "1", "share of what separates countries: border, neighbours, language", 1.0)
    current_pay = column(
        f32, "money/month", "net pay there now by occupation, in home money, at the usual skill", width=2
    )
    current_living_cost = column(f32, "money/month", "living cost there now, in home money")
    current_finding = column(f32, "1/month", "chance now that somebody with papers finds work there")
    current_separation = column(f32, "1/month", "chance now that a job there ends")
    skill_return = column(f32, "1", "elasticity of pay there to skill")
    outside = money("position of the destination with this place's people")
    exchange = lever(1, (0.2, 5), "1", "value of the destination's money over the base year; obeyed by Away")
    cycle = lever(1, (0.1, 3), "1", "demand for labour there over normal; obeyed by Away")
    pay_level = lever(1, (0.1, 5), "1", "pay there over that of the inputs, in its own money; obeyed by Away")
    closed = lever(0, (0, 1), "1", "1 closes the border to new arrivals; obeyed by Migration")


ALL: tuple[type[Table], ...] = (
    Localities, Markets, Destinations, Providers, Recruiters, Authorities, Lenders, Households, Firms, Persons,
    Migrants,
)  # fmt: skip


class Population:
    """All tables of one world."""

    def __init__(self) -> None:
        self._tables = {kind.__name__: kind() for kind in ALL}

    def __getitem__(self, name: str) -> Table:
        return self._tables[name]

    def tables(self) -> Iterator[Table]:
        """The tables, those referred to first."""
        return iter(self._tables.values())

    def add(self, kind: type[Table], rows: int, **values: Any) -> Array:
        """Append rows; an id that is already there is an error."""
        table = self._tables[kind.__name__]
        ids = np.sort(values.get("id", np.zeros(0, i64)))
        if rows and (len(ids) != rows or (ids[1:] == ids[:-1]).any() or (table.rows_of(ids) >= 0).any()):
            raise ValueError(f"{kind.__name__}: {rows} new rows need as many new, different ids")
        return table.add(rows, **values)

    def move(self, kind: type[Table], order: Array) -> None:
        """Keep and order the rows of one table, and remap every reference to it."""
        moved = self._tables[kind.__name__].arrange(order)
        extended = np.append(moved, np.int32(-1))  # a reference of -1 stays -1
        for table in self._tables.values():
            for name, declared in type(table).columns.items():
                if declared.kind is Kind.REFERENCE and declared.target == kind.__name__:
                    values = table.values(name)
                    values[:] = extended[values]

    @property
    def persons(self) -> Persons:
        """People."""
        return self._tables["Persons"]  # type: ignore[return-value]

    @property
    def households(self) -> Households:
        """Households."""
        return self._tables["Households"]  # type: ignore[return-value]

    @property
    def migrants(self) -> Migrants:
        """Stays away."""
        return self._tables["Migrants"]  # type: ignore[return-value]

    @property
    def firms(self) -> Firms:
        """Enterprises."""
        return self._tables["Firms"]  # type: ignore[return-value]

    @property
    def localities(self) -> Localities:
        """Places."""
        return self._tables["Localities"]  # type: ignore[return-value]

    @property
    def markets(self) -> Markets:
        """Labour markets by occupation."""
        return self._tables["Markets"]  # type: ignore[return-value]

    @property
    def destinations(self) -> Destinations:
        """Places of work elsewhere."""
        return self._tables["Destinations"]  # type: ignore[return-value]
