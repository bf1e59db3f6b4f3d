"""From the text of a script to code that can run, or to why not.

Cell, before anything of the script has run.
"""

import advice
import failures
from failures import FILE_NAME

_type_name = type.__dict__["__name__"].__get__

# Where a cell's code puts the value of its last expression: no name that a script can write.
LAST_VALUE = "<last value>"


class Refused(BaseException):
    """The script was not run to its end; `failure` says why."""

    def __init__(self, failure):
        super().__init__()
        self.failure = failure


def decode(script):
    try:
        source = script.decode()
    except UnicodeDecodeError as error:
        raise Refused(_syntax("SyntaxError", f"the source is not UTF-8: {error.reason}")) from None
    source = source.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    nul = source.find("\0")
    if nul >= 0:
        line = source.count("\n", 0, nul) + 1
        raise Refused(_syntax("SyntaxError", "source code cannot contain null bytes", line))
    return source


def compile_module(source, run):
    return _compile(lambda: compile(source, FILE_NAME, "exec", dont_inherit=True), run)


def compile_cell(source, run):
    """The code of a notebook's cell: top-level await, and the last expression assigned to LAST_VALUE, unless
    a semicolon follows it."""
    return _compile(lambda: _read_cell(source, run), run)


def _compile(make, run):
    try:
        return make()
    except SyntaxError as error:
        failure = _syntax(_type_name(type(error)), str(error.msg), error.lineno)
        failure["traceback"] = failures.format_traceback(error, None, run)
        way_out = advice.of_syntax(error, run)
        if way_out:
            failure["advice"] = way_out
    except (RecursionError, MemoryError) as error:
        # The compiler's stack is exhausted: 100 KB of source do not fill the memory.
        failure = _syntax(_type_name(type(error)), "source code too complex to compile")
    except (ValueError, OverflowError) as error:
        failure = _syntax(_type_name(type(error)), failures.text_of(error))
    raise Refused(failure)


def _syntax(type_name, message, line=None):
    failure = {"kind": "syntax", "type": type_name, "message": message}
    if line is not None:
        failure["line"] = line
    return failure


def _read_cell(source, run):
    import ast

    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    tree = compile(source, FILE_NAME, "exec", flags | ast.PyCF_ONLY_AST, dont_inherit=True)
    last = tree.body[-1] if tree.body else None
    if isinstance(last, ast.Expr) and not _is_semicolon_after(last, run):
        target = ast.copy_location(ast.Name(LAST_VALUE, ast.Store()), last)
        tree.body[-1] = ast.copy_location(ast.Assign([target], last.value), last)
    return compile(tree, FILE_NAME, "exec", flags, dont_inherit=True)


def _is_semicolon_after(node, run):
    line = run.source_lines[node.end_lineno - 1].encode()
    return line[node.end_col_offset :].lstrip().startswith(b";")
