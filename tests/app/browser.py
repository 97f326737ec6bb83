"""A real browser for the tests of pages: where there is one, and what every page must hold in it."""

import contextlib
import functools
import pathlib
import shutil

import pytest

SMALL = "/?place=teaching_toy_village&package=care_and_work&persons=150&months=12&seeds=2"
"""A comparison that takes moments."""

AUDIT = """() => {
  const found = [];
  const shown = one => { const box = one.getBoundingClientRect(); const style = getComputedStyle(one);
    return box.width > 0 && box.height > 0 && style.visibility !== 'hidden'; };
  const text = one => (one.innerText || one.textContent || '').trim();
  const named = one => {
    const by = (one.getAttribute('aria-labelledby') || '').split(' ').filter(Boolean)
      .map(id => document.getElementById(id)).filter(Boolean).map(text).join(' ').trim();
    if (by) return by;
    if ((one.getAttribute('aria-label') || '').trim()) return one.getAttribute('aria-label').trim();
    if (one.labels && one.labels.length) return Array.from(one.labels).map(text).join(' ').trim();
    if (['A', 'BUTTON', 'SUMMARY'].includes(one.tagName)) return text(one);
    return '';
  };
  const say = (rule, one) => found.push(rule + ': ' + one.outerHTML.slice(0, 160));
  const controls = 'a[href], button, input, select, textarea, summary, [tabindex], [role=button], [role=slider]';
  document.querySelectorAll(controls).forEach(one => {
    if (!shown(one) || one.type === 'hidden' || one.tabIndex < 0) return;
    if (!named(one) && !['MAIN', 'PRE', 'DIV'].includes(one.tagName)) say('no name', one);
    if (one.closest('[aria-hidden=true]')) say('focusable but hidden from readers', one);
    if (one.tabIndex > 0) say('order of focus is changed', one);
    if (one.parentElement.closest('button, a[href], [role=option], [role=button]')) say('a control in a control', one);
  });
  document.querySelectorAll('[role=img]').forEach(one => {
    if (shown(one) && !named(one)) say('picture without words', one); });
  document.querySelectorAll('img').forEach(one => { if (!one.hasAttribute('alt')) say('image without words', one); });
  document.querySelectorAll('[aria-describedby], [aria-labelledby]').forEach(one =>
    ['aria-describedby', 'aria-labelledby'].forEach(name => (one.getAttribute(name) || '').split(' ').filter(Boolean)
      .forEach(id => { if (!document.getElementById(id)) say('refers to nothing', one); })));
  const ids = Array.from(document.querySelectorAll('[id]')).map(one => one.id);
  ids.filter((id, k) => ids.indexOf(id) !== k).forEach(id => found.push('id twice: ' + id));
  if (!document.documentElement.lang) found.push('no language');
  if (!document.title.trim()) found.push('no title');
  if (document.querySelectorAll('h1').length !== 1) found.push('not one h1');
  if (document.querySelectorAll('main').length !== 1) found.push('not one main');
  let level = 0;
  document.querySelectorAll('h1, h2, h3, h4').forEach(one => { const now = +one.tagName[1];
    if (now > level + 1) say('a heading level is left out', one); level = now; });
  document.querySelectorAll('ul > :not(li), ol > :not(li), dl > :not(dt):not(dd):not(div)')
    .forEach(one => say('not a list item', one));
  const light = colour => { const [r, g, b] = colour.match(/[\\d.]+/g).map(Number).map(v => v / 255)
    .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const behind = one => { for (let up = one; up; up = up.parentElement) {
    const c = getComputedStyle(up).backgroundColor;
    if (c && !/, 0\\)$|transparent/.test(c)) return c; } return 'rgb(255, 255, 255)'; };
  const worded = 'p,label, h1, h2, h3, small, span, strong, button, a, li, figcaption,output,td,th,dt,dd,summary';
  document.querySelectorAll(worded).forEach(one => {
    const own = Array.from(one.childNodes).some(node => node.nodeType === 3 && node.textContent.trim());
    if (!own || !shown(one) || one.disabled) return;
    const [a, b] = [light(getComputedStyle(one).color), light(behind(one))].sort((x, y) => y - x);
    if ((a + 0.05) / (b + 0.05) < 4.5) say('too little contrast ' + ((a + 0.05) / (b + 0.05)).toFixed(2), one);
  });
  return found;
}"""
"""Rules of accessibility that a page must not break: names, order, lists, headings, contrast."""


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
