"""Runs a script by harness.py, in this process."""

import harness
import pytest


def execute(script, args=b"", env=b"", mode="main"):
    return harness.execute(script.encode(), args, env, mode)


def failure_of(script, args=b"", mode="main", has_fields=True):
    with pytest.raises(BaseException) as caught:
        execute(script, args, mode=mode)
    return harness.describe(caught.value, 128 << 20, has_fields=has_fields)
