# attack: 62, 63, 64, 66, 67, 70
# name: there_is_no_network
# expect: held
import socket


def main():
    seen, held = [], True
    for family in (socket.AF_INET, socket.AF_INET6):
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW):
            address = "169.254.169.254" if family == socket.AF_INET else "fd00:ec2::254"
            try:
                with socket.socket(family, kind) as one:
                    one.settimeout(1)
                    held = False
                    seen.append(f"socket {family.name} {kind.name}")
                    one.connect((address, 80))
            except OSError as error:
                seen.append(errno.errorcode[error.errno])
    for host, port in (("127.0.0.1", 8080), ("localhost", 8080), ("::1", 8080), ("1.1.1.1", 53),
                       ("metadata.google.internal", 80)):
        try:
            socket.create_connection((host, port), timeout=1).close()
            held = False
            seen.append(f"connected to {host}")
        except OSError:
            pass
    try:
        socket.getaddrinfo("example.com", 80)
        held = False
        seen.append("a name was resolved")
    except OSError:
        pass
    return verdict(held, sorted(set(seen)))
