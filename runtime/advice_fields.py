"""Advice that names the fields of a request, and what it is for a caller whose interface has no such fields.

POST /execute has "stdin", "args", "mode", "files" and "env". A tool of MCP or a code node of Dify sends code
alone, so its user has to change the code (src/protocol/run_frames.h, kAdviceWithoutFields). See advice.py.
"""

_SET_IN_CODE = "set the values in the code"

# What leads out: (by a field of the request, without one).
_WAYS_OUT = {
    "no main": ('"mode": "program" runs a script without one', "define it: def main():"),
    "no file": (
        'the working directory is empty: send the file with the request, in "files"',
        "the working directory is empty: put the data into the code, or write the file first",
    ),
    "file": ('files come with the request, in "files"', "files are in the working directory: open them by name"),
    "network": (
        'send the data with the request, in "files", "args" or "stdin"',
        "put the data into the code or into a file",
    ),
    "variable": ('set it in the request\'s "env"', "set it in the code: os.environ[name] = value"),
    "used up": ('"stdin" is used up: send one line for each input()', f"no line is left for input(): {_SET_IN_CODE}"),
    "no line": (
        '"stdin" is empty: send what input() is to read in "stdin", a line for each call',
        f"nothing is there for input() to read: {_SET_IN_CODE}",
    ),
    "no input": (
        '"stdin" is empty: send what the script reads in "stdin"',
        f"nothing is there for sys.stdin to read: {_SET_IN_CODE}",
    ),
    "no argv": (
        'sys.argv has no arguments: send them in "args", an array of strings',
        f"sys.argv has no arguments: {_SET_IN_CODE}",
    ),
    "no argv of main": (
        'sys.argv has no arguments: use "mode": "program" and send them in "args", an array of strings',
        f"sys.argv has no arguments: {_SET_IN_CODE}",
    ),
    "no program": (
        'use "mode": "program", which passes "args" to sys.argv',
        f"sys.argv has no arguments: {_SET_IN_CODE}",
    ),
    "no args": (
        'no "args" came with the request: an object becomes main(**args), an array main(*args)',
        "main() is called without arguments: give its parameters defaults",
    ),
    "args by name": (
        '"args" is an object, so its members are passed by name: main(**args)',
        "the arguments are passed by name: main() needs parameters of these names",
    ),
    "args by position": (
        '"args" is an array, so its items are passed by position: main(*args)',
        "the arguments are passed by position",
    ),
    "ran twice": (
        "the script calls main() itself, so it ran twice: leave that call out, or use \"mode\": \"program\"",
        "the script calls main() itself, so it ran twice: leave that call out",
    ),
    "exit": ('return from main() instead, or use "mode": "program"', "return from main() instead"),
    "await": (
        'use async def main(), or "mode": "repl", which has await at the top level',
        "put it into an async function, and call that by asyncio.run()",
    ),
}


def way_out(name, run):
    return _WAYS_OUT[name][0 if run.has_fields else 1]
