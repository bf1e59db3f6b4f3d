# attack: 28
# name: the_running_interpreter_cannot_be_overwritten
# expect: held
import glob


def main():
    programs = glob.glob(guest("usr/lib/forkjail/*")) + glob.glob(guest("lib/forkjail/*"))
    programs += glob.glob(guest("lib64/*")) + glob.glob(guest("usr/lib/**/libc.so*"), recursive=True)
    opened = []
    for program in programs:
        for flags in (os.O_WRONLY, os.O_RDWR, os.O_WRONLY | os.O_TRUNC):
            try:
                os.close(os.open(program, flags))
                opened.append(program)
            except OSError:
                pass
        try:
            os.unlink(program)
            opened.append(program)
        except OSError:
            pass
    return verdict(programs and not opened, opened or f"{len(programs)} programs read-only")
