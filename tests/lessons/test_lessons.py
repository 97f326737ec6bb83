"""Lessons: content that is checked, statements that are tested, pages that work without anybody's help."""

import dataclasses
import hashlib
import json
import re
from base64 import b64encode
from html import unescape

import pytest
from lessons.browser import Watched, opened, violations

from analysis import concept_map, diagrams, lessons, pages
from analysis.diagrams import Box
from analysis.lessons import Statement, beside, happened, lesson
from experiments.lessons import OWN, SEEDS, ends, nudged
from experiments.worlds import Bench
from scenarios.configuration import compose

NAMES = lessons.names()
FEW = (1, 2)  # seeds
MEANT = Statement("key", "It rises.", "Is it higher?", "other", "base", "participation@all", 1, "Because.")


def found(*differences):
    return [{"base": {"participation@all": 50.0}, "other": {"participation@all": 50.0 + d}} for d in differences]


# ---- content


@pytest.mark.parametrize("name", NAMES)
def test_a_lesson_is_whole_and_fits_its_time(name):
    one = lesson(name)
    assert sum(step["minutes"] for step in one.content["plan"]) == lessons.LESSON
    assert 3 <= len(one.content["objectives"]) <= 4 and one.content["summary"] and one.content["teacher"]
    assert 4 <= len(one.statements) <= 8
    used = {world for statement in one.statements for world in (statement.world, statement.against)}
    assert not {box.world for diagram in one.diagrams for box in diagram.boxes if box.world} - used
    assert used == set(one.worlds), "a world that no statement names costs time for nothing"
    assert not re.search(r"\b(TODO|TBD|lorem)\b", json.dumps(one.content))


@pytest.mark.parametrize("name", NAMES)
def test_every_world_of_a_lesson_can_be_run_and_differs_from_where_it_begins(name):
    made = {key: compose(overrides, name) for key, overrides in lesson(name).worlds.items()}
    base = made.pop("base")
    for one in made.values():
        assert one.inputs == base.inputs and one.seeds == base.seeds, "twins live in one place"
        assert one.identity() != base.identity()


def test_the_seven_activities_and_the_lesson_on_findings_are_there():
    activities = [lesson(name).content.get("activity") for name in NAMES]
    assert set(range(1, 8)) <= set(activities)
    assert "competing_findings" in NAMES
    tags = {tag for name in NAMES for tag in lesson(name).content["inventory"]}
    assert {
        "TCH-01",
        "TCH-02",
        "TCH-03",
        "TCH-04",
        "TCH-05",
        "TCH-06",
        "TCH-07",
        "TCH-08",
        "TCH-09",
        "TCH-10",
        "TCH-11",
        "TCH-12",
        "TCH-13",
        "FLG-06",
    } <= tags


def test_the_page_for_where_to_act_has_twelve_cards_that_lie_somewhere():
    zones = lesson("where_to_act").content["zones"]
    assert len(zones["cards"]) == 12
    assert {card["where"] for card in zones["cards"].values()} == set(zones["places"])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"plan": [{"minutes": 50, "title": "Long", "what": "Too long."}]}, "a lesson has 45"),
        ({"instalments": [{"title": "One", "told": [], "statements": ["richer"]}]}, "belongs to one instalment"),
        ({"diagrams": [{"figure": 1, "title": "x", "boxes": [{"title": "x", "text": "x", "outcome": "joy@all"}]}]},
         "the box “x” looks at joy@all"),
        ({"diagrams": [{"figure": 1, "title": "x", "boxes": [{"title": "x", "text": "x", "outcome": "gini@all",
                        "world": "nowhere", "contrast": "x"}]}]}, "compares nowhere with base"),
        ({"cards": {"items": [{"title": "x", "text": "Language", "friends": None}]}}, "a card has"),
        ({"extra": 1}, "unknown keys \\['extra'\\]"),
        ({"statements": {"a": {"says": "x", "ask": "x", "why": "x", "world": "nowhere", "outcome": "gini@all",
                               "sign": "up"}}}, "worlds are"),
        ({"statements": {"a": {"says": "x", "ask": "x", "why": "x", "world": "no_money", "outcome": "happiness",
                               "sign": "up"}}}, "which is no outcome"),
    ],
)  # fmt: skip
def test_a_lesson_that_is_wrong_is_refused(monkeypatch, change, words):
    content = pages.words("what_money_does") | change
    monkeypatch.setattr(lessons, "words", lambda name: content)
    with pytest.raises(lessons.LessonError, match=words):
        lesson("what_money_does")


def test_the_figures_of_the_module_are_diagrams_that_the_model_fills_in():
    shown = [diagram for name in NAMES for diagram in lesson(name).diagrams]
    assert sorted(one.figure for one in shown) == list(range(1, 13))
    assert "map of actions" in pages.part("lesson.html.j2"), "the thirteenth is the map of the twelve cards"
    assert all(any(box.outcome for box in one.boxes) for one in shown)
    assert all(box.contrast for one in shown for box in one.boxes if box.world)


def test_a_box_shows_the_level_of_the_place_and_what_a_change_does_to_it():
    box = Box("Work", "Who works.", outcome="participation@all", world="other", contrast="With it")
    one = diagrams.fill(box, found(2.0, 3.0, 4.0), "money")
    assert (one.level, one.own) == ("50.0 %", "50.0")
    assert one.said == "With it: +3.0 percentage points (+1.3 to +4.7), 3 of 3 seeds agree." and one.shows
    still = diagrams.fill(box, found(0.0, 0.0), "money")
    assert still.said == "With it: no difference in this model." and still.strip is None
    unsure = diagrams.fill(box, found(-1.0, 2.0), "money")
    assert unsure.said.startswith("With it: the model cannot tell (") and not unsure.shows
    assert diagrams.fill(Box("Voice", "Who decides."), [], "money").said == diagrams.NO_NUMBER


def test_a_case_in_instalments_tells_each_statement_once():
    story = lesson("diourbel_story").content
    assert "TCH-13" in story["inventory"] and len(story["instalments"]) == 4
    told = [key for part in story["instalments"] for key in part["statements"]]
    assert sorted(told) == sorted(story["statements"])


# ---- statements


def test_how_often_a_statement_held_is_counted_and_said():
    held = beside(MEANT, found(1.0, 2.0, -1.0, 3.0, 0.0))
    assert (held.held, held.seeds, held.in_class, held.of_class) == (3, 5, True, 1.0)
    assert held.how_often == (
        "Held with 3 of 5 seeds (1 the other way, 1 without a difference): more often than not, no more."
    )
    assert held.pick == "open"
    down = beside(dataclasses.replace(MEANT, sign=-1), found(1.0, 2.0, -1.0))
    assert (down.held, down.in_class) == (1, False) and "do not expect it" in down.how_often


def test_a_change_that_does_nothing_is_said_to_do_nothing():
    held = beside(dataclasses.replace(MEANT, sign=0), found(0.0, 0.0, 0.0))
    assert (held.held, held.pick) == (3, "same")
    assert held.numbers == "No difference in this model, with any of 3 seeds."


def test_numbers_are_in_points_of_the_difference():
    held = beside(MEANT, found(2.0, 3.0, 4.0))
    assert held.pick == "up" and held.numbers.startswith("Mean difference +3.0 percentage points (90 % interval +1.3")


@pytest.mark.parametrize(
    ("held", "verdict"),
    [(21, "expect it"), (19, "expect it"), (17, "expect it mostly"), (12, "more often"), (9, "do not")],
)
def test_a_verdict_follows_from_the_count(held, verdict):
    one = beside(MEANT, found(*[1.0] * held, *[-1.0] * (21 - held)))
    assert one.verdict.startswith(verdict)


def test_every_outcome_of_its_own_has_a_unit():
    assert set(lessons.COUNTED) == set(OWN)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_what_a_lesson_says_happens_more_often_than_not_or_is_said_not_to(name, tmp_path):
    with Bench(tmp_path, workers=1) as bench:
        told = happened(lesson(name), bench, SEEDS)
    assert sum(one.held > one.seeds / 2 for one in told) >= 0.7 * len(told)


# ---- the map


def test_arrows_of_the_map_are_declarations_of_the_model():
    from sim.schedule import Schedule

    declared = {
        (line.name(), str(a.column), str(a.outcome), a.sign) for line in Schedule().lines() for a in type(line).answers
    }
    edges = concept_map.edges()
    signed = [edge for edge in edges if edge.sign]
    assert len(signed) >= 12 and len({edge.key for edge in edges}) == len(edges)
    assert {(edge.line, edge.column, edge.outcome, edge.sign) for edge in signed} <= declared
    boxes = concept_map.concepts()
    assert {end for edge in edges for end in (edge.source, edge.target)} == set(boxes)
    drawn = concept_map.drawing()
    assert all(f'id="arrow-{edge.key}"' in drawn for edge in edges)


def test_a_link_of_a_line_that_touches_neither_is_refused(monkeypatch):
    content = pages.words("concepts")
    wrong = {**content, "links": [{"from": "sent", "to": "firms", "line": "care", "says": "Nothing."}]}
    monkeypatch.setattr(concept_map, "words", lambda name: wrong)
    with pytest.raises(ValueError, match="care touches no column of sent"):
        concept_map.edges()


def test_signs_over_seeds_are_counted():
    assert concept_map.shown([1.0, 2.0, -1.0, 0.0]).said == "of 4 seeds: 2 up, 1 down, 1 without movement"
    assert concept_map.shown([0.0, 0.0]).said == "no movement within a month in any of 2 seeds"


# ---- pages


class Invented:
    """A bench that measures nothing: numbers that differ by seed and world, some up, some down, some not at all."""

    def measure(self, function, worlds, seeds, **options):
        if "arrows" in options:
            return [{f"{a[1]}>{a[2]}": (k + n) % 3 - 1.0 for n, a in enumerate(options["arrows"])} for k in seeds]
        return [
            {
                world: {o: 50.0 + (k * w + n) % 4 for n, o in enumerate(options["outcomes"])}
                for w, world in enumerate(worlds)
            }
            for k in seeds
        ]


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Every lesson's page, its results invented."""
    folder, bench = tmp_path_factory.mktemp("lessons"), Invented()
    return {
        name: pages.write(
            lessons.page(lesson(name), happened(lesson(name), bench, FEW), bench, FEW), folder / f"{name}.html"
        )
        for name in NAMES
    }


def test_worlds_of_a_lesson_part_where_they_differ_and_nowhere_else(tmp_path):
    worlds = {"base": ["territory=teaching_toy_village", "months=4"]}
    worlds |= {"same": worlds["base"], "none": [*worlds["base"], "parameters.remittances.on=0"]}
    with Bench(tmp_path, workers=1) as bench:
        (one,) = bench.measure(ends, worlds, [1], outcomes=["remittances_received@all", "population@all", *OWN])
    assert one["same"] == one["base"] and one["base"]["remittances_received@all"] > 0
    assert one["none"]["remittances_received@all"] == 0


def test_raising_a_column_moves_what_its_line_declares(tmp_path):
    edge = next(edge for edge in concept_map.edges() if edge.key == "received-counted")
    place = {"base": ["territory=teaching_toy_village", "months=4"]}
    with Bench(tmp_path, workers=1) as bench:
        (one,) = bench.measure(nudged, place, [1], arrows=[list(edge.measured)])
    assert list(one) == ["households.receipt>households.persistent_receipt"]
    assert one["households.receipt>households.persistent_receipt"] * edge.sign > 0


def test_a_page_is_whole_and_lets_in_its_own_script_alone(written):
    for path in written.values():
        text = path.read_text("utf-8")
        code = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
        assert len(code) == 1
        digest = b64encode(hashlib.sha256(code[0].encode()).digest()).decode()
        assert f"script-src 'sha256-{digest}';" in unescape(text)
        assert not re.search(r"https?://(?!www\.w3\.org)|@import|url\((?!#)|\bon\w+=\"", text)
        assert "Held with" in text and "For the teacher" in text and "2 random seeds" in text
        assert not re.search(
            r"\bnan\b|>\s*None\s*<|Undefined", re.sub(r"<script.*?</script>", "", text, flags=re.DOTALL)
        )


def test_a_page_that_cannot_be_written_is_said_so(tmp_path):
    from analysis.talk import CommandError

    (tmp_path / "file").write_text("x")
    with pytest.raises(CommandError, match="cannot be written"):
        pages.write("x", tmp_path / "file" / "page.html")


def test_data_cannot_end_the_element_they_stand_in():
    assert "<" not in pages.json_block({"a": "</script><!--&\u2028"})
    assert json.loads(pages.json_block({"a": "</script>"})) == {"a": "</script>"}


@pytest.fixture(scope="module")
def browser():
    with opened() as found_browser:
        yield found_browser


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("width", [1200, 390])
def test_it_opens_from_a_file_at_every_width(browser, written, name, width):
    seen = Watched(browser, written[name], width)
    assert not seen.page.locator(".result").first.is_visible()
    seen.page.locator("#reveal").click()
    assert seen.page.locator(".result").first.is_visible()
    if width > 1000:
        assert violations(seen.page) == []
    seen.is_at_peace(width)
    seen.page.close()


def test_a_board_is_saved_and_opened_again_and_survives_a_reload(browser, written, tmp_path):
    seen = Watched(browser, written["what_money_does"])
    page = seen.page
    page.locator("#sheet input[value=down]").first.focus()
    page.keyboard.press("Space")
    page.locator("[data-edge]").first.select_option("up")
    page.locator("#group").fill('<b onclick="x">Group & one</b>'[:40])
    page.locator("#add").click()
    assert page.locator("#board thead th").nth(1).inner_text().startswith("<b onclick")
    with page.expect_download() as waiting:
        page.locator("#save").click()
    saved = tmp_path / "board.json"
    waiting.value.save_as(saved)
    board = json.loads(saved.read_text("utf-8"))
    assert board["groups"][0]["picks"] == {"richer": "down"} and len(board["groups"][0]["signs"]) == 1
    page.reload()
    assert page.locator("#board thead th").count() == 2
    page.locator("#wipe").click()
    assert page.locator("#board thead th").count() == 0
    page.locator("#load").set_input_files(saved)
    page.locator("#board thead th").nth(1).wait_for()
    assert "Opened a board of 1 group." in page.locator("#said").inner_text()
    seen.is_at_peace()
    page.close()


BOARD = '{"format": "remesa class board", "version": 1, "lesson": "what_money_does", "groups": [%s]}'


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("alert(1)", "it is no JSON"),
        ("{}", "it is no board"),
        ('{"format": "remesa class board", "version": 1, "lesson": "quiz", "groups": []}', "another lesson"),
        (BOARD % '{"name": "A", "picks": {"richer": "evil"}, "signs": {}, "zones": {}}', "a mark reads evil"),
        (BOARD % ('{"name": "' + "x" * 99 + '"}'), "too long"),
        ("x" * 300_000, "too large"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_board_is_refused_and_nothing_is_lost(browser, written, tmp_path, text, why):
    seen = Watched(browser, written["what_money_does"])
    page = seen.page
    page.locator("#group").fill("Kept")
    page.locator("#add").click()
    path = tmp_path / "other.json"
    path.write_text(text, "utf-8")
    page.locator("#load").set_input_files(path)
    page.locator("#said", has_text=why).wait_for(timeout=5000)
    assert "Kept" in page.locator("#board").inner_text()
    seen.is_at_peace()
    page.close()


def test_cards_are_placed_by_list_and_by_dragging_and_checked(browser, written):
    seen = Watched(browser, written["where_to_act"])
    page = seen.page
    page.locator("[data-card=desks] select").select_option("origin")
    assert page.locator("[data-zone=origin] [data-card=desks]").count() == 1
    page.locator("[data-card=recognition]").drag_to(
        page.locator("[data-zone=both]"), source_position={"x": 6, "y": 6}, target_position={"x": 40, "y": 20}
    )
    assert page.locator("[data-zone=both] [data-card=recognition]").count() == 1
    page.locator("#reveal").click()
    assert "agrees" in page.locator("[data-card=desks]").get_attribute("class")
    assert "differs" in page.locator("[data-card=recognition]").get_attribute("class")
    seen.is_at_peace()
    page.close()


def test_an_instalment_shows_what_happened_in_it_and_in_no_other(browser, written):
    seen = Watched(browser, written["diourbel_story"])
    first, second = (seen.page.locator(f"fieldset[data-key={key}] .result") for key in ("formal", "businesses"))
    seen.page.locator("[data-part]").first.click()
    assert first.is_visible() and not second.is_visible()
    seen.page.locator("[data-part]").first.click()
    assert not first.is_visible()
    seen.is_at_peace()
    seen.page.close()


def test_boxes_of_a_diagram_stay_empty_until_the_class_has_guessed(browser, written):
    seen = Watched(browser, written["what_money_does"])
    assert not seen.page.locator(".boxes .shown").first.is_visible()
    seen.page.locator("#reveal").click()
    assert seen.page.locator(".boxes .shown").first.is_visible()
    seen.page.close()


@pytest.mark.parametrize("name", ["what_money_does", "where_to_act"])
def test_it_prints_on_paper_without_results_and_buttons(browser, written, name):
    seen = Watched(browser, written[name], 690)
    seen.page.emulate_media(media="print")
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= 690
    assert not seen.page.locator("#reveal").is_visible() and not seen.page.locator(".result").first.is_visible()
    assert len(seen.page.pdf(format="A4")) > 10_000
    seen.page.close()
