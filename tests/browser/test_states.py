"""Months with little to show have a page as well: none yet, the first, one side, nothing at all."""

from collections.abc import Callable, Iterator
from threading import Thread

import pytest
from playwright.sync_api import Page
from werkzeug.serving import make_server

from surveys.web import Installation
from tests.browser.conftest import DESK, LOOK, PHONE, check
from tests.browser.test_layouts import fits
from tests.conftest import APPS
from tests.factories import PASSWORD, account, company, first_month
from tests.postgres import free_port

PAGES = ("/hr", "/hr/themes", "/pairs", "/pairs/{Buying}/{Selling}", "/pairs/{Buying}/{Legal}",
         "/pairs/{Shipping}/{Legal}", "/pairs/{Shipping}/{Legal}/meeting")  # fmt: skip


@pytest.fixture
def address(installed: Installation) -> Iterator[str]:
    """Where the installation's pages are served."""
    port = free_port()
    server = make_server("127.0.0.1", port, APPS[id(installed)], threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{port}"
    server.shutdown()
    thread.join()


@pytest.mark.parametrize("state", ["none yet", "first month"])
def test_little_to_show_still_makes_a_page(
    installed: Installation, address: str, open_page: Callable[..., Page], state: str
) -> None:
    if state == "none yet":
        teams = company(installed, Buying=12, Selling=12, Shipping=12, Legal=12)
        account(installed, "hr@example.org", "hr")
    else:
        teams = first_month(installed)
    for dark in (False, True):
        page = open_page(DESK, dark=dark)
        page.goto(f"{address}/sign-in")
        page.get_by_label("E-mail").fill("hr@example.org")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/hr")
        for path in PAGES:
            shown = page.goto(address + path.format(**teams))
            # Before the first month a pair has no page of its own figures, but is no secret.
            assert shown is not None, path
            assert shown.ok, path
            for width in (DESK, PHONE):
                fits(page, width)
                check(page, LOOK if dark else {})
