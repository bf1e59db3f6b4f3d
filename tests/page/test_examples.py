"""The eight examples, each of which shows what its title says."""

from playwright.sync_api import expect

OUTCOMES = [
    ("pandas in milliseconds", "Done in", "Oslo"),
    ("A plot", "Done in", "figure-1.png"),
    ("An endless loop", "Stopped by the CPU time limit", "rounds"),
    ("A fork bomb", "Refused by the system call filter: fork", "os.fork()"),
    ("Too much memory", "Stopped by the memory limit", " MB"),
    ("A session with a branch", "Done in", "milk"),
    ("Read a CSV file", "Done in", "by_month.csv"),
    ("async", "Done in", "ready cocoa"),
]


def test_each_example_shows_what_it_says(person):
    for title, verdict, output in OUTCOMES:
        person.choose(title)
        if "session" in title:
            expect(person.page.get_by_role("heading", name="Session")).to_be_visible()
        person.run()
        expect(person.verdict).to_contain_text(verdict)
        expect(person.page.locator("#results")).to_contain_text(output)


def test_there_are_no_others(at_desk):
    assert at_desk.page.locator("#examples option").all_text_contents() == [row[0] for row in OUTCOMES]


def test_a_figure_is_shown_and_downloaded(person):
    person.choose("A plot").run()
    figure = person.page.get_by_role("img", name="Figure size")
    expect(figure).to_be_visible()
    assert figure.evaluate("image => image.naturalWidth") > 300
    with person.page.expect_download() as download:
        person.page.locator("figcaption").get_by_role("button", name="Download").click()
    assert download.value.suggested_filename == "figure-1.png"
    assert download.value.path().read_bytes().startswith(b"\x89PNG")


def test_a_data_frame_is_a_table_with_headers(person):
    person.choose("pandas in milliseconds").run()
    table = person.page.get_by_role("table")
    expect(table.get_by_role("columnheader", name="city")).to_be_visible()
    expect(table.get_by_role("row")).to_have_count(7)
    expect(table.get_by_role("cell", name="28.50")).to_be_visible()


def test_the_session_goes_on_from_the_state_that_is_clicked(person):
    table = person.page.get_by_role("table")
    step = person.page.get_by_role("button", name="Next step")
    person.choose("A session with a branch")
    expect(person.page.get_by_role("heading", name="Session")).to_be_visible()
    person.run()
    step.click()
    person.run()
    expect(person.verdict).to_contain_text("Stopped by the CPU time limit")
    expect(person.verdict).to_contain_text("State s2 is still there")
    expect(person.page.get_by_text("killed")).to_be_visible()
    step.click()
    person.run()
    expect(table.get_by_role("cell", name="8.0")).to_be_visible()
    step.click()
    person.page.locator(".state", has_text="s2").click()
    expect(person.page.locator(".state", has_text="s2")).to_have_attribute("aria-pressed", "true")
    person.run()
    expect(table.get_by_role("cell", name="2.00")).to_be_visible()
    expect(person.page.locator(".tree ul ul .state")).to_have_count(1)  # the branch
    assert person.page.locator(".state").count() == 4
