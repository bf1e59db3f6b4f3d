# attack: 135
# name: a_value_nested_without_end_is_a_clean_error
# expect: status=422 kind=not_serializable


def main():
    value = []
    for _ in range(100_000):
        value = [value]
    return value
