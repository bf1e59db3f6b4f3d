# attack: 107
# name: a_directory_tree_without_end_is_cleared
# expect: held | kind=memory
# expect-fallback: held | kind=memory | kind=cpu_time | kind=wall_time -- no tmpfs: a look every 50 ms, and a kill beyond a depth of 128
# limits: {"wall_time_s": 8, "cpu_time_s": 5}
# next: held


def main():
    depth = 0
    try:
        for depth in range(100_000):
            os.mkdir("d" * 200)
            os.chdir("d" * 200)
    except OSError as error:
        return verdict(True, f"{errno.errorcode[error.errno]} at depth {depth}")
    return verdict(True, f"{depth} deep")
