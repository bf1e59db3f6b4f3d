"""Converts objects that JSON does not have into plainer ones, by orjson's rules.

The encoder (src/zygote/json_encoder.h) calls convert() for each such object, in a cell, after the script
ran. numpy and pandas are considered only if they are loaded: otherwise no object of theirs can exist.
"""

import array
import collections
import dataclasses
import datetime
import decimal
import enum
import fractions
import pathlib
import re
import sys
import types
import uuid

# Each element of an array takes at least two bytes of JSON: a digit and a comma.
VALUE_BYTES_MAX = 8 * 1024 * 1024
ELEMENTS_MAX = VALUE_BYTES_MAX // 2

TOO_LARGE = None

# Not `kind.__name__`: a metaclass of the script could override it.
_name_of = type.__dict__["__name__"].__get__
_module_of = type.__dict__["__module__"].__get__


def convert(value):
    """Returns (plainer,), or a hint what to do instead (a str, may be empty), or TOO_LARGE."""
    kind = type(value)
    if _is_pandas_missing(kind):
        return (None,)
    if issubclass(kind, enum.Enum):
        return (value.value,)
    if issubclass(kind, (datetime.date, datetime.time)):  # datetime is a date, Timestamp a datetime
        return (value.isoformat(),)
    if issubclass(kind, uuid.UUID):
        return (str(value),)
    if issubclass(kind, datetime.timedelta):  # pandas Timedelta too
        whole = datetime.timedelta(value.days, value.seconds, value.microseconds)
        nanoseconds = getattr(value, "nanoseconds", 0) if _package_of(kind) == "pandas" else 0
        return (_duration(whole // _MICROSECOND * 1_000 + nanoseconds),)
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        if issubclass(kind, numpy.ndarray):
            return _convert_array(numpy, value)
        if issubclass(kind, numpy.generic):
            return _convert_scalar(numpy, value)
    if issubclass(kind, decimal.Decimal):
        return (str(value) if value.is_finite() else None,)
    if issubclass(kind, pathlib.PurePath):
        return (str(value),)
    pandas = sys.modules.get("pandas")
    if pandas is not None:
        if issubclass(kind, (pandas.Period, pandas.Interval)):
            return (str(value),)
        if issubclass(kind, pandas.Categorical):
            return TOO_LARGE if len(value) > ELEMENTS_MAX else (value.tolist(),)
    if hasattr(kind, "__dataclass_fields__"):
        names = (field.name for field in dataclasses.fields(kind))
        return ({name: getattr(value, name) for name in names if not name.startswith("_")},)
    return _hint(kind)


_MICROSECOND = datetime.timedelta(microseconds=1)


def _duration(nanoseconds):
    """As ISO 8601 has it: "P1DT2H3.5S"."""
    sign = "-" if nanoseconds < 0 else ""
    seconds, fraction = divmod(abs(nanoseconds), 1_000_000_000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    decimals = f".{fraction:09}".rstrip("0") if fraction else ""
    date = f"{days}D" if days else ""
    parts = ((hours, f"{hours}H"), (minutes, f"{minutes}M"), (seconds or fraction, f"{seconds}{decimals}S"))
    time = "".join(text for amount, text in parts if amount)
    if not date and not time:
        time = "0S"
    return f"{sign}P{date}T{time}" if time else f"{sign}P{date}"


def _is_pandas_missing(kind):
    # By name: NaT is a datetime for isinstance(), and the classes are private to pandas._libs.
    return _name_of(kind) in ("NaTType", "NAType") and _package_of(kind) == "pandas"


def _package_of(kind):
    return str(_module_of(kind)).partition(".")[0]


def _convert_array(numpy, array_value):
    if array_value.size > ELEMENTS_MAX:
        return TOO_LARGE
    kind = array_value.dtype.kind
    if kind == "M":
        return (_datetimes(numpy, array_value),)
    if kind == "f" and array_value.dtype.itemsize != 8:
        return (_shortest_floats(array_value),)
    if kind in "biufUO":
        return (array_value.tolist(),)
    # complex, bytes, timedelta, records: each by itself; the encoder names the first element that cannot be encoded.
    return (list(array_value),) if array_value.ndim else _hint(type(array_value[()]))


def _convert_scalar(numpy, scalar):
    if issubclass(type(scalar), numpy.bool_):
        return (bool(scalar),)
    if issubclass(type(scalar), numpy.integer) and not issubclass(type(scalar), numpy.timedelta64):
        return (int(scalar),)
    if issubclass(type(scalar), numpy.floating):
        return (_shortest_floats(numpy.asarray(scalar)),)
    if issubclass(type(scalar), numpy.datetime64):
        return (_datetimes(numpy, numpy.asarray(scalar)),)
    if issubclass(type(scalar), numpy.timedelta64):
        return _convert_timedelta(numpy, scalar)
    if issubclass(type(scalar), numpy.str_):
        return (str(scalar),)
    if issubclass(type(scalar), numpy.void) and scalar.dtype.names:
        return ({name: scalar[name] for name in scalar.dtype.names},)
    return _hint(type(scalar))


def _convert_timedelta(numpy, scalar):
    if numpy.isnat(scalar):
        return (None,)
    unit = numpy.datetime_data(scalar.dtype)[0]
    exact = scalar.astype("timedelta64[ns]") if unit not in ("Y", "M", "generic") else None
    if exact is None or exact.astype(scalar.dtype) != scalar:  # no fixed length, or beyond 292 years
        return _hint(type(scalar))
    return (_duration(int(exact.astype("int64"))),)


def _shortest_floats(values):
    """float32(0.1) as 0.1, not as the double 0.10000000149011612 next to it."""
    return values.astype(str).astype(float).tolist()


def _datetimes(numpy, values):
    """datetime64 values as nested lists of ISO strings, NaT as None."""
    exact = values.astype("datetime64[us]").tolist()
    plain = numpy.datetime_as_string(values).tolist()
    return _iso(exact, plain)


def _iso(exact, plain):
    if isinstance(exact, list):
        return [_iso(*pair) for pair in zip(exact, plain)]
    if exact is None:
        return None
    # A year outside datetime's range is returned as an int: then numpy's own text is used.
    return exact.isoformat() if isinstance(exact, datetime.datetime) else plain


# --- hints ---------------------------------------------------------------------------------------

_HINTS = (
    ((set, frozenset), "use sorted(...) or list(...)"),
    ((bytes, bytearray), "use .decode(), or base64.b64encode(...).decode()"),
    ((memoryview,), "use .tobytes().decode(), or base64.b64encode(...).decode()"),
    ((complex,), "use [z.real, z.imag] or str(...)"),
    ((fractions.Fraction,), "use float(...) or str(...)"),
    ((datetime.tzinfo,), "use str(...)"),
    ((range, collections.deque, collections.UserList), "use list(...)"),
    ((array.array,), "use .tolist()"),
    ((collections.UserDict, types.MappingProxyType, collections.ChainMap), "use dict(...)"),
    ((collections.UserString,), "use str(...)"),
    ((type({}.keys()), type({}.values()), type({}.items())), "use list(...)"),
    ((types.CoroutineType,), "await it"),
    ((types.AsyncGeneratorType,), "use [item async for item in ...]"),
    (
        (
            types.FunctionType,
            types.BuiltinFunctionType,
            types.MethodType,
        ),
        "call it and return what it returns",
    ),
    ((type,), "return an instance's data, or the class's __name__"),
    ((types.ModuleType,), "use its __name__"),
    ((BaseException,), "use str(...)"),
    ((re.Match,), "use .group() or .groupdict()"),
    ((re.Pattern,), "use .pattern"),
    ((types.SimpleNamespace,), "use vars(...)"),
)

_SHOWN = 'leave it out: "include": ["display"] gives images'
_LIBRARY_HINTS = {
    ("pandas", "DataFrame"): 'use .to_dict("records")',
    ("pandas", "Series"): "use .tolist() or .to_dict()",
    ("pandas", "Index"): "use .tolist()",
    ("pandas", "ExtensionArray"): "use .tolist()",
    ("pandas", "GroupBy"): "aggregate it first, for example with .sum()",
    ("pandas", "Styler"): "use .data, then .to_dict(...)",
    ("numpy", "timedelta64"): 'use .astype("timedelta64[s]").astype(int)',
    ("numpy", "complexfloating"): "use [z.real, z.imag] or str(...)",
    ("numpy", "bytes_"): "use .decode()",
    ("numpy", "void"): "use .item()",
    ("numpy", "dtype"): "use str(...)",
    ("numpy", "matrix"): "use .tolist()",
    ("matplotlib", "Figure"): _SHOWN,
    ("matplotlib", "Artist"): _SHOWN,
    ("PIL", "Image"): _SHOWN,
    ("sqlite3", "Cursor"): "use .fetchall()",
    ("_io", "_IOBase"): "return its content, or ask for \"files\" in \"include\"",
}


def _hint(kind):
    for base in type.mro(kind):
        hint = _LIBRARY_HINTS.get((_package_of(base), _name_of(base)))
        if hint is not None:
            return hint
    for kinds, hint in _HINTS:
        if issubclass(kind, kinds):
            return hint
    if hasattr(kind, "__iter__") and hasattr(kind, "__next__"):
        return "use list(...)"
    if hasattr(kind, "__await__"):
        return "await it"
    return "return its data as dict, list, str, int, float, bool or None"
