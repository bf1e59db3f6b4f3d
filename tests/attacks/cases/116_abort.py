# attack: 116, 144
# name: abort_is_reported_as_a_crash
# expect: status=422 kind=crash
# next: held


def main():
    print("before", flush=True)
    os.abort()
