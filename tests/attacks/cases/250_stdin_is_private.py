# attack: 250
# name: standard_input_is_the_runs_own_file
# expect: held
# expect-fallback: weaker -- gVisor gives a file without a name another device number
# request: {"stdin": "given"}


def main():
    own = os.read(0, 100) == b"given"
    writable = True
    try:
        os.write(0, b"x")
    except OSError:
        writable = False
    size = os.fstat(0).st_size
    result = verdict(own and size < 1 << 20 and os.fstat(0).st_dev == os.stat("/tmp").st_dev,
                     [own, writable, size])
    result["weaker"] = own and size < 1 << 20
    return result
