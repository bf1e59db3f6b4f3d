# attack: 24, 25, 26, 29, 30
# name: the_kernels_switches_are_absent
# expect: held
# expect-without-chroot: weaker -- names, sizes and times of the host's files show where only Landlock stands; none of them opens


def main():
    return absent("/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger", "/proc/keys",
                  "/proc/sys/kernel/modprobe", "/proc/sys/fs/binfmt_misc", "/proc/kcore",
                  "/proc/kallsyms", "/proc/config.gz", "/proc/sys/vm/drop_caches", "/sys",
                  "/sys/fs/cgroup", "/sys/fs/cgroup/release_agent",
                  "/sys/fs/cgroup/memory/release_agent", "/sys/fs/cgroup/cgroup.procs",
                  "/sys/kernel/uevent_helper", "/sys/kernel/debug", "/sys/kernel/security",
                  "/sys/firmware", "/sys/class", "/sys/kernel/mm/transparent_hugepage/enabled")
