# attack: 219
# name: writing_to_the_zygotes_pages_is_private
# expect: held | kind=crash
# next: held
import ctypes


def main():
    # Data of the interpreter that every cell shares copy-on-write: spoil all that is known by name.
    changed = 0
    for name in ("Py_BytesWarningFlag", "Py_DebugFlag", "Py_OptimizeFlag", "Py_VerboseFlag",
                 "Py_IgnoreEnvironmentFlag", "Py_NoSiteFlag", "Py_HashRandomizationFlag"):
        try:
            ctypes.c_int.in_dll(ctypes.pythonapi, name).value = 0x41414141
            changed += 1
        except ValueError:
            pass
    # Small integers and the empty tuple are objects of the zygote too.
    seven = ctypes.c_long.from_address(id(7) + 24)
    seven.value = 7 | (seven.value & ~0xFFFFFFFF)
    ctypes.c_uint.from_address(id(200) + 24).value = 42
    ctypes.c_char.from_address(id("json") + sys.getsizeof("") - 1 + 0)
    return {"held": changed > 0, "saw": f"{changed} variables"}
