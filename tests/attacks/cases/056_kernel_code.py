# attack: 56
# name: the_kernel_cannot_be_replaced_or_stopped
# expect: held


def main():
    return all_refused(("kexec_load", 0, 0, None, 0), ("kexec_file_load", -1, -1, 0, None, 0),
                       ("init_module", b"", 0, b""), ("finit_module", 0, b"", 0),
                       ("delete_module", b"ext4", 0), ("reboot", 0xFEE1DEAD - (1 << 32), 672274793,
                                                       0x89ABCDEF, None),
                       ("swapon", b"x", 0), ("swapoff", b"x"), ("acct", b"x"),
                       ("settimeofday", None, None), ("clock_settime", 0, None),
                       ("adjtimex", None), ("clock_adjtime", 0, None),
                       ("sethostname", b"owned", 5), ("setdomainname", b"owned", 5))
