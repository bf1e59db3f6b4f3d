# attack: 124, 224
# name: no_secret_lies_in_the_environment_or_on_the_stack
# expect: held
import ctypes


def main():
    # What the kernel put above the stack: arguments, environment, auxiliary vector.
    c = c_library()
    environ = ctypes.POINTER(ctypes.c_char_p).in_dll(c, "environ")
    found, i = [], 0
    while environ and environ[i] is not None and i < 1000:
        found.append(environ[i])
        i += 1
    getauxval = c.getauxval
    getauxval.restype = ctypes.c_ulong
    program_name = getauxval(31)  # AT_EXECFN lies at the very top, behind the environment's text
    text = b""
    read_end, write_end = os.pipe()
    os.set_blocking(read_end, False)
    page = (program_name or ctypes.addressof(environ.contents)) & ~0xFFF
    for address in range(page - 32 * 4096, page + 2 * 4096, 4096):
        if c.write(write_end, ctypes.c_void_p(address), 1) == 1:
            os.read(read_end, 1)
            text += ctypes.string_at(address, 4096)
    words = (b"SECRET", b"TOKEN", b"PASSWORD", b"API_KEY", b"AWS_", b"KUBERNETES_", b"HOSTNAME=",
             b"FORKJAIL_", b"--nsjail", b"/root/", b"/build/")
    leaked = [word for word in words if any(word in entry for entry in found) or word in text]
    return verdict(not leaked and text, leaked or f"{len(text)} bytes above the stack")
