"""A real browser for the tests of pages: where there is one, and what every page must hold in it."""

import contextlib
import functools
import pathlib
import shutil

import pytest

SMALL = "/?place=teaching_toy_village&package=care_and_work&persons=150&months=12&seeds=2"
"""A comparison that takes moments."""


@functools.cache
def executable():
    """Where Chromium is; None where there is none."""
    known = (shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome"))
    return next((path for path in known if path and pathlib.Path(path).exists()), None)


@contextlib.contextmanager
def opened():
    """A headless browser; the test is skipped, with the reason, where there is none."""
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    if executable() is None:
        pytest.skip("no Chromium on this machine")
    with playwright.sync_playwright() as tool:
        browser = tool.chromium.launch(executable_path=executable(), args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


def violations(page):
    """What axe-core finds wrong on a page, everything that folds laid open: rule, weight and the element."""
    found = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-core is not installed")
    page.evaluate("() => document.querySelectorAll('details').forEach(one => { one.open = true; })")
    return [
        f"{rule['id']} ({rule['impact']}): {node['html'][:160]} {node['failureSummary']}"
        for rule in found.Axe().run(page).response["violations"]
        for node in rule["nodes"]
    ]


class Visit:
    """One visitor: a window of the browser, and everything that went wrong in it."""

    def __init__(self, browser, address, width=1280, height=860):
        self.address = address
        self.context = browser.new_context(viewport={"width": width, "height": height}, accept_downloads=True)
        self.page = self.context.new_page()
        self.faults, self.asked = [], []
        self.page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        self.page.on("console", lambda m: self.faults.append(f"console: {m.text}") if m.type == "error" else None)
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("response", lambda r: self.faults.append(f"{r.status} {r.url}") if r.status >= 400 else None)

    def go(self, path):
        self.page.goto(self.address + path)
        self.page.wait_for_selector("main h1")
        return self

    def done(self, seconds=240):
        """Wait until everything that was asked for has been run and drawn."""
        self.page.wait_for_function(
            "() => { const one = document.querySelector('#answer [data-for]'); return one && "
            "one.dataset.state === 'done' && one.dataset.for === location.search; }",
            timeout=1000 * seconds,
        )
        return self

    @property
    def foreign(self):
        """Requests to anybody else."""
        return [url for url in self.asked if not url.startswith((self.address, "data:", "blob:"))]

    def reached(self, most=80):
        """Ids, names or texts of everything that the tabulator key reaches."""
        self.page.evaluate("document.activeElement && document.activeElement.blur()")
        found = []
        for _ in range(most):
            self.page.keyboard.press("Tab")
            one = self.page.evaluate("(() => { const e = document.activeElement; return e === document.body ? '' :"
                                     " (e.id || e.innerText || e.tagName).trim(); })()")  # fmt: skip
            if not one or one in found:
                break
            found.append(one)
        return found
