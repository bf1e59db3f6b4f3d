import builtins
import gc
import types

import __main__


def main():
    found = [name for name in ("hostile", "hostile_too") if hasattr(builtins, name)]
    found += [str(one) for one in (__main__, __main__.__spec__, __main__.__loader__) if hasattr(one, "hostile")]
    found += ["source"] if type(__main__.__loader__).source == "marker" else []
    own = __main__.__dict__ is globals() and sys.modules["script"] is __main__
    # Nor does the interpreter's own module of that name, or the harness, hold anything for it.
    others = [one for one in gc.get_objects() if type(one) is types.ModuleType and one is not __main__
              and one.__name__ in ("__main__", "script") and len(vars(one)) > 12]
    return verdict(own and not found and not others, [own, found, others])
