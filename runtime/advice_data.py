"""What leads out of a file that is not there or not what it is taken for, and of a column that a table does not
have. See advice.py.
"""

import errno
import os

from advice_fields import way_out as of_fields
from causes import frames_of, trace_of

# The limits of a cell (src/base/limits.h; a test compares them).
OPEN_FILES_MAX = 256
SCRATCH_MEGABYTES = 64
SCRATCH_FILES_MAX = 8192

_NAMES_SHOWN_MAX = 40
_FILES_SHOWN_MAX = 10
_NAME_CHARACTERS_MAX = 60
_BYTES_LOOKED_AT = 1_000
_SCRIPT = "script.py"

_listdir, _getcwd, _path_exists = os.listdir, os.getcwd, os.path.exists

_WRITABLE = "a script can write in its working directory and in /tmp only"
_NO_TERMINAL = "there is no terminal here"


def listed(names, count_max=_NAMES_SHOWN_MAX):
    shown = [name[:_NAME_CHARACTERS_MAX] for name in names[:count_max]]
    if not shown:
        return "the standard library"
    more = len(names) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


# --- files ---------------------------------------------------------------------------------------


def of_file(error, trace, run, refused):
    """Of an OSError."""
    number = error.errno
    if issubclass(type(error), FileNotFoundError):
        path = error.filename
        if path is None and str(error).endswith(" not found."):  # of numpy
            path = str(error).removesuffix(" not found.")
        return None, _missing_file(os.fsdecode(path), run) if isinstance(path, (str, bytes)) else None
    if number in (errno.EACCES, errno.EROFS):
        return None, _WRITABLE
    if number in (errno.ENOSPC, errno.EFBIG, errno.EDQUOT):
        room = f"{SCRATCH_MEGABYTES} MB in {SCRATCH_FILES_MAX:,} files"
        return None, f"the working directory and /tmp together hold {room}"
    if number == errno.EMFILE:
        return None, f"a run can have {OPEN_FILES_MAX} files open at a time: open them using `with`"
    if number == errno.ENOTTY:
        return None, _NO_TERMINAL
    if str(error).startswith("Cannot save file into a non-existent directory"):  # of pandas
        return None, f"make it first, by os.makedirs(); {_WRITABLE}"
    return None, None


def _missing_file(path, run):
    for missing in ("/proc", "/sys", "/etc", "/dev"):
        if path.startswith(missing + "/"):
            return f"this sandbox has no {missing if missing != '/dev' else path}"
    here = _getcwd()
    path = path.removeprefix(here + "/")
    if path == _SCRIPT:
        return "the script is in no file: inspect.getsource(main) has its text"
    is_elsewhere = os.path.isabs(path) or path[1:3] == ":\\"
    folder, name = os.path.split(path.replace("\\", "/") if path[1:3] == ":\\" else path)
    if is_elsewhere and name and _path_exists(name):
        return f"it is in the working directory: open {name[:_NAME_CHARACTERS_MAX]!r}"
    there = sorted(_listdir(here))
    has = f"has {listed(there, _FILES_SHOWN_MAX)}" if there else "is empty"
    if is_elsewhere or folder and not _path_exists(folder):
        where = f"there is no folder {folder[:_NAME_CHARACTERS_MAX]!r}; " if not _path_exists(folder) else ""
        return f"{where}files go in and out by the working directory, which {has}"
    if there:
        return f"the working directory {has}"
    return of_fields("no file", run)


def of_encoding(error, trace, run, refused):
    """Of a UnicodeDecodeError."""
    start = bytes(error.object[:_BYTES_LOOKED_AT])
    if any(byte < 9 or 13 < byte < 27 for byte in start):
        return None, "it is not a text file: open it using mode 'rb'"
    if error.encoding.lower().replace("_", "-") == "utf-8":
        return None, 'it is not in UTF-8: try encoding="latin-1"'
    return None, None


# --- tables --------------------------------------------------------------------------------------

# Where pandas looks a column up: (file, function) -> the variable that is the table.
_LOOKUPS = {
    ("/pandas/core/frame.py", "__getitem__"): "self",
    ("/pandas/core/frame.py", "set_index"): "self",
    ("/pandas/core/frame.py", "_get_value"): "self",
    ("/pandas/core/generic.py", "_get_label_or_level_values"): "self",
    ("/pandas/core/generic.py", "_drop_axis"): "self",
    ("/pandas/core/groupby/grouper.py", "get_grouper"): "obj",
}


def of_key(error, trace, run, refused):
    """Of a KeyError."""
    last = None
    columns = None
    for last in frames_of(trace_of(error)):
        code = last.f_code
        for (file, function), variable in _LOOKUPS.items():
            if code.co_name == function and code.co_filename.endswith(file) and _is_of_columns(last):
                columns = last.f_locals[variable].columns
    if last is not None and last.f_code.co_filename.endswith(("/os.py", "<frozen os>")):
        return None, of_fields("variable", run) if last.f_code.co_name == "__getitem__" else None
    if columns is None:
        return None, None
    names = [str(name) for name in columns[: _NAMES_SHOWN_MAX + 1]]
    return None, f"the columns are {listed([name if name == name.strip() else repr(name) for name in names])}"


def _is_of_columns(frame):
    """Not of rows: where pandas looks up both in the same function."""
    name = frame.f_code.co_name
    if name == "_drop_axis":
        return frame.f_locals.get("axis_num") == 1
    if name == "_get_value":
        return frame.f_locals["col"] not in frame.f_locals["self"].columns
    return True


