# attack: 106
# name: a_million_files_run_out_of_inodes
# expect: held | kind=memory
# expect-fallback: held | kind=memory | kind=cpu_time | kind=wall_time -- no tmpfs: a look every 50 ms, and a kill beyond 8,192 inodes
# limits: {"wall_time_s": 8, "cpu_time_s": 5}
# next: held


def main():
    made = 0
    try:
        for made in range(1_000_000):
            os.close(os.open(f"/tmp/{made}", os.O_CREAT | os.O_WRONLY))
    except OSError as error:
        seen = errno.errorcode[error.errno]
        return verdict(seen in ("ENOSPC", "EDQUOT") and made < 100_000, f"{seen} after {made}")
    result = verdict(False, f"{made} files")
    result["weaker"] = True
    return result
