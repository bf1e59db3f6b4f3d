# attack: 206
# name: extended_attributes_are_refused
# expect: held


def main():
    with open("file", "w") as file:
        file.write("x")
    names = (b"security.capability", b"trusted.overlay.opaque", b"user.x", b"system.posix_acl_access",
             b"security.selinux", b"trusted.x")
    value = bytes.fromhex("0100000200200000000000000000000000000000")
    calls = [("setxattr", b"file", name, value, len(value), 0) for name in names]
    return all_refused(*calls, ("setxattr", b"/usr/lib", b"user.x", value, 4, 0))
