# attack: 5
# name: dot_dot_stays_inside
# expect: held


def main():
    inside = sorted(os.listdir("/"))
    up = "../" * 50
    seen = [sorted(os.listdir(up)), sorted(os.listdir("/usr/" + up)), sorted(os.listdir("/.."))]
    for _ in range(50):
        os.chdir("..")
    seen.append(sorted(os.listdir(".")))
    found = [path for path in ("etc/shadow", "proc/version", "sys/kernel", "root")
             if os.path.exists(up + path)]
    same_place = all(os.path.samestat(os.stat("/"), os.stat(p)) for p in (up, ".", "/.."))
    return verdict(not found and same_place and all(s == inside for s in seen), found or "inside")
