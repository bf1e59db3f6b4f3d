# attack: 311
# name: what_a_run_does_to_its_main_module_ends_with_it
# expect: held
# next: held
import __main__


def main():
    __main__.hostile = "marker"
    __main__.__dict__["__builtins__"]["hostile_too"] = "marker"
    __main__.__spec__.hostile = __main__.__loader__.hostile = "marker"
    type(__main__.__loader__).source = "marker"
    sys.modules["script"] = sys.modules["__main__"] = sys.modules["__mp_main__"] = None
    return verdict(True)
