"""conversion.py: what is made of objects that are not JSON by themselves."""

import collections
import datetime
import decimal
import enum
import pathlib
import uuid

import conversion
import pytest


class Color(enum.Enum):
    RED = {"deep": (1,)}


@pytest.mark.parametrize(
    ("value", "plainer"),
    [
        (datetime.date(2024, 1, 2), "2024-01-02"),
        (datetime.time(3, 4), "03:04:00"),
        (datetime.datetime(2024, 1, 2, 3), "2024-01-02T03:00:00"),
        (uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (Color.RED, {"deep": (1,)}),
        (datetime.timedelta(days=1, hours=2, seconds=3, milliseconds=500), "P1DT2H3.5S"),
        (datetime.timedelta(0), "PT0S"),
        (datetime.timedelta(days=-1, seconds=1), "-PT23H59M59S"),
        (decimal.Decimal("1.10"), "1.10"),
        (decimal.Decimal("Infinity"), None),
        (pathlib.PurePosixPath("a/b"), "a/b"),
    ],
)
def test_converts(value, plainer):
    assert conversion.convert(value) == (plainer,)


@pytest.mark.parametrize(
    ("value", "hint"),
    [
        ({1}, "use sorted(...) or list(...)"),
        (frozenset(), "use sorted(...) or list(...)"),
        (collections.deque(), "use list(...)"),
        ({}.items(), "use list(...)"),
        (iter([]), "use list(...)"),
        (ValueError(), "use str(...)"),
        (len, "call it and return what it returns"),
        (object(), "return its data as dict, list, str, int, float, bool or None"),
    ],
)
def test_hints(value, hint):
    assert conversion.convert(value) == hint


def test_arrays_that_cannot_fit_are_refused_before_they_are_expanded():
    numpy = pytest.importorskip("numpy")
    assert conversion.convert(numpy.broadcast_to(1, (10**12,))) is conversion.TOO_LARGE
    assert conversion.convert(numpy.broadcast_to("x", (10**12,))) is conversion.TOO_LARGE


def test_a_year_that_datetime_cannot_hold_keeps_numpys_text():
    numpy = pytest.importorskip("numpy")
    assert conversion.convert(numpy.datetime64("20000-01-01")) == ("20000-01-01",)


def test_every_library_hint_is_reachable():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"a": [1]})
    for value in (frame, frame["a"], frame.index, frame.groupby("a"), pandas.array([1])):
        assert conversion.convert(value).startswith(("use .", "aggregate"))


def test_durations_of_numpy_and_pandas_keep_their_nanoseconds():
    numpy, pandas = pytest.importorskip("numpy"), pytest.importorskip("pandas")
    assert conversion.convert(numpy.timedelta64(1_000_000_001, "ns")) == ("PT1.000000001S",)
    assert conversion.convert(pandas.Timedelta(-1, "ns")) == ("-PT0.000000001S",)
    assert "astype" in conversion.convert(numpy.timedelta64(1, "M"))  # of no fixed length


def test_records_of_numpy_are_objects():
    numpy = pytest.importorskip("numpy")
    record = numpy.array([(1, 2.5)], dtype=[("a", "i4"), ("b", "f8")])[0]
    assert conversion.convert(record) == ({"a": 1, "b": 2.5},)
