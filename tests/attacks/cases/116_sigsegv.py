# attack: 116
# name: a_wild_read_is_reported_as_a_crash
# expect: status=422 kind=crash error~SIGSEGV
import ctypes


def main():
    print("before", flush=True)
    return ctypes.string_at(8)
