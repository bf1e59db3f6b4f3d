# attack: 117
# name: a_descriptor_cannot_send_signals_to_others
# expect: held


def main():
    f_setown, f_setsig, f_setown_ex, f_notify, f_setlease = 8, 10, 15, 1026, 1024
    return all_refused(*[("fcntl", fd, command, argument) for fd in (0, 1, 2, 3)
                         for command in (f_setown, f_setsig, f_setown_ex, f_notify, f_setlease)
                         for argument in (1, -1, 9)])
