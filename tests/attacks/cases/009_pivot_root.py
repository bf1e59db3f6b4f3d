# attack: 9
# name: pivot_root_is_refused
# expect: held


def main():
    os.mkdir("old")
    return all_refused(("pivot_root", b".", b"old"), ("pivot_root", b"/scratch", b"/scratch/work"),
                       ("pivot_root", b".", b"."))
