# attack: 201
# name: openat2_and_statx_do_not_exist
# expect: held
import ctypes
import struct


def main():
    how = ctypes.create_string_buffer(struct.pack("QQQ", os.O_RDONLY, 0, 0))
    buffer = ctypes.create_string_buffer(256)
    return all_refused(("openat2", AT_FDCWD, b"/", how, 24),
                       ("statx", AT_FDCWD, b"/", 0, 0xFFF, buffer), ("cachestat", 0, bytes(16), buffer, 0),
                       ("ustat", 0, buffer), ("sysfs", 3, 0, 0))
