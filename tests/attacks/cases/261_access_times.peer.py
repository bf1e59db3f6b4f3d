import colorsys
import time


def main():
    def times():
        stat = [os.stat(path) for path in (colorsys.__file__, os.path.dirname(colorsys.__file__),
                                           "/", "/usr")]
        return [(one.st_atime_ns, one.st_mtime_ns, one.st_ctime_ns) for one in stat]

    before = times()
    time.sleep(1)
    after = times()
    return verdict(before == after, [n for n, pair in enumerate(zip(before, after))
                                     if pair[0] != pair[1]] or "no time moved")
