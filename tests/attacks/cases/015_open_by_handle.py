# attack: 15
# name: files_cannot_be_opened_by_handle
# expect: held
import ctypes
import struct


def main():
    # The well-known escape: inode 2 is the root of most file systems, whatever is mounted here.
    root_inode = ctypes.create_string_buffer(struct.pack("IiII", 8, 1, 2, 0) + bytes(128))
    handle = ctypes.create_string_buffer(struct.pack("Ii", 128, 0) + bytes(128))
    mount_id = ctypes.c_int()
    library = os.path.dirname(os.__file__)  # on the file system of the guest's root
    descriptor = os.open(library, os.O_RDONLY)
    return all_refused(
        ("name_to_handle_at", AT_FDCWD, library.encode(), handle, ctypes.byref(mount_id), 0),
        ("open_by_handle_at", descriptor, root_inode, os.O_RDONLY),
        ("open_by_handle_at", descriptor, handle, os.O_RDONLY))
