"""reseed.py in an ordinary interpreter: it finds the generators, and the places where the host writes."""

import ctypes
import gc
import random
import tempfile

import numpy as np
import pytest
import reseed


@pytest.fixture(autouse=True)
def forget():
    yield
    gc.unfreeze()
    reseed._others.clear()


def fill(place, word):
    key, index = place
    (ctypes.c_uint32 * 624).from_address(key)[:] = [word] * 624
    ctypes.c_int.from_address(index).value = 624


def test_what_is_written_to_the_places_is_what_the_generators_draw_from():
    places = reseed.find_generators(True)
    drawn = []
    for word in (1, 2, 1):
        for place in places:
            fill(place, word)
        drawn.append((random.random(), float(np.random.rand())))
    assert drawn[0] == drawn[2] != drawn[1]


def test_generators_that_the_warm_up_froze_are_found():
    gc.freeze()
    keys = {key for key, _ in reseed.find_generators(True)}
    inside = range(id(random._inst), id(random._inst) + random._inst.__sizeof__())
    assert any(key in inside for key in keys)


def test_moved_generators_serve_draws_from_the_modules():
    old = random._inst
    reseed.move_generators()
    places = reseed.find_generators(True)
    assert random._inst is not old
    assert random.random.__self__ is random.randint.__self__ is random._inst
    drawn = []
    for _ in range(2):
        for place in places:
            fill(place, 1)
        drawn.append((random.random(), random.randint(0, 10**9), float(np.random.rand())))
    assert drawn[0] == drawn[1]


def test_the_old_generator_is_seeded_too_while_it_is_in_use():
    draw = random.random
    reseed.move_generators()
    drawn = []
    for word in (1, 2):
        for place in reseed.find_generators(True):
            fill(place, word)
        drawn.append(draw())
    assert drawn[0] != drawn[1]


def test_each_state_is_named_once_though_two_objects_share_it():
    places = reseed.find_generators(True)
    assert len({key for key, _ in places}) == len(places)
    shared = np.random.mtrand._rand._bit_generator.ctypes.state_address
    assert shared in {key for key, _ in places}


def test_a_generator_of_another_kind_is_seeded_the_long_way():
    kept = np.random.Generator(np.random.PCG64(1))
    expected = np.random.Generator(np.random.PCG64(1)).random()
    reseed.find_generators(True)
    assert reseed.has_others()
    kept.bit_generator.state = np.random.PCG64(1).state
    reseed.reseed_others()
    assert kept.random() != expected


def test_no_half_of_a_pair_of_normal_numbers_is_left():
    random.seed(1)
    random.gauss(0, 1)
    np.random.seed(1)
    np.random.standard_normal()
    reseed.find_generators(True)
    assert random.getstate()[2] is None
    assert np.random.get_state()[3] == 0


def test_names_of_temporary_files_start_anew():
    next(tempfile._get_candidate_names())
    reseed.find_generators(True)
    assert tempfile._name_sequence is None


def test_out_of_place_all_are_seeded_by_their_api():
    assert reseed.find_generators(False) == []
    assert reseed.has_others()
