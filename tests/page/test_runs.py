"""A script is run, stopped, found wrong; its output is there as it comes."""

import re

from playwright.sync_api import expect

from browser import PHONE


def test_control_enter_runs_the_script_and_shows_value_and_cost(person):
    person.type_script("def main():\n    print('printed')\n    return {'list': [1, None, True], 'name': 'Ada'}")
    person.page.keyboard.press("Control+Enter")
    person.await_end()
    expect(person.verdict).to_contain_text("Done in")
    for word in ("queue", "run", "CPU", "memory", "Held in by"):
        expect(person.verdict).to_contain_text(word)
    expect(person.printed).to_have_text("printed\n")
    tree = person.page.locator(".json")
    expect(tree).to_contain_text("list: [ 3 items ]")
    expect(tree.get_by_text('"Ada"')).to_be_visible()
    tree.locator("summary").first.click()
    expect(tree.get_by_text('"Ada"')).not_to_be_visible()


def test_output_is_there_while_the_script_runs_and_stop_keeps_it(person):
    person.type_script("import sys, time\ndef main():\n    print('so far', flush=True)\n"
                       "    print('a warning', file=sys.stderr, flush=True)\n    time.sleep(25)\n")
    person.page.get_by_role("button", name="Run").click()
    expect(person.printed).to_have_text("so far\n")
    errors = person.page.get_by_role("region", name="Standard error").locator(".text")
    expect(errors).to_have_text("a warning\n")
    expect(person.verdict).to_have_text("Running")
    person.page.get_by_role("button", name="Stop").click()
    person.await_end()
    expect(person.verdict).to_contain_text("Stopped by you")
    expect(person.printed).to_have_text("so far\n")


def test_a_mistake_is_marked_at_its_line(person):
    person.type_script("def main():\n    value = 1\n" + "\n" * 60 + "    return value / 0\n")
    person.run()
    expect(person.verdict).to_contain_text("The script raised an exception")
    expect(person.verdict).to_contain_text("ZeroDivisionError: division by zero (line 63, in main)")
    marked = person.page.locator(".cm-errorLine")
    expect(marked).to_have_text("    return value / 0")
    person.page.get_by_role("button", name="Go to line 63").click()
    expect(marked).to_be_in_viewport()
    expect(person.page.locator(".cm-activeLine")).to_have_text("    return value / 0")
    expect(person.page.locator(".traceback")).to_contain_text('File "script.py", line 63')
    person.page.keyboard.insert_text("#")
    expect(marked).to_have_count(0)


def test_a_value_that_is_no_json_and_a_missing_main_are_told(person):
    person.type_script("def main():\n    return {1, 2}")
    person.run()
    expect(person.verdict).to_contain_text("The value cannot become JSON")
    person.type_script("print('no main')")
    person.run()
    expect(person.verdict).to_contain_text("There is no main() to call")
    person.page.get_by_label("Run as").select_option("program")
    person.run()
    expect(person.verdict).to_contain_text("Done in")


def test_a_megabyte_of_output_leaves_the_tab_usable_and_can_be_downloaded(person):
    person.type_script("def main():\n    for i in range(20000):\n        print(f'{i:5d}', 'x' * 44)\n    return 'end'")
    person.run()
    expect(person.printed).to_contain_text("19999 ")
    assert len(person.printed.text_content()) < 300_000
    expect(person.page.locator(".stream.stdout .cut")).to_have_text(re.compile("The first .* are not shown here"))
    with person.page.expect_download() as download:
        person.page.get_by_role("region", name="Printed").get_by_role("button", name="Download").first.click()
    assert len(download.value.path().read_bytes()) == 20_000 * 51
    assert download.value.suggested_filename == "stdout.txt"
    person.type_script("def main():\n    return 'still here'")
    person.run()
    expect(person.page.locator(".json")).to_have_text('"still here"')


def test_arguments_input_environment_and_limits_reach_the_script(visit, service):
    person = visit(service, PHONE, allowed=("status of 400",))  # the browser's own line about the last run
    person.page.get_by_text("Inputs and limits").click()
    person.page.get_by_label("Arguments").fill('{"name": "Ada"}')
    person.page.get_by_label("Standard input").fill("typed")
    person.page.get_by_label("Environment").fill("GREETING=Hello\nEMPTY=")
    person.page.get_by_label("Wall time").fill("5")
    expect(person.page.locator("#drawer-summary")).to_contain_text("arguments, standard input, environment, wall time")
    person.type_script("import os, sys\ndef main(name):\n    return [os.environ['GREETING'], name, sys.stdin.read()]")
    person.run()
    for text in ('"Hello"', '"Ada"', '"typed"'):
        expect(person.page.locator(".json")).to_contain_text(text)
    person.page.get_by_label("Arguments").fill("{name: 1}")
    person.page.get_by_role("button", name="Run").click()
    expect(person.page.get_by_text("This is not JSON")).to_be_visible()
    expect(person.page.get_by_label("Arguments")).to_be_focused()
    person.page.get_by_label("Arguments").fill("")
    person.page.get_by_label("Wall time").fill("5000")
    person.run()
    expect(person.verdict).to_contain_text("limits.wall_time_s")


def test_the_keyboard_leaves_the_editor(person):
    person.page.get_by_label("Python script").click()
    person.page.keyboard.press("Escape")
    person.page.keyboard.press("Tab")
    expect(person.page.get_by_role("button", name="Run")).to_be_focused()
    person.page.keyboard.press("Enter")
    person.await_end()
    expect(person.verdict).to_contain_text("Done in")


def test_a_service_that_is_gone_is_told(visit, start_service):
    running = start_service()
    person = visit(running, allowed=("Failed to load resource", "ERR_CONNECTION"))
    expect(person.page.locator("#shield-label")).to_contain_text("isolation")
    running.stop()
    person.run()
    expect(person.verdict).to_contain_text("The service cannot be reached.")
