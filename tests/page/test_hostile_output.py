"""A script's output is hostile: in the browser nothing of it runs, loads or leaves its place."""

import json

from playwright.sync_api import expect

MARK = "window.pwned = 1"
SVG = f'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40" onload="{MARK}"><script>{MARK}</script>' \
      '<image href="http://127.0.0.1:9/stolen"/><rect width="40" height="40" fill="red"/></svg>'
HTML = [
    f"<script>{MARK}</script><p>text</p>",
    f'<img src="x" onerror="{MARK}"><p>text</p>',
    f'<p>text</p><svg onload="{MARK}"><script>{MARK}</script></svg>',
    f'<p>text <a href="javascript:{MARK}">click</a></p>',
    f'<p>text</p><iframe srcdoc="<script>parent.{MARK}</script>"></iframe>',
    '<p>text</p><form action="http://127.0.0.1:9/"><button>send</button></form>',
    '<meta http-equiv="refresh" content="0;url=http://127.0.0.1:9/"><base href="http://127.0.0.1:9/"><p>text</p>',
    '<style>* { display: none }</style><link rel="stylesheet" href="http://127.0.0.1:9/x.css"><p style="position:fixed">text</p>',
    f'<table><tr><td onclick="{MARK}" id="run" style="background:url(http://127.0.0.1:9/)">text</td></tr></table>',
    f"<p>text</p><math><mtext><table><mglyph><style><img src=x onerror={MARK}>",
    f"<p>text<!--><img src=x onerror={MARK}>--><noscript><p title=\"</noscript><img src=x onerror={MARK}>\">",
    f'<p>text</p><template><script>{MARK}</script></template><object data="javascript:{MARK}"></object>',
    f"text<p <img src=x onerror={MARK}> <<<<script>{MARK}<</script>",
    "<div>" * 20_000 + "text", "<b>" * 10_000 + "text", "&#60;script&#62;text&#x110000;&#0;&bogus;" * 50,
]
FOREIGN = "script, style, iframe, object, embed, svg, math, form, a, link, meta, base, template, img, [style], [onclick], [onerror], [id]"


def show(person, bundle):
    person.type_script(
        "import json\nclass Shown:\n    def _repr_mimebundle_(self, **_):\n        return json.loads(open('bundle.json').read())\n"
        "def main():\n    display(Shown())")
    for old in person.page.get_by_role("button", name="Remove bundle.json").all():
        old.click()
    expect(person.page.locator("#files")).not_to_contain_text("bundle.json")
    person.page.locator("#file-input").set_input_files(
        {"name": "bundle.json", "mimeType": "application/json", "buffer": json.dumps(bundle).encode()})
    expect(person.page.locator("#files")).to_contain_text("bundle.json")
    person.run()
    expect(person.verdict).to_contain_text("Done in")


def assert_unharmed(person):
    person.page.wait_for_timeout(100)
    assert person.page.evaluate("window.pwned") is None
    assert person.page.url == person.url + "/"


def test_html_becomes_text_and_tables_alone(at_desk):
    shown = at_desk.page.locator(".shown")
    for html in HTML:
        show(at_desk, {"text/html": html, "text/plain": "plain"})
        expect(shown).to_contain_text("text" if "text" in html else "plain")
        assert shown.locator(FOREIGN).count() == 0, html
        assert_unharmed(at_desk)


def test_an_svg_is_a_picture_and_nothing_else(at_desk):
    person = at_desk
    show(person, {"image/svg+xml": SVG})
    image = person.page.locator(".shown img")
    expect(image).to_be_visible()
    assert image.evaluate("each => each.naturalWidth") == 40
    assert image.get_attribute("src").startswith("data:image/svg+xml;base64,")
    with person.page.expect_download() as download:
        person.page.locator("figcaption").get_by_role("button", name="Download").click()
    assert download.value.path().read_text() == SVG
    assert_unharmed(person)


BUNDLES = [
    {"image/png": "x\" onerror=\"window.pwned=1"}, {"image/png": 7, "text/html": ["x"], "text/plain": "kept"},
    {"text/markdown": f"[x](javascript:{MARK}) <img src=x onerror={MARK}>"}, {"application/javascript": MARK},
    {"application/json": {"__proto__": {"pwned": 1}, "constructor": [None], "<img src=x onerror=window.pwned=1>": "</script>"}},
    {"text/html": "x" * 600_000, "text/plain": "too long"}, {},
]


def test_no_bundle_breaks_the_page(at_desk):
    for bundle in BUNDLES:
        show(at_desk, bundle)
        assert at_desk.page.locator("#results [onerror]").count() == 0
        assert_unharmed(at_desk)


def test_control_characters_and_one_long_line_stay_in_their_box(at_desk):
    person = at_desk
    person.type_script("def main():\n    print('\\x1b[31mred\\x1b[0m \\x1b]0;title\\x07 \\u202egnp.exe \\x00 <b>bold</b>')\n"
                       "    print('y' * 900_000)\n    raise ValueError('<img src=x onerror=window.pwned=1>')")
    person.run()
    expect(person.verdict).to_contain_text("ValueError: <img src=x onerror=window.pwned=1>")
    assert person.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert_unharmed(person)
    person.type_script("def main():\n    print('\\x1b[31mred\\x1b[0m \\u202egnp.exe <b>bold</b>')")
    person.run()
    expect(person.printed).to_have_text("red gnp.exe <b>bold</b>\n")


def test_names_of_files_are_text(at_desk):
    person = at_desk
    person.type_script("import os\ndef main():\n    os.makedirs('a')\n"
                       "    open('a/<img src=x onerror=window.pwned=1>.txt', 'w').write('1')\n    open('x.html', 'w').write('<script>')")
    person.run()
    expect(person.page.locator("#results")).to_contain_text("<img src=x onerror=window.pwned=1>.txt")
    with person.page.expect_download() as download:
        person.page.locator("#results li", has_text="x.html").get_by_role("button", name="Download").click()
    assert download.value.suggested_filename == "x.html"
    assert_unharmed(person)


def test_a_value_as_large_as_an_answer_may_be_opens_at_once(at_desk):
    person = at_desk
    person.type_script("def main():\n    return {'rows': [{'n': i, 'text': 'x' * 60} for i in range(60_000)]}")
    person.run()
    expect(person.page.locator(".json")).to_contain_text("60000 items")
    person.page.locator(".json summary", has_text="60000 items").click()
    expect(person.page.get_by_role("button", name="59900 more")).to_be_visible()
    assert person.page.locator(".json li").count() < 1_000
