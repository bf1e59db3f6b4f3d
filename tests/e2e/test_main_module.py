"""What looks for the script under the name `__main__` finds it; its own name stays `script`."""

UNITTEST = ("import unittest\n"
            "class Sums(unittest.TestCase):\n"
            "    def test_right(self):\n        self.assertEqual(1 + 1, 2)\n"
            "    def test_wrong(self):\n        self.assertEqual(1 + 1, 3)\n"
            "    def test_error(self):\n        raise OSError('gone')\n")


def test_unittest_finds_the_tests_of_a_script(execute):
    script = UNITTEST + ("def main():\n    result = unittest.main(exit=False).result\n"
                         "    return [result.testsRun, len(result.failures), len(result.errors)]\n")
    reply = execute(script, verbose=True)
    assert reply.result == [3, 1, 1]
    assert "FAILED (failures=1, errors=1)" in reply.json["stderr"]
    assert 'File "script.py", line 6, in test_wrong' in reply.json["stderr"]


def test_unittest_ends_the_script_where_it_may(execute):
    reply = execute(UNITTEST + "def main():\n    unittest.main()\n", verbose=True)
    assert reply.status == 422
    assert reply.json["details"]["kind"] == "exit"


def test_doctest_finds_the_examples_of_a_script(execute):
    script = ("import doctest\ndef double(x):\n    '''\n    >>> double(2)\n    4\n    >>> double(3)\n    7\n    '''\n"
              "    return 2 * x\nclass Pair:\n    '''\n    >>> Pair().size()\n    2\n    '''\n    def size(self):\n        return 2\n"
              "def main():\n    return list(doctest.testmod())\n")
    reply = execute(script)
    assert reply.result == [1, 3]
    assert "Expected:\n    7\nGot:\n    6\n" in reply.stdout


def test_profilers_run_statements_in_the_script(execute):
    script = ("import cProfile, pstats, io\ndef work():\n    return sum(range(1000))\n"
              "def main():\n    cProfile.run('work()', 'profile')\n    text = io.StringIO()\n"
              "    pstats.Stats('profile', stream=text).print_stats()\n    return 'script.py:2(work)' in text.getvalue()\n")
    assert execute(script).result is True


def test_pickles_go_by_both_names(execute):
    script = ("import pickle\nclass Point:\n    x = 7\ndef main():\n    text = pickle.dumps(Point())\n"
              "    other = text.replace(b'script', b'__main__').replace(b'\\x8c\\x06__main__', b'\\x8c\\x08__main__')\n"
              "    other = other[:3] + (len(other) - 11).to_bytes(8, 'little') + other[11:]\n"
              "    return [b'script' in text, pickle.loads(text).x, pickle.loads(other).x, Point.__module__]\n")
    assert execute(script).result == [True, 7, 7, "script"]


def test_both_names_are_one_module(execute):
    script = ("import sys, __main__, script\ndef main():\n"
              "    return [__main__ is script, sys.modules['__main__'].__dict__ is globals(), __main__.__name__, __name__]\n")
    assert execute(script).result == [True, True, "script", "script"]


def test_the_guard_stays_shut(execute):
    assert execute("ran = []\nif __name__ == '__main__':\n    ran.append(1)\ndef main():\n    return ran\n").result == []


def test_a_script_that_replaces_main_gets_its_answer(execute):
    script = "import sys\ndel sys.modules['__main__']\nsys.modules['script'] = None\ndef main():\n    return 'done'\n"
    assert execute(script).result == "done"
    assert execute("import __main__\ndef main():\n    return __main__.main is main\n").result is True
