"""The C library's time zones: TZ in a request's `env`, and time.tzset() in a script."""

import pytest

# Noon UTC in winter and in summer: the zone's name, and the hour there.
SCRIPT = ("import datetime, time\ndef main():\n    seen = []\n    for month in (1, 7):\n"
          "        noon = datetime.datetime(2025, month, 15, 12, tzinfo=datetime.timezone.utc)\n"
          "        local = noon.astimezone()\n        there = time.localtime(noon.timestamp())\n"
          "        assert (there.tm_hour, there.tm_min) == (local.hour, local.minute)\n"
          "        seen.append([local.tzname(), local.isoformat()[11:16]])\n    return seen\n")
ZONES = {
    "Asia/Tokyo": [["JST", "21:00"], ["JST", "21:00"]],
    "Europe/Zurich": [["CET", "13:00"], ["CEST", "14:00"]],
    "America/New_York": [["EST", "07:00"], ["EDT", "08:00"]],
    "Australia/Lord_Howe": [["+11", "23:00"], ["+1030", "22:30"]],
    "UTC": [["UTC", "12:00"], ["UTC", "12:00"]],
    "EST5EDT,M3.2.0,M11.1.0": [["EST", "07:00"], ["EDT", "08:00"]],
}


@pytest.mark.parametrize("zone", ZONES)
def test_tz_of_a_request_is_the_zone_of_its_script(execute, zone):
    assert execute(SCRIPT, env={"TZ": zone}).result == ZONES[zone]


def test_the_next_script_is_in_utc_again(execute):
    execute(SCRIPT, env={"TZ": "Asia/Tokyo"})
    assert execute(SCRIPT).result == ZONES["UTC"]


def test_tzset_in_a_script(execute):
    script = ("import os, time\ndef main():\n    seen = []\n    for zone in ('Asia/Kolkata', 'Europe/London', 'UTC'):\n"
              "        os.environ['TZ'] = zone\n        time.tzset()\n        seen.append([*time.tzname, time.timezone])\n"
              "    return seen\n")
    assert execute(script).result == [["IST", "IST", -19800], ["GMT", "BST", 0], ["UTC", "UTC", 0]]


def test_python_finds_the_same_zones(execute):
    script = ("import datetime, zoneinfo\nimport pandas as pd\nfrom dateutil import tz\ndef main():\n"
              "    summer = datetime.datetime(2025, 7, 1)\n    key = 'America/New_York'\n"
              "    offsets = {str(zone.utcoffset(summer)) for zone in (zoneinfo.ZoneInfo(key), tz.gettz(key))}\n"
              "    offsets.add(str(pd.Timestamp(summer, tz=key).utcoffset()).replace('days, ', 'day, '))\n"
              "    return [len(zoneinfo.available_timezones()) > 400, sorted(offsets)]\n")
    many, offsets = execute(script).result
    assert many and offsets == ["-1 day, 20:00:00"]


@pytest.mark.parametrize("zone", ["Mars/Base", "../../../../etc/passwd", "/dev/zero", ":/dev/zero", "x" * 5000, "A" * 200])
def test_an_unknown_zone_does_no_harm(execute, zone):
    assert execute("def main():\n    return 1\n", env={"TZ": zone}).result == 1
