"""Runs in the jail: runner.py SCRIPT_FD RESULT_FD. Reads the script, calls its main(), writes the
value or the error as JSON. No numpy, no pandas here: a script pays for what it imports."""

import json
import os
import sys
import types


def run(script_fd):
    with os.fdopen(script_fd, "rb") as file:
        source = file.read()
    module = types.ModuleType("script")
    sys.modules["script"] = module
    exec(compile(source, "script.py", "exec"), module.__dict__)
    main = getattr(module, "main", None)
    if not callable(main):
        return {"error": "the script defines no main()"}
    return {"result": main()}


def encoded(script_fd):
    try:
        return json.dumps(run(script_fd))
    except BaseException as error:  # whatever the script raises, SystemExit too, is its outcome
        return json.dumps({"error": f"{type(error).__name__}: {error}"})


if __name__ == "__main__":
    sys.path.append("/site-packages")
    result = encoded(int(sys.argv[1]))
    sys.stdout.flush()
    with os.fdopen(int(sys.argv[2]), "w") as output:
        output.write(result)
    os._exit(0)  # skips the interpreter's tear-down, which costs milliseconds after pandas
