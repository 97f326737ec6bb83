"""A page opened from a file, and what it must keep to."""

from typing import Any

from app.browser import opened, violations

__all__ = ["Watched", "opened", "violations"]


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
        others = {url for url in self.asked if url.split("#")[0] != self.path.as_uri() and not url.startswith("blob:")}
        assert not others, others
        assert not self.complaints, self.complaints[:3]
        assert self.page.evaluate("document.documentElement.scrollWidth") <= width
