# attack: 1
# name: secrets_of_the_host_are_absent
# expect: held
# expect-without-chroot: weaker -- names, sizes and times of the host's files show where only Landlock stands; none of them opens


def main():
    return absent("/etc/shadow", "/etc/passwd", "/etc/ssh", "/root", "/home", "/var", "/run",
                  "/root/.ssh/id_rsa", "/var/run/docker.sock", "/run/secrets",
                  "/var/run/secrets/kubernetes.io/serviceaccount/token", "/.dockerenv",
                  "/etc/hostname", "/etc/resolv.conf")
