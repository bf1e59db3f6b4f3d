# attack: 313
# name: a_time_zone_opens_no_file_of_the_host_and_hangs_nothing
# expect: held within=8
# request: {"env": {"TZ": "../../../../../../dev/zero"}}
import time


def main():
    started = time.monotonic()
    seen = [list(time.tzname)]
    for zone in (":/dev/zero", ":/dev/urandom", "/etc/localtime", "/etc/shadow", "/proc/self/mem", "/", ".", ":",
                 "../../../../etc/passwd", "x" * 100_000, "A" * 5_000, "<" * 5_000, "A0B,J1/167:59:59,J1/-167"):
        os.environ["TZ"] = zone
        time.tzset()
        time.localtime(2 ** 40)
        seen.append(time.timezone)
    return verdict(set(seen[1:]) == {0} and time.monotonic() - started < 5, seen)
