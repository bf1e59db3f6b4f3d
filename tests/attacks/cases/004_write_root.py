# attack: 4
# name: root_file_system_is_read_only
# expect: held
import glob


def attempt(action):
    try:
        action()
        return "done"
    except OSError as error:
        return errno.errorcode[error.errno]


def change(path, action):
    """Where runs share their uid with the service, some calls are answered with 0 and not made."""
    before = os.stat(path)
    result = attempt(action)
    after = os.stat(path)
    same = (before.st_mode, before.st_ctime_ns) == (after.st_mode, after.st_ctime_ns)
    return "only said to be done" if result == "done" and same else result


def main():
    library = glob.glob(guest("usr/lib/**/*.py"), recursive=True)[0]
    acts = {}
    places = ["/", "/usr", "/lib", "/lib64", "/dev", "/usr/lib", os.path.dirname(library)]
    for place in places + [guest(""), guest("usr"), guest("lib64"), guest("dev")]:
        path = os.path.join(place, "hostile")
        acts["create " + place] = attempt(lambda: os.close(os.open(path, os.O_CREAT | os.O_RDWR)))
        acts["mkdir " + place] = attempt(lambda: os.mkdir(path + "d"))
        acts["symlink " + place] = attempt(lambda: os.symlink("/dev/null", path + "l"))
        acts["tmpfile " + place] = attempt(
            lambda: os.close(os.open(place, os.O_TMPFILE | os.O_RDWR)))
    acts["open"] = attempt(lambda: os.close(os.open(library, os.O_RDWR)))
    acts["append"] = attempt(lambda: os.close(os.open(library, os.O_WRONLY | os.O_APPEND)))
    acts["truncating open"] = attempt(lambda: os.close(os.open(library, os.O_RDONLY | os.O_TRUNC)))
    acts["chmod"] = change(library, lambda: os.chmod(library, 0o777))
    acts["utime"] = change(library, lambda: os.utime(library))
    acts["unlink"] = attempt(lambda: os.unlink(library))
    acts["rename"] = attempt(lambda: os.rename(library, library + "x"))
    acts["rename /tmp"] = attempt(lambda: os.rename("/tmp", "/tmp2"))
    acts["unlink /tmp"] = attempt(lambda: os.unlink("/tmp"))
    done = [act for act, result in acts.items() if result == "done"]
    return verdict(not done, done or sorted(set(acts.values())))
