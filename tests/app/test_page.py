"""The live page in a real browser: seen at once, asked of nobody else, usable by everybody, hard to break."""

import random
import threading
import time

import pytest
from app.browser import SMALL, Visit, opened, violations

pytest.importorskip("dash")


@pytest.fixture(scope="module")
def browser():
    with opened() as found:
        yield found


@pytest.fixture(scope="module")
def address(browser):
    from werkzeug.serving import make_server

    from analysis.app import compare, server

    compare.WORKERS = 2
    served = make_server("127.0.0.1", 0, server.application().server, threaded=True)
    threading.Thread(target=served.serve_forever, daemon=True).start()
    compare.engine()
    while not compare.engine().ready:
        time.sleep(0.1)
    yield f"http://127.0.0.1:{served.server_port}"
    served.shutdown()
    compare.teller().shutdown(cancel_futures=True)
    compare.teller.cache_clear()
    compare.engine().close()
    compare.engine.cache_clear()


@pytest.fixture
def visit(browser, address):
    made = []

    def open_window(path=SMALL, **size):
        made.append(Visit(browser, address, **size))
        return made[-1].go(path)

    yield open_window
    for one in made:
        one.context.close()


def test_it_is_seen_within_two_seconds_and_asks_nobody_else(visit):
    one = visit().done()
    seconds = []
    for _ in range(3):  # a busy machine may need another try
        begun = time.perf_counter()
        one.page.reload(wait_until="commit")
        one.page.wait_for_selector("#package-list")
        seconds.append(time.perf_counter() - begun)
        if seconds[-1] < 2:
            break
    assert min(seconds) < 2
    one.done()
    assert one.foreign == [] and one.faults == []


@pytest.mark.parametrize("path", [SMALL, "/?place=teaching_toy_village&package=own&persons=150&months=12&seeds=2"])
def test_everything_has_a_name_and_can_be_reached_by_keyboard(visit, path):
    one = visit(path).done()
    assert violations(one.page) == []
    reached = one.reached()
    wanted = ["place-list", "package-list", "around-list", "again", "save", "copy", "view-income", "world-without"]
    if "own" in path:
        wanted += ["share-transfer_cards", "share-family_cash_grants"]
    assert [name for name in wanted if name not in reached] == []


def test_it_works_at_the_width_of_a_phone(visit):
    one = visit(width=390, height=800).done()
    assert one.page.evaluate("document.documentElement.scrollWidth") <= 390
    assert one.page.locator("#package-list").is_visible() and one.page.locator(".score").count() == 12
    one.page.locator("#view-income").click()
    one.page.wait_for_function("() => document.querySelector('#charts').innerText.includes('Poverty')")


def test_what_was_chosen_and_found_survives_a_reload_and_a_link(visit):
    one = visit().done()
    one.page.locator("#package-list").select_option("own")
    one.page.locator("#share-child_care_places").fill("40")
    one.page.wait_for_function("() => location.search.includes('shares=0.0.0.40.')")
    one.done()
    said = one.page.locator(".answer").inner_text()
    one.page.reload()
    one.page.wait_for_selector("#share-child_care_places")
    one.done()
    assert one.page.locator("#share-child_care_places").input_value() == "40"
    assert one.page.locator("#package-list").input_value() == "own"
    assert one.page.locator(".answer").inner_text() == said
    other = visit(one.page.url.removeprefix(one.address)).done()
    assert other.page.locator(".answer").inner_text() == said


def test_no_slider_takes_more_than_what_is_left(visit):
    one = visit("/?place=teaching_toy_village&package=own&persons=150&months=12&seeds=1").done()
    one.page.locator("#share-child_care_places").fill("80")
    one.page.wait_for_function("() => document.querySelector('#budget-left').innerText.includes('20 % left')")
    one.page.locator("#share-wage_subsidies").fill("60")
    one.page.wait_for_function("() => document.querySelector('#share-wage_subsidies').value === '20'")
    one.page.wait_for_function("() => document.querySelector('#budget-left').innerText.includes('all of it is spent')")
    assert one.faults == []


def test_a_package_that_does_nothing_says_so_in_the_same_words_everywhere(visit):
    one = visit(SMALL.replace("care_and_work", "none")).done()
    one.page.wait_for_function(
        "() => document.querySelector('#answer').innerText.includes('no difference in this model')"
    )
    verdicts = one.page.eval_on_selector_all("[data-verdict]", "all => all.map(one => one.dataset.verdict)")
    assert set(verdicts) == {"none"}
    cards = one.page.eval_on_selector_all(".score .sure", "all => all.map(one => one.innerText)")
    assert set(cards) == {"no difference in this model"}


def test_a_broken_link_shows_a_message_and_the_page_as_it_begins(visit):
    one = visit("/?place=nowhere&around=<script>")
    assert "There is no place “nowhere”" in one.page.locator("#message").inner_text()
    one.page.locator("#stop").wait_for()
    assert "Traceback" not in one.page.content() and one.faults == []


def test_a_number_that_is_none_shows_a_message(visit):
    one = visit().done()
    one.page.locator("summary", has_text="Length").click()
    one.page.locator("#seed").fill("-3")
    one.page.wait_for_function("() => document.querySelector('#message').innerText.includes('whole number')")
    one.page.locator("#seed").fill("2")
    one.page.wait_for_function("() => document.querySelector('#message').innerText === ''")
    one.done()
    assert one.faults == []


def test_two_visitors_see_each_their_own(visit):
    one, two = visit(), visit(SMALL.replace("care_and_work", "skills"))
    one.done()
    two.done()
    assert "care is shared" in one.page.locator(".question").inner_text()
    assert "training" in two.page.locator(".question").inner_text()


def test_every_list_changes_what_is_seen(visit):
    one = visit().done()
    one.page.evaluate("() => document.querySelectorAll('details').forEach(one => one.open = true)")
    seen = "() => document.querySelector('#score').innerText + document.querySelector('#state').innerText"
    for control, value in (
        ("package", "skills"), ("around", "drought"), ("months", "24"), ("seeds", "1"), ("persons", "500"),
        ("localities", "4"), ("place", "tonga_2005"),
    ):  # fmt: skip
        before = one.page.evaluate(seen)
        one.page.locator(f"#{control}-list").select_option(value)
        one.page.wait_for_function("name => location.search.includes(name)", arg=f"{control}={value}")
        if control == "place":  # the size that suits it would take longer than this test
            assert "months" not in one.page.url and one.page.locator("#persons-list").input_value() == "5000"
            continue
        one.done()
        assert one.page.evaluate(seen) != before
        assert (one.page.locator("#map-slot figure").count() == 1) == (control == "localities")
    assert one.faults == []


def test_every_button_changes_what_is_seen(visit):
    one = visit(SMALL + "&localities=4").done()
    seen = "name => document.querySelector(name).innerText + document.querySelector(name + ' [aria-label]').ariaLabel"
    for button, where in (
        ("#view-income", "#charts"), ("#view-migration", "#charts"), ("#view-firms", "#charts"),
        ("#view-work", "#charts"),
        ("#world-without", "#streams"), ("#world-with", "#streams"),
    ):  # fmt: skip
        before = one.page.evaluate(seen, where)
        one.page.locator(button).click()
        one.page.wait_for_function(f"([was, where]) => ({seen})(where) !== was", arg=[before, where])
        assert one.page.locator(button).get_attribute("aria-pressed") == "true"
    before = one.page.locator("#map-slot figcaption").inner_text()
    one.page.locator("#mapped-list").select_option("poverty")
    one.page.wait_for_function("was => document.querySelector('#map-slot figcaption').innerText !== was", arg=before)
    one.page.locator("#copy").click()
    one.page.wait_for_function("() => document.querySelector('#copied').innerText.length > 0")
    assert one.faults == []


def test_other_luck_makes_other_worlds(visit):
    one = visit().done()
    before = one.page.locator("#score").inner_text()
    one.page.locator("#again", has_text="Try other luck").click()
    one.page.wait_for_function("() => location.search.includes('seed=3')")
    one.done()
    assert one.page.locator("#score").inner_text() != before and one.faults == []


UNEXPLAINED = """() => Array.from(document.querySelectorAll('main :disabled')).filter(one => {
  if (!one.getClientRects().length) return false;
  const why = document.getElementById(one.getAttribute('aria-describedby'));
  return !why || !why.innerText.trim(); }).map(one => one.outerHTML)"""
"""Controls that are greyed without a reason beside them."""


def test_pause_step_stop_and_what_is_greyed(visit):
    one = visit("/?place=teaching_toy_village&package=care_and_work&persons=2000&months=240&seeds=3")
    one.page.wait_for_function("() => document.querySelector('#state').innerText.includes('month')", timeout=60_000)
    one.page.locator("#pause").click()
    one.page.wait_for_function("() => document.querySelector('#state').innerText.startsWith('Paused at month')")
    month = one.page.locator("#state").inner_text()
    assert one.page.locator("#save").is_disabled() and one.page.locator("#pause").inner_text() == "Go on"
    assert one.page.evaluate(UNEXPLAINED) == []
    one.page.locator("#step").click()
    one.page.wait_for_function("was => document.querySelector('#state').innerText.startsWith('Paused at month') && "
                               "document.querySelector('#state').innerText !== was", arg=month)  # fmt: skip
    one.page.locator("#stop").click()
    one.page.wait_for_function("() => document.querySelector('#state').innerText.startsWith('Stopped')")
    assert one.page.locator("#step").is_disabled() and one.page.locator("#again").is_enabled()
    assert one.page.evaluate(UNEXPLAINED) == []
    assert one.faults == []


def test_the_brief_is_saved_and_says_the_same(visit):
    one = visit().done()
    said = one.page.locator(".answer").inner_text()
    with one.page.expect_download(timeout=120_000) as download:
        one.page.locator("#save").click()
    text = download.value.path().read_text("utf-8")
    assert download.value.suggested_filename == "brief.html"
    words = " ".join(text.split())
    assert " ".join(said.split()) in words
    assert "Nobody real is meant" in words[words.index('id="lives"') :], words[words.index('id="lives"') :][:500]
    assert one.faults == []


def anything(one, luck, rounds):
    """Press, choose, slide and type whatever is there."""
    for _ in range(rounds):
        controls = one.page.locator("main :is(button, select, input, summary):visible:enabled")
        k = luck.randrange(controls.count())
        control = controls.nth(k)
        try:
            kind = control.evaluate("one => one.tagName + (one.type || '')", timeout=2000)
            if kind.startswith("SELECT"):
                values = control.evaluate("one => Array.from(one.options).map(option => option.value)", timeout=2000)
                # a large town would take the test's time; that it is refused or run is tested elsewhere
                values = [v for v in values if not v.isdigit() or int(v) <= 1000]
                control.select_option(luck.choice(values), timeout=2000)
            elif kind == "INPUTrange":
                control.press(luck.choice(["ArrowRight", "End", "Home", "PageUp"]), timeout=2000)
            elif kind.startswith("INPUT"):
                control.fill(luck.choice(["", "-1", "7", "1000000000", "0"]), timeout=2000)
            elif control.get_attribute("id", timeout=2000) != "save":
                control.click(timeout=2000)
        except Exception as error:
            if "imeout" not in str(error) and "not attached" not in str(error):  # it went while we reached for it
                raise
        assert one.faults == []
        assert one.page.locator("#trouble").inner_text() == ""


def test_twenty_random_inputs_cause_no_error(visit):
    one = visit(SMALL.replace("care_and_work", "own")).done()
    anything(one, random.Random(1), 20)


@pytest.mark.slow
def test_a_hundred_random_inputs_cause_no_error(visit):
    for seed in (2,):
        one = visit(SMALL.replace("care_and_work", "own")).done()
        anything(one, random.Random(seed), 100)
        time.sleep(2)
        assert one.faults == []
