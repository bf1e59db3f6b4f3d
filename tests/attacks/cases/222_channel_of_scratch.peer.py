import time


def main():
    seen = []
    end = time.monotonic() + 1
    while time.monotonic() < end:
        for path in ("/tmp/peer-marker", "/scratch/peer-marker", "/scratch/work/peer-link"):
            if os.path.lexists(path):
                seen.append(path)
        for pid in range(1, 300):
            try:
                os.kill(pid, 0)
                if pid != os.getpid():
                    seen.append(f"pid {pid}")
            except OSError:
                pass
        time.sleep(0.05)
    return verdict(not seen, seen or "nobody is there")
