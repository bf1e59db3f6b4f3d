"""recipes.py in an ordinary interpreter: what it makes of the memory that numpy keeps."""

import numpy
import pytest
import recipes


@pytest.fixture(autouse=True)
def forget():
    yield
    recipes._kept.clear()


def address(array):
    return array.__array_interface__["data"][0]


def given_back(bytes_each):
    """Addresses of small blocks that numpy keeps, the last one first."""
    arrays = [numpy.empty(bytes_each, numpy.uint8) for _ in range(recipes.NUMPY_CACHED_BLOCKS)]
    return {address(array) for array in arrays}


@pytest.mark.parametrize("bytes_each", [1, 64, 256, 800])
def test_a_new_array_gets_no_block_that_numpy_had_kept(bytes_each):
    kept = given_back(bytes_each)
    assert address(numpy.empty(bytes_each, numpy.uint8)) in kept  # numpy does keep them
    kept = given_back(bytes_each)
    recipes._empty_numpy_caches(max(kept) + 1)
    assert address(numpy.empty(bytes_each, numpy.uint8)) not in kept


def test_blocks_of_fresh_memory_stay_with_numpy():
    kept = given_back(64)
    recipes._empty_numpy_caches(0)
    assert address(numpy.empty(64, numpy.uint8)) in kept
