# attack: 141
# name: a_set_is_an_error_that_names_it
# expect: status=422 kind=not_serializable error~set


def main():
    return [{1, 2}, b"bytes"]
