# attack: 55
# name: no_program_runs_from_memory
# expect: held
# expect-fallback: status=200 -- no noexec mount: a file of its own can be mapped as code, still within the filter
import ctypes


def main():
    arguments = (ctypes.c_char_p * 2)(b"x", None)
    judged = all_refused(("memfd_create", b"x", 0), ("memfd_create", b"x", 1),
                         ("execveat", 0, b"", arguments, None, 0x1000), ("memfd_secret", 0))
    # What cannot be a program can't be code either: no mapping is made executable.
    prot_write_exec, prot_exec, private_anonymous, shared = 7, 5, 0x22, 1
    with open("code", "wb") as file:
        file.write(b"\xc3" * 4096)
    code = os.open("code", os.O_RDWR)
    outcomes = [syscall("mmap", None, 4096, prot_write_exec, private_anonymous, -1, 0),
                syscall("mmap", None, 4096, prot_exec, private_anonymous, -1, 0),
                syscall("mmap", None, 4096, prot_exec, shared, code, 0),
                syscall("mmap", None, 4096, prot_exec, 2, code, 0)]
    page, _ = syscall("mmap", None, 4096, 3, private_anonymous, -1, 0)
    outcomes += [syscall("mprotect", page, 4096, p) for p in (prot_exec, prot_write_exec, 4)]
    outcomes += [syscall("pkey_mprotect", page, 4096, prot_exec, -1)]
    errors = [error or "done" for _, error in outcomes]
    return verdict(judged["held"] and set(errors) <= set(REFUSALS), f"{judged['saw']}; {errors}")
