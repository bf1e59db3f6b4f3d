# attack: 243
# name: a_deep_c_recursion_ends_in_a_fault
# expect: kind=crash within=8 | kind=exception within=8 | kind=memory within=8
# limits: {"wall_time_s": 8, "cpu_time_s": 5}
import json


def main():
    sys.setrecursionlimit(10**9)
    text = "[" * 5_000_000
    json.loads(text)
    value = []
    for _ in range(10_000_000):
        value = [value]
    return repr(value)[:10]
