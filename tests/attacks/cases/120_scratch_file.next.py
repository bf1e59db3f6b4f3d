def main():
    found = []
    for directory, folders, files in os.walk("/scratch"):
        found += [os.path.join(directory, name) for name in files]
        found += [name for name in folders if name not in ("work", "tmp")]
    used = os.statvfs("/scratch")
    own = used.f_files < 100_000  # else the numbers are those of the host's file system
    return verdict(not found and (not own or used.f_files - used.f_ffree <= 4), found or "empty")
