"""hot_code.py in an ordinary interpreter: whose code is copied, and that the copies do the same."""

import sys

import hot_code
import pytest


@pytest.fixture(autouse=True)
def stop():
    yield
    sys.setprofile(None)
    hot_code._ran.clear()


def watched(run):
    hot_code.watch()
    try:
        return run()
    finally:
        sys.setprofile(None)


def greet(name, *, mark="!"):
    """A greeting."""
    return "".join(letter for letter in f"hello {name}{mark}")


def never():
    return 1


def counter():
    count = 0

    def add():
        nonlocal count
        count += 1
        return count

    return add


def test_a_function_that_ran_gets_a_copy_that_does_the_same():
    before = greet.__code__
    watched(lambda: greet("you"))
    hot_code.lay_side_by_side(())
    assert greet.__code__ is not before
    assert greet.__code__ == before
    assert greet("you", mark="?") == "hello you?"
    assert greet.__doc__ == "A greeting."


def test_what_makes_functions_makes_them_of_copies():
    before = [c for c in greet.__code__.co_consts if hasattr(c, "co_code")]
    watched(lambda: greet("you"))
    hot_code.lay_side_by_side(())
    after = [c for c in greet.__code__.co_consts if hasattr(c, "co_code")]
    assert after == before
    assert all(one is not other for one, other in zip(before, after, strict=True))


def test_a_closure_keeps_its_variables():
    add = counter()
    watched(add)
    before = add.__code__
    hot_code.lay_side_by_side(())
    assert add.__code__ is not before
    assert add() == 2
    assert counter()() == 1


def test_a_function_that_did_not_run_keeps_its_code():
    before = never.__code__
    watched(lambda: greet("you"))
    hot_code.lay_side_by_side(())
    assert never.__code__ is before


def test_functions_of_equal_code_get_copies_of_their_own():
    one, other = (eval("lambda: 5") for _ in range(2))
    assert one.__code__ == other.__code__
    kept = other.__code__
    watched(one)
    hot_code.lay_side_by_side(())
    assert other.__code__ is kept is not one.__code__


def test_the_code_that_was_replaced_is_kept():
    watched(lambda: greet("you"))
    before = greet.__code__
    hot_code.lay_side_by_side(())
    assert any(code is before for code in hot_code._replaced)
