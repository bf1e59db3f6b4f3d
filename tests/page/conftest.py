"""Fixtures of the stage page: a browser, and people at the pages of a service."""

import pytest
from playwright.sync_api import sync_playwright

from browser import DESKTOP, PHONE, Person

CHROMIUM = "/usr/bin/chromium"


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"])
        yield browser
        browser.close()


@pytest.fixture
def visit(browser):
    """visit(service, look, "/docs") opens a page of it in a tab of its own."""
    people = []

    def open_page(service, look=DESKTOP, path="/", allowed=()):
        person = Person(browser, f"http://127.0.0.1:{service.port}", look, allowed)
        people.append(person)
        return person.open(path)

    yield open_page
    for person in people:
        person.close()


@pytest.fixture(params=[PHONE, DESKTOP], ids=str)
def person(request, visit, service):
    """Somebody at the page of the shared service: on a phone, and at a desk."""
    return visit(service, request.param)


@pytest.fixture
def at_desk(visit, service):
    """The same at a desk alone, for what has nothing to do with how much room there is."""
    return visit(service, DESKTOP)
