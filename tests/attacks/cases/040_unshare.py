# attack: 40
# name: new_namespaces_are_refused
# expect: held


def main():
    flags = dict(user=0x10000000, mount=0x20000, pid=0x20000000, net=0x40000000, uts=0x4000000,
                 ipc=0x8000000, cgroup=0x2000000, time=0x80, files=0x400)
    return all_refused(*[("unshare", flag) for flag in flags.values()],
                       ("unshare", flags["user"] | flags["mount"]))
