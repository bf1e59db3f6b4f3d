"""`display`: what a run shows, as mime bundles."""

import base64


PNG = b"\x89PNG\r\n\x1a\n"


def displayed(execute, script, **fields):
    reply = execute(script, include=["display"], **fields)
    return reply, reply.json["display"]


def is_picture(bundle):
    return base64.b64decode(bundle["image/png"], validate=True).startswith(PNG)


def test_display_is_a_builtin(execute):
    reply, shown = displayed(execute, "def main():\n    display({'a': 1}, 'text')\n    return 5\n")
    assert reply.result == 5
    assert shown == [{"text/plain": "{'a': 1}"}, {"text/plain": "'text'"}]


def test_display_does_nothing_unless_it_is_requested(execute):
    script = "class A:\n    def __repr__(self):\n        1 / 0\ndef main():\n    display(A())\n    return 1\n"
    assert execute(script).json == {"result": 1, "stdout": ""}


def test_run_that_shows_nothing_has_an_empty_list(execute):
    assert displayed(execute, "def main():\n    return 1\n")[1] == []


def test_failed_run_keeps_what_it_showed(execute):
    reply, shown = displayed(execute, "def main():\n    display(1)\n    1 / 0\n")
    assert reply.status == 422 and shown == [{"text/plain": "1"}]


def test_figures_are_shown_in_order(execute):
    script = ("import matplotlib.pyplot as plt\ndef main():\n    plt.plot([1, 2])\n    plt.show()\n    display('between')\n"
              "    plt.bar([1], [2])\n    plt.show()\n    plt.pie([1, 2])\n    return plt.get_fignums()\n")
    reply, shown = displayed(execute, script)
    assert reply.result == [1]
    assert [sorted(bundle) for bundle in shown] == [["image/png", "text/plain"], ["text/plain"]] + [["image/png", "text/plain"]] * 2
    assert all(is_picture(bundle) for bundle in shown if "image/png" in bundle)


def test_two_figures_and_then_an_exception(execute):
    script = ("import matplotlib.pyplot as plt\ndef main():\n    for i in range(2):\n        plt.figure()\n"
              "        plt.plot([i, 2])\n    raise ValueError('after two figures')\n")
    reply, shown = displayed(execute, script)
    assert reply.error == "ValueError: after two figures (line 6, in main)"
    assert len(shown) == 2 and all(map(is_picture, shown))


def test_figures_of_a_program_and_of_a_cell(execute):
    script = "import pandas as pd\nax = pd.Series([1, 3, 2]).plot()\nax.set_title('t');"
    for mode in ("program", "repl"):
        reply, shown = displayed(execute, script, mode=mode)
        assert reply.status == 200 and len(shown) == 1 and is_picture(shown[0])


def test_matplotlib_prints_no_warning(execute):
    script = "import matplotlib.pyplot as plt\ndef main():\n    plt.plot([1])\n    plt.show()\n"
    for fields in ({}, {"verbose": True}):
        assert execute(script, include=["stderr"], **fields).json["stderr"] == ""


def test_picture_of_pil_is_a_png(execute):
    script = "from PIL import Image\ndef main():\n    display(Image.new('RGB', (4, 4), 'red'))\n"
    _, (bundle,) = displayed(execute, script)
    assert set(bundle) == {"text/plain", "image/png"} and is_picture(bundle)


def test_more_than_a_thousand_are_cut_and_said_to_be(execute):
    script = "def main():\n    for i in range(1_200):\n        display(i)\n    return 'done'\n"
    reply, shown = displayed(execute, script)
    assert reply.result == "done" and len(shown) == 1_000


def test_from_the_first_that_is_too_large_on_all_are_left_out(execute):
    script = "def main():\n    for mb in (1, 9, 1):\n        display({'text/plain': 'x' * (mb << 20)}, raw=True)\n"
    _, shown = displayed(execute, script)
    assert [len(bundle["text/plain"]) for bundle in shown] == [1 << 20]


def test_preloaded_matplotlib_shows_its_figures_too(start_service):
    service = start_service("--preload", "numpy,matplotlib.pyplot")
    script = ("import matplotlib.pyplot as plt\ndef main():\n    plt.plot([1, 2])\n    plt.show()\n    plt.plot([1])\n"
              "    plt.show()\n    plt.bar([1], [2])\n    1 / 0\n")
    shown = service.execute(script, include=["display"]).json["display"]
    assert len(shown) == 3 and all(map(is_picture, shown))
    assert service.execute("import matplotlib.pyplot as plt\ndef main():\n    plt.plot([1])\n    plt.show()\n"
                           "    return plt.get_fignums()\n").result == [1]
    script = ("import gc\nimport matplotlib.pyplot as plt\nimport matplotlib.font_manager\ndef main():\n"
              "    plt.title('$x^2$ text')\n    plt.savefig('a.png')\n    plt.close('all')\n"
              "    matplotlib.font_manager._get_font.cache_clear()\n    gc.collect()\n")
    reply = service.execute(script, include=["stderr"])
    assert (reply.result, reply.json["stderr"]) == (None, "")  # no font closes a file of the zygote
