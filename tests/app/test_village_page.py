"""The village as a page of the live app: arrows off together, run when they are switched."""

import threading

import pytest
from app.browser import Visit, opened, violations

pytest.importorskip("dash")

from analysis import village
from analysis.app import village as page
from analysis.app.server import Page, application


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("", ([], 1)),
        ("?off=culture,discouraged&seed=3", (["discouraged", "culture"], 3)),
        ("?off=<script>,culture,../../etc&seed=-5", (["culture"], 1)),
        ("?seed=999999999999999999999", ([], page.SEEDS)),
        ("?off[]=1&seed=1.5", ([], 1)),
    ],
)
def test_an_address_is_read_as_far_as_it_is_known(search, found):
    assert page.read(search) == found


@pytest.fixture
def short(monkeypatch):
    """Villages of a year, so that tests take moments."""
    whole = village.settled
    monkeypatch.setattr(village, "settled", lambda seed=1, months=12: whole(seed, 12))
    page.start.cache_clear()
    page.run.cache_clear()
    yield
    page.start.cache_clear()
    page.run.cache_clear()


def test_what_is_shown_is_what_the_command_runs(short):
    data, said = page.shown(["culture", "discouraged"], 1)
    switches = [switch for arrow in village.arrows() if arrow.key in ("discouraged", "culture") for switch in arrow.off]
    own = village.watch(village.settled(1, 12), switches)
    assert data["worlds"]["off"]["series"] == own.series
    assert data["shown"] == "off" and data["months"] == 12
    assert said[0].startswith("2 of ") and said[1].href == "/village?off=discouraged%2Cculture&seed=1"


def test_an_arrow_that_does_nothing_is_said_to_make_no_difference(short):
    said = page.shown(["start_ups"], 1)[1]
    assert said[0].startswith("No difference in this model in these months.")


def test_it_is_used_by_mouse_and_keyboard_and_asks_nobody_else(short):
    from werkzeug.serving import make_server

    app = application(pages=(Page("/", "A village for the class", "analysis.app.village"),))
    served = make_server("127.0.0.1", 0, app.server, threaded=True)
    threading.Thread(target=served.serve_forever, daemon=True).start()
    try:
        with opened() as browser:
            one = Visit(browser, f"http://127.0.0.1:{served.server_port}").go("/?off=culture")
            one.page.locator(".home").first.wait_for()
            assert one.page.locator("#world").input_value() == "off"
            assert one.page.locator("[data-arrow=culture]").get_attribute("aria-checked") == "false"
            one.page.locator("[data-arrow]").first.focus()
            one.page.keyboard.press("Space")
            one.page.locator("#village-said", has_text="2 of").wait_for()
            one.page.locator(".home").first.focus()
            one.page.keyboard.press("Enter")
            assert one.page.locator("#panel h2").inner_text().startswith("Household")
            one.page.locator("#village-seed").fill("77")
            one.page.keyboard.press("Enter")
            one.page.locator("#village-said", has_text="There are villages 1 to 21").wait_for()
            assert violations(one.page) == []
            one.page.set_viewport_size({"width": 390, "height": 844})
            assert one.page.evaluate("document.documentElement.scrollWidth") <= 390
            assert one.faults == [] and one.foreign == []
    finally:
        served.shutdown()
