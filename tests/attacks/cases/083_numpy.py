# attack: 83
# name: eight_gigabytes_of_ones_are_a_memory_error
# expect: held
import numpy as np


def main():
    seen = []
    for make in (np.ones, np.zeros, np.empty):
        try:
            make(10**9)
            seen.append("granted")
        except MemoryError:
            seen.append("MemoryError")
    return verdict("granted" not in seen, seen)
