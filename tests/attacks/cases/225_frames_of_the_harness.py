# attack: 225
# name: frames_of_the_harness_give_at_most_ones_own_result
# expect: status=200 result={"honest":1} | status=200 result={"forged":1} | status=422
# next: held
import gc


def main():
    frame = sys._getframe()
    while frame is not None:
        for name, value in list(frame.f_globals.items()):
            if callable(value) and not name.startswith("__") and frame.f_globals is not globals():
                frame.f_globals[name] = lambda *_, **__: {"forged": 1}
        frame = frame.f_back
    for function in gc.get_objects():
        try:
            if getattr(function, "__module__", None) is None and callable(function):
                function.__code__ = (lambda *_, **__: {"forged": 1}).__code__
        except Exception:
            pass
    return {"honest": 1}
