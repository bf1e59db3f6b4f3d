"""Seeds of its own for every random generator that a cell inherits.

The zygote calls find_generators() once, before its heap is frozen (a frozen object is out of gc's
sight). Each cell calls reseed() before its script, and again after the warm-up, whose draws would
otherwise show. uuid, secrets, tempfile's names and generators made later ask the kernel themselves.
"""

import gc
import random
import sys
import tempfile

_generators = []


def find_generators():
    numpy = sys.modules.get("numpy")
    kinds = (random.Random,)
    if numpy is not None:
        kinds += (numpy.random.RandomState, numpy.random.BitGenerator, numpy.random.Generator)
    _generators[:] = [found for found in gc.get_objects() if issubclass(type(found), kinds)]
    if numpy is not None and numpy.random.mtrand._rand not in _generators:
        _generators.append(numpy.random.mtrand._rand)
    return len(_generators)


def reseed():
    # tempfile tells cells apart by their pid, and each is 1 in a pid namespace of its own.
    tempfile._name_sequence = None
    for generator in _generators:
        if isinstance(generator, random.Random):
            generator.seed()
        elif hasattr(generator, "seed"):  # numpy's RandomState
            generator.seed()
        else:
            bits = getattr(generator, "bit_generator", generator)
            bits.state = type(bits)().state
