# attack: 124
# name: nothing_of_an_earlier_run_is_in_memory
# expect: held
# next: held

MARKER = "".join(["earlier", "-run-", "marker-", "c0ffee"])


def main():
    kept = [MARKER * 100 for _ in range(1000)]
    os.environ["EARLIER"] = MARKER
    sys.modules["earlier_run"] = kept
    print(MARKER)
    print(MARKER, file=sys.stderr)
    return {"held": True, "saw": MARKER}
