# attack: 37
# name: kernel_keys_are_refused
# expect: held


def main():
    session, user = -3, -4
    return all_refused(("add_key", b"user", b"marker", b"secret", 6, user),
                       ("keyctl", 0, session, 1), ("keyctl", 1, b"name"),
                       ("request_key", b"user", b"marker", None, user))
