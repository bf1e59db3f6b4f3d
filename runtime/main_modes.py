"""The modes in which a script is `__main__` itself: `program`, as `python script.py`, and `repl`, as a cell of
a notebook.

Cell, while the script runs; harness.py calls it. The mode `main`, which most requests use, needs nothing of
this but run_coroutine().
"""

import json
import sys

import display
import failures

MAIN_NAME = "__main__"

# Where a cell's code puts the value of its last expression: no name that a script can write.
_LAST_VALUE = "<last value>"

_CO_COROUTINE = 0x80  # inspect.CO_COROUTINE

_loads = json.loads
_set_profile = sys.setprofile
_set_trace = sys.settrace


def run_coroutine(coroutine):
    # Not at the top: a quick zygote never imports asyncio, which takes longer than everything else here.
    import asyncio

    return asyncio.run(coroutine)


def execute(code, module, mode):
    """Runs `code` in `module` to the end of the program, and returns the value of a cell's last expression."""
    module.__name__ = MAIN_NAME
    module.__spec__ = None  # as of any program that is not a module
    try:
        value = eval(code, module.__dict__)
        if code.co_flags & _CO_COROUTINE:
            run_coroutine(value)
    except SystemExit as error:
        if failures.exit_status(error)[0] != 0:
            raise
    finally:
        _set_trace(None)
        _set_profile(None)
        if mode == "program":
            _end_program()
    return _show_last_value(module) if mode == "repl" else None


def arguments(args_json):
    """What sys.argv has of a program, after its name."""
    if not args_json:
        return []
    given = _loads(args_json)
    if isinstance(given, list) and all(isinstance(one, str) for one in given):
        return given
    message = '"args" must be an array of strings in "mode": "program", which passes them to sys.argv'
    raise failures.Refused({"kind": "exception", "type": "TypeError", "message": message})


def read_cell(source, run):
    """The code of a notebook's cell: top-level await, and the last expression assigned to _LAST_VALUE, unless
    a semicolon follows it."""
    import ast

    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    tree = compile(source, run.file_name, "exec", flags | ast.PyCF_ONLY_AST, dont_inherit=True)
    last = tree.body[-1] if tree.body else None
    if isinstance(last, ast.Expr) and not _is_semicolon_after(last, run):
        target = ast.copy_location(ast.Name(_LAST_VALUE, ast.Store()), last)
        tree.body[-1] = ast.copy_location(ast.Assign([target], last.value), last)
    return compile(tree, run.file_name, "exec", flags, dont_inherit=True)


def _is_semicolon_after(node, run):
    line = run.source_lines[node.end_lineno - 1].encode()
    return line[node.end_col_offset :].lstrip().startswith(b";")


def _show_last_value(module):
    value = module.__dict__.pop(_LAST_VALUE, None)
    if value is not None:
        module.__dict__["_"] = value
        display.show(value, is_value=True)
    return value


def _end_program():
    """What a Python does before it exits: waits for threads, then calls the functions of atexit. The figures
    are shown between the two, because matplotlib closes them there."""
    import atexit
    import threading

    for step in (threading._shutdown, display.finish, atexit._run_exitfuncs):
        try:
            step()
        except BaseException:
            pass  # as Python, which prints it: the program has ended
