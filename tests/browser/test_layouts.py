"""Pages enlarged, spaced out, in longer words, in the system's own colours: nothing is cut."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from threading import Thread
from typing import Literal

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from playwright.sync_api import Page
from werkzeug.serving import make_server

from app import create_app
from surveys import languages
from surveys.settings import Settings
from tests.browser.conftest import DESK, LOOK, PHONE, Server, check
from tests.browser.places import become, pages_of, unfolded
from tests.postgres import free_port
from tests.test_languages import KEYWORDS, METHODS

VISITORS = ("nobody", "staff", "manager", "hr")
#: a window of 1280 pixels at 200 % and 400 %
ENLARGED = (640, 320)
#: WCAG 2.2, 1.4.12 Text spacing
SPACING = """
* { line-height: 1.5 !important; letter-spacing: 0.12em !important;
    word-spacing: 0.16em !important; }
p { margin-bottom: 2em !important; }
"""
#: for the pseudo language: accents, and every vowel twice
LONGER = str.maketrans({
    **{vowel: accented * 2 for vowel, accented in zip("aeiouyAEIOUY", "áéíóúýÁÉÍÓÚÝ", strict=True)},
    "c": "ç", "n": "ñ", "s": "š", "z": "ž",
})  # fmt: skip
#: Texts that stick out of the box they stand in, or out of the window, without a scroller around
#: them; labels of a chart that lie on one another or are cut by its edge.
CUT = """() => {
  const found = [];
  const says = (node) => node.textContent.trim().slice(0, 40);
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode());) {
    const inside = node.parentElement;
    if (!node.textContent.trim() || !inside.checkVisibility() || inside.closest(
      'svg, option, .visually-hidden, .skip')) continue;
    let box = inside;
    while (getComputedStyle(box).display.startsWith('inline')
      && getComputedStyle(box).display === 'inline') box = box.parentElement;
    const range = document.createRange();
    range.selectNodeContents(node);
    const text = range.getBoundingClientRect(), edge = box.getBoundingClientRect();
    const scroller = inside.closest('.scroll, pre');
    if (scroller && box === scroller) continue;
    if (text.left < edge.left - 1.5 || text.right > edge.right + 1.5) found.push(says(node));
    const style = getComputedStyle(box);
    if (style.overflowY === 'hidden' && box.scrollHeight > box.clientHeight + 1)
      found.push('hidden: ' + says(node));
  }
  for (const chart of document.querySelectorAll('svg.chart')) {
    if (!chart.checkVisibility()) continue;
    const edge = chart.getBoundingClientRect();
    const boxes = [...chart.querySelectorAll('text')].map((t) => [t, t.getBoundingClientRect()]);
    boxes.forEach(([t, one], i) => {
      if (one.left < edge.left - 1 || one.right > edge.right + 1) found.push('chart: ' + says(t));
      for (const [u, two] of boxes.slice(i + 1))
        if (one.left < two.right && two.left < one.right && one.top + 2 < two.bottom
          && two.top + 2 < one.bottom) found.push('chart: ' + says(t) + ' on ' + says(u));
    });
  }
  return found;
}"""


WIDEST = """width => [...document.querySelectorAll('body *')]
  .filter((e) => e.checkVisibility() && !e.closest('.scroll')
    && e.getBoundingClientRect().right > width + 1)
  .map((e) => `${e.tagName}.${e.className} ${e.textContent.trim().slice(0, 60)}`).slice(-5)"""


def fits(page: Page, width: int) -> None:
    """At this width the page does not scroll sideways and nothing is cut."""
    page.set_viewport_size({"width": width, "height": 900})
    wide = page.evaluate("document.documentElement.scrollWidth")
    if wide > width:
        reaching = page.evaluate(WIDEST, width)
        raise AssertionError(f"{page.url} is {wide} pixels wide at {width}: {reaching}")
    assert page.evaluate(CUT) == [], f"{page.url} at {width}"


@pytest.mark.parametrize("visitor", VISITORS)
def test_pages_can_be_enlarged_and_spaced_out(
    demo: Server, open_page: Callable[..., Page], visitor: str
) -> None:
    page = become(open_page(), visitor, demo)
    for path in pages_of(page, demo, visitor):
        unfolded(page, f"{demo.base}{path}?lang=en")
        for width in ENLARGED:
            fits(page, width)
        page.evaluate(
            "css => { const sheet = new CSSStyleSheet(); sheet.replaceSync(css);"
            " document.adoptedStyleSheets = [sheet]; }",
            SPACING,
        )
        fits(page, PHONE)


def pseudo(text: str) -> str:
    """The text in brackets and accents, and about 40 % longer, its placeholders as they were."""
    parts = re.split(r"(%\(\w+\)[sd]|%%|\{\w*\})", text)
    return "[" + "".join(p if i % 2 else p.translate(LONGER) for i, p in enumerate(parts)) + "]"


@pytest.fixture
def longer(demo: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Server]:
    """The demo's pages with a pseudo language in the place of German and of Arabic."""
    texts = {m[2] for m in extract_from_dir(languages.ROOT, method_map=METHODS, keywords=KEYWORDS)}
    for code in ("de", "ar"):
        catalog = Catalog(locale="en")
        for text in texts - {""}:
            catalog.add(text, pseudo(text) if isinstance(text, str) else tuple(map(pseudo, text)))
        folder = tmp_path / code / "LC_MESSAGES"
        folder.mkdir(parents=True)
        with (folder / "messages.mo").open("wb") as file:
            write_mo(file, catalog)
    monkeypatch.setattr(languages, "FOLDER", tmp_path)
    port = free_port()
    settings = Settings.read(demo.instance, environ={}, port=port)
    languages.known.cache_clear()
    languages.catalogue.cache_clear()
    app = create_app(settings)
    server = make_server("127.0.0.1", port, app, threaded=True)
    Thread(target=server.serve_forever).start()
    output = demo.output.replace(demo.base, settings.base_url)
    yield replace(demo, base=settings.base_url, output=output)
    server.shutdown()
    app.extensions["tribometer"].engine.dispose()
    languages.known.cache_clear()
    languages.catalogue.cache_clear()


@pytest.mark.parametrize("visitor", VISITORS)
def test_longer_words_have_room(
    longer: Server, open_page: Callable[..., Page], visitor: str
) -> None:
    page = become(open_page(), visitor, longer)
    for path in pages_of(page, longer, visitor):
        for language in ("de", "ar"):
            unfolded(page, f"{longer.base}{path}?lang={language}")
            assert "[" in page.locator("h1").inner_text() or visitor != "nobody", path
            for width in (*ENLARGED, PHONE, DESK):
                fits(page, width)


#: What stands too near to the page's own colour (WCAG 2.2, 1.4.11 asks for 3 to 1).
FAINT = """(selector) => {
  const light = (colour) => {
    const parts = colour.match(/[\\d.]+/g).slice(0, 3).map((v) => v / 255);
    const [r, g, b] = parts.map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
  };
  const paper = light(getComputedStyle(document.body).backgroundColor);
  return [...document.querySelectorAll(selector)].filter((e) => e.checkVisibility()).map((e) => {
    const style = getComputedStyle(e);
    const colours = [style.stroke, style.fill].filter((colour) => colour !== 'none').map(light);
    const contrasts = colours.map((c) => Math.max(c, paper) / Math.min(c, paper));
    return [e.outerHTML.slice(0, 60), Math.max(...contrasts)];
  }).filter(([, contrast]) => contrast < 3);
}"""
DRAWN = "svg.chart :is(.level, .mark, .interval, .axis, .flag, .alarm, text:not(.flag-number))"


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("forced", ["active", "none"])
def test_charts_can_be_seen_in_every_palette(
    demo: Server, open_page: Callable[..., Page], dark: bool, forced: Literal["active", "none"]
) -> None:
    page = become(open_page(dark=dark), "manager", demo)
    page.emulate_media(forced_colors=forced)
    page.goto(f"{demo.base}/pairs/1/2")
    assert page.locator(DRAWN).count() > 50
    assert page.evaluate(FAINT, DRAWN) == []
    check(page, LOOK)


def test_a_choice_shows_in_the_systems_colours(
    demo: Server, open_page: Callable[..., Page]
) -> None:
    page = become(open_page(PHONE), "staff", demo)
    page.emulate_media(forced_colors="active")
    page.get_by_role("button", name="Go on").click()
    group = page.locator("fieldset:visible").first
    group.get_by_label("Agree", exact=True).check()
    lines = group.locator("label").evaluate_all(
        "all => all.map(e => getComputedStyle(e).outlineStyle)"
    )
    assert lines == ["none"] * 4 + ["solid"]
    check(page, LOOK)


@pytest.mark.parametrize("width", [320, PHONE])
def test_every_point_is_a_large_target(
    demo: Server, open_page: Callable[..., Page], width: int
) -> None:
    page = become(open_page(width), "staff", demo)
    unfolded(page, page.url)
    sizes = page.locator(".points label, .none").evaluate_all(
        "all => all.map((e) => e.getBoundingClientRect()).map((r) => Math.min(r.width, r.height))"
    )
    assert len(sizes) > 100
    assert min(sizes) >= 44


def test_nothing_moves_by_itself() -> None:
    """So there is nothing that a wish for less motion would have to stop."""
    for sheet in (languages.ROOT / "static").rglob("*.[cj]s*"):
        assert not re.search(
            r"transition|animation|keyframes|smooth|\.animate\(", sheet.read_text()
        )


#: Bands such as 5–9 that stand from left to right on a page that is read from right to left.
TURNED = """() => {
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode());) {
    const band = /\\d+–\\d+/.exec(node.textContent);
    if (!band || node.parentElement.closest('svg, [lang="en"]')) continue;
    const left = (i) => {
      const range = document.createRange();
      range.setStart(node, i);
      range.setEnd(node, i + 1);
      return range.getBoundingClientRect().left;
    };
    found.push(left(band.index) > left(band.index + band[0].length - 1));
  }
  return found;
}"""


def test_bands_run_one_way_in_arabic(demo: Server, open_page: Callable[..., Page]) -> None:
    page = become(open_page(), "hr", demo)
    for path in ("/pairs/1/2", "/pairs", "/hr", "/hr/themes"):
        unfolded(page, f"{demo.base}{path}?lang=ar")
        ways = page.evaluate(TURNED)
        assert set(ways) == {True}, path
