"""Attack 61: every system call number from 0 to 600 with random arguments, and numbers far outside.

The run may end in any reported way; the service and everybody else must not notice."""

import pytest

from attacks.judge import CASES_DIRECTORY, assert_well_formed

SLICE = 50

# rt_sigreturn, exit, exit_group, pause, wait-like calls: they would end the slice, not test it.
SCRIPT = (CASES_DIRECTORY / "prelude.py").read_text() + """
import ctypes
import random

ENDING = {15, 60, 231, 34, 7, 219, 35, 230, 271, 270, 232, 23, 281, 128, 130}


def argument(rng, area):
    return rng.choice([
        0, 1, -1, 3, 4096, 0x7FFFFFFF, -0x80000000, 1 << 32, 1 << 63, rng.getrandbits(64),
        rng.getrandbits(12), area, area + rng.randrange(4000), 0xFFFFFFFF81000000])


def main(first, last, seed):
    rng = random.Random(seed)
    # System calls by number, without the C library's own bookkeeping in between.
    call = ctypes.CDLL(None, use_errno=True).syscall
    call.restype = ctypes.c_long
    page = ctypes.create_string_buffer(1 << 16)
    area = ctypes.addressof(page)
    made, worked = 0, []
    for number in range(first, last):
        if number in ENDING:
            continue
        for _ in range(6):
            given = [ctypes.c_ulong(argument(rng, area) & (1 << 64) - 1) for _ in range(6)]
            ctypes.memset(area, 0, 1 << 16)
            result = call(ctypes.c_long(number), *given)
            made += 1
            if result >= 0:
                worked.append(number)
    return {"made": made, "worked": sorted(set(worked))}
"""

# What a hostile script may never get done, whatever the arguments.
FORBIDDEN = {41, 42, 43, 44 + 2, 49, 50, 56, 57, 58, 59, 101, 105, 106, 112, 113, 114, 116, 117, 119, 133,
             155, 157, 159, 160, 161, 163, 164, 165, 166, 167, 168, 169, 170, 171, 172, 173, 175, 176,
             246, 248, 249, 250, 259, 272, 275, 276, 278, 298, 300, 303, 304, 308, 310, 311, 313, 317, 319,
             320, 321, 322, 323, 425, 426, 427, 428, 429, 430, 431, 432, 433, 434, 435, 437, 438, 440,
             442, 447, 448}


@pytest.mark.parametrize("first", range(0, 601, SLICE))
def test_61_random_calls_are_contained(service, first):
    for seed in range(2):
        reply = service.execute(SCRIPT, args=[first, first + SLICE, seed], verbose=True,
                                limits={"wall_time_s": 4, "cpu_time_s": 3})
        assert_well_formed(reply)
        if reply.status == 200:
            done = FORBIDDEN & set(reply.result.get("worked", []))
            assert not done, f"calls that must not work: {sorted(done)}"


def test_61_numbers_far_outside_are_contained(service):
    for first in (600, 1000, 4095, 0x3FFFFFFF, 0x7FFFFFF0, -5, 0x40000000 + 512):
        reply = service.execute(SCRIPT, args=[first, first + 5, 1], verbose=True,
                                limits={"wall_time_s": 4, "cpu_time_s": 3})
        assert_well_formed(reply)
        if reply.status == 200:
            assert reply.result["worked"] == []
