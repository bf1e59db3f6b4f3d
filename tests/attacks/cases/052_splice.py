# attack: 52
# name: splicing_pages_is_refused
# expect: held
import ctypes
import json


def main():
    library = os.open(json.__file__, os.O_RDONLY)
    read_end, write_end = os.pipe()
    vector = (ctypes.c_size_t * 2)(ctypes.addressof(ctypes.create_string_buffer(8)), 8)
    offset = ctypes.c_longlong(0)
    return all_refused(("splice", library, ctypes.byref(offset), write_end, None, 4096, 0),
                       ("vmsplice", write_end, vector, 1, 8), ("tee", read_end, write_end, 1, 0),
                       ("sendfile", write_end, library, None, 4096),
                       ("copy_file_range", library, None, write_end, None, 4096, 0))
