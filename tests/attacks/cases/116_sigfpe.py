# attack: 116
# name: a_division_fault_is_reported_as_a_crash
# expect: status=422 kind=crash error~SIGFPE


def main():
    return c_library().div(1, 0)
