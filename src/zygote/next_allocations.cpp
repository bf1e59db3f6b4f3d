#include "zygote/next_allocations.h"

#include <Python.h>

#include <array>
#include <cstddef>
#include <cstdlib>

namespace forkjail::zygote {
namespace {

// CPython's small objects: a list of free blocks for each size.
constexpr std::size_t kSmallStep = 16;
constexpr std::size_t kSmallMax = 512;
constexpr std::size_t kSmallBlocks = 2;  // of one size

// What malloc is asked for, by CPython above all, for larger objects; below its limit for mappings.
constexpr std::array<std::size_t, 8> kLargeSizes{24, 600, 1000, 1500, 2000, 3000, 4000, 8000};

constexpr std::size_t kPage = 4096;

void touch(void* block, std::size_t bytes) {
  auto* const start = static_cast<volatile unsigned char*>(block);
  for (std::size_t at = 0; at < bytes; at += kPage) start[at] = start[at];
  start[bytes - 1] = start[bytes - 1];
}

// All at once, so that each is another one; then back in the order in which they came.
template <std::size_t N>
void touch_blocks(const std::array<std::size_t, N>& sizes, void* (*allocate)(std::size_t),
                  void (*release)(void*)) {
  std::array<void*, N> blocks{};
  for (std::size_t i = 0; i < N; ++i) {
    blocks[i] = allocate(sizes[i]);
    if (blocks[i] != nullptr) touch(blocks[i], sizes[i]);
  }
  for (std::size_t i = N; i > 0; --i) release(blocks[i - 1]);
}

}  // namespace

void touch_next_allocations() noexcept {
  for (std::size_t bytes = kSmallStep; bytes <= kSmallMax; bytes += kSmallStep) {
    std::array<std::size_t, kSmallBlocks> sizes{};
    sizes.fill(bytes);
    touch_blocks(sizes, PyObject_Malloc, PyObject_Free);
  }
  touch_blocks(kLargeSizes, std::malloc, std::free);
}

}  // namespace forkjail::zygote
