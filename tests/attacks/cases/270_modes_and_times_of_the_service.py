# attack: 18, 270
# name: modes_and_times_of_the_services_files_cannot_be_changed
# expect: held
import sysconfig

import numpy


def main():
    changed, seen = [], []
    for path in (os.__file__, numpy.__file__, os.path.dirname(numpy.__file__), sysconfig.__file__):
        before = os.stat(path)
        for change in (lambda: os.chmod(path, 0o777), lambda: os.utime(path, (1, 1)),
                       lambda: os.chmod(path, 0)):
            try:
                change()
                seen.append("no error")
            except OSError as error:
                seen.append(errno.errorcode[error.errno])
        after = os.stat(path)
        if (before.st_mode, before.st_mtime_ns) != (after.st_mode, after.st_mtime_ns):
            changed.append(path)
    return verdict(not changed, changed or ", ".join(sorted(set(seen))))
