"""What an exception was caused by, and where it was raised.

Cell, after the script ran: failures.py and advice*.py. A script's class can replace each attribute of its
exceptions, so they are read by the slots of BaseException; nothing here calls code of the script.
"""

CAUSES_MAX = 20  # of one exception that are looked at

type_name = type.__dict__["__name__"].__get__
module_of = type.__dict__["__module__"].__get__
trace_of = BaseException.__traceback__.__get__
_attributes_of = BaseException.__dict__["__dict__"].__get__
_cause_of = BaseException.__cause__.__get__
_context_of = BaseException.__context__.__get__


def causes_of(error):
    """The exception itself, then what caused it or was handled when it was raised; of a URLError its reason."""
    for _ in range(CAUSES_MAX):
        if error is None:
            return
        yield error
        reason = _attributes_of(error).get("reason") if type_name(type(error)) == "URLError" else None
        cause = _cause_of(error)
        if issubclass(type(reason), BaseException):
            error = reason
        else:
            error = _context_of(error) if cause is None else cause


def frames_of(trace):
    """From the first one to the innermost."""
    while trace is not None:
        yield trace.tb_frame
        trace = trace.tb_next


def innermost_frame(trace):
    last = None
    for last in frames_of(trace):
        pass
    return last
