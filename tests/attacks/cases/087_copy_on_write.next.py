import numpy
import pandas


def main():
    total = int(pandas.DataFrame({"a": numpy.arange(10)}).a.sum())
    return verdict(total == 45, total)
