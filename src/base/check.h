// FORKJAIL_CHECK: aborts the process when an invariant is broken. Only for bugs of this program,
// never for errors that a script, a client or the kernel can cause.
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
