# attack: 34
# name: userfaultfd_is_refused
# expect: held


def main():
    return all_refused(("userfaultfd", 0), ("userfaultfd", 1), ("userfaultfd", 0o2000000 | 1))
