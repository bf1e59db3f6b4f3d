# attack: 251
# name: empty_directories_and_names_are_bounded_too
# expect: held | kind=memory
# expect-fallback: held | kind=memory | kind=cpu_time | kind=wall_time -- no tmpfs: a look every 50 ms, and a kill beyond 8,192 inodes
# limits: {"wall_time_s": 8, "cpu_time_s": 5}


def main():
    made = 0
    try:
        while made < 200_000:
            os.mkdir(f"/tmp/{made}-" + "n" * 230)
            made += 1
    except OSError as error:
        return verdict(error.errno == errno.ENOSPC, f"{errno.errorcode[error.errno]} after {made}")
    result = verdict(False, f"{made} directories")
    result["weaker"] = True
    return result
