# attack: 65, 66, 67, 68, 70
# name: no_socket_of_any_family
# expect: held


def main():
    # 0-46: every family there is; AF_ALG 38, AF_VSOCK 40, AF_NETLINK 16, AF_PACKET 17, AF_UNIX 1.
    opened = []
    for family in range(0, 47):
        for kind in (1, 2, 3, 5):
            result, error = syscall("socket", family, kind, 0)
            if result >= 0 or error not in REFUSALS:
                opened.append(f"{family}/{kind}: {error or result}")
    return verdict(not opened, opened or "188 refused")
