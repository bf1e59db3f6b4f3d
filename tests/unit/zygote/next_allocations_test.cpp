#include "zygote/next_allocations.h"

#include <Python.h>
#include <gtest/gtest.h>
#include <malloc.h>

#include "script_runner.h"
#include "zygote/python_ref.h"

namespace forkjail::zygote {
namespace {

long blocks_of_python() {
  const PythonRef count(PyObject_CallNoArgs(PySys_GetObject("getallocatedblocks")));
  return count == nullptr ? -1 : PyLong_AsLong(count.get());
}

TEST(NextAllocations, AreFreeAgainAfterTheyWereTouched) {
  test_host();
  touch_next_allocations();
  const long blocks = blocks_of_python();
  const auto bytes = ::mallinfo2().uordblks;
  touch_next_allocations();
  EXPECT_EQ(blocks_of_python(), blocks);
  EXPECT_EQ(::mallinfo2().uordblks, bytes);
}

}  // namespace
}  // namespace forkjail::zygote
