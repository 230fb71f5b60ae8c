"""A real browser, the way people see a screen: what it shows, what it complains of, whom it shuts out."""

import os
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import (
    Browser,
    ConsoleMessage,
    Page,
    Playwright,
    ViewportSize,
    async_playwright,
    expect,
)

from infra.chassis.http.sessions import SESSION_COOKIE
from tests.flows.firm import Person

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
QUIET = (
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""A browser under test calls nobody, and starts for any user."""
DESKTOP: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
SERIOUS = ("serious", "critical")
PATIENCE_MS = 15_000
expect.set_options(timeout=PATIENCE_MS)


def browser_path(playwright: Playwright) -> str | None:
    """By setting, on the PATH, or Playwright's own; None where there is none."""
    named = os.environ.get("ASTREINTE_CHROMIUM")
    own = playwright.chromium.executable_path
    found = named or next(filter(None, map(shutil.which, NAMES)), None)
    return found or (own if Path(own).is_file() else None)


@dataclass
class Screens:
    """Opens pages as somebody. Whatever a page complained of is in ``complaints``."""

    browser: Browser
    http: str
    complaints: list[str] = field(default_factory=list)

    @asynccontextmanager
    async def open(
        self,
        path: str,
        person: Person | None = None,
        *,
        language: str = "en",
        dark: bool = False,
        size: ViewportSize | None = None,
        **context: Any,
    ) -> AsyncIterator[Page]:
        """A page in a browser of its own: signed in as ``person``, closed at the end."""
        made = await self.browser.new_context(
            locale="fr-FR" if language == "fr" else "en-GB",
            color_scheme="dark" if dark else "light",
            viewport=size or DESKTOP,
            reduced_motion="reduce",
            base_url=self.http,
            **context,
        )
        made.set_default_timeout(PATIENCE_MS)
        if person is not None:
            token = person.headers["Authorization"].removeprefix("Bearer ")
            await made.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": self.http}])
        page = await made.new_page()
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        try:
            await page.goto(path)
            yield page
        finally:
            await made.close()

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.type}: {message.text} ({message.location.get('url', '')})")


async def barriers(page: Page, beside: Sequence[str] = ()) -> list[str]:
    """What axe finds serious on the page as it stands: each rule with the elements that break it."""
    found = await Axe().run(page)
    return [
        f"{each['id']}: {', '.join(node['html'][:160] for node in each['nodes'])}"
        for each in found.response["violations"]
        if each["impact"] in SERIOUS and each["id"] not in beside
    ]


@asynccontextmanager
async def any_browser() -> AsyncIterator[Browser | None]:
    """The browser that this machine has, or None."""
    async with async_playwright() as playwright:
        path = browser_path(playwright)
        if path is None:
            yield None
            return
        browser = await playwright.chromium.launch(executable_path=path, args=list(QUIET))
        try:
            yield browser
        finally:
            await browser.close()
