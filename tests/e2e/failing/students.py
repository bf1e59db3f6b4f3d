"""Input, arguments, and the errors that those make who learn Python."""

CASES = {
    # ---- input ----
    "two numbers in a line": ("n = int(input())\ndef main():\n    return n\n", "invalid literal for int() with base 10: '5 6'", {"stdin": "5 6\n"}),
    "unpack": ("a, b = map(int, input().split())\ndef main():\n    return a + b\n", "not enough values to unpack (expected 2, got 1)", {"stdin": "5\n"}),
    "stdin.read": ("import sys\ndef main():\n    data = sys.stdin.read().split()\n    return int(data[0])\n", '"stdin" is empty'),
    "readline": ("import sys\ndef main():\n    return int(sys.stdin.readline())\n", '"stdin" is empty'),
    "json of stdin": ("import json, sys\ndef main():\n    return json.load(sys.stdin)\n", '"stdin" is empty'),
    "guessing game": ("""
import random
def main():
    number = random.randint(1, 10)
    while int(input("Guess: ")) != number:
        print("Wrong!")
    return "Right"
""", '"stdin" is empty'),
    "menu": ("""
while True:
    choice = input("1) add  2) quit: ")
    if choice == "2":
        break
def main():
    return 1
""", '"stdin" is used up', {"stdin": "1\n1\n"}),
    "argv": ("import sys\ndef main():\n    return int(sys.argv[1])\n", '"mode": "program"'),
    "argv in a program": ("import sys\nprint(sys.argv[1])\n", '"args"', {"mode": "program"}),
    "argparse in a program": ("import argparse\np = argparse.ArgumentParser()\np.add_argument('name')\np.parse_args()\n",
                              "the following arguments are required: name", {"mode": "program"}),
    "args as one list": ("def main(numbers):\n    return sum(numbers)\n", "passed by position: main(*args)", {"args": [1, 2, 3]}),
    "one missing": ("def main(a, b):\n    return a + b\n", "missing 1 required positional argument: 'b'", {"args": [1]}),
    "string for a number": ("def main(n):\n    return n + 1\n", 'can only concatenate str (not "int") to str', {"args": ["1"]}),
    "environ": ("import os\ndef main():\n    return os.environ['DATABASE_URL']\n", 'set it in the request\'s "env"'),
    "getenv": ("import os\ndef main():\n    return int(os.getenv('PORT'))\n", "not 'NoneType'"),
    # ---- functions and classes ----
    "no self": ("class Dog:\n    def bark():\n        return 'woof'\ndef main():\n    return Dog().bark()\n", "self"),
    "UnboundLocal": ("count = 0\ndef main():\n    count += 1\n    return count\n", "global count"),
    "list is a variable": ("list = [1, 2]\ndef main():\n    return list('ab')\n", "the variable list"),
    "str is a variable": ("def main():\n    str = 'a'\n    return str(5)\n", "the variable str"),
    "sum is a variable": ("def main():\n    sum = 0\n    for i in range(3):\n        sum += i\n    return sum([1, 2])\n", "the variable sum"),
    "module called": ("import random\ndef main():\n    return random(1, 6)\n", "'module' object is not callable"),
    "parentheses": ("def main():\n    numbers = [1, 2, 3]\n    return numbers(0)\n", "'list' object is not callable"),
    "None from append": ("def main():\n    numbers = [1].append(2)\n    return numbers[0]\n", "'NoneType' object is not subscriptable"),
    "None from sort": ("def main():\n    numbers = [3, 1].sort()\n    return len(numbers)\n", "has no len()"),
    "no return": ("def area(r):\n    3.14 * r * r\ndef main():\n    return area(2) + 1\n", "unsupported operand type(s) for +: 'NoneType' and 'int'"),
    "method without call": ("def main():\n    text = 'abc'\n    return text.upper[0]\n", "is not subscriptable"),
    "attribute": ("class A:\n    def __init__(self):\n        self.value = 1\ndef main():\n    return A().vale\n", "Did you mean: 'value'?"),
    "init misspelled": ("class A:\n    def _init_(self, n):\n        self.n = n\ndef main():\n    return A(1).n\n", "A() takes no arguments"),
    "string and number": ("def main():\n    age = 5\n    return 'age: ' + age\n", 'can only concatenate str (not "int") to str'),
    "index": ("def main():\n    a = [1, 2, 3]\n    return [a[i] for i in range(4)]\n", "list index out of range"),
    "zero": ("def mean(a):\n    return sum(a) / len(a)\ndef main():\n    return mean([])\n", "division by zero (line 2, in mean)"),
    "changed": ("def main():\n    d = {'a': 1}\n    for k in d:\n        d[k + 'x'] = 1\n", "dictionary changed size during iteration"),
    "unhashable": ("def main():\n    return {[1, 2]: 'a'}\n", "unhashable type: 'list'"),
    "assertion": ("def add(a, b):\n    return a - b\ndef main():\n    assert add(2, 3) == 5\n", "AssertionError"),
    # ---- other languages, and other versions ----
    "push": ("def main():\n    a = []\n    a.push(1)\n    return a\n", "append"),
    "length": ("def main():\n    return [1, 2].length\n", "len()"),
    "toString": ("def main():\n    return (5).toString()\n", "str()"),
    "toUpperCase": ("def main():\n    return 'a'.toUpperCase()\n", "upper"),
    "contains": ("def main():\n    return 'abc'.contains('a')\n", "in"),
    "add to a list": ("def main():\n    a = []\n    a.add(1)\n", "append"),
    "append to a set": ("def main():\n    a = set()\n    a.append(1)\n", "add"),
    "console.log": ("def main():\n    console.log('a')\n", "print"),
    "Math": ("def main():\n    return Math.sqrt(2)\n", "math"),
    "sqrt": ("def main():\n    return sqrt(2)\n", "from math import sqrt"),
    "datetime module": ("import datetime\ndef main():\n    return datetime.now().year\n", "datetime.datetime.now"),
    "datetime class": ("from datetime import datetime\ndef main():\n    return datetime.datetime.now().year\n", "datetime"),
    "timedelta of the class": ("from datetime import datetime\ndef main():\n    return datetime.timedelta(days=1)\n", "timedelta"),
    "time.sleep": ("from time import time\ndef main():\n    time.sleep(0.1)\n", "import time"),
    "randint": ("import random\ndef main():\n    return random.randit(1, 6)\n", "Did you mean: 'randint'?"),
    "json of numpy": ("import json\nimport numpy as np\ndef main():\n    return json.dumps({'n': np.int64(1)})\n", "return the value itself"),
    "json of a date": ("import json, datetime\ndef main():\n    return json.dumps(datetime.date.today())\n", "return the value itself"),
    "single quotes": ("import json\ndef main():\n    return json.loads(\"{'a': 1}\")\n", "Expecting property name enclosed in double quotes"),
}
