"""What holds a script in, in words, and with what is off in amber; a service with keys; /docs."""

import hashlib
import json

import pytest
from playwright.sync_api import expect

from browser import DESKTOP, LOOKS

KEY = "a-key-of-the-tests-0123456789"


def test_each_layer_of_info_is_listed(person, service):
    layers = service.request("GET", "/info").json["isolation"]["layers"]
    person.page.get_by_role("button", name="isolation").click()
    sheet = person.page.get_by_role("dialog")
    for layer in layers:
        expect(sheet.get_by_text(layer["name"], exact=True).first).to_be_visible()
    person.page.keyboard.press("Escape")
    expect(sheet).not_to_be_visible()


def test_layers_that_are_off_stand_in_amber_with_their_reason(visit, start_service):
    running = start_service("--isolation", "fallback")
    off = [each for each in running.request("GET", "/info").json["isolation"]["layers"] if each["state"] == "off"]
    person = visit(running)
    button = person.page.get_by_role("button", name="Fallback isolation")
    expect(button).to_have_class("pill amber")
    button.click()
    sheet = person.page.get_by_role("dialog")
    assert off
    for layer in off:
        row = sheet.locator("li.off", has=person.page.get_by_text(layer["name"], exact=True))
        expect(row).to_contain_text(layer["why"])
    person.shoot("shield-fallback")


@pytest.fixture
def keyed_service(start_service, tmp_path):
    path = tmp_path / "keys.json"
    path.write_text(json.dumps({"name": "tests", "key_sha256": hashlib.sha256(KEY.encode()).hexdigest()}) + "\n")
    path.chmod(0o600)
    return start_service("--keys", str(path), ready=False).wait_until_ready(warm=False)


@pytest.mark.parametrize("path", ["/", "/docs"])
def test_a_service_with_keys_asks_for_one_and_keeps_it_in_the_tab(visit, keyed_service, path):
    person = visit(keyed_service, path=path, allowed=("401",))
    dialog = person.page.get_by_role("dialog")
    expect(dialog).to_contain_text("A key, please")
    person.page.get_by_label("Key", exact=True).fill("wrong")
    person.page.keyboard.press("Enter")
    expect(dialog).to_contain_text("does not know this key")
    person.page.get_by_label("Key", exact=True).fill(KEY)
    person.page.keyboard.press("Enter")
    expect(dialog).not_to_be_visible()
    if path == "/":
        expect(person.page.locator("#shield-label")).to_contain_text("isolation")
        person.run()
        expect(person.verdict).to_contain_text("Done in")
    else:
        expect(person.page.locator("article").first).to_be_visible()
    assert person.page.evaluate("localStorage.length") == 0
    assert person.context.cookies() == []
    assert KEY not in person.page.url
    other = person.context.new_page()
    other.goto(person.url + path)
    expect(other.get_by_role("dialog")).to_contain_text("A key, please")


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_docs_show_each_operation(visit, service, look):
    person = visit(service, look, "/docs")
    described = service.request("GET", "/openapi.json").json
    operations = [each["operationId"] for methods in described["paths"].values() for each in methods.values()
                  if isinstance(each, dict) and "operationId" in each]
    expect(person.page.locator("article")).to_have_count(len(operations))
    shown = person.page.locator("article").evaluate_all("all => all.map(each => each.id)")
    assert sorted(shown) == sorted(operations)
    execute = person.page.locator("article#execute")
    for name in described["components"]["schemas"]["ExecuteRequest"]["properties"]:
        expect(execute.get_by_text(name, exact=True).first).to_be_visible()
    person.shoot(f"docs-{look}")


def test_docs_lead_to_the_page_and_back(visit, service):
    person = visit(service, DESKTOP, "/docs")
    person.page.get_by_role("link", name="Try it").click()
    expect(person.page.get_by_role("button", name="Run")).to_be_visible()
    person.page.get_by_role("link", name="API").click()
    expect(person.page.locator("article").first).to_be_visible()
