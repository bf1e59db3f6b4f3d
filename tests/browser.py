"""Debian's Chromium, driven as a person would. A page that logs an error, breaks its Content-Security-Policy
or asks another host for anything fails its test."""

import dataclasses
import os
from pathlib import Path

from playwright.sync_api import Page, expect

SHOTS = Path(os.environ["FORKJAIL_TEST_REPORT"]) / "page"
RUN_TIME_MAX_MS = 40_000

VIOLATIONS = """addEventListener("securitypolicyviolation", (event) =>
  console.error(`policy: ${event.effectiveDirective} ${event.blockedURI} ${event.sample}`))"""

expect.set_options(timeout=RUN_TIME_MAX_MS)


@dataclasses.dataclass(frozen=True)
class Look:
    width: int
    height: int
    scheme: str

    def __str__(self):
        return f"{self.width}-{self.scheme}"


PHONE, DESKTOP = Look(390, 844, "dark"), Look(1440, 900, "light")
LOOKS = [PHONE, DESKTOP, Look(390, 844, "light"), Look(1440, 900, "dark")]


class Person:
    """One tab, and what a person does in it."""

    def __init__(self, browser, url, look, allowed=()):
        self.url = url
        self.allowed = allowed  # texts of console errors that belong to the test
        self.complaints = []
        self.context = browser.new_context(
            viewport={"width": look.width, "height": look.height}, color_scheme=look.scheme,
            accept_downloads=True, has_touch=look.width < 500)
        self.context.grant_permissions(["clipboard-read", "clipboard-write"])
        self.context.add_init_script(VIOLATIONS)
        self.page: Page = self.context.new_page()
        self.page.on("console", lambda message: message.type in ("error", "warning") and self.complain(message.text))
        self.page.on("pageerror", lambda error: self.complain(str(error)))
        self.page.on("dialog", lambda dialog: (self.complain(f"dialog: {dialog.message}"), dialog.dismiss()))
        self.page.on("request", lambda request: request.url.startswith((url, "data:", "blob:"))
                     or self.complain(f"another host: {request.url}"))

    def complain(self, text):
        if not any(each in text for each in self.allowed):
            self.complaints.append(text)

    def open(self, path="/"):
        self.page.goto(self.url + path)
        return self

    def close(self):
        self.context.close()
        assert not self.complaints, self.complaints

    # ---- what a person does ----

    def type_script(self, text):
        """Replaces the script by `text`, pasted: typing would indent and close brackets by itself."""
        editor = self.page.get_by_label("Python script")
        editor.click()
        editor.press("Control+a")
        self.page.keyboard.insert_text(text)

    def run(self):
        self.page.get_by_role("button", name="Run").click()
        return self.await_end()

    def await_end(self):
        expect(self.page.locator("#stop")).to_be_disabled()
        expect(self.verdict).not_to_have_text("Running")
        return self

    def choose(self, title):
        self.page.get_by_label("Example").select_option(title)
        return self

    @property
    def verdict(self):
        return self.page.locator("#verdict")

    @property
    def printed(self):
        return self.page.get_by_role("region", name="Printed").locator(".text")

    def shoot(self, name):
        SHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SHOTS / f"{name}.png", full_page=True, animations="disabled")
