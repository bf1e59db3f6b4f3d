#include <gtest/gtest.h>
#include <patchlevel.h>  // PY_VERSION_HEX

#include "script_runner.h"

namespace forkjail::zygote {
namespace {

// Of CPython's own: a count that large is not counted any more.
const std::string kIsImmortal =
    "import sys, json, collections, zlib\n"
    "def is_immortal(thing): return sys.getrefcount(thing) >= (1 << 31) - 1\n";

class ImmortalObjects : public ::testing::Test {
 protected:
  void SetUp() override {
    if (PY_VERSION_HEX < 0x030c0000) GTEST_SKIP() << "needs CPython 3.12 (PEP 683)";
  }
};

TEST_F(ImmortalObjects, AreAllThatTheZygoteMade) {
  EXPECT_EQ(value_of("[is_immortal(thing) for thing in (json, json.loads, json.loads.__code__, "
                     "json.loads.__code__.co_consts, json.__dict__, json.JSONDecoder, "
                     "collections.Counter.__mro__, json.loads.__doc__, zlib.compress)]",
                     kIsImmortal),
            "[true,true,true,true,true,true,true,true,true]");
}

TEST_F(ImmortalObjects, AreNoneThatAScriptMakes) {
  EXPECT_EQ(
      value_of("[is_immortal(thing) for thing in (main, main.__code__, [], A, A(), str(2**70))]",
               kIsImmortal + "class A: pass\n"),
      "[false,false,false,false,false,false]");
}

// Else code that names one would mark it, and get a page of its own for that.
TEST_F(ImmortalObjects, NamesAreInternedForGood) {
  EXPECT_EQ(
      value_of("[marked('dumps'), marked('path'), sys.intern('path') is sys.intern('pa' + 'th')]",
               "import ctypes, sys, json, os\n"
               "def marked(name):\n"
               "    text = sys.intern(name)\n"
               "    state = ctypes.c_uint32.from_address(id(text) + 32).value\n"
               "    return state & 3 > 1\n"),
      "[true,true,true]");
}

TEST_F(ImmortalObjects, StayReplaceableAndRemovable) {
  EXPECT_EQ(value_of("[first(), second, again is not json, json.loads('[1]')]",
                     "import sys, json\n"
                     "kept = json.dumps\n"
                     "json.dumps = lambda: 'replaced'\n"
                     "first = json.dumps\n"
                     "del json.dumps\n"
                     "second = hasattr(json, 'dumps')\n"
                     "json.dumps = kept\n"
                     "del sys.modules['json']\n"
                     "import json as again\n"),
            R"(["replaced",false,true,[1]])");
}

TEST_F(ImmortalObjects, DoNotKeepAScriptsObjectsAlive) {
  EXPECT_EQ(value_of("[gone, gc.collect() > 0, json.extra]",
                     "import gc, json, weakref\n"
                     "class A: pass\n"
                     "json.extra = a = A()\n"
                     "gone = weakref.ref(a)\n"
                     "del a\n"
                     "json.extra = None\n"
                     "gone = gone() is None\n"
                     "b = A(); b.b = b; del b\n"),
            "[true,true,null]");
}

}  // namespace
}  // namespace forkjail::zygote
