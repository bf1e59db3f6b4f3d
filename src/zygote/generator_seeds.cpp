#include "zygote/generator_seeds.h"

#include <sys/random.h>

#include <cstdint>
#include <cstring>

#include "zygote/python_ref.h"
#include "zygote/runtime_modules.h"

namespace forkjail::zygote {
namespace {

constexpr std::size_t kKeyBytes = 624 * sizeof(std::uint32_t);
constexpr int kAllDrawn = 624;                         // the next draw generates a new block
constexpr std::uint32_t kNeverAllZero = 0x8000'0000U;  // as in the libraries' own seeding

Status fill_with_random_bytes(std::byte* place, std::size_t bytes) {
  while (bytes > 0) {
    const ssize_t got = ::getrandom(place, bytes, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return errno_error("getrandom");
    place += got;
    bytes -= static_cast<std::size_t>(got);
  }
  return ok_status();
}

}  // namespace

Result<std::vector<TwisterPlace>> twister_places(PyObject* places) {
  std::vector<TwisterPlace> found;
  for (Py_ssize_t i = 0; i < PyList_Size(places); ++i) {
    PyObject* const pair = PyList_GetItem(places, i);
    const TwisterPlace place{PyLong_AsVoidPtr(PyTuple_GetItem(pair, 0)),
                             PyLong_AsVoidPtr(PyTuple_GetItem(pair, 1))};
    if (PyErr_Occurred() != nullptr) return python_error("find generators");
    found.push_back(place);
  }
  return found;
}

Status seed_twisters(const std::vector<TwisterPlace>& places) {
  for (const TwisterPlace& place : places) {
    if (auto status = fill_with_random_bytes(static_cast<std::byte*>(place.key), kKeyBytes);
        !status) {
      return status;
    }
    std::uint32_t first = 0;
    std::memcpy(&first, place.key, sizeof first);
    first |= kNeverAllZero;
    std::memcpy(place.key, &first, sizeof first);
    std::memcpy(place.index, &kAllDrawn, sizeof kAllDrawn);
  }
  return ok_status();
}

}  // namespace forkjail::zygote
