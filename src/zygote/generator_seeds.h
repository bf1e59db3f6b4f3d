// Seeds for the Mersenne Twisters that a cell inherits (`random`'s, numpy's legacy one): their
// state is filled with random bytes where it lies, which is as good as a seed and takes a twentieth
// of the time and no more pages than the state itself.
//
// runtime/reseed.py finds the places in the zygote, and checks there that the state is what it
// takes it for. A generator of another kind, or elsewhere, is seeded by that file the long way.
#pragma once

#include <Python.h>

#include <vector>

#include "base/result.h"

namespace forkjail::zygote {

struct TwisterPlace {
  void* key;    // 624 words
  void* index;  // an int: which of them was drawn last
};

// zygote: `places` is the list of pairs that reseed.find_generators() returns.
Result<std::vector<TwisterPlace>> twister_places(PyObject* places);

// cell, before its script.
Status seed_twisters(const std::vector<TwisterPlace>& places);

}  // namespace forkjail::zygote
