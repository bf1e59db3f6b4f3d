"""Runs in the jail: plain_runner.py SCRIPT RESULT_FD. As such a runner is usually written: the script is
a file that is imported, and the interpreter starts and ends in its ordinary way."""

import importlib.util
import json
import os
import sys
import traceback


def run(path):
    spec = importlib.util.spec_from_file_location("script", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    if not callable(getattr(module, "main", None)):
        return {"error": "the script defines no main()"}
    return {"result": module.main()}


def encoded(path):
    try:
        return json.dumps(run(path))
    except BaseException:  # whatever the script raises, SystemExit too, is its outcome
        return json.dumps({"error": traceback.format_exc(limit=5)})


if __name__ == "__main__":
    result = encoded(sys.argv[1])
    sys.stdout.flush()
    with os.fdopen(int(sys.argv[2]), "w") as output:
        output.write(result)
