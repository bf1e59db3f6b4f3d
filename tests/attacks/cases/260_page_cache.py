# attack: 260
# name: what_others_read_does_not_show_in_the_page_cache
# expect: held
import ctypes
import json


def main():
    vector = ctypes.create_string_buffer(16)
    library = os.open(json.__file__, os.O_RDONLY)
    page, _ = syscall("mmap", None, 4096, 1, 2, library, 0)
    parts = (ctypes.c_size_t * 2)(ctypes.addressof(vector), 8)
    no_wait = 8
    return all_refused((27, page, 4096, vector), (327, library, parts, 1, 0, 0, no_wait),
                       ("cachestat", library, bytes(16), ctypes.create_string_buffer(64), 0),
                       (187, library, 0, 4096), ("fadvise64", library, 0, 0, 4))
