# attack: 31
# name: no_device_but_null_zero_and_urandom
# expect: held


def main():
    return absent("/dev/mem", "/dev/kmem", "/dev/port", "/dev/kmsg", "/dev/fuse", "/dev/kvm",
                  "/dev/vsock", "/dev/net/tun", "/dev/tty", "/dev/console", "/dev/ptmx", "/dev/pts",
                  "/dev/sda", "/dev/vda", "/dev/loop0", "/dev/loop-control", "/dev/mapper/control",
                  "/dev/userfaultfd", "/dev/uinput", "/dev/cpu/0/msr", "/dev/hpet", "/dev/fd",
                  "/dev/stdin", "/dev/log", "/dev/initctl", "/dev/mqueue", "/dev/hugepages",
                  "/dev/nvidia0", "/dev/dri", "/dev/random0")
