# attack: 106
# name: a_million_files_run_out_of_inodes
# expect: held | kind=memory
# expect-fallback: weaker | kind=cpu_time | kind=wall_time -- without mounts the scratch has no bound on inodes of its own
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
