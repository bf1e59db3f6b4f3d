# attack: 203
# name: the_kernels_log_quotas_and_terminals_are_refused
# expect: held


def main():
    return all_refused(("syslog", 3, bytes(64), 64), ("syslog", 10, None, 0), ("quotactl", 0x80000700, None,
                                                                           0, None),
                       ("quotactl_fd", 0, 0x80000700, 0, None), ("vhangup",),
                       ("lookup_dcookie", 0, None, 0), ("uselib", b"/lib/x"))
