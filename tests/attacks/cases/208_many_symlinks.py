# attack: 208
# name: a_million_symbolic_links_run_out_of_inodes
# expect: held | kind=memory
# expect-fallback: held | kind=memory | kind=cpu_time | kind=wall_time -- no tmpfs: a look every 50 ms, and a kill beyond 8,192 inodes
# limits: {"wall_time_s": 8, "cpu_time_s": 5}
# next: held


def main():
    try:
        for made in range(1 << 20):
            os.symlink("t" * 4000, f"/tmp/{made}")
    except OSError as error:
        seen = errno.errorcode[error.errno]
        return verdict(seen in ("ENOSPC", "EDQUOT"), f"{seen} after {made}")
    result = verdict(False, "a million links")
    result["weaker"] = True
    return result
