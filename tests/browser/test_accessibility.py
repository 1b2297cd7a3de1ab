"""Every page: no violation that axe finds, in both themes, directions and widths."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import AXE, DESK, LOOK, PHONE, Server, check
from tests.browser.places import become, pages_of, unfolded

#: language -> theme and width: every two of the three meet in one of the four
LOOKS = {
    "en": (("light", PHONE), ("dark", DESK)),
    "ar": (("dark", PHONE), ("light", DESK)),
}


@pytest.mark.parametrize("visitor", ["nobody", "staff", "manager", "hr"])
def test_every_page_is_right(demo: Server, open_page: Callable[..., Page], visitor: str) -> None:
    page = become(open_page(), visitor, demo)
    shown = pages_of(page, demo, visitor)
    assert shown
    for path in shown:
        for language, looks in LOOKS.items():
            unfolded(page, f"{demo.base}{path}?lang={language}")
            assert page.locator("html").get_attribute("lang") == language, path
            for number, (theme, width) in enumerate(looks):
                page.emulate_media(color_scheme=theme)
                page.set_viewport_size({"width": width, "height": 900})
                check(page, AXE if number == 0 else LOOK)
