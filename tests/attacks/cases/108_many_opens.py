# attack: 108
# name: a_million_opens_run_out_of_descriptors
# expect: held


def main():
    opened = []
    try:
        for _ in range(1_000_000):
            opened.append(os.open("/dev/null", os.O_RDONLY))
    except OSError as error:
        for descriptor in opened:
            os.close(descriptor)
        return verdict(error.errno == errno.EMFILE and len(opened) < 2000, f"{len(opened)}, {error}")
    return verdict(False, "a million are open")
