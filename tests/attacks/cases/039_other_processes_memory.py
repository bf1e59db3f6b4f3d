# attack: 39
# name: memory_of_another_process_is_out_of_reach
# expect: held
import ctypes


def main():
    target = ctypes.create_string_buffer(64)
    local = (ctypes.c_size_t * 2)(ctypes.addressof(target), 64)
    remote = (ctypes.c_size_t * 2)(0x400000, 64)
    pids = (os.getppid(), 1, 2, os.getpid())
    return all_refused(*[(name, pid, local, 1, remote, 1, 0) for pid in pids
                         for name in ("process_vm_readv", "process_vm_writev")],
                       ("kcmp", os.getpid(), 1, 0, 0, 0))
