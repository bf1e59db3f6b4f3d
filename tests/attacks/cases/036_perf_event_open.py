# attack: 36
# name: perf_events_are_refused
# expect: held
import ctypes
import struct


def main():
    cpu_clock = ctypes.create_string_buffer(struct.pack("IIQ", 1, 120, 0) + bytes(104))
    return all_refused(("perf_event_open", cpu_clock, 0, -1, -1, 0),
                       ("perf_event_open", cpu_clock, -1, 0, -1, 0))
