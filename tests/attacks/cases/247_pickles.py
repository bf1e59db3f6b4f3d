# attack: 247
# name: a_pickle_that_calls_the_system_is_refused_like_any_call
# expect: held | kind=syscall
import pickle


def main():
    for payload in (b"cos\nsystem\n(S'id'\ntR.", b"cos\nfork\n(tR.", b"cposix\nexecv\n(S'/bin/sh'\n(S'x'\nltR."):
        try:
            result = pickle.loads(payload)
            if result not in (-1, None) and not (isinstance(result, int) and result > 255):
                return verdict(False, result)
        except (OSError, ValueError):
            pass
    return verdict(True, "refused")
