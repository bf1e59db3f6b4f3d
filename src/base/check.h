// CHECK: a broken invariant ends the process. For our own bugs only; never for what a script, a
// client or the kernel did.
#pragma once

#include <cstdio>
#include <cstdlib>

#define FORKJAIL_CHECK(condition)                                                              \
  do {                                                                                         \
    if (!(condition)) {                                                                        \
      std::fprintf(stderr, "invariant broken at %s:%d: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                            \
    }                                                                                          \
  } while (false)
