"""Files go in, come out, live in a session; a request leaves the page as code that works elsewhere."""

import ast
import json
import os
import subprocess
import time

from playwright.sync_api import expect

CSV = {"name": "numbers.csv", "mimeType": "text/csv", "buffer": b"n\n1\n2\n39\n"}
SUM = "import csv\ndef main():\n    return sum(int(row['n']) for row in csv.DictReader(open('numbers.csv')))"

DROP = """(place, [name, text]) => {
  const data = new DataTransfer();
  data.items.add(new File([text], name));
  for (const type of ["dragover", "drop"]) {
    place.dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true, composed: true }));
  }
}"""


def files(person):
    return person.page.locator("#files")


def test_a_file_is_dropped_read_downloaded_and_removed(at_desk):
    person = at_desk
    before = person.page.get_by_label("Python script").text_content()
    person.page.locator("#editor").evaluate(DROP, ["numbers.csv", CSV["buffer"].decode()])
    expect(files(person)).to_contain_text("numbers.csv")
    expect(files(person)).to_contain_text("9 B")
    assert person.page.get_by_label("Python script").text_content() == before  # it did not land in the editor
    person.type_script(SUM)
    person.run()
    expect(person.page.locator(".json")).to_have_text("42")
    with person.page.expect_download() as download:
        person.page.get_by_role("button", name="Download numbers.csv").click()
    assert download.value.path().read_bytes() == CSV["buffer"]
    person.page.get_by_role("button", name="Remove numbers.csv").click()
    expect(files(person)).to_be_empty()


def test_what_a_script_leaves_is_downloaded_or_becomes_input(at_desk):
    person = at_desk
    person.type_script("def main():\n    open('raw.bin', 'wb').write(bytes(range(256)))")
    person.run()
    left = person.page.locator("#results li", has_text="raw.bin")
    with person.page.expect_download() as download:
        left.get_by_role("button", name="Download").click()
    assert download.value.path().read_bytes() == bytes(range(256))
    left.get_by_role("button", name="Use as input").click()
    person.type_script("def main():\n    return len(open('raw.bin', 'rb').read())")
    person.run()
    expect(person.page.locator(".json")).to_have_text("256")


def test_files_of_a_session_live_in_it(at_desk):
    person = at_desk
    person.page.get_by_role("switch", name="Session").check()
    expect(person.page.get_by_role("heading", name="Session")).to_be_visible()
    person.page.locator("#file-input").set_input_files(CSV)
    expect(files(person)).to_contain_text("numbers.csv")
    person.page.get_by_label("Run as").select_option("repl")
    person.type_script("open('copy.csv', 'w').write(open('numbers.csv').read())")
    person.run()
    expect(files(person)).to_contain_text("copy.csv")
    with person.page.expect_download() as download:
        person.page.get_by_role("button", name="Download copy.csv").click()
    assert download.value.path().read_bytes() == CSV["buffer"]
    person.page.get_by_role("button", name="Remove copy.csv").click()
    expect(files(person)).not_to_contain_text("copy.csv")
    person.page.get_by_role("switch", name="Session").uncheck()
    expect(person.page.get_by_role("heading", name="Session")).not_to_be_visible()


def test_a_run_in_a_session_is_stopped_and_the_session_stays(at_desk):
    person = at_desk
    person.page.get_by_role("switch", name="Session").check()
    person.type_script("kept = 1")
    person.run()
    person.type_script("print('going', flush=True)\nwhile True: pass")
    person.page.get_by_role("button", name="Run").click()
    expect(person.printed).to_have_text("going\n")
    person.page.get_by_role("button", name="Stop").click()
    person.await_end()
    expect(person.verdict).to_contain_text("Stopped by you")
    person.type_script("kept + 1")
    person.run()
    expect(person.page.locator(".json")).to_have_text("2")


def test_a_session_ends_with_its_tab(at_desk, service):
    with at_desk.page.expect_response(lambda response: response.url.endswith("/sessions")) as made:
        at_desk.page.get_by_role("switch", name="Session").check()
    path = f"/sessions/{made.value.json()['session']}"
    assert service.request("GET", path).status == 200
    at_desk.page.close()
    deadline = time.monotonic() + 30
    while service.request("GET", path).status != 404:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def code(person, language):
    person.page.get_by_role("button", name="As code").click()
    person.page.get_by_role("tab", name=language).click()
    person.page.get_by_role("button", name="Copy").click()
    text = person.page.evaluate("navigator.clipboard.readText()")
    person.page.keyboard.press("Escape")
    return text


def test_the_request_runs_as_curl_python_and_javascript(at_desk):
    person = at_desk
    person.type_script("def main():\n    return 'it\\'s \"quoted\" \\\\ and " + "\u00e9" + "' + chr(10)")
    curl = subprocess.run(["bash", "-c", code(person, "curl")], capture_output=True, text=True, check=True, timeout=60)
    answer = json.loads(curl.stdout)
    assert answer["result"] == "it's \"quoted\" \\ and \u00e9\n"
    node = subprocess.run([os.environ["FORKJAIL_TEST_NODE"], "--input-type=module", "-e", code(person, "JavaScript")],
                          capture_output=True, text=True, check=True, timeout=60)
    assert "quoted" in node.stdout
    tree = ast.parse(code(person, "Python"))
    scripts = [each.value for each in ast.walk(tree) if isinstance(each, ast.Constant) and "def main" in str(each.value)]
    assert scripts == ["def main():\n    return 'it\\'s \"quoted\" \\\\ and \u00e9' + chr(10)"]
    server = json.loads(code(person, "MCP"))["mcpServers"]["forkjail"]
    assert server == {"type": "http", "url": f"{person.url}/mcp"}
