# attack: 109
# name: a_flood_of_pipes_runs_out_of_descriptors
# expect: held | kind=memory


def main():
    pipes = []
    try:
        for _ in range(100_000):
            pipes.append(os.pipe())
    except OSError as error:
        seen = errno.errorcode[error.errno]
        filled = 0
        for _, write_end in pipes:
            os.set_blocking(write_end, False)
            try:
                while True:
                    filled += os.write(write_end, bytes(65536))
            except OSError:
                pass
        return verdict(seen in ("EMFILE", "ENFILE") and len(pipes) < 1000,
                       f"{seen} after {len(pipes)}, {filled >> 20} MB inside")
    return verdict(False, "100,000 pipes are open")
