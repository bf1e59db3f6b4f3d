# attack: 20, 27
# name: no_descriptor_but_the_runs_own_is_open
# expect: held


def main():
    import stat

    kinds, directories = {}, []
    for number in range(65536):
        try:
            mode = os.fstat(number).st_mode
        except OSError:
            continue
        kinds[number] = stat.S_IFMT(mode)
        try:
            os.chdir(number)  # fchdir
            directories.append(number)
        except OSError:
            pass
    # 3 is the result's pipe, 0 is /dev/null or an empty file, 1 and 2 are pipes.
    right = set(kinds) <= {0, 1, 2, 3} and all(kinds.get(n) == stat.S_IFIFO for n in (1, 2, 3))
    return verdict(right and not directories, {n: oct(kind) for n, kind in kinds.items()})
