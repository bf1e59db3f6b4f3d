# attack: 2
# name: server_binary_and_configuration_are_absent
# expect: held


def main():
    found = []
    for directory, _, files in os.walk("/"):
        for name in files:
            if name.startswith(("forkjail", "nsjail")) and name != "forkjail-zygote":
                found.append(os.path.join(directory, name))
            if name.endswith((".cfg", ".conf", ".env", ".pem", ".key")):
                path = os.path.join(directory, name)
                if "/site-packages/" not in path and "/dist-packages/" not in path:
                    found.append(path)
    return verdict(not found, found or "nothing of the server's")
