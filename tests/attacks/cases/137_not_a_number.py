# attack: 137
# name: not_a_number_becomes_null
# expect: status=200 result=[null,null,null,{"a":null}]


def main():
    return [float("nan"), float("inf"), float("-inf"), {"a": float("nan")}]
