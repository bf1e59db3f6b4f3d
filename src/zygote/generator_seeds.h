// Seeds the Mersenne Twisters that a cell inherits (`random`'s and numpy's legacy one) by writing
// random bytes into their state in place. This is as good as a seed, takes a twentieth of the time,
// and touches no pages but the state itself.
//
// runtime/reseed.py finds the addresses in the zygote, and verifies there that the state has the
// expected layout. That file seeds any other generator through its Python API.
#pragma once

#include <Python.h>

#include <vector>

#include "base/result.h"

namespace forkjail::zygote {

struct TwisterPlace {
  void* key;    // 624 words
  void* index;  // an int: the last word drawn
};

// zygote: `places` is the list of pairs that reseed.find_generators() returns.
Result<std::vector<TwisterPlace>> twister_places(PyObject* places);

// cell, before its script.
Status seed_twisters(const std::vector<TwisterPlace>& places);

}  // namespace forkjail::zygote
