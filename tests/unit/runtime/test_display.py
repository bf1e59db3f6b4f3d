"""display.py with a callable that keeps the bundles. The host's side is in tests/unit/zygote."""

import base64
import builtins
import importlib.util
import sys

import display
import pytest
from runs import execute, failure_of


@pytest.fixture
def sent(monkeypatch):
    bundles = []
    monkeypatch.setattr(display, "_send", None)
    monkeypatch.setattr(display, "_shown", [])
    display.open_sink(bundles.append)
    return bundles


class Forms:
    def __repr__(self):
        return "plain"

    def _repr_html_(self):
        return "<b>html</b>", {"metadata": 1}

    def _repr_markdown_(self):
        return None

    def _repr_latex_(self):
        raise ValueError("broken")

    def _repr_png_(self):
        return b"png"

    def _repr_jpeg_(self):
        return b"the same as jpeg"

    def _repr_json_(self):
        return {"a": 1}


def test_an_object_is_asked_for_its_forms(sent, capsys):
    display.display(Forms())
    assert sent == [{"text/plain": "plain", "text/html": "<b>html</b>", "application/json": {"a": 1},
                     "image/png": base64.b64encode(b"png").decode()}]
    assert capsys.readouterr().err == "display: text/latex of Forms failed: ValueError: broken\n"


def test_a_bundle_of_its_own_goes_first(sent):
    class Bundle(Forms):
        def _repr_mimebundle_(self, include=None, exclude=None):
            return {"text/html": "own", "image/gif": b"gif"}, {}

    display.display(Bundle())
    assert (sent[0]["text/html"], sent[0]["image/gif"], sent[0]["text/plain"]) == ("own", "Z2lm", "plain")


def test_a_class_is_not_asked(sent):
    display.display(Forms)
    assert list(sent[0]) == ["text/plain"]


def test_raw_bundles_are_passed_on(sent):
    display.display({"text/plain": "x"}, raw=True)
    assert sent == [{"text/plain": "x"}]


def test_what_cannot_be_encoded_is_left_out(monkeypatch):
    bundles = []
    monkeypatch.setattr(display, "_send", lambda bundle: bundles.append(bundle) or len(bundles) > 1)
    display.display(Forms())
    assert bundles[1] == {kind: one for kind, one in bundles[0].items() if isinstance(one, str)}


def test_it_is_a_builtin_that_does_nothing_if_not_wanted(monkeypatch):
    monkeypatch.setattr(display, "_send", None)
    assert builtins.display is display.display
    assert execute("class A:\n    def __repr__(self): 1 / 0\ndef main(): return display(A(), 1, raw=True)") is None


def test_the_last_expression_of_a_cell_is_shown(sent):
    execute("x = 5\nx", mode="repl")
    execute("x = 6\nx;", mode="repl")
    assert sent == [{"text/plain": "5"}]


def test_a_frame_is_a_table(sent):
    pandas = pytest.importorskip("pandas")
    display.display(pandas.DataFrame({"a": [7]}))
    assert "<table" in sent[0]["text/html"] and sent[0]["text/plain"] == "   a\n0  7"


def test_a_picture_of_pil_is_a_png(sent):
    image = pytest.importorskip("PIL.Image")
    display.display(image.new("RGB", (2, 2)))
    assert set(sent[0]) == {"text/plain", "image/png"}
    assert base64.b64decode(sent[0]["image/png"]).startswith(b"\x89PNG")


# --- figures -------------------------------------------------------------------------------------


@pytest.fixture
def pyplot(monkeypatch, sent):
    pytest.importorskip("matplotlib").use("agg")
    import matplotlib.pyplot as pyplot

    display.open_sink(sent.append)  # it may have been imported just now
    yield pyplot
    pyplot.close("all")


def is_picture(bundle):
    return base64.b64decode(bundle["image/png"]).startswith(b"\x89PNG")


def test_show_shows_each_open_figure_and_closes_it(pyplot, sent):
    for _ in range(2):
        pyplot.figure()
        pyplot.plot([1, 2])
    pyplot.show()
    assert len(sent) == 2 and all(map(is_picture, sent)) and pyplot.get_fignums() == []


def test_figures_still_open_are_shown_at_the_end_though_the_script_failed(pyplot, sent):
    failure_of("import matplotlib.pyplot as plt\ndef main():\n    plt.bar([1], [2])\n    1 / 0")
    assert sent == []
    display.finish()
    assert len(sent) == 1 and is_picture(sent[0])


def test_a_figure_that_was_displayed_is_not_shown_again(pyplot, sent):
    figure = pyplot.figure()
    pyplot.plot([1])
    display.display(figure)
    display.finish()
    assert len(sent) == 1


def test_its_own_show_shows_a_figure(pyplot, sent):
    figure = pyplot.figure()
    pyplot.plot([1])
    figure.show()
    assert len(sent) == 1 and is_picture(sent[0])


def test_a_figure_without_anything_in_it_is_not_shown(pyplot, sent):
    pyplot.figure()
    pyplot.show()
    assert sent == []


def test_a_figure_is_drawn_with_fewer_dots_until_it_fits(pyplot, sent, monkeypatch):
    def draw():
        figure, axes = pyplot.subplots(dpi=150)
        axes.imshow([[(x * 7919 + y * 104729) % 251 for x in range(300)] for y in range(300)],
                    interpolation="nearest")
        return figure

    def bytes_of(bundle):
        return len(base64.b64decode(bundle["image/png"]))

    display.display(draw())
    assert bytes_of(sent[0]) > 30_000
    monkeypatch.setenv("FORKJAIL_FIGURE_BYTES_MAX", "30000")
    display.display(draw())
    assert bytes_of(sent[1]) <= 30_000
    monkeypatch.setenv("FORKJAIL_FIGURE_BYTES_MAX", "1")  # not with so few that nothing is to be seen
    display.display(draw())
    assert bytes_of(sent[2]) > 1_000


def test_a_figure_that_cannot_be_drawn_costs_only_its_picture(pyplot, sent, capsys):
    pyplot.title(r"$\frac{$")
    pyplot.show()
    assert list(sent[0]) == ["text/plain"]
    assert "image/png of Figure failed: ValueError" in capsys.readouterr().err


def test_pyplot_is_taken_over_when_the_script_imports_it(sent, monkeypatch):
    pytest.importorskip("matplotlib").use("agg")
    for name in [name for name in sys.modules if name.startswith("matplotlib.pyplot")]:
        monkeypatch.delitem(sys.modules, name)
    display.open_sink(sent.append)
    assert importlib.util.find_spec("matplotlib.pyplot") is not None  # only looked for
    assert execute("from matplotlib.pyplot import plot, show\ndef main():\n    plot([1])\n    show()") is None
    assert len(sent) == 1 and is_picture(sent[0])
    assert not any(isinstance(one, display._PyplotFinder) for one in sys.meta_path)


def test_without_matplotlib_the_end_looks_at_nothing(sent, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib._pylab_helpers", None)
    display.finish()
    assert sent == []


def test_details_are_told_only_where_they_are_asked_for(sent):
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"when": [pandas.Timestamp("2026-01-02")], 1: [2.5]})
    display.show(frame, is_value=True)
    assert set(sent.pop()) == {"text/plain", "text/html"}
    display.open_sink(sent.append, True)
    display.show(frame)
    display.show(frame, is_value=True)
    display.show({"text/plain": "raw"}, raw=True)
    table = {"when": [pandas.Timestamp("2026-01-02")], 1: [2.5]}
    assert sent[0]["application/vnd.forkjail.table+json"] == table
    assert "application/vnd.forkjail.value" not in sent[0]
    assert sent[1]["application/vnd.forkjail.value"] == "true"
    assert sent[2] == {"text/plain": "raw"}


def test_a_large_table_goes_without_its_content(sent):
    pandas = pytest.importorskip("pandas")
    display.open_sink(sent.append, True)
    display.show(pandas.DataFrame({"a": range(100_001)}))
    display.show(pandas.DataFrame({"a": ["x" * 1_000] * 3_000}))
    assert [set(bundle) for bundle in sent] == [{"text/plain", "text/html"}] * 2


def test_the_last_expression_of_a_cell_is_marked(sent):
    display.open_sink(sent.append, True)
    execute("display(1)\n2", mode="repl")
    assert ["application/vnd.forkjail.value" in bundle for bundle in sent] == [False, True]
