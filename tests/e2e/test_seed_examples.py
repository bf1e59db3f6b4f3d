"""The five requests that the user's own description shows, answered to the letter."""

import math

import pytest


def exactly(result, stdout=""):
    return {"result": result, "stdout": stdout}


EXAMPLES = {
    "deployed service": (
        "import pandas as pd\nimport numpy as np\n\ndef main():\n"
        '    df = pd.DataFrame({"a": [1, 2, 3], "b": [4, 5, 6]})\n'
        "    arr = np.array([1, 2, 3])\n"
        "    return {\n"
        '        "dataframe_sum": df.sum().to_dict(),\n'
        '        "numpy_mean": float(np.mean(arr)),\n'
        '        "message": "Hello from Cloud Run!"\n'
        "    }",
        exactly({"dataframe_sum": {"a": 6, "b": 15}, "numpy_mean": 2.0,
                 "message": "Hello from Cloud Run!"}),
    ),
    "local Docker": (
        'def main():\n    return {"message": "Hello from local Docker!"}',
        exactly({"message": "Hello from local Docker!"}),
    ),
    "basic calculation": (
        "def main():\n    result = 10 + 15 * 2\n"
        '    return {"calculation": result, "message": "Math works!"}',
        exactly({"calculation": 40, "message": "Math works!"}),
    ),
    "data processing": (
        "import pandas as pd\n\ndef main():\n"
        '    data = {"name": ["Alice", "Bob", "Charlie"], "age": [25, 30, 35]}\n'
        "    df = pd.DataFrame(data)\n"
        "    return {\n"
        '        "total_records": len(df),\n'
        '        "avg_age": float(df["age"].mean())\n'
        "    }",
        exactly({"total_records": 3, "avg_age": 30.0}),
    ),
    "numpy arrays": (
        "import numpy as np\n\ndef main():\n    arr = np.array([1, 2, 3, 4, 5])\n"
        "    return {\n"
        '        "sum": float(np.sum(arr)),\n'
        '        "mean": float(np.mean(arr)),\n'
        '        "std_dev": float(np.std(arr))\n'
        "    }",
        exactly({"sum": 15.0, "mean": 3.0, "std_dev": math.sqrt(2)}),
    ),
    "print statements": (
        'def main():\n    print("Processing data...")\n    data = [1, 2, 3, 4, 5]\n'
        '    print(f"Data length: {len(data)}")\n    result = sum(data)\n'
        '    print(f"Sum calculated: {result}")\n'
        '    return {"sum": result, "count": len(data)}',
        exactly({"sum": 15, "count": 5},
                "Processing data...\nData length: 5\nSum calculated: 15\n"),
    ),
    "first line of the description": (
        "def main():\n    return {'result': 'Hello World'}",
        exactly({"result": "Hello World"}),
    ),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_example_is_answered_exactly(execute, name):
    script, expected = EXAMPLES[name]
    reply = execute(script)
    assert reply.status == 200
    assert reply.json == expected
    assert reply.headers["Content-Type"].split(";")[0] == "application/json"


def test_integers_stay_integers_and_floats_stay_floats(execute):
    reply = execute(EXAMPLES["data processing"][0])
    assert b'"total_records":3' in reply.body.replace(b" ", b"")
    assert b'"avg_age":30.0' in reply.body.replace(b" ", b"")
