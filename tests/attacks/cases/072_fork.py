# attack: 72
# name: fork_raises
# expect: held


def main():
    children = raises(os.fork, os.forkpty, kinds=(OSError, RuntimeError, AttributeError))
    seen = []
    for name, arguments in (("fork", ()), ("vfork", ()), ("clone", (17, 0, 0, 0, 0))):
        result, error = syscall(name, *arguments)
        if result == 0:
            os._exit(7)
        seen.append(error or f"{name} made {result}")
    return verdict(children["held"] and set(seen) <= set(REFUSALS), seen)
