# attack: 246
# name: a_bomb_of_compressed_bytes_meets_the_memory_limit
# expect: kind=memory | held
import bz2
import gzip
import lzma
import zlib


def main():
    seen = []
    small = {module: module.compress(bytes(60 << 20)) for module in (zlib, bz2, gzip)}
    for module, data in small.items():
        for _ in range(4):
            try:
                data = module.compress(module.decompress(data) * 2)
            except (MemoryError, OverflowError) as error:
                seen.append(type(error).__name__)
                break
    return verdict(seen, seen)
