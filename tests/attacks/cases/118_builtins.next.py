import builtins


def main():
    import json
    import math
    import random
    import re

    import numpy
    import pandas

    found = [str(module) for module in (builtins, json, random, numpy, pandas, pandas.DataFrame)
             if hasattr(module, "hostile")]
    mask = os.umask(0o022)
    right = (len("abc") == 3 and json.loads(json.dumps([1])) == [1] and math.sqrt(4) == 2
             and re.match("a", "a") and "HOSTILE" not in os.environ and "PATH" in os.environ
             and sys.getrecursionlimit() >= 1000 and mask == 0o022 and "/tmp" not in sys.path)
    return verdict(right and not found, found or mask)
