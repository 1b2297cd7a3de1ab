"""A real browser and a real server: the `tribometer` command in a process of its own."""

import fcntl
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import axe_playwright_python
import pytest
from axe_playwright_python.base import AxeResults
from playwright.sync_api import Browser, ConsoleMessage, Page

from tests.postgres import free_port

PHONE, DESK = 390, 1280
DEMO_PASSWORD = "tribometer-demo"
READY_WITHIN = 90
#: stands in what the demo printed for the address of its server
ITS_BASE = "http://its-base"
#: on top of axe's own choice: criteria of WCAG 2.2, and a name that holds what is read
AXE = {
    "rules": {"target-size": {"enabled": True}, "label-content-name-mismatch": {"enabled": True}}
}
#: what can differ when only the theme and the width are others
LOOK = {
    "runOnly": [
        "color-contrast",
        "link-in-text-block",
        "scrollable-region-focusable",
        "target-size",
    ]
}
AXE_SCRIPT = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text()

RUN_AXE = "async o => { const {url, violations} = await axe.run(o); return {url, violations}; }"


@dataclass
class Server:
    """A running `tribometer` command; `output` is what it printed until it was ready."""

    process: subprocess.Popen[str]
    output: str
    instance: Path
    base: str

    def link(self, pattern: str) -> str:
        """The first link in the output that fits."""
        found = re.search(rf"{re.escape(self.base)}{pattern}\S*", self.output)
        assert found, self.output
        return found.group(0)


def start(instance: Path, *arguments: str, **settings: str) -> Server:
    """Start the command and wait until it serves."""
    port = free_port()
    command = [str(Path(sys.executable).with_name("tribometer")), *arguments]
    log = instance.with_suffix(".out")
    environment = {
        k: v for k, v in os.environ.items() if not k.startswith("TRIBOMETER_")
    } | settings
    with log.open("w") as out:
        process = subprocess.Popen(
            [*command, "--instance", str(instance), "--port", str(port)],
            stdout=out, stderr=subprocess.STDOUT, text=True, env=environment,
        )  # fmt: skip
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline and process.poll() is None:
        if "Press Ctrl+C" in log.read_text():
            return Server(process, log.read_text(), instance, f"http://127.0.0.1:{port}")
        time.sleep(0.2)
    process.kill()
    raise AssertionError(f"the server did not start: {log.read_text()}")


def stop(server: Server) -> None:
    """End the command as Ctrl+C does."""
    server.process.terminate()
    server.process.wait(timeout=30)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The example company; whoever changes it leaves the pair of Procurement and Sales alone."""
    made, said = _demo_made_once(tmp_path_factory)
    instance = tmp_path_factory.mktemp("demo") / "instance"
    shutil.copytree(made, instance)
    running = start(instance, "serve", TRIBOMETER_ORGANISATION="Example Ltd")
    yield replace(running, output=said.replace(ITS_BASE, running.base))
    stop(running)


def _demo_made_once(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Its folder and what the command printed, made by the first process of a run that asks."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID")
    of_all = tmp_path_factory.getbasetemp().parent / f"demo-{run}"
    folder = of_all if run else tmp_path_factory.mktemp("made")
    folder.mkdir(exist_ok=True)
    said = folder / "said"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not said.exists():
            begun = time.monotonic()
            running = start(folder / "instance", "demo")
            took = time.monotonic() - begun
            stop(running)
            assert took < READY_WITHIN, f"the demo took {took:.0f} s"
            said.write_text(running.output.replace(running.base, ITS_BASE))
    return folder / "instance", said.read_text()


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Opens pages of a width; any script error or blocked content fails the test at its end."""
    problems: list[str] = []
    contexts = []

    def heard(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and "status of 4" not in message.text:
            problems.append(f"{message.text} {message.location.get('url', '')}")

    def make(width: int = DESK, scripts: bool = True, dark: bool = False) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, java_script_enabled=scripts,
            color_scheme="dark" if dark else "light",
        )  # fmt: skip
        contexts.append(context)
        page = context.new_page()
        page.on("console", heard)
        page.on("pageerror", lambda error: problems.append(str(error)))
        return page

    yield make
    for context in contexts:
        context.close()
    assert problems == []


def check(page: Page, options: Mapping[str, object] = AXE) -> None:
    """No accessibility violation, and nothing wider than the window."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found = AxeResults(page.evaluate(RUN_AXE, {"resultTypes": ["violations"], **options}))
    assert found.violations_count == 0, f"{page.url}: {found.generate_report()}"
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= page.viewport_size["width"], f"{page.url} is {wide} pixels wide"
