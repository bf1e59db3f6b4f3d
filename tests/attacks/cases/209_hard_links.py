# attack: 209
# name: hard_links_without_end_are_bounded
# expect: held | kind=memory
# expect-fallback: held | kind=memory | kind=cpu_time | kind=wall_time -- no tmpfs: a look every 50 ms, and a kill beyond 8,192 inodes
# limits: {"wall_time_s": 8, "cpu_time_s": 5}


def main():
    with open("/tmp/file", "w") as file:
        file.write("x")
    try:
        for made in range(1 << 20):
            os.link("/tmp/file", f"/tmp/{made}" + "n" * 200)
    except OSError as error:
        seen = errno.errorcode[error.errno]
        return verdict(seen in ("ENOSPC", "EMLINK", "EDQUOT"), f"{seen} after {made}")
    result = verdict(False, "a million names")
    result["weaker"] = True
    return result
