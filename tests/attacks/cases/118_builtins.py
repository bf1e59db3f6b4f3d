# attack: 118, 119
# name: what_a_run_does_to_its_interpreter_ends_with_it
# expect: held
# next: held
import builtins


def main():
    import json
    import random

    import numpy
    import pandas

    builtins.hostile = "marker"
    builtins.len = lambda *_: 42
    builtins.print = builtins.open = builtins.__import__ = None
    json.dumps = json.loads = json.hostile = None
    sys.modules["math"] = sys.modules["re"] = None
    sys.path[:] = ["/tmp"]
    sys.meta_path.clear()
    sys.path_hooks.clear()
    numpy.hostile = pandas.hostile = random.hostile = "marker"
    numpy.set_printoptions(threshold=1)
    pandas.DataFrame.hostile = "marker"
    os.environ["HOSTILE"] = "marker"
    os.environ.pop("PATH", None)
    sys.setrecursionlimit(60)
    sys.setswitchinterval(10)
    os.umask(0o777)
    return {"held": True, "saw": "bent"}
