# attack: 207
# name: symbolic_links_lead_nowhere_outside
# expect: held


def main():
    leaks = []
    targets = ["/etc/passwd", "/proc/self/root/etc/shadow", "/proc/1/root", "../../../../etc/shadow",
               "/sys", "/dev/mem", "/../../../root"]
    for number, target in enumerate(targets):
        link = f"link{number}"
        os.symlink(target, link)
        os.symlink(link, f"link-to-{link}")
        for path in (link, f"link-to-{link}"):
            try:
                os.close(os.open(path, os.O_RDONLY))
                leaks.append(target)
            except OSError:
                pass
    os.symlink("loop", "loop")
    looping = raises(lambda: open("loop"))
    return verdict(not leaks and looping["held"], leaks or looping["saw"])
