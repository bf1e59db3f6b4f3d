# attack: 249
# name: hostile_arguments_and_input_stay_data
# expect: held
# request: {"args": {"__class__": "x", "self": [1], "${7*7}": null, "n": 1e308}, "stdin": "\u0000\u2028%n%s\r\n", "env": {"LD_PRELOAD": "/tmp/evil.so", "PYTHONSTARTUP": "/tmp/evil.py", "PYTHONPATH": "/tmp", "MALLOC_CHECK_": "3", "LD_LIBRARY_PATH": "/tmp", "GLIBC_TUNABLES": "glibc.malloc.check=3"}}


def main(**given):
    text = sys.stdin.read()
    return verdict(given["self"] == [1] and given["__class__"] == "x" and "%n" in text
                   and "/tmp" not in sys.path, [sorted(given), text])
