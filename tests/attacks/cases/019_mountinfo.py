# attack: 19
# name: mounts_of_the_host_do_not_show
# expect: held
import ctypes
import struct


def main():
    files = absent("/proc/self/mountinfo", "/proc/mounts", "/proc/self/mounts", "/etc/mtab",
                   "/proc/self/mountstats")
    buffer = ctypes.create_string_buffer(4096)
    request = ctypes.create_string_buffer(struct.pack("IIQQQ", 32, 0, 2**64 - 1, 0x7F, 0))
    calls = all_refused(("statmount", request, buffer, 4096, 0),
                        ("listmount", request, buffer, 512, 0))
    return verdict(files["held"] and calls["held"], files["saw"] + "; " + calls["saw"])
