# attack: 259
# name: flags_of_the_null_device_are_not_shared
# expect: held
# next: held
import fcntl


def main():
    set_on = []
    descriptors = [0, 1, 2, os.open("/dev/null", os.O_RDWR)]
    try:
        descriptors.append(os.open("/dev/zero", os.O_RDWR))
    except OSError:
        pass  # closed where no control group counts its memory
    for descriptor in descriptors:
        try:
            fcntl.fcntl(descriptor, fcntl.F_SETFL, os.O_NONBLOCK | os.O_APPEND | os.O_ASYNC)
            set_on.append(descriptor)
        except OSError:
            pass
        fcntl.fcntl(descriptor, fcntl.F_SETFL, 0)
    fcntl.fcntl(0, fcntl.F_SETFL, os.O_NONBLOCK | os.O_APPEND)
    return verdict(True, set_on)
