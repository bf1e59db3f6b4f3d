# attack: 14
# name: device_nodes_cannot_be_made
# expect: held


def main():
    import stat

    devices = {"mem": (1, 1), "kmsg": (1, 11), "sda": (8, 0), "tty": (5, 0), "null": (1, 3)}
    return all_refused(*[call for name, (major, minor) in devices.items() for call in (
        ("mknod", name.encode(), stat.S_IFCHR | 0o666, os.makedev(major, minor)),
        ("mknodat", AT_FDCWD, name.encode(), stat.S_IFBLK | 0o666, os.makedev(major, minor)))])
