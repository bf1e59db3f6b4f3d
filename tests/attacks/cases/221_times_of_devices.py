# attack: 121, 221
# name: times_of_shared_devices_cannot_be_set
# expect: held
# expect-fallback: status=200 -- no read-only mount: the nodes are the guest root's own, not the host's


def main():
    import glob

    shared = ["/dev/null", "/dev/zero", "/dev/urandom", "/", "/usr", "/lib64"]
    shared += glob.glob(guest("usr/lib/**/*.py"), recursive=True)[:1]
    set_times = []
    for path in shared:
        for times in (None, (0, 0), (1e9, 1e9)):
            try:
                os.utime(path, times)
                set_times.append(path)
            except OSError:
                pass
    for device in shared[:3]:
        try:
            descriptor = os.open(device, os.O_RDWR)
        except OSError:
            continue  # /dev/zero, where no control group counts its memory
        result, error = syscall("utimensat", descriptor, None, None, 0)
        if result == 0:
            set_times.append(f"{device} by its descriptor")
        for change in (lambda: os.chmod(device, 0o600), lambda: os.truncate(device, 0)):
            try:
                change()
                set_times.append(device)
            except OSError:
                pass
    return verdict(not set_times, set_times or "refused")
