# attack: 19
# name: mounts_of_the_host_do_not_show
# expect: held
# expect-without-chroot: weaker -- names, sizes and times of the host's files show where only Landlock stands; none of them opens
import ctypes
import struct


def main():
    files = absent("/proc/self/mountinfo", "/proc/mounts", "/proc/self/mounts", "/etc/mtab",
                   "/proc/self/mountstats")
    buffer = ctypes.create_string_buffer(4096)
    request = ctypes.create_string_buffer(struct.pack("IIQQQ", 32, 0, 2**64 - 1, 0x7F, 0))
    calls = all_refused(("statmount", request, buffer, 4096, 0),
                        ("listmount", request, buffer, 512, 0))
    result = verdict(files["held"] and calls["held"], files["saw"] + "; " + calls["saw"])
    result["weaker"] = files["weaker"] and calls["held"]
    return result
