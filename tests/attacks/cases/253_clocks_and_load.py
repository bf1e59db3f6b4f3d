# attack: 253
# name: the_machines_load_does_not_show
# expect: held
import ctypes


def main():
    seen = []
    for ask in (os.getloadavg,):
        try:
            seen.append(ask())
        except OSError:
            pass
    judged = all_refused((99, ctypes.create_string_buffer(128)), ("getcpu", bytes(4), bytes(4), None),
                         (100, bytes(64)))
    return verdict(judged["held"] and not seen, judged["saw"] or seen)
