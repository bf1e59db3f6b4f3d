# attack: 139
# name: two_keys_that_become_one_are_an_error
# expect: status=422 kind=not_serializable


def main():
    return {1: "int", "1": "str"}
