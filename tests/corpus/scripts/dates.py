# Dates, clocks and waiting.

# %% datetime_arithmetic
from datetime import date, datetime, timedelta

def main():
    start = datetime(2024, 2, 28, 23, 30)
    return ((start + timedelta(hours=25)).isoformat(), (date(2024, 12, 25) - date(2024, 1, 1)).days,
            start.strftime("%A %d %B %Y"), datetime.strptime("2024-07-04", "%Y-%m-%d").weekday())

# %% datetime_zones
from datetime import datetime, timedelta, timezone

def main():
    moment = datetime(2024, 6, 1, 12, tzinfo=timezone.utc)
    return (moment.astimezone(timezone(timedelta(hours=-5))).isoformat(), moment.timestamp(),
            datetime.fromisoformat("2024-06-01T12:00:00+02:00").utcoffset().seconds)

# %% zoneinfo
from datetime import datetime
from zoneinfo import ZoneInfo

def main():
    summer = datetime(2024, 7, 1, 12, tzinfo=ZoneInfo("Europe/Paris"))
    return [summer.astimezone(ZoneInfo(z)).isoformat()
            for z in ("America/New_York", "Asia/Tokyo", "Australia/Sydney", "UTC")]

# %% zoneinfo_available
import zoneinfo

def main():
    names = zoneinfo.available_timezones()
    return len(names) > 300, "Europe/Berlin" in names

# %% calendar
import calendar

def main():
    return calendar.month(2024, 2), calendar.isleap(2100), calendar.monthrange(2023, 2)

# %% now_is_sane
import time
from datetime import datetime

def main():
    return time.time() > 1_600_000_000, datetime.now().year >= 2024, time.localtime().tm_isdst

# %% sleep_short
import time

def main():
    start = time.monotonic()
    time.sleep(0.01)
    time.sleep(0)
    return time.monotonic() - start >= 0.01

# %% clocks
import time

def main():
    clocks = (time.perf_counter(), time.process_time(), time.thread_time(), time.monotonic(),
              time.time_ns() / 1e9, time.clock_gettime(time.CLOCK_BOOTTIME),
              time.clock_gettime(time.CLOCK_MONOTONIC_RAW),
              time.clock_gettime(time.CLOCK_PROCESS_CPUTIME_ID))
    return all(c >= 0 for c in clocks)

# %% clock_resolutions
import time

def main():
    return [time.get_clock_info(n).monotonic for n in ("monotonic", "perf_counter", "process_time")], \
        time.clock_getres(time.CLOCK_MONOTONIC) < 1

# %% timeit
import timeit

def main():
    return timeit.timeit("sum(range(100))", number=100) > 0

# %% time_formats
import time

def main():
    moment = time.gmtime(0)
    return (time.strftime("%Y-%m-%d %H:%M:%S", moment), time.asctime(moment), time.mktime(moment),
            time.strptime("12:30", "%H:%M").tm_hour, time.tzname)

# %% tzset
import os
import time

def main():
    os.environ["TZ"] = "EST5EDT"
    time.tzset()
    return time.strftime("%H:%M", time.localtime(0))

# %% tzset_by_name
import os
import time

def main():
    seen = []
    for zone in ("Asia/Tokyo", "Europe/Zurich", "America/New_York"):
        os.environ["TZ"] = zone
        time.tzset()
        summer = time.localtime(1_751_371_200)
        seen.append([time.tzname, time.timezone, summer.tm_hour, summer.tm_isdst, time.strftime("%Z", summer)])
    return seen

# %% scheduler
import sched
import time

def main():
    order = []
    scheduler = sched.scheduler(time.monotonic, time.sleep)
    scheduler.enter(0.02, 1, order.append, ("second",))
    scheduler.enter(0.01, 1, order.append, ("first",))
    scheduler.run()
    return order

# %% process_times
import resource

def main():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_maxrss > 0, usage.ru_utime >= 0

# %% stopwatch_decorator
import functools
import time

def timed(function):
    @functools.wraps(function)
    def wrapper(*args):
        start = time.perf_counter()
        value = function(*args)
        print(f"{function.__name__} took {time.perf_counter() - start:.3f} s")
        return value
    return wrapper

@timed
def work(n):
    return sum(i * i for i in range(n))

def main():
    return work(10_000)
