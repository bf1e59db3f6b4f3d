# attack: 50, 51
# name: ioctl_is_judged_in_32_bits
# expect: held
import ctypes


def main():
    byte = ctypes.create_string_buffer(b"\x0a")
    commands = dict(TIOCSTI=0x5412, TIOCLINUX=0x541C, TIOCSCTTY=0x540E, TIOCSETD=0x5423,
                    TIOCCONS=0x541D, FIOASYNC=0x5452, FIOSETOWN=0x8901, SIOCGIFCONF=0x8912,
                    FIBMAP=1, FIGETBSZ=2, FS_IOC_SETFLAGS=0x40086602, FICLONE=0x40049409,
                    FIFREEZE=0xC0045877, RNDADDENTROPY=0x40085203, RNDADDTOENTCNT=0x40045201,
                    NS_GET_USERNS=0xB701, NS_GET_PARENT=0xB702)
    calls = []
    for command in commands.values():
        for high in (0, 1 << 32, 0xFFFFFFFF << 32, 1 << 63):
            for descriptor in (0, 1, 3):
                signed = (command | high) - (1 << 64 if (command | high) >> 63 else 0)
                calls.append(("ioctl", descriptor, signed, byte))
    judged = all_refused(*calls)
    # The other way round: an allowed command stays allowed with rubbish in the upper half.
    number = ctypes.c_int()
    allowed = syscall("ioctl", 1, 0x541B | 1 << 32, ctypes.byref(number))[1]
    return verdict(judged["held"], judged["saw"][:80] + f"; FIONREAD with a high bit: {allowed}")
