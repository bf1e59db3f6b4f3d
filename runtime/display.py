"""display(): what a run shows, as mime bundles in the way of Jupyter, and matplotlib's figures among it.

Cell. A bundle is a dict {"text/plain": "...", "image/png": "<base64>", ...} that goes to the host's callable,
which encodes, counts and sends it (src/zygote/display_sender.h). A run that does not want it has no callable:
then nothing is formatted or drawn, and matplotlib is left as it is.

A script can reach and change all of this, and with it what its own run displays; no more. The host calls
open_sink() before the script and finish() after it, once per run; a process may have several runs.
"""

import binascii
import builtins
import importlib.machinery
import io
import os
import sys

_send = None  # callable(bundle): False if it cannot be encoded
_details = False  # bundles also say which shows the value of a cell, and what is in a table

# Members of such bundles (src/protocol/run_frames.h).
_VALUE_MARK = "application/vnd.forkjail.value"
_TABLE_CONTENT = "application/vnd.forkjail.table+json"
# Of a table whose content goes with it: more would take the place of what is shown later.
_TABLE_BYTES_MAX = 2 << 20
_TABLE_CELLS_MAX = 100_000

# What an object is asked for, beside its repr().
_METHODS = (
    ("text/html", "_repr_html_"),
    ("text/markdown", "_repr_markdown_"),
    ("text/latex", "_repr_latex_"),
    ("image/svg+xml", "_repr_svg_"),
    ("image/png", "_repr_png_"),
    ("image/jpeg", "_repr_jpeg_"),
    ("application/json", "_repr_json_"),
)

_PYPLOT = "matplotlib.pyplot"
_shown = []  # figures that were shown and are still open: not once more at the end


def display(*objects, raw=False, **ignored):
    """Shows objects in the answer's `display`. raw=True: they are mime bundles already."""
    if _send is None:
        return
    for one in objects:
        show(one, raw)


builtins.display = display


def open_sink(send, details=False):
    """From here on bundles are wanted, with details or without, and `send` takes them."""
    global _send, _details
    _send = send
    _details = details
    _close_shown()
    pyplot = sys.modules.get(_PYPLOT)
    if pyplot is None:
        if not any(isinstance(one, _PyplotFinder) for one in sys.meta_path):
            sys.meta_path.insert(0, _PyplotFinder())
    else:
        _take_over(pyplot)


def show(value, raw=False, is_value=False):
    """Shows one object, which may be the value of a notebook's cell."""
    if _send is None:
        return
    if _is_figure(value):
        _shown.append(value)
    bundle = dict(value) if raw else _bundle(value)
    if _details and bundle:
        _add_details(bundle, value, is_value)
    if bundle and _send(bundle) is False:
        _send({kind: text for kind, text in bundle.items() if type(kind) is type(text) is str})


def finish():
    """After the script, whatever its end: shows the figures that are still open."""
    global _send
    if _send is None:
        return
    for figure in _open_figures():
        if not any(figure is one for one in _shown):
            show(figure)
    _send = None


# --- bundles -------------------------------------------------------------------------------------


def _bundle(value):
    bundle = {}
    _add(bundle, "text/plain", repr, value)
    if isinstance(value, type):
        return bundle  # its methods are for its instances
    if _is_figure(value):
        if value.axes or value.lines or value.images or value.texts:
            _add(bundle, "image/png", _drawn, value)
            return bundle
        return {}  # nothing was drawn in it
    if hasattr(type(value), "_repr_mimebundle_"):
        _add_all(bundle, value)
    for kind, method in _METHODS:
        if kind not in bundle and hasattr(type(value), method):
            _add(bundle, kind, lambda one, method=method: getattr(one, method)(), value)
    if "image/png" in bundle:
        bundle.pop("image/jpeg", None)  # the same picture, of PIL
    return bundle


def _add_details(bundle, value, is_value):
    if is_value:
        bundle[_VALUE_MARK] = "true"
    pandas = sys.modules.get("pandas")
    if pandas is not None and isinstance(value, getattr(pandas, "DataFrame", ())):
        _add(bundle, _TABLE_CONTENT, _table_content, value)


def _table_content(frame):
    """{column: [values]}; None if it is too large."""
    if frame.size > _TABLE_CELLS_MAX or frame.memory_usage(deep=True).sum() > _TABLE_BYTES_MAX:
        return None
    return frame.to_dict(orient="list")


def _add(bundle, kind, make, value):
    made = _made(kind, make, value)
    if made is not None:
        bundle[kind] = made


def _add_all(bundle, value):
    made = _made("bundle", lambda one: one._repr_mimebundle_(include=None, exclude=None), value)
    if isinstance(made, dict):
        bundle.update((str(kind), _plain(one)) for kind, one in made.items())


def _made(kind, make, value):
    """What `make` returns, or None: a method that fails costs only what it would have made."""
    try:
        made = make(value)
    except Exception as error:
        _complain(kind, value, error)
        return None
    if isinstance(made, tuple) and made:
        made = made[0]  # with metadata
    return _plain(made)


def _plain(made):
    if isinstance(made, (bytes, bytearray)):
        return binascii.b2a_base64(made, newline=False).decode()
    return made


def _complain(kind, value, error):
    try:
        what = f"{kind} of {type(value).__name__}"
        sys.stderr.write(f"display: {what} failed: {type(error).__name__}: {error}\n")
    except Exception:
        pass


# --- matplotlib ----------------------------------------------------------------------------------


def _is_figure(value):
    # Only if it is loaded: otherwise no figure can exist.
    module = sys.modules.get("matplotlib.figure")
    return module is not None and isinstance(value, module.Figure)


# Set by those who pay for each byte of a picture: as a PNG a figure is drawn with fewer dots until it fits.
_FIGURE_BYTES_MAX = "FORKJAIL_FIGURE_BYTES_MAX"
_DPI_MIN = 40


def _drawn(figure):
    content = _png(figure)
    wanted = os.environ.get(_FIGURE_BYTES_MAX, "")
    bytes_max = int(wanted) if wanted.isdecimal() else sys.maxsize
    dpi = figure.dpi
    while len(content) > bytes_max and dpi > _DPI_MIN:
        dpi = max(dpi * min((bytes_max / len(content)) ** 0.6, 0.9), _DPI_MIN)
        content = _png(figure, dpi=dpi)
    return content


def _png(figure, **options):
    file = io.BytesIO()
    figure.savefig(file, format="png", bbox_inches="tight", **options)
    return file.getvalue()


def _open_figures():
    helpers = sys.modules.get("matplotlib._pylab_helpers")
    managers = helpers.Gcf.get_all_fig_managers() if helpers is not None else ()
    return [manager.canvas.figure for manager in managers]


def _close_shown():
    """The figures that an earlier run showed, as a notebook closes them after each cell."""
    helpers = sys.modules.get("matplotlib._pylab_helpers")
    for figure in _shown if helpers is not None else ():
        helpers.Gcf.destroy_fig(figure)
    _shown.clear()


def _show_all(*args, **kwargs):
    """plt.show(): shows the open figures and closes them, as in a notebook."""
    for figure in _open_figures():
        show(figure)
    sys.modules["matplotlib._pylab_helpers"].Gcf.destroy_all()
    _shown.clear()


def _take_over(pyplot):
    pyplot.show = _show_all
    # Figure.show().
    bases = sys.modules["matplotlib.backend_bases"]
    bases.FigureManagerBase.show = lambda manager: show(manager.canvas.figure)


class _PyplotFinder:
    """Takes over pyplot as soon as the script has imported it, before the script can look at it."""

    def find_spec(self, name, path=None, target=None):
        if name != _PYPLOT:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec is not None:
            execute = spec.loader.exec_module

            def exec_module(module):
                execute(module)
                _take_over(module)
                sys.meta_path.remove(self)

            spec.loader.exec_module = exec_module
        return spec
