"""A real browser for tests of pages, and what a page must keep to in it."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from typing import Any

import pytest


@contextlib.contextmanager
def chromium() -> Iterator[Any]:
    """A headless Chromium; the test is left out, and says why, where there is none."""
    sync_api = pytest.importorskip("playwright.sync_api")
    names = ("chromium", "chromium-browser", "google-chrome")
    found = next((shutil.which(name) for name in names if shutil.which(name)), None)
    if not found:
        pytest.skip("no browser is installed")
    with sync_api.sync_playwright() as play:
        opened = play.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        yield opened
        opened.close()


class Watched:
    """A page and what it asked for, said and complained of."""

    def __init__(self, browser: Any, path: Any, width: int = 1200) -> None:
        self.page = browser.new_page(viewport={"width": width, "height": 800})
        self.asked: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", lambda dialog: (self.complaints.append(dialog.message), dialog.dismiss()))
        self.path = path
        self.page.goto(path.as_uri())

    def is_at_peace(self, width: int = 1200) -> None:
        """Nothing was asked for but the file itself, nothing went wrong, nothing stands out of the window."""
        others = {url for url in self.asked if url.split("#")[0] != self.path.as_uri()}
        assert not others, others
        assert not self.complaints, self.complaints[:3]
        assert self.page.evaluate("document.documentElement.scrollWidth") <= width


NAMELESS = """() => [...document.querySelectorAll('button, input, select, textarea, a, [role=button]')].filter(one => {
  const box = one.getBoundingClientRect();
  if (!box.width || !box.height) return false;
  const labels = one.labels ? [...one.labels].map(label => label.textContent).join('') : '';
  return !(one.getAttribute('aria-label') || labels || one.textContent).trim();
}).map(one => one.outerHTML.slice(0, 120))"""
"""Controls that a screen reader cannot name."""
