# attack: 116
# name: an_illegal_instruction_is_reported_as_a_crash
# expect: status=422 kind=crash
import ctypes


def main():
    # ud2 as it occurs in any text, for example after abort().
    address = ctypes.cast(c_library().abort, ctypes.c_void_p).value
    for at in range(address, address + (1 << 20)):
        if ctypes.string_at(at, 2) == b"\x0f\x0b":
            ctypes.CFUNCTYPE(None)(at)()
    return verdict(False, "no ud2 was found")
