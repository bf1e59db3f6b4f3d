def main():
    import ctypes

    flag = ctypes.c_int.in_dll(ctypes.pythonapi, "Py_VerboseFlag").value
    return verdict(100 + 100 == int("2" + "00") and len("x" * 200) == 199 + 1
                   and str(200) == "200" and flag != 0x41414141, f"{str(200)}, {flag}")
