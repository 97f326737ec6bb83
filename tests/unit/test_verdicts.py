"""Verdicts: the rules of the scoreboard in numbers one can check in the head; what is broken is caught."""

import dataclasses
import json

import pytest

from analysis import evidence as command
from analysis.command import main
from experiments import verdicts
from experiments.verdicts import FAIL, NEAR, PASS, Effect, Missing, Part, Picture, carry_out, judged, worst


@pytest.mark.parametrize(
    ("statistic", "low", "high", "point", "verdict"),
    [
        (0.07, 0.067, 0.073, None, PASS),
        (0.073, 0.067, 0.073, None, PASS),  # the limit itself is inside
        (0.0744, 0.067, 0.073, None, NEAR),  # a quarter of .006 is .0015
        (0.0746, 0.067, 0.073, None, FAIL),
        (-0.16, -0.15, -0.03, None, NEAR),
        (-0.001, -0.15, -0.01, None, NEAR),
        (0.0, -0.15, -0.01, None, NEAR),  # no sign is not the wrong sign
        (0.001, -0.15, -0.01, None, FAIL),  # the wrong sign is never near
        (1.5, -6.0, 1.0, None, NEAR),  # limits on both sides of zero: both signs are right
        (-0.59, -0.58, None, -0.549, NEAR),  # one limit: its width is twice .031, a quarter of it .0155
        (-0.596, -0.58, None, -0.549, FAIL),
        (-0.5, -0.58, None, -0.549, PASS),
        (-0.59, -0.58, None, None, FAIL),  # one limit without a point: nothing outside is near
        (0.61, None, 0.6, None, FAIL),
        (float("nan"), 0.0, 1.0, None, FAIL),
    ],
)
def test_hand_worked_verdicts(statistic, low, high, point, verdict):
    assert judged(statistic, low, high, point) == verdict


def test_the_interval_of_a_part_is_students():
    """1, 2, 3: mean 2, standard error 1 / sqrt 3, t(2) at 90 % is 2.92."""
    mean, low, high = Part("p", [1.0, 2.0, 3.0], 0.0, 4.0).found
    assert mean == 2.0
    assert high - mean == pytest.approx(2.92 / 3**0.5, abs=1e-3)
    assert mean - low == pytest.approx(high - mean)
    assert Part("p", 0.5, 0.0, 1.0).found == (0.5, None, None), "a number without luck has no interval"


def test_more_seeds_are_asked_for_where_the_interval_is_wider_than_half_the_limits():
    """2.92 / sqrt 3 is 1.69, so the interval of 1, 2, 3 is 3.37 wide."""
    assert Part("p", [1.0, 2.0, 3.0], 0.0, 6.7).unsure
    assert not Part("p", [1.0, 2.0, 3.0], 0.0, 6.8).unsure
    assert not Part("p", 0.5, 0.0, 0.1).unsure


def test_the_best_a_part_can_be_is_kept():
    assert Part("p", 0.5, 0.0, 1.0, most=NEAR).verdict == NEAR
    assert Part("p", 5.0, 0.0, 1.0, most=NEAR).verdict == FAIL


@pytest.mark.parametrize(
    ("differences", "sign", "null", "exact", "verdict"),
    [
        ((-2.0, -2.1, -1.9), -1, (0.0, 0.0, 0.0), True, PASS),
        ((-2.0, -2.1, -1.9), +1, (0.0, 0.0, 0.0), True, FAIL),  # the other sign
        ((-2.0, -2.1, -1.9), -1, (0.0, 0.01, 0.0), True, FAIL),  # what must be exactly nothing is not
        ((-2.0, -2.1, -1.9), -1, (0.4, 0.39, 0.4), False, PASS),  # a fifth of 2 is .4
        ((-2.0, -2.1, -1.9), -1, (0.5, 0.45, 0.5), False, FAIL),
        ((-5.0, 1.0, -1.0), -1, (0.0, 0.0, 0.0), False, NEAR),  # right sign, the interval holds 0
        ((-2.0, -2.1, -1.9), -1, None, False, FAIL),  # a claim without its null control
        ((-2.0, -2.1, -1.9), 0, None, False, None),  # shown without a verdict
    ],
)
def test_hand_worked_claims(differences, sign, null, exact, verdict):
    assert Effect("e", differences, sign, null, exact).verdict == verdict


def test_the_worst_part_stands_for_the_whole():
    assert worst([PASS, NEAR, PASS]) == NEAR
    assert worst([PASS, FAIL, NEAR]) == FAIL
    assert worst([None, PASS]) == PASS, "parts that are only shown do not count"
    assert worst([None]) == FAIL, "nothing that could be judged"


# ---- registering and carrying out, with invented tests


@pytest.fixture
def registers(monkeypatch, tmp_path):
    """Empty registers and lists, in an empty folder."""
    monkeypatch.setattr(verdicts, "TESTS", {})
    monkeypatch.setattr(verdicts, "CLAIMS", {})
    monkeypatch.setattr(verdicts, "discover", lambda register: dict(getattr(verdicts, KINDS[register])))
    monkeypatch.setattr(command, "STORED", tmp_path / "verdicts.json")
    monkeypatch.chdir(tmp_path)


KINDS = {"evidence": "TESTS", "claims": "CLAIMS"}


def invent(id="T90", parts=(), **more):
    """Register a test that finds these parts, or fails as it is told."""

    @verdicts.evidence(id, f"Invented {id}", weight=2, sources=("W05",), **more)
    def found(form):
        """What <b>nobody</b> & nothing found."""
        if isinstance(parts, Exception):
            raise parts
        return [one if isinstance(one, Part) else one(form) for one in parts]

    return verdicts.TESTS[id]


def nothing(*arguments, **options):
    raise AssertionError("invented tests measure nothing")


def test_seeds_are_added_until_the_interval_is_narrow_but_not_beyond_a_hundred(registers):
    wide = invent(parts=[lambda form: Part("p", [(-1.0) ** k * 100.0 for k in form.seeds], -1.0, 1.0)], sized=False)
    assert carry_out(wide, False, nothing).seeds == 100
    narrow = invent(parts=[lambda form: Part("p", [0.5 for _ in form.seeds], -1.0, 1.0)], sized=False)
    assert carry_out(narrow, False, nothing).seeds == 20
    assert carry_out(wide, True, nothing).seeds == 5, "the quick form adds none"


def test_in_full_the_verdict_must_be_the_same_at_double_size(registers):
    grows = invent(parts=[lambda form: Part("p", form.population / 10_000.0, 0.0, 1.0)])
    result = carry_out(grows, False, nothing)
    assert result.verdict == FAIL
    assert result.second["verdict"] == FAIL
    assert "depends on size" in result.second["said"]
    assert carry_out(grows, True, nothing).verdict == PASS


def test_what_is_missing_fails_and_says_so_and_what_breaks_is_an_error(registers, capsys):
    invent("T91", Missing("module missing: nobody discriminates"))
    invent("T92", ZeroDivisionError("oh\nno"))
    assert main(["evidence", "--json", "--quick"]) == 1
    lacking, broken = json.loads(capsys.readouterr().out)
    assert (lacking["verdict"], lacking["reason"]) == (FAIL, "module missing: nobody discriminates")
    assert "error" not in lacking
    assert (broken["verdict"], broken["error"]) == (FAIL, "ZeroDivisionError: oh no")


def test_a_known_fail_is_printed_and_a_fallen_verdict_stops(registers, capsys):
    invent("T93", [Part("p", 2.0, 0.0, 1.0)])
    assert main(["evidence", "--quick"]) == 0, "a fail that nobody stored as a pass is no fall"
    assert "FAIL" in capsys.readouterr().out
    invent("T93", [Part("p", 0.5, 0.0, 1.0)])
    assert main(["evidence", "--quick", "--store"]) == 0
    kept = json.loads(command.STORED.read_text())["quick"]["T93"]
    assert (kept["verdict"], kept["statistic"], kept["passed"], kept["parts"]) == (PASS, 0.5, 1, 1)
    assert "| T93 | Invented T93 | pass (quick) | p | 0.5000 | 0 .. 1.000 |" in command.tested()
    invent("T93", [Part("p", 2.0, 0.0, 1.0)])
    capsys.readouterr()
    assert main(["evidence", "--quick"]) == 1
    assert "Fallen" in capsys.readouterr().out
    assert main(["evidence", "--quick", "--store"]) == 0, "who stores a fall has seen it"
    assert main(["evidence", "--quick"]) == 0
    invent("T93", [Part("p", 1.1, 0.0, 1.0)])
    command.store([carry_out(invent("T93", [Part("p", 0.5, 0.0, 1.0)]), True, nothing)], "quick")
    invent("T93", [Part("p", 1.1, 0.0, 1.0)])
    assert main(["evidence", "--quick"]) == 0, "near is no fail"


KEYS = {
    "id": str,
    "title": str,
    "verdict": str,
    "statistic": (int, float, type(None)),
    "interval": (list, type(None)),
    "target": (list, type(None)),
    "source": str,
    "seconds": (int, float),
    "seeds": int,
    "population": int,
}


def test_one_json_document_with_a_list_of_objects(registers, capsys):
    invent("T94", [Part("a", [0.1, 0.2, 0.3], 0.0, 1.0, sources=("W05",)), Part("b", 3.0, 0.0, 1.0), Part("c", 9.0)])
    assert main(["evidence", "--json", "--quick"]) == 0
    out = capsys.readouterr().out
    (found,) = json.loads(out)
    for key, kinds in KEYS.items():
        assert isinstance(found[key], kinds), key
    assert (found["verdict"], found["statistic"], found["target"]) == (FAIL, 3.0, [0.0, 1.0]), "the worst part"
    assert [part["name"] for part in found["parts"]] == ["a", "b", "c"]
    assert [part["verdict"] for part in found["parts"]] == [PASS, FAIL, None]
    assert found["parts"][0]["interval"][0] < 0.2 < found["parts"][0]["interval"][1]
    assert "QuantEcon" in found["source"]


def test_a_claim_shows_its_null(registers, capsys):
    @verdicts.claim("CLM-90", "Invented")
    def found(form):
        return [Effect("e", [1.0, 1.1], +1, [0.0, 0.0], True, "the switch off")]

    assert main(["claims", "CLM-90", "--json"]) == 0
    (one,) = json.loads(capsys.readouterr().out)
    assert (one["verdict"], one["null"], one["target"]) == (PASS, 0.0, [0.0, None])


def test_an_unknown_id_is_answered_in_one_line(registers, capsys):
    invent("T95", [Part("p", 0.5, 0.0, 1.0)])
    assert main(["evidence", "T96"]) == 2
    assert "T95" in capsys.readouterr().err
    assert main(["evidence", "t95", "--quick"]) == 0


def test_two_modules_cannot_register_one_id(registers):
    invent("T97", [Part("p", 0.5, 0.0, 1.0)])
    other = verdicts.TESTS["T97"].run
    verdicts.TESTS["T97"] = dataclasses.replace(verdicts.TESTS["T97"], run=max)
    with pytest.raises(ValueError, match="registered twice"):
        verdicts.evidence("T97", "again", weight=1, sources=())(other)


# ---- the page

RUDE = "<script>alert('x')</script> & \"quotes\""


def test_the_page_escapes_everything_and_asks_for_nothing(registers, tmp_path, capsys):
    picture = Picture(RUDE, RUDE, RUDE, ((RUDE, (0.0, 1.0), (1.0, 2.0), "line"), ("b", (0.0,), (1.0,), "points")), RUDE)
    invent(
        "T98",
        [Part(RUDE, [0.1, 0.2], 0.0, 1.0, None, RUDE, (RUDE,), RUDE, RUDE, picture=picture), Part("b", 2.0, None, 1.0)],
        provisional=RUDE,
        assumption=RUDE,
        note=RUDE,
    )
    invent("T99", Missing(RUDE))
    assert main(["evidence", "--quick"]) == 0
    page = (tmp_path / "results/evidence/evidence.html").read_text()
    assert "<script" not in page
    assert "<b>nobody" not in page
    assert page.count("&lt;script&gt;") > 8
    assert "Content-Security-Policy" in page
    for asks in ("src=", "@import", "url(http", 'href="http'):
        assert asks not in page, asks
    assert 'data-verdict="fail"' in page
    assert "provisional" in page


def test_every_figure_has_source_date_and_says_whether_it_was_verified():
    for name, figure in verdicts.figures_read().items():
        assert figure["source"].strip(), name
        assert figure["verified"].split(":")[0] in ("yes", "no", "partly"), name
        assert 1950 <= figure["year"] <= 2026, name
        if figure["low"] is not None and figure["high"] is not None:
            assert figure["low"] <= figure["high"], name


def test_every_registered_source_is_a_known_figure():
    for register in ("evidence", "claims"):
        for entry in verdicts.discover(register).values():
            assert set(entry.sources) <= set(verdicts.figures_read()) or entry.of_claim, entry.id
