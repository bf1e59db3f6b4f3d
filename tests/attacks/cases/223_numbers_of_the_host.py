# attack: 223
# name: names_and_numbers_of_the_host_do_not_show
# expect: held
# expect-fallback: weaker -- without uts and pid namespaces the host's name and pids show
import platform
import socket


def main():
    seen = {"pid": os.getpid(), "parent": os.getppid(), "name": platform.node()}
    addresses = []
    try:
        addresses = socket.if_nameindex()
    except OSError:
        pass
    environment = set(os.environ) - {"HOME", "LANG", "PATH", "TMPDIR", "TZ", "MKL_NUM_THREADS",
                                     "NUMEXPR_NUM_THREADS", "OMP_NUM_THREADS", "LC_CTYPE",
                                     "OPENBLAS_NUM_THREADS", "PYTHONHASHSEED", "MPLBACKEND",
                                     "MPLCONFIGDIR", "JE_ARROW_MALLOC_CONF", "TZDIR", "PYTHONTZPATH"}
    own = seen["pid"] < 10 and seen["parent"] <= 0 and seen["name"] == "forkjail"
    result = verdict(own and not environment and len(addresses) <= 1, [seen, sorted(environment)])
    result["weaker"] = not environment
    return result
