"""`files` of a request and of an answer."""

import base64
import os

import pytest

READ = "def main(path):\n    return open(path).read()\n"


def left(reply):
    return {file["path"]: file for file in reply.json["files"]}


def test_files_of_the_request_are_in_the_working_directory(execute):
    files = [{"path": "in/data.csv", "content": "a\n1\n"}, {"path": "b.bin", "content": "AAE=", "encoding": "base64"}]
    script = "def main():\n    return [open('in/data.csv').read(), list(open('b.bin', 'rb').read())]\n"
    assert execute(script, files=files).result == ["a\n1\n", [0, 1]]


def test_a_module_of_the_request_can_be_imported(execute):
    files = [{"path": "helper.py", "content": "def twice(x):\n    return 2 * x\n"},
             {"path": "package/__init__.py", "content": ""},
             {"path": "package/part.py", "content": "VALUE = 20\n"}]
    script = "import helper\nfrom package.part import VALUE\ndef main():\n    return helper.twice(VALUE + 1)\n"
    assert execute(script, files=files).result == 42


def test_pandas_reads_a_file_of_the_request(execute):
    files = [{"path": "sales.csv", "content": "k,v\na,1\nb,2\na,3\n"}]
    script = ("import pandas as pd\ndef main():\n"
              "    return pd.read_csv('sales.csv').groupby('k')['v'].sum().to_dict()\n")
    assert execute(script, files=files).result == {"a": 4, "b": 2}


def test_a_file_of_several_megabytes_arrives_whole(execute):
    data = os.urandom(7_000_000)
    files = [{"path": "big", "content": base64.b64encode(data).decode(), "encoding": "base64"}]
    script = "import hashlib\ndef main():\n    return hashlib.sha256(open('big', 'rb').read()).hexdigest()\n"
    import hashlib
    assert execute(script, files=files).result == hashlib.sha256(data).hexdigest()


def test_a_thousand_files_arrive(execute):
    files = [{"path": f"d{i % 10}/{i}", "content": str(i)} for i in range(1000)]
    script = ("import glob\ndef main():\n    return sum(int(open(name).read()) for name in glob.glob('d*/*'))\n")
    assert execute(script, files=files).result == sum(range(1000))


@pytest.mark.parametrize("files, message", [
    ([{"path": "/x", "content": ""}], "files[0].path: must be relative"),
    ([{"path": "a", "content": ""}, {"path": "b/../c", "content": ""}], "files[1].path: must not contain"),
    ([{"path": "a", "content": ""}, {"path": "a", "content": ""}], "files[1].path: \"a\" stands there twice"),
    ([{"path": "a", "content": "*", "encoding": "base64"}], "files[0].content: not valid base64"),
    ([{"path": "a"}], "files[0]: content is missing"),
    ([{"path": "a", "content": "", "mode": "0755"}], "files[0]: unknown field \"mode\""),
    ({"a": "b"}, "files: expected an array"),
], ids=str)
def test_a_wrong_file_is_400_and_named(execute, files, message):
    reply = execute(READ, files=files)
    assert reply.status == 400
    assert message in reply.error


def test_an_answer_has_no_files_unless_asked(execute):
    script = "def main():\n    open('a', 'w').write('x')\n"
    assert set(execute(script).json) == {"result", "stdout"}


def test_left_files_come_back_with_type_and_content(execute):
    script = ("import os\ndef main():\n    os.makedirs('out/deep')\n    open('out/deep/t.csv', 'w').write('a,b\\n')\n"
              "    open('raw.bin', 'wb').write(bytes([0, 255]))\n    open('\\u00e9.txt', 'w').write('\\u00e9')\n"
              "    open('empty', 'w').close()\n")
    reply = execute(script, include=["files"])
    assert set(reply.json) == {"result", "stdout", "files"}
    assert reply.json["files"] == [
        {"path": "empty", "size": 0, "media_type": "text/plain", "content": ""},
        {"path": "out/deep/t.csv", "size": 4, "media_type": "text/csv", "content": "a,b\n"},
        {"path": "raw.bin", "size": 2, "media_type": "application/octet-stream", "content_base64": "AP8="},
        {"path": "\u00e9.txt", "size": 2, "media_type": "text/plain", "content": "\u00e9"}]


def test_files_of_the_request_come_back_only_if_they_changed(execute):
    files = [{"path": name, "content": "12345"} for name in ("same", "touched", "changed", "longer", "gone")]
    script = ("import os\ndef main():\n    os.utime('touched', (1, 1))\n    open('changed', 'w').write('54321')\n"
              "    open('longer', 'a').write('6')\n    os.remove('gone')\n    open('new', 'w').write('n')\n")
    assert set(left(execute(script, files=files, include=["files"]))) == {"changed", "longer", "new"}


def test_files_come_back_from_a_run_that_failed(execute):
    script = "def main():\n    open('log', 'w').write('so far')\n    raise ValueError('no')\n"
    reply = execute(script, include=["files"])
    assert reply.status == 422
    assert left(reply)["log"]["content"] == "so far"


def test_files_come_back_where_the_script_closed_nothing_and_used_every_descriptor(execute):
    script = ("import os\nKEPT = []\nLOG = open('open', 'w')\ndef main():\n    LOG.write('text')\n    try:\n"
              "        while True:\n            KEPT.append(os.open('/dev/null', os.O_RDONLY))\n    except OSError:\n"
              "        return 'full'\n")
    reply = execute(script, include=["files"])
    assert reply.result == "full"
    assert left(reply)["open"]["content"] == "text"


def test_too_many_and_too_large_files_are_named_and_that_is_said(execute):
    script = ("def main():\n    for i in range(150):\n        open(f'f{i:03}', 'w').write('x' * (i + 1))\n"
              "    with open('big', 'wb') as big:\n        big.truncate(11 << 20)\n")
    reply = execute(script, include=["files"])
    files = left(reply)
    assert len(files) == 151
    assert [path for path, file in files.items() if "content" in file] == [f"f{i:03}" for i in range(100)]
    assert files["big"]["size"] == 11 << 20
    assert reply.json["truncated"]["files"] is True


def test_more_files_than_are_named_is_said(execute):
    script = "def main():\n    for i in range(1500):\n        open(f'f{i:04}', 'w').close()\n"
    reply = execute(script, include=["files"])
    assert len(reply.json["files"]) == 1000
    assert reply.json["truncated"]["files"] is True


def test_ten_megabytes_come_back_whole(execute):
    script = ("import random\ndef main():\n    open('big', 'wb').write(random.Random(1).randbytes(10 << 20))\n")
    import random
    reply = execute(script, include=["files"])
    assert base64.b64decode(left(reply)["big"]["content_base64"]) == random.Random(1).randbytes(10 << 20)


def test_files_are_those_of_the_working_directory_wherever_the_script_went(execute):
    script = ("import os\ndef main():\n    open('a', 'w').write('x')\n    os.chdir('/tmp')\n    open('b', 'w').write('y')\n")
    assert set(left(execute(script, include=["files"]))) == {"a"}


def test_a_killed_run_says_that_its_files_are_missing(execute):
    script = "def main():\n    open('a', 'w').write('x')\n    while True:\n        pass\n"
    reply = execute(script, include=["files"], limits={"cpu_time_s": 0.2})
    assert reply.json["files"] == [] and reply.json["truncated"]["files"] is True
    assert reply.headers["Forkjail-Truncated"] == "files"


def test_the_operator_sets_how_much_of_files_comes_back(start_service):
    service = start_service("--files-out-max", "10")
    script = "def main():\n    open('long', 'w').write('x' * 11)\n    open('short', 'w').write('y' * 10)\n"
    reply = service.execute(script, include=["files", "truncated"])
    assert "content" not in left(reply)["long"] and left(reply)["long"]["size"] == 11
    assert left(reply)["short"]["content"] == "y" * 10
    assert reply.json["truncated"]["files"] is True
    assert service.request("GET", "/info").json["limits"]["files_out_bytes"] == 10
