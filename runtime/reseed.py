"""Gives every random generator that a cell inherits its own seed.

The zygote calls find_generators() once, after all imports and exercises. In each cell the host writes random
bytes into the Mersenne Twisters that were found, without running Python (src/zygote/generator_seeds.h), and
calls reseed_others() if there are others. uuid, secrets, tempfile's names and generators created later get
their random bytes from the kernel.
"""

import ctypes
import gc
import random
import sys
import tempfile

_INT_BYTES = ctypes.sizeof(ctypes.c_int)
_KEY_WORDS, _WORD_BYTES = 624, 4

_others = []  # generators that the host cannot seed


def move_generators():
    """Replaces the two generators that every cell writes to: the old ones are where the imports left them, the
    new ones beside other objects that a cell writes to."""
    old, random._inst = random._inst, random.Random()
    for name, value in list(vars(random).items()):
        if getattr(value, "__self__", None) is old:
            setattr(random, name, getattr(random._inst, name))
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        numpy.random.set_bit_generator(numpy.random.MT19937())


def find_generators(in_place):
    """Returns [(address of the key's 624 words, address of the index)] of the Mersenne Twisters. Without
    `in_place` none: all are seeded through their Python API."""
    numpy = sys.modules.get("numpy")
    kinds, known = (random.Random,), [random._inst]
    if numpy is not None:
        kinds += (numpy.random.RandomState, numpy.random.BitGenerator, numpy.random.Generator)
        known.append(numpy.random.mtrand._rand)
    gc.unfreeze()  # otherwise gc omits what the warm-up has frozen
    found = [one for one in gc.get_objects()
             if issubclass(type(one), kinds) and not isinstance(one, random.SystemRandom)]
    gc.freeze()
    places = {}
    for generator in (*known, *found):
        _seed(generator)
        place = _twister_of(generator) if in_place else None
        if place is None:
            _others.append(generator)
        else:
            places[place] = None  # once: a RandomState and its BitGenerator share one
    # tempfile reseeds when the pid changes, but each cell has pid 1 in its own namespace.
    tempfile._name_sequence = None
    return list(places)


def reseed_others():
    for generator in _others:
        _seed(generator)


def has_others():
    return bool(_others)


def _seed(generator):
    if hasattr(generator, "seed"):  # random.Random, numpy's RandomState
        generator.seed()
    else:
        bits = getattr(generator, "bit_generator", generator)
        bits.state = type(bits)().state


def _twister_of(generator):
    """The addresses of a freshly seeded Mersenne Twister's state. None: it is another kind of generator, or its
    state is not where it is expected; such a generator is seeded through its Python API."""
    if type(generator) is random.Random:
        *key, index = generator.getstate()[1]
        index_at = id(generator) + object.__basicsize__
        key_at = index_at + _INT_BYTES
    else:
        bits = getattr(generator, "_bit_generator", getattr(generator, "bit_generator", generator))
        if type(bits).__name__ != "MT19937":
            return None
        state = bits.state["state"]
        key, index = state["key"].tolist(), state["pos"]
        key_at = bits.ctypes.state_address
        index_at = key_at + _KEY_WORDS * _WORD_BYTES
    if len(key) != _KEY_WORDS:
        return None
    there = list((ctypes.c_uint32 * _KEY_WORDS).from_address(key_at))
    if there != key or ctypes.c_int.from_address(index_at).value != index:
        return None
    return key_at, index_at
