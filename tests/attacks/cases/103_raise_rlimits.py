# attack: 103
# name: no_limit_can_be_raised
# expect: held
# expect-fallback: weaker -- this kernel does not have all limits (gVisor): the filter refuses the calls that they are for
import resource


def can_be_lowered(name):
    try:
        resource.setrlimit(getattr(resource, name), (0, 0))
    except (ValueError, OSError):
        return False
    return True


def main():
    raised, kept = [], []
    for name in [name for name in dir(resource) if name.startswith("RLIMIT_")]:
        number = getattr(resource, name)
        soft, hard = resource.getrlimit(number)
        if hard == resource.RLIM_INFINITY:
            kept.append(name)
            continue
        for wanted in (hard + 1, resource.RLIM_INFINITY):
            try:
                resource.setrlimit(number, (wanted, wanted))
                raised.append(name)
            except (ValueError, OSError):
                pass
            try:
                resource.prlimit(1, number, (wanted, wanted))
                raised.append(name + " of 1")
            except (ValueError, OSError):
                pass
    bounded = {"RLIMIT_CORE": 0, "RLIMIT_NOFILE": 1024, "RLIMIT_NPROC": 1024, "RLIMIT_MEMLOCK": 0,
               "RLIMIT_FSIZE": 1 << 30, "RLIMIT_DATA": 8 << 30, "RLIMIT_CPU": 60,
               "RLIMIT_MSGQUEUE": 0, "RLIMIT_RTPRIO": 0, "RLIMIT_SIGPENDING": 4096,
               "RLIMIT_STACK": 64 << 20}
    loose = [name for name, most in bounded.items()
             if resource.getrlimit(getattr(resource, name))[1] not in range(0, most + 1)]
    result = verdict(not raised and not loose, raised + loose or f"unlimited: {kept}")
    result["weaker"] = not raised and all(not can_be_lowered(name) for name in loose)
    return result
