def main():
    found = []
    for directory, folders, files in os.walk("/scratch"):
        found += [os.path.join(directory, name) for name in files]
        found += [name for name in folders if name not in ("work", "tmp")]
    used = os.statvfs("/scratch")
    return verdict(not found and used.f_files - used.f_ffree <= 4, found or "empty")
