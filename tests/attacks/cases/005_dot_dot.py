# attack: 5
# name: dot_dot_stays_inside
# expect: held
# expect-without-chroot: weaker -- names, sizes and times of the host's files show where only Landlock stands; none of them opens


def entries(path):
    try:
        return sorted(os.listdir(path))
    except PermissionError:  # a root that may be searched, but not listed
        return []


def main():
    inside = entries("/")
    up = "../" * 50
    seen = [entries(up), entries("/usr/" + up), entries("/..")]
    climbed = 0
    for _ in range(50):
        try:
            os.chdir("..")
            climbed += 1
        except PermissionError:
            break
    seen.append(entries(".") if climbed == 50 else inside)
    found = [path for path in ("etc/shadow", "proc/version", "sys/kernel", "root")
             if os.path.exists(up + path)]
    same_place = all(os.path.samestat(os.stat("/"), os.stat(p)) for p in ("/usr/" + up, "/.."))
    stayed = same_place and all(s == inside for s in seen)
    result = verdict(not found and stayed, found or "inside")
    result["weaker"] = stayed and not any(opens(up + path) for path in found)
    return result
