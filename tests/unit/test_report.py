"""The report: one file that asks for nothing, says what the numbers show, and looks the same for good and bad."""

import csv
import html
import io
import os
import re
from html.parser import HTMLParser
from urllib.parse import unquote

import pytest
from app.browser import opened, violations
from unit.invented_results import invented

from analysis import provenance, report, sentences
from analysis.load import load
from experiments.store import StoreError
from sim.packs import Test

EVIL = '<script>alert("x")</script><img src=x onerror=alert(1)> & "quotes"'
LONG = "A package with a name that somebody wrote in one go without thinking of those who have to set it " * 3
KINDS = {
    "helpful": {},
    "harmful": {"size": -1.0},
    "without effect": {"size": 0.0},
    "one seed": {"seeds": 1},
    "uncertain": {"size": 0.2, "noise": 20.0, "seeds": 3},
    "sixty localities": {"localities": 60, "seeds": 2, "months": 13, "withheld": False},
    "script in titles": {"words": {"title": EVIL, "policy": EVIL}, "seeds": 2, "months": 13},
    "long names": {"words": {"title": LONG, "policy": "Unbroken" * 40}, "seeds": 2, "months": 13},
}


class Page(HTMLParser):
    """What is in a page: tags with their attributes, open tags that were never closed, text."""

    VOID = frozenset({"meta", "link", "img", "br", "hr", "input"})

    def __init__(self, path):
        super().__init__()
        self.tags, self.open, self.text = [], [], []
        self.path, self.source = path, path.read_text("utf-8")
        self.feed(self.source)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if tag not in self.VOID:
            assert self.open.pop() == tag, f"</{tag}> closes another tag"

    def handle_data(self, data):
        self.text.append(data)

    @property
    def words(self):
        return " ".join(" ".join(self.text).split())

    def attributes(self, name):
        return [attrs[name] for _, attrs in self.tags if name in attrs]


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """Stored results of each kind, made when they are first asked for."""
    made = {}

    def folder(kind):
        if kind not in made:
            where = tmp_path_factory.mktemp("stored") / "results"
            made[kind] = invented(where, **({"seeds": 5, "months": 24} | KINDS[kind]))
        return made[kind]

    return folder


@pytest.fixture(scope="module")
def pages(folders, tmp_path_factory):
    made = {}

    def page(kind):
        if kind not in made:
            path = report.write(folders(kind), tmp_path_factory.mktemp("pages") / "report.html")
            made[kind] = Page(path)
        return made[kind]

    return page


def compared(folder):
    return report.comparison(load(folder))


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_whole_and_asks_for_nothing(kind, pages):
    page = pages(kind)
    assert page.open == []
    assert not {"script", "link", "iframe", "object", "embed", "form", "base"} & {tag for tag, _ in page.tags}
    policy = next(
        a["content"] for t, a in page.tags if t == "meta" and a.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; img-src data:")
    for address in page.attributes("href") + page.attributes("src") + page.attributes("xlink:href"):
        assert address.startswith(("#", "data:text/csv", "data:application/json")), address[:80]
    assert not [name for _, attrs in page.tags for name in attrs if name.startswith("on")]
    assert not re.search(r"@import|url\((?!#)", page.source)
    ids = page.attributes("id")
    assert len(ids) == len(set(ids))
    assert {address[1:] for address in page.attributes("href") if address.startswith("#")} <= set(ids)
    assert not {"nan", "None", "Undefined"} & {text.strip() for text in page.text}
    assert not re.search(r"[+\u2212-]0(\.0+)?(?![\d.,])", page.words)


@pytest.mark.parametrize("kind", KINDS)
def test_every_result_has_its_card_in_the_same_place_whatever_it_shows(kind, pages):
    cards = [attrs for tag, attrs in pages(kind).tags if "data-verdict" in attrs]
    heads = re.findall(r'data-verdict="\w+">\s*<h3>([^<]+?) ?<', pages(kind).source)
    assert len(cards) == 12  # ten changes, two of them with two sides
    assert [head.strip() for head in heads] == [
        "Decent work", "Participation of women", "Participation of men", "Unemployment", "Informal work",
        "Real pay of employees", "Local price level", "Poverty", "Inequality (Gini)", "Remittances in income",
        "Migration prevalence", "Cost per job",
    ]  # fmt: skip
    assert heads == re.findall(r'data-verdict="\w+">\s*<h3>([^<]+?) ?<', pages("helpful").source)


def test_texts_from_outside_are_escaped(pages):
    page = pages("script in titles")
    assert "<script>alert" not in page.source and "<img src=x" not in page.source
    assert html.escape(EVIL, quote=False).replace('"', "&#34;") in page.source
    assert "alert" in page.words


def test_nothing_differs_nowhere(pages):
    page = pages("without effect")
    verdicts = [attrs["data-verdict"] for _, attrs in page.tags if "data-verdict" in attrs]
    assert set(verdicts) == {"none"}
    assert "The package makes no difference in this model to what families receive" in page.words
    assert "Nothing more was spent" in page.words
    assert "higher for" not in page.words.split("What do remittances do")[0]


def test_good_and_bad_are_named_as_such(pages):
    assert "The package raises what families receive" in pages("helpful").words
    assert "The package lowers what families receive" in pages("harmful").words
    harmful = [attrs["class"] for _, attrs in pages("harmful").tags if "data-verdict" in attrs]
    assert "card bad" in harmful


def test_one_seed_claims_nothing(pages):
    page = pages("one seed")
    verdicts = {attrs["data-verdict"] for _, attrs in page.tags if "data-verdict" in attrs}
    assert verdicts <= {"unsure", "none"}
    assert "one seed has no interval" in page.words and "cannot tell" in page.words
    assert "90\u00a0% interval" not in page.source.split("<nav")[0]


def test_where_the_model_cannot_tell_it_says_what_it_could_have_shown(pages):
    page = pages("uncertain")
    assert "could have shown is" in page.words
    assert "The model cannot tell whether the package changes what families receive" in page.words


def test_numbers_in_words_are_those_of_the_table(folders, pages):
    one = compared(folders("helpful"))
    for name in ("remittances_received", "poverty", "unemployment", "gini"):
        numbers = sentences.shown(one.effect(name), one.unit(name))
        assert pages("helpful").words.count(report.nice(numbers.mean)) >= 2 or one.effect(name).none


def saved(page, name):
    address = next(a["href"] for t, a in page.tags if a.get("download") == name)
    return list(csv.DictReader(io.StringIO(unquote(address.partition(",")[2]))))


def test_tables_can_be_saved_and_hold_the_results(folders, pages):
    results = load(folders("helpful"))
    rows = {row["indicator"]: row for row in saved(pages("helpful"), "indicators.csv")}
    assert set(rows) == set(results.indicators)
    effect = results.effect("policy", "baseline", "poverty")
    assert float(rows["poverty"]["difference"]) == pytest.approx(effect.mean, rel=1e-6)
    assert float(rows["poverty"]["low"]) == pytest.approx(effect.low, rel=1e-6)
    months = saved(pages("helpful"), "participation.csv")
    assert {row["scenario"] for row in months} == {"without", "with", "difference"}
    assert len(months) == 2 * 3 * 24


def test_a_saved_table_holds_no_formula():
    assert report.cell("=1+1") == "'=1+1" and report.cell("plain") == "plain" and report.cell(float("nan")) == ""


def test_sixty_localities_stand_in_a_table(pages, folders):
    rows = saved(pages("sixty localities"), "localities.csv")
    assert len({row["locality"] for row in rows}) == 60
    assert "Locality 60" in pages("sixty localities").words
    assert "By locality" not in pages("helpful").words


def test_small_localities_are_left_out(folders, monkeypatch):
    sizes = {f"locality={k}": 19.0 + k for k in range(60)}
    monkeypatch.setattr(report, "people", lambda results, scenario, group: sizes[group])
    found = report.places(compared(folders("sixty localities")))
    assert [bool(row["cells"]) for row in found["rows"]] == [False] + [True] * 59


def test_second_question_stands_where_it_was_asked(pages):
    assert "What do remittances do to participation here?" in pages("helpful").words
    assert "Yes: remittances lower the participation of women" in pages("helpful").words
    assert "What do remittances do to participation here?" not in pages("sixty localities").words


def test_published_figures_stand_beside_those_of_the_model(folders):
    one = compared(folders("helpful"))
    rows = {
        row["name"]: row
        for row in provenance.resemblance(one.results, "baseline", 0.9, provenance.pack_of(one.tree))["rows"]
    }
    assert rows["Participation of women"]["verdict"] == "meets"
    assert rows["Participation of women"]["published"] == "33.9 %"
    assert rows["Households that receive remittances"]["verdict"] == "no verdict"
    assert rows["Broad over strict unemployment"]["verdict"] == "meets"


@pytest.mark.parametrize(("value", "verdict"), [(34.0, "meets"), (26.0, "near"), (15.0, "misses")])
def test_verdicts(folders, value, verdict):
    one = compared(folders("helpful"))
    test = Test("x", "participation_women", "", value, None, "%", 2013, "s", "yes", 5.0, False, "")
    assert provenance.judged(one.results, "baseline", 0.9, test)["verdict"] == verdict


def test_limits_and_sources_come_from_the_pack(folders, pages):
    pack = provenance.pack_of(compared(folders("helpful")).tree)
    assert f"{len(pack.assumptions)} of the {len(pack.figures)} figures" in pages("helpful").words
    assert all(" ".join(missing.split()) in pages("helpful").words for missing in pack.not_found)
    assert "World Bank and ILO modelled series" in pages("helpful").words


def test_the_same_results_can_be_made_again(folders, pages):
    one = compared(folders("helpful"))
    words = pages("helpful").words
    assert one.results.sweep["code"] in words and "1 to 5" in words
    assert "policies.transfer_cards: added" in words
    assert str(folders("helpful")) not in pages("helpful").source


def test_the_same_results_make_the_same_page(folders, pages):
    assert report.render(compared(folders("one seed"))) == pages("one seed").source


def test_a_page_that_cannot_be_written_leaves_the_old_one(folders, tmp_path, monkeypatch):
    path = tmp_path / "report.html"
    path.write_text("old")
    monkeypatch.setattr(os, "replace", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(OSError, match="No space"):
        report.write(folders("one seed"), path)
    assert path.read_text() == "old" and os.listdir(tmp_path) == ["report.html"]


def test_what_is_no_comparison_is_refused_in_one_line(folders, tmp_path):
    results = load(folders("helpful"))
    results.sweep = {**results.sweep, "baseline": "baseline", "policy": "baseline"}
    with pytest.raises(StoreError, match="use remesa compare"):
        report.write(results, tmp_path / "x.html")
    assert not list(tmp_path.iterdir())


def test_failed_runs_are_told(folders):
    results = load(folders("helpful"))
    results.stored -= 1
    assert provenance.manifest(results, "baseline", "policy")["missing"] == 1


def test_each_step_of_the_trail_stands_in_words_and_in_the_table(pages):
    rows = saved(pages("helpful"), "trail.csv")
    received = [row for row in rows if row["who"] == "The cost of fees"]
    assert len(received) == 1 and float(received[0]["mean"]) == pytest.approx(52_000, rel=0.4)
    assert "What families receive: " in pages("helpful").words and "the cost of fees adds" in pages("helpful").words
    assert "the cost of fees takes away" in pages("harmful").words


def test_what_was_not_run_in_other_circumstances_says_how_to_run_it(pages):
    assert "Not run here. remesa compare … --stress" in pages("helpful").words


def test_other_circumstances_stand_beside_each_other(folders):
    results = load(folders("helpful"))
    results.sweep = {**results.sweep, "stress": {"supply_fixed": ["baseline", "policy"], "gone": ["a", "b"]}}
    page = report.render(report.comparison(results))
    assert "if supply cannot expand" in page and "the model cannot tell whether its size changes" in page


def test_lives_are_told_or_it_says_why_not(folders):
    one = compared(folders("one seed"))
    assert "One household" not in report.render(one)
    assert "another version of the model" in report.render(one, "These were made by another version of the model.")


@pytest.fixture(scope="module")
def browser():
    with opened() as found:
        yield found


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("width", [1200, 390])
def test_it_fits_the_window_and_sends_no_request(browser, pages, kind, width):
    path = pages(kind).path
    page = browser.new_page(viewport={"width": width, "height": 800})
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("dialog", lambda dialog: said.append(dialog.message))
    page.goto(path.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert [url for url in asked if url != path.as_uri()] == [] and said == []
    cards = page.locator("[data-verdict]").all()
    boxes = [card.bounding_box() for card in cards]
    assert len({round(box["width"]) for box in boxes}) == 1
    page.close()


@pytest.mark.parametrize("kind", ["helpful", "sixty localities"])
def test_axe_finds_nothing_that_shuts_a_reader_out(browser, pages, kind):
    page = browser.new_page(viewport={"width": 390, "height": 800})
    page.goto(pages(kind).path.as_uri())
    assert violations(page) == []
    page.close()


def test_tables_are_downloaded_by_the_browser(browser, pages):
    page = browser.new_page(accept_downloads=True)
    page.goto(pages("helpful").path.as_uri())
    with page.expect_download() as waiting:
        page.locator('a[download="indicators.csv"]').click()
    assert waiting.value.suggested_filename == "indicators.csv"
    assert b"poverty" in waiting.value.path().read_bytes()
    page.close()


def test_the_answer_is_about_what_its_case_asks(tmp_path):
    from scenarios import library

    for name in library.cases():
        values = library.load_case(name)
        assert ("outcome" in values) == (name != "baseline"), name
    one = compared(invented(tmp_path / "r", seeds=3, months=13, case="drought"))
    assert report.headline_indicator(one, {"poverty": None, "remittances_received": None}) == "poverty"
    other = compared(invented(tmp_path / "s", seeds=3, months=13))
    assert report.headline_indicator(other, {"poverty": None, "remittances_received": None}) == "remittances_received"


def test_the_question_of_what_is_no_case_names_the_place_first(tmp_path):
    one = compared(invented(tmp_path / "r", seeds=2, months=13, withheld=False))
    assert report.question(one).startswith("Region of Diourbel, Senegal: what changes with “")


def test_it_prints_on_paper_with_every_definition_and_no_links(browser, pages):
    page = browser.new_page(viewport={"width": 690, "height": 990})
    page.goto(pages("helpful").path.as_uri())
    page.emulate_media(media="print")
    assert page.evaluate("document.documentElement.scrollWidth") <= 690
    assert not page.locator("nav").is_visible() and not page.locator(".save").first.is_visible()
    assert page.locator(".words dd").first.is_visible(), "what folds on the screen lies open on paper"
    assert page.locator(".wide svg").first.is_visible() and not page.locator(".narrow svg").first.is_visible()
    assert len(page.pdf(format="A4")) > 10_000
    page.close()
