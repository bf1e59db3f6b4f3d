# attack: 18
# name: bytecode_and_packages_cannot_be_poisoned
# expect: held
# next: held
import glob
import importlib.util


def main():
    import json

    marker = b"raise RuntimeError('poisoned')"
    targets = [json.__file__, importlib.util.cache_from_source(json.__file__)]
    targets += glob.glob(guest("usr/lib/**/*.pth"), recursive=True)[:3]
    for path in sys.path:
        targets += [os.path.join(path, name) for name in
                    ("sitecustomize.py", "usercustomize.py", "json.py", "evil.pth", "antigravity.py")]
    written = []
    for target in targets:
        if target.startswith(("/scratch", "/tmp")) or not target.startswith("/"):
            continue  # the script's own place: the next run looks whether it is gone
        try:
            with open(target, "wb") as file:
                file.write(marker)
            written.append(target)
        except OSError:
            pass
    for name in ("sitecustomize.py", "json.py", "colorsys.py", "antigravity.py"):
        with open(name, "wb") as file:
            file.write(marker)
    return verdict(not written, written or f"{len(targets)} refused")
