# attack: 87
# name: touching_every_shared_page_is_charged
# expect: held peak_mb=8 | kind=memory
# expect-fallback: weaker -- this kernel counts no page faults (gVisor): that they are charged cannot be seen
# next: held
import ctypes
import gc
import resource

import numpy
import pandas


def main():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    # Every object that the zygote made: a new reference count is a write to its page.
    kept, seen, todo = [], set(), list(gc.get_objects()) + list(sys.modules.values())
    while todo and len(kept) < 2_000_000:
        item = todo.pop()
        if id(item) in seen:
            continue
        seen.add(id(item))
        kept.append(item)
        try:
            todo.extend(gc.get_referents(item))
        except Exception:
            pass
    pages = resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
    result = verdict(pages > 500, f"{len(kept)} objects, {pages} pages copied")
    result["weaker"] = resource.getrusage(resource.RUSAGE_SELF).ru_minflt == 0
    return result
