"""How it looks: pictures for a person to look at, nothing cut or wider than the screen, and axe's rules."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from browser import LOOKS

AXE = Path(os.environ["FORKJAIL_TEST_AXE"]).read_text()
BAD = {"serious", "critical"}

CUT = """() => [...document.querySelectorAll("button, h1, h2, h3, .pill, .chips li, select, label, summary")]
  .filter((each) => each.checkVisibility() && !each.matches(".visually-hidden, .state") && each.scrollWidth > each.clientWidth + 1 && each.clientWidth > 0)
  .map((each) => each.outerHTML.slice(0, 120))"""


def examine(person, name):
    person.page.wait_for_timeout(150)  # of transitions
    person.shoot(name)
    assert person.page.evaluate("document.documentElement.scrollWidth") <= person.page.viewport_size["width"]
    assert person.page.evaluate(CUT) == []
    person.page.evaluate(AXE)
    found = person.page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    bad = [(each["id"], each["help"], [node["html"][:200] for node in each["nodes"]])
           for each in found["violations"] if each["impact"] in BAD]
    assert bad == []


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_each_state_of_the_page(visit, service, look):
    person = visit(service, look)
    expect(person.page.locator("#shield-label")).to_contain_text("isolation")
    examine(person, f"start-{look}")
    for number, title in enumerate(("pandas in milliseconds", "An endless loop", "A fork bomb", "Read a CSV file", "async"), 1):
        person.choose(title).run()
        examine(person, f"run-{number}-{look}")


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_sheets_drawer_and_session(visit, service, look):
    person = visit(service, look)
    expect(person.page.locator("#shield-label")).to_contain_text("isolation")
    person.choose("A session with a branch")
    expect(person.page.get_by_role("heading", name="Session")).to_be_visible()
    person.run()
    for state in ("", "", "s2"):
        person.page.get_by_role("button", name="Next step").click()
        if state:
            person.page.locator(".state", has_text=state).click()
        person.run()
    person.page.get_by_text("Inputs and limits").click()
    examine(person, f"session-{look}")
    person.page.get_by_role("button", name="isolation").click()
    examine(person, f"shield-{look}")
    person.page.keyboard.press("Escape")
    person.page.get_by_role("button", name="As code").click()
    examine(person, f"code-{look}")


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_docs(visit, service, look):
    person = visit(service, look, "/docs")
    expect(person.page.locator("article").first).to_be_visible()
    person.page.locator("article#execute summary").first.click()
    examine(person, f"docs-{look}")
