// A run that goes well: the script as a module, its arguments, streams, environment, and what it
// may do to its interpreter without harm to its answer.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <set>

#include "script_runner.h"

namespace forkjail::zygote {
namespace {

using ::testing::HasSubstr;

std::string value(const ScriptCase& script_case) { return run_case(script_case).payload; }

TEST(ScriptArguments, AreAnObjectOrAnArrayOrNone) {
  const std::string script = "def main(*args, **kwargs): return [args, kwargs]\n";
  EXPECT_EQ(value({.script = script}), "[[],{}]");
  EXPECT_EQ(value({.script = script, .args_json = R"([1, {"a": null}])"}),
            R"([[1,{"a":null}],{}])");
  EXPECT_EQ(value({.script = script, .args_json = R"({"x": "é"})"}), R"([[],{"x":"é"}])");
  EXPECT_EQ(value({.script = script, .args_json = "[" + std::string(5000, '9') + "]"}),
            "[[" + std::string(5000, '9') + "],{}]");
}

TEST(ScriptModule, IsARealOne) {
  EXPECT_EQ(value_of("[__name__, __file__, sys.argv, sys.modules['script'].main is main, "
                     "__builtins__ is vars(builtins)]",
                     "import sys, builtins"),
            R"(["script","script.py",["script.py"],true,true])");
  EXPECT_EQ(value_of("ran", "ran = 0\nif __name__ == '__main__': ran = 1"), "0");
  EXPECT_EQ(value_of("inspect.getsource(f)", "import inspect\ndef f():\n    return 1"),
            R"("def f():\n    return 1\n")");
  EXPECT_EQ(value_of("pickle.loads(pickle.dumps(A(3))).x",
                     "import pickle\nclass A:\n    def __init__(self, x): self.x = x"),
            "3");
  EXPECT_EQ(
      value_of("[f.type for f in dataclasses.fields(A)] + [typing.get_type_hints(A)['x'] is int]",
               "from __future__ import annotations\nimport dataclasses, typing\n"
               "@dataclasses.dataclass\nclass A:\n    x: int\n    y: typing.ClassVar[int] = 1"),
      R"(["int",true])");
  EXPECT_EQ(value_of("'x'", "\xEF\xBB\xBFx = 1\r\n"), "\"x\"");
}

TEST(ScriptMain, MayBeAnythingThatIsCalled) {
  EXPECT_EQ(
      run_script("import asyncio\nasync def main():\n    await asyncio.sleep(0)\n    return 5\n")
          .payload,
      "5");
  EXPECT_EQ(run_script("async def f(): return 6\ndef main(): return f()\n").payload, "6");
  EXPECT_EQ(run_script("main = lambda: 7\n").payload, "7");
  EXPECT_EQ(run_script("import functools\nmain = functools.partial(int, '8')\n").payload, "8");
  EXPECT_EQ(run_script("class A:\n    def __call__(self): return 9\nmain = A()\n").payload, "9");
}

TEST(ScriptStreams, AreLikeOrdinaryOnes) {
  EXPECT_EQ(
      value_of("[sys.stdout.fileno(), sys.stdout.encoding, sys.stdout.isatty(), "
               "sys.stdout.name, sys.stdout.mode, sys.stdout is sys.__stdout__, "
               "isinstance(sys.stdout.buffer, io.BufferedWriter), sys.stdout.buffer.raw.mode]",
               "import sys, io"),
      R"([1,"utf-8",false,"<stdout>","w",true,true,"wb"])");
  const ScriptOutcome outcome =
      run_case({.script = "import sys\n"
                          "def main():\n"
                          "    print('é\\ud800', 1, None, sep='|', end='\\r\\n')\n"
                          "    print('err', file=sys.stderr)\n"
                          "    sys.stdout.buffer.write(b'\\xff')\n"
                          "    sys.stdout.write('w')\n"
                          "    return [input(), sys.stdin.read(), "
                          "sys.stdin.buffer.read()]\n",
                .stdin_text = "a\r\nbä\n"});
  EXPECT_EQ(outcome.stdout_text, "é\\ud800|1|None\r\n\xFFw");
  EXPECT_EQ(outcome.stderr_text, "err\n");
}

TEST(ScriptStreams, ReadStdin) {
  const std::string script = "import sys\ndef main(): return [input(), sys.stdin.read()]\n";
  EXPECT_EQ(value({.script = script, .stdin_text = "a\r\nbä\n"}), R"(["a","bä\n"])");
  EXPECT_EQ(run_case({.script = script}).field("type"), "EOFError");
  EXPECT_EQ(value({.script = "import sys\ndef main(): return list(sys.stdin.buffer.read())\n",
                   .stdin_text = "\xFF\r\n"}),
            "[255,13,10]");
}

TEST(ScriptStreams, LoseNothingWhenKilled) {
  const ScriptOutcome outcome = run_case({.script = "import sys\n"
                                                    "print('a', end='')\n"
                                                    "print('b', [1], end='')\n"
                                                    "sys.stdout.write('c')\n"
                                                    "sys.stdout.buffer.write(b'd')\n"
                                                    "sys.stderr.write('e')\n"
                                                    "import ctypes\n"
                                                    "ctypes.CDLL(None).printf(b'f')\n"
                                                    "class Slow:\n"
                                                    "    def __str__(self):\n"
                                                    "        while True: pass\n"
                                                    "print('g', Slow())\n",
                                          .kill_after_ms = 300});
  EXPECT_TRUE(WIFSIGNALED(outcome.wait_status));
  EXPECT_EQ(outcome.stdout_text, "ab [1]cdfg ");
  EXPECT_EQ(outcome.stderr_text, "e");
}

TEST(ScriptStreams, AreFlushedWhateverTheScriptPutThere) {
  EXPECT_EQ(
      run_script("import sys, io\nsys.stdout = io.TextIOWrapper(open(1, 'wb', closefd=False))\n"
                 "def main(): print('kept')\n")
          .stdout_text,
      "kept\n");
  EXPECT_EQ(run_script("import sys\nsys.stdout.reconfigure(write_through=False)\n"
                       "def main(): print('kept')\n")
                .stdout_text,
            "kept\n");
  EXPECT_EQ(run_script("import sys\nf = open(1, 'w', closefd=False)\nf.write('kept')\n"
                       "def main(): pass\n")
                .stdout_text,
            "kept");
  for (const char* change : {
           "sys.stdout = None",
           "del sys.stdout",
           "sys.stdout = 5",
           "sys.stdout.close()",
           "os.close(1); os.close(2); os.close(0)",
           "sys.stdout = sys.stderr = Hostile()",
           "sys.stdout.flush = None",
           "sys.stdout.detach()",
       }) {
    const ScriptOutcome outcome = run_script(
        "import sys, os\nclass Hostile:\n    def __getattr__(self, n): raise SystemExit\n" +
        std::string(change) + "\ndef main(): return 'ok'\n");
    EXPECT_EQ(outcome.payload, "\"ok\"") << change;
  }
}

TEST(ScriptPrint, IsTheBuiltInsEqual) {
  EXPECT_EQ(
      value_of(
          "[print.__name__, print.__module__, repr(type(print)), str(inspect.signature(print)),"
          " pickle.loads(pickle.dumps(print)) is print]",
          "import inspect, pickle"),
      R"(["print","builtins","<class 'builtin_function_or_method'>",)"
      R"x("(*args, sep=' ', end='\\n', file=None, flush=False)",true])x");
  EXPECT_EQ(run_script("print(foo=1)").field("type"), "TypeError");
  EXPECT_EQ(run_script("print(1, sep=2)").field("message"),
            "sep must be None or a string, not int");
  const ScriptOutcome outcome = run_script(
      "import sys, io, contextlib\n"
      "def main():\n"
      "    print()\n"
      "    print(1, 'a', 2.5, True, None, sep='-')\n"
      "    print(*[], sep='x', end='!', flush=True)\n"
      "    out = io.StringIO()\n"
      "    with contextlib.redirect_stdout(out): print('in', [1], end='')\n"
      "    class Custom:\n"
      "        def __init__(self): self.calls = []\n"
      "        def write(self, s): self.calls.append(s)\n"
      "    custom = Custom()\n"
      "    print('a', 'b', file=custom)\n"
      "    seen = []\n"
      "    sys.stderr.write = lambda s: seen.append(s)\n"
      "    print('x', 'y', file=sys.stderr)\n"
      "    class Bad:\n"
      "        def __str__(self): raise ValueError\n"
      "    try: print('before', Bad())\n"
      "    except ValueError: pass\n"
      "    return [out.getvalue(), custom.calls, seen]\n");
  EXPECT_EQ(outcome.payload, R"(["in [1]",["a"," ","b","\n"],["x"," ","y","\n"]])");
  EXPECT_EQ(outcome.stdout_text, "\n1-a-2.5-True-None\n!before ");
}

TEST(ScriptEnvironment, IsMinimalAndTakesTheRequests) {
  EXPECT_EQ(
      value_of("[os.environ['HOME'], os.environ['TZ'], os.environ['LANG'], os.getenv('USER'), "
               "time.tzname[0], locale.getpreferredencoding(), [k for k in os.environ if "
               "k.startswith('PYTHON')]]",
               "import os, time, locale"),
      R"(["/scratch/work","UTC","C.UTF-8",null,"UTC","utf-8",[]])");
  const std::string block("A=1\0B=x=y\0TZ=Asia/Tokyo\0E=\0", 27);
  EXPECT_EQ(value({.script = "import os\ndef main(): return [os.environ[k] for k in 'ABE']\n",
                   .env_block = block}),
            R"(["1","x=y",""])");
}

TEST(ScriptEnvironment, ImportsFromTheWorkingDirectoryFirst) {
  EXPECT_EQ(value_of("[sys.path[0] == os.getcwd(), '' in sys.path]", "import sys, os"),
            "[true,false]");
  EXPECT_EQ(value_of("[m.__name__ for m in (zoneinfo, sqlite3, tomllib, xml.dom, os)]",
                     "import zoneinfo, sqlite3, tomllib, xml.dom, os; os.__file__"),
            R"(["zoneinfo","sqlite3","tomllib","xml.dom","os"])");
}

TEST(ScriptResult, IsIntactWhateverTheScriptReplaced) {
  for (const char* change : {
           "import json; json.dumps = json.loads = json.JSONEncoder = None",
           "import builtins; builtins.print = builtins.len = builtins.isinstance = None",
           "import builtins\nb = vars(builtins)\nfor n in list(b): b[n] = None",
           "import sys; sys.settrace(lambda *a: None)",
           "import sys; sys.excepthook = None; sys.setrecursionlimit(10**9)",
           "import sys, threading; threading.settrace(lambda *a: 1/0); threading._shutdown = None",
           "import sys; sys.modules.clear(); sys.path = None; sys.meta_path = None",
           "import atexit\ndef loop():\n    while True: pass\natexit.register(loop)",
           "import threading, time; threading.Thread(target=time.sleep, args=(60,)).start()",
           "import threading\ndef spin():\n    while True: "
           "pass\nthreading.Thread(target=spin).start()",
           "class A:\n    def __del__(self):\n        while True: pass\na = A()",
           "import sys, gc; gc.disable(); sys.setswitchinterval(1000)",
           "import signal; signal.signal(signal.SIGALRM, lambda *a: 1/0); "
           "signal.setitimer(signal.ITIMER_REAL, 0.05, 0.00001)",
           "import sys; sys.set_int_max_str_digits(640)",
       }) {
    const ScriptOutcome outcome =
        run_case({.script = std::string(change) + "\ndef main(): return [1, 'x', 10**4500 > 0]\n",
                  .kill_after_ms = 20'000});
    EXPECT_EQ(outcome.payload, "[1,\"x\",true]") << change;
    EXPECT_EQ(outcome.wait_status, 0) << change;
  }
}

TEST(ScriptResult, IsNotHeldBackByWhatIsLeftOfTheScript) {
  const std::string endless = "class A:\n    def __del__(self):\n        while True: pass\n";
  const ScriptOutcome returned =
      run_case({.script = endless + "def main(): return A()\n", .kill_after_ms = 10'000});
  EXPECT_EQ(returned.field("kind"), "not_serializable");
  const ScriptOutcome raised = run_case(
      {.script = endless + "def main():\n    e = ValueError()\n    e.a = A()\n    raise e\n",
       .kill_after_ms = 10'000});
  EXPECT_EQ(raised.field("type"), "ValueError");
}

// What one cell draws, another must not draw too.
TEST(CellRandomness, DiffersInEveryCell) {
  std::string prelude = "import random, uuid, tempfile, secrets, ssl, hashlib, os\n";
  std::string draws =
      "[random.random(), random.Random().random(), str(uuid.uuid4()), "
      "next(tempfile._get_candidate_names()),"
      " secrets.token_hex(8), ssl.RAND_bytes(8).hex()";
  if (has_pandas()) {
    prelude += "import numpy as np, pandas as pd\n";
    draws +=
        ", np.random.rand(), np.random.default_rng().random(), np.random.RandomState().rand(),"
        " str(pd.Series(range(10**6)).sample(1).iloc[0])";
  }
  const std::string script = prelude + "def main(): return " + draws + "]\n";
  std::set<std::string> seen;
  std::size_t expected = 0;
  for (const bool prefault : {false, true}) {
    for (int i = 0; i < 3; ++i) {
      const ScriptOutcome outcome =
          run_case({.script = script, .prefault = prefault, .pid_namespace = geteuid() == 0});
      ASSERT_EQ(outcome.type, protocol::FrameType::value) << outcome.payload;
      const boost::json::value values = boost::json::parse(outcome.payload);
      for (const auto& drawn : values.as_array()) {
        seen.insert(boost::json::serialize(drawn));
        ++expected;
      }
    }
  }
  EXPECT_EQ(seen.size(), expected);
}

// A script that looks around sees nothing of what the zygote ran, and prefaulting changes nothing.
TEST(WarmUp, LeavesNoTrace) {
  const std::string script =
      "import sys, os, gc, linecache, threading, warnings, re\n"
      "def main():\n"
      "    return {'modules': sorted(m for m in sys.modules), 'lines': sorted(linecache.cache),\n"
      "        'path': sys.path, 'env': dict(os.environ), 'threads': threading.active_count(),\n"
      "        'filters': repr(warnings.filters), 'cwd_cached': os.getcwd() in "
      "sys.path_importer_cache,\n"
      "        'importers': sorted(sys.path_importer_cache),\n"
      "        'names': sorted(globals()), 'builtins': sorted(vars(__import__('builtins'))),\n"
      "        'limit': sys.getrecursionlimit(), 'gc': [gc.isenabled(), gc.get_threshold()],\n"
      "        'signals': repr(__import__('signal').pthread_sigmask(0, [])),\n"
      "        'registries': [m for m, o in sorted(sys.modules.items()) if getattr(o, "
      "'__warningregistry__', None)],\n"
      "        'points': [type(o).__name__ for o in gc.get_objects() if type(o).__name__ == "
      "'Point'],\n"
      "        'last': [n for n in dir(sys) if n.startswith('last_')]}\n";
  const ScriptOutcome cold = run_case({.script = script});
  const ScriptOutcome warm = run_case({.script = script, .prefault = true});
  ASSERT_EQ(cold.type, protocol::FrameType::value) << cold.payload;
  EXPECT_EQ(cold.payload, warm.payload);
  EXPECT_EQ(warm.stdout_text, "");
  EXPECT_THAT(warm.payload, HasSubstr(R"("points":[])"));
  EXPECT_THAT(warm.payload, HasSubstr(R"("last":[])"));
}

// Left where they were allocated they would lie all over an image of some ten megabytes, each on a
// page that a cell has to copy. A few blocks become free after the last hole was filled.
TEST(WarmUp, LaysWhatRunsWriteToSideBySide) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "needs glibc's malloc, and a sanitizer has its own";
#endif
  if (!has_pandas()) GTEST_SKIP() << "needs numpy and pandas: FORKJAIL_GUEST_SITE_PACKAGES";
  const std::string script =
      "import random\nimport numpy as np\n"
      "def data(array): return array.__array_interface__['data'][0]\n"
      "def far_off(places):\n"
      "    middle = sorted(places)[len(places) // 2]\n"
      "    return sum(abs(place - middle) > 2 << 20 for place in places)\n"
      "def main():\n"
      "    arrays = [data(np.zeros(n)) for n in range(1, 30)]\n"
      "    twisters = [id(random._inst), "
      "np.random.mtrand._rand._bit_generator.ctypes.state_address]\n"
      "    return [far_off(arrays) <= 8, far_off(twisters)]\n";
  EXPECT_EQ(run_script(script).payload, "[true,0]");
}

TEST(PythonHost, NamesThePackagesAndWhatTheyAreImportedBy) {
  const protocol::ZygoteReport& packages = test_host().packages();
  ASSERT_FALSE(packages.versions.empty());
  EXPECT_EQ(packages.versions.front().first, "python");
  EXPECT_THAT(packages.versions.front().second, testing::StartsWith("3."));
  if (has_pandas()) {
    EXPECT_THAT(packages.versions, testing::Contains(testing::Pair("pandas", HasSubstr("."))));
    EXPECT_THAT(packages.versions, testing::Contains(testing::Key("python-dateutil")));
    EXPECT_THAT(packages.modules, testing::IsSupersetOf({"numpy", "pandas", "dateutil", "six"}));
    EXPECT_THAT(packages.modules, testing::Not(testing::Contains("__pycache__")));
  }
}

}  // namespace
}  // namespace forkjail::zygote
