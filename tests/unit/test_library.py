"""The library: shipped files are read by name, own files by path, and nothing but plain values gets in."""

from __future__ import annotations

import subprocess
import sys

import pytest

from scenarios import library
from scenarios.library import LibraryError, parse

GOOD = b"title: x\nbudget: {value: 5, unit: money/month}\n"


def test_plain_values_are_read_as_they_stand():
    found = parse(b"a: 1\nb: 1.5\nc: [1, 2]\nd: null\ne: yes\nf: 2013-01-01\ng: 1e6\nh: true\n", "x.yaml")
    assert found == {
        "a": 1, "b": 1.5, "c": [1, 2], "d": None, "e": "yes", "f": "2013-01-01", "g": 1e6, "h": True,
    }  # fmt: skip


def test_a_byte_order_mark_and_windows_lines_do_no_harm():
    assert parse(b"\xef\xbb\xbf" + GOOD.replace(b"\n", b"\r\n"), "x.yaml") == parse(GOOD, "x.yaml")


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"a: &b 1\nc: *b\n", "line 1: anchors and aliases"),
        (b"a: 1\nc: *b\n", "x.yaml, line 2"),
        (b"a: !!python/object/apply:os.system ['ls']\n", "line 1: the tag"),
        (b"a: !!str 1\n", "the tag"),
        (b"a: 1\nb: 2\na: 3\n", "line 3: the key 'a' stands there twice; keep one"),
        (b"a:\n  b: 1\n  b: 2\n", "line 3: the key 'b' stands there twice"),
        (b"a:\n  <<: {b: 1}\n", "a key must be a plain name"),
        (b"? [a, b]\n: 1\n", "a key must be a plain name"),
        (b"a:\n\tb: 1\n", "line 2: begins with a tab; indent with spaces"),
        (b"a: ${oc.env:HOME}\n", "line 1: references like ${...} are not filled in"),
        (b"a: [1, 2\n", "is not YAML"),
        (b"a: 'x\n", "is not YAML"),
        (b"a: 1\n---\nb: 2\n", "is not YAML"),
        (b"a: \x07\n", "is not YAML"),
        (b"a: \xff\n", "byte 3 is not UTF-8; save the file in UTF-8"),
        (b"- a\n- b\n", "holds list, not a table"),
        (b"", "holds NoneType, not a table"),
        (b"a: " + b"x" * 1_000_000, "at most 1,000,000 are read"),
        (b"a: " + b"[" * 500 + b"]" * 500, "more than 20 levels"),
        (b"a: " + b"{b: " * 100 + b"1" + b"}" * 100, "more than 20 levels"),
    ],
)
def test_what_is_no_plain_table_is_refused_in_one_line(raw, said):
    with pytest.raises(LibraryError) as caught:
        parse(raw, "x.yaml")
    assert said in str(caught.value)
    assert str(caught.value).startswith("x.yaml")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["../../x", "/etc/passwd", "..", "", "a/b", "A", "x" * 99, "a\nb", "policies.x"])
def test_a_name_cannot_leave_the_library(name):
    with pytest.raises(LibraryError, match="is not allowed"):
        library.load("policies", name)


def test_an_unknown_name_is_answered_with_the_known_ones():
    with pytest.raises(
        LibraryError, match=r"policies has no 'cards'; allowed: .*transfer_cards.*path ending in \.yaml"
    ):
        library.load("policies", "cards")


def test_an_own_file_is_read_by_its_path(tmp_path):
    own = tmp_path / "my_cards.yaml"
    own.write_bytes((library.files("scenarios") / "policies" / "transfer_cards.yaml").read_bytes())
    assert library.load_policy(str(own)) == library.load_policy("transfer_cards")
    assert library.policy(str(own)).name == "my_cards"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("none.yaml", None, "there is no file"),
        ("folder.yaml", "", "there is no file"),
        ("big.yaml", b"#" * 2_000_000, "2,000,000 bytes; at most"),
        ("My File.yaml", GOOD, "is not allowed"),
    ],
)
def test_an_own_file_that_cannot_be_read_is_named(tmp_path, name, content, said):
    if content == "":
        (tmp_path / name).mkdir()
    elif content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(LibraryError, match=said):
        library.load_policy(str(tmp_path / name))


def test_optional_keys_are_made_explicit_so_that_they_can_be_overridden():
    assert {"start", "ramp", "end", "assign", "budget", "coverage"} <= set(library.load_policy("wage_floor"))
    assert {"start", "ramp", "end", "assign"} <= set(library.load_shock("drought"))


@pytest.mark.parametrize("name", library.policies())
def test_every_shipped_instrument_is_valid_and_says_where_it_comes_from(name):
    instrument = library.policy(name)
    assert instrument.inventory and all(item.split("-")[0] in ("POL", "CAS", "NUM") for item in instrument.inventory)
    assert instrument.unit_cost.source != "chosen by the user"
    assert instrument.shows
    assert instrument.currency
    assert len(instrument.summary) > 40


@pytest.mark.parametrize("name", library.shocks())
def test_every_shipped_shock_is_valid_and_shows_somewhere(name):
    assert library.shock(name).shows


@pytest.mark.parametrize("name", library.cases())
def test_every_shipped_case_names_what_is_shipped(name):
    case = library.load_case(name)
    known = {"territory": library.territories(), "policies": library.policies(), "shocks": library.shocks()}
    for override in case["overrides"]:
        key, _, value = override.partition("=")
        kind, _, rest = key.partition(".")
        assert kind in ("territory", "policies", "shocks", "months", "parameters", "population"), override
        if kind == "parameters" or (kind == "territory" and rest):  # looked at where a case is composed
            continue
        for item in (
            value.strip("[]").split(",") if not rest and kind in known else [rest.split(".")[0]] if rest else []
        ):
            assert not item or item in known[kind], override


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("title: x\n", r"cases.c.summary = None is not a text"),
        ("title: x\nsummary: x\nquestion: x\n", r"overrides = None must be a list"),
        (
            "title: x\nsummary: x\nquestion: x\noverrides: [months]\n",
            r"has 'months'; each must be a text 'key=value'",
        ),
        ("title: x\nsummary: x\nquestion: x\noverrides: []\nsteps: 3\n", r"cases.c.steps is not a known key"),
    ],
)
def test_a_case_of_another_form_is_refused(tmp_path, text, said):
    (tmp_path / "c.yaml").write_text(text)
    with pytest.raises(LibraryError, match=said):
        library.load_case(str(tmp_path / "c.yaml"))


def test_the_library_opens_without_the_compiler_and_without_mesa():
    code = (
        "import sys; from scenarios import library;"
        "library.policy('transfer_cards'); library.load_case('baseline');"
        "print(sorted({'numba', 'mesa', 'hydra', 'pandas', 'scipy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
