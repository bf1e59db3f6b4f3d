# attack: 145
# name: recursion_within_the_default_limit_is_an_exception
# expect: status=422 kind=exception error~RecursionError


def main():
    return main()
