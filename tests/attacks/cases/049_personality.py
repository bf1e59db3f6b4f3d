# attack: 49
# name: the_execution_domain_is_fixed
# expect: held


def main():
    read_implies_exec, no_randomize, uname26 = 0x400000, 0x40000, 0x20000
    return all_refused(*[("personality", flag)
                         for flag in (read_implies_exec, no_randomize, uname26, 0xFFFFFFFF, 8)])
