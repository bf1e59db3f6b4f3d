# attack: 31
# name: no_device_but_null_zero_and_urandom
# expect: held
# expect-without-chroot: weaker -- names of the host's devices show where only Landlock stands; none of them opens


def main():
    devices = absent("/dev/mem", "/dev/kmem", "/dev/port", "/dev/kmsg", "/dev/fuse", "/dev/kvm",
                  "/dev/vsock", "/dev/net/tun", "/dev/tty", "/dev/console", "/dev/ptmx", "/dev/pts",
                  "/dev/sda", "/dev/vda", "/dev/loop0", "/dev/loop-control", "/dev/mapper/control",
                  "/dev/userfaultfd", "/dev/uinput", "/dev/cpu/0/msr", "/dev/hpet", "/dev/fd",
                  "/dev/log", "/dev/initctl", "/dev/mqueue", "/dev/hugepages",
                  "/dev/nvidia0", "/dev/dri", "/dev/random0")
    own_input = absent("/dev/stdin")
    result = verdict(devices["held"] and own_input["held"], f"{devices['saw']}; {own_input['saw']}")
    # Where /proc is in sight it leads to the run's own input, which is no device.
    harmless = own_input["held"] or os.path.samestat(os.stat("/dev/stdin"), os.fstat(0))
    result["weaker"] = devices["weaker"] and harmless
    return result
