"""The village: named people, arrows that are switches of the model, stories that go with their reasons."""

import hashlib
import json
import random
import re
import time
from base64 import b64encode
from html import unescape

import numpy as np
import pytest
from lessons.browser import Watched, opened, violations

from analysis import village
from sim.codes import Event, Reason
from sim.schedule import Schedule

SHORT = 30  # months: enough for people to leave, to receive and to stay out


@pytest.fixture(scope="module")
def start():
    """The first village in which somebody counts on money from away soon enough for a short test."""
    for seed in range(1, 12):
        begun = village.settled(seed, SHORT)
        if [one for one in told(village.watch(begun), " a month from ") if "lift" in one]:
            return begun
    raise AssertionError("in no village does anybody count on money from away")


@pytest.fixture(scope="module")
def runs(start):
    """The village as it is, without counting on money, and without the example of those away."""
    offs = {arrow.key: arrow.off for arrow in village.arrows() if arrow.key in ("discouraged", "culture", "all_money")}
    return {"": village.watch(start), **{key: village.watch(start, off) for key, off in offs.items()}}


@pytest.fixture(scope="module")
def written(runs, tmp_path_factory):
    path = tmp_path_factory.mktemp("village") / "village of the class.html"
    path.write_text(village.page(runs, village.SEED), "utf-8")
    return path


def told(seen, words):
    return [said for *_, said in seen.stories if words in said]


def test_forty_households_have_names_of_their_own(runs):
    seen = runs[""]
    begun = [seen.homes[home] for home, month in seen.started.items() if month == 0]
    assert 35 <= len(begun) <= 48 and len(set(begun)) == len(begun)
    for home in seen.homes:
        names = [one.name for one in seen.people.values() if one.homes[0] == (0, home)]
        assert len(set(names)) == len(names)


def test_the_same_people_have_the_same_names_in_every_village(runs):
    for other in runs.values():
        for identity, one in runs[""].people.items():
            if one.states[0] != ".":
                assert other.people[identity].name == one.name


def test_every_month_everybody_is_in_one_state(runs):
    for seen in runs.values():
        assert seen.months == SHORT
        assert all(len(one.states) == SHORT + 1 and set(one.states) <= set("csiueota.") for one in seen.people.values())
        away = sum(one.states[-1] in "ta" for one in seen.people.values())
        assert away > 10


def test_what_is_shown_is_what_the_model_does(start, runs):
    from experiments.worlds import twin

    model = twin(start, village.configuration((), SHORT))
    for _ in range(SHORT):
        model.step()
    shown = runs[""].series["participation_women"][1:]
    np.testing.assert_allclose(shown, model.recorder.series("participation_women")[-SHORT:], atol=6e-4)


def test_people_who_count_on_money_tell_of_it_with_the_figures_of_the_record(start, runs):
    from experiments.worlds import twin

    model = twin(start, village.configuration((), SHORT))
    for _ in range(SHORT):
        model.step()
    record = model.recorder.histories()
    chosen = (record["month"] >= 0) & (record["reason"] == Reason.REMITTANCES)
    chosen &= np.isin(record["event"], (Event.LEFT_LABOUR_FORCE, Event.STAYED_OUT))
    said = [one for one in told(runs[""], " a month from ") if "lift" in one]
    assert chosen.sum() >= len(said) > 0
    figures = {f"to {value:,.0f}; ordinary offers" for value in record["value"][chosen]}
    assert all(any(figure in one for figure in figures) for one in said)


def test_with_its_reason_off_the_event_and_its_sentence_are_gone(runs):
    money = [one for one in told(runs[""], " a month from ") + told(runs[""], "in remittances") if "look" in one]
    assert money
    assert not [one for one in told(runs["discouraged"], "relati") if "look" in one]
    assert not [one for one in told(runs["discouraged"], " a month from ") if "look" in one]
    assert told(runs[""], "example of those away") and not told(runs["culture"], "example of those away")
    assert told(runs["culture"], "left for")
    assert told(runs[""], "sent money home") and not told(runs["all_money"], "sent money home")


def test_every_arrow_is_a_switch_of_the_model_and_every_mechanism_has_one():
    chosen = village.arrows()
    assert {f"MEC-0{k}" for k in range(1, 6)} <= {one for arrow in chosen for one in arrow.ids}
    plain = Schedule()
    for arrow in chosen:
        changed = village.configuration(arrow.off).parameters
        assert changed != plain
        for key in arrow.off:
            line, name = key.removeprefix("parameters.").removesuffix("=0").split(".")
            assert getattr(plain, line).parameters()[name].source.startswith("off switch")


def test_an_arrow_that_changes_nothing_here_is_said_to_change_nothing(runs):
    page = village.page({**runs, "start_ups": runs[""]}, village.SEED)
    worlds = json.loads(re.search(r'id="data">(.*?)</script>', page, re.DOTALL)[1])["worlds"]
    assert [key for key, one in worlds.items() if one["same"]] == ["start_ups"]


@pytest.mark.slow
def test_most_arrows_change_something_in_the_village_of_the_class():
    runs = village.worlds()
    assert len([key for key, seen in runs.items() if key and village.alike(seen, runs[""])]) <= 2


def test_the_page_is_whole_and_lets_in_its_own_script_alone(written):
    text = unescape(written.read_text("utf-8"))
    code = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    assert len(code) == 1
    assert f"script-src 'sha256-{b64encode(hashlib.sha256(code[0].encode()).digest()).decode()}';" in text
    assert not re.search(r"https?://(?!www\.w3\.org)|@import|url\(|\bon\w+=", text)
    data = json.loads(re.search(r'id="data">(.*?)</script>', text, re.DOTALL)[1])
    assert data["months"] == SHORT and len(data["worlds"]) == 4
    assert len(text) < 2_000_000


# ---- in a browser

TO_MONTH = """month => {
  const slider = document.getElementById('month');
  slider.value = month;
  slider.dispatchEvent(new Event('input'));
}"""


@pytest.fixture(scope="module")
def browser():
    with opened() as found_browser:
        yield found_browser


@pytest.mark.parametrize("width", [1200, 390])
def test_it_opens_from_a_file_and_asks_for_nothing(browser, written, width):
    seen = Watched(browser, written, width)
    assert seen.page.locator(".home").count() >= 33
    assert violations(seen.page) == []
    seen.is_at_peace(width)
    seen.page.close()


STICKING_OUT = """() => {
  const scene = document.getElementById('scene');
  const boxes = [...scene.querySelectorAll(':scope > rect')].map(b => b.getBBox());
  const dots = [...scene.querySelectorAll(':scope > circle[stroke-width]')].map(d => d.getBBox());
  const holds = (b, d) =>
    d.x >= b.x && d.x + d.width <= b.x + b.width && d.y >= b.y && d.y + d.height <= b.y + b.height;
  return [dots.length, dots.filter(d => !boxes.some(b => holds(b, d))).length];
}"""


@pytest.mark.parametrize("width", [1200, 390])
def test_those_away_stand_inside_the_place_they_are_in(browser, written, width):
    seen = Watched(browser, written, width)
    for month in range(0, SHORT + 1, 5):
        seen.page.evaluate(TO_MONTH, month)
        people, outside = seen.page.evaluate(STICKING_OUT)
        assert people > 30 and outside == 0
    seen.page.close()


def test_a_coin_twice_as_large_is_twice_the_money(browser, written, runs):
    seen = Watched(browser, written)
    coins = seen.page.evaluate(
        "Array.from(document.querySelectorAll('.home'))"
        ".map(h => [h.dataset.home, h.querySelector('circle[fill=\"#f0c419\"]')])"
        ".filter(([, coin]) => coin && coin.r.baseVal.value > 2).map(([k, coin]) => [Number(k), coin.r.baseVal.value])"
    )
    received = list(runs[""].received.items())
    shares = [radius**2 / dict(received)[list(runs[""].homes)[k]][0] for k, radius in coins]
    assert len(shares) > 3 and max(shares) == pytest.approx(min(shares))
    seen.page.close()


def test_a_month_is_shown_within_a_second_and_a_house_opens_by_keyboard(browser, written):
    seen = Watched(browser, written)
    page = seen.page
    slider = page.locator("#month")
    slider.focus()
    began = time.perf_counter()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    assert page.locator("#month-said").inner_text() == f"5 of {SHORT}"
    assert (time.perf_counter() - began) / 5 < 1.0
    page.locator(".home").first.focus()
    page.keyboard.press("Enter")
    name = page.locator("#panel h2").inner_text()
    assert name.startswith("Household ") and page.locator("#panel .tale li").count() > 0
    page.wait_for_timeout(400)  # the address follows a moment later
    page.reload()
    assert page.locator("#panel h2").inner_text() == name
    assert page.locator("#month-said").inner_text() == f"5 of {SHORT}"
    seen.is_at_peace()
    page.close()


def test_an_arrow_off_shows_both_villages_and_loses_its_sentences(browser, written, runs):
    seen = Watched(browser, written)
    page = seen.page
    where, said = next((home, said) for _, _, home, said in runs[""].stories if "a month from" in said)
    page.evaluate(TO_MONTH, SHORT)
    page.locator(f'[data-home="{list(runs[""].homes).index(where)}"]').click()
    assert said in page.locator("#panel").inner_text()
    page.locator("#world").select_option("discouraged")
    assert said not in page.locator("#panel").inner_text()
    assert "nobody counts such money" in page.locator("#arrow-said").inner_text()
    assert "as it is:" in page.locator("#charts").inner_text()
    seen.is_at_peace()
    page.close()


def test_a_hundred_random_clicks_do_no_harm(browser, written):
    seen = Watched(browser, written)
    chance = random.Random(1)
    for _ in range(100):
        kind = chance.randrange(4)
        if kind == 0:
            seen.page.evaluate(TO_MONTH, chance.randrange(SHORT + 1))
        elif kind == 1:
            seen.page.locator("#world").select_option(index=chance.randrange(4))
        elif kind == 2:
            homes = seen.page.locator(".home")
            homes.nth(chance.randrange(homes.count())).dispatch_event("click")
        else:
            seen.page.locator("#play").click()
    seen.is_at_peace()
    seen.page.close()
