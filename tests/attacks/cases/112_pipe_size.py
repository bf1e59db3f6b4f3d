# attack: 112
# name: a_pipe_cannot_be_enlarged
# expect: held


def main():
    read_end, write_end = os.pipe()
    set_size = 1031
    return all_refused(*[("fcntl", fd, set_size, size) for fd in (write_end, read_end, 1, 2, 3)
                         for size in (1 << 20, 4096)],
                       ("fcntl", 1, set_size | 1 << 32, 1 << 20))
