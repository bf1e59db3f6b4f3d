# attack: 135
# name: a_circular_value_is_a_clean_error
# expect: status=422 kind=not_serializable


def main():
    value = {"a": []}
    value["a"].append(value)
    return value
