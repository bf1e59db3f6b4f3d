# Numbers, randomness, hashes.

# %% math
import math

def main():
    return (math.sqrt(2), math.gcd(84, 36), math.comb(10, 3), math.isclose(0.1 + 0.2, 0.3),
            math.dist([0, 0], [3, 4]), math.prod(range(1, 6)), round(math.gamma(5.5), 6))

# %% cmath
import cmath

def main():
    z = cmath.exp(1j * cmath.pi)
    return round(z.real, 9), round(abs(cmath.sqrt(-2)), 9), cmath.isinf(complex("inf"))

# %% decimal
from decimal import ROUND_HALF_UP, Decimal, getcontext, localcontext

def main():
    getcontext().prec = 40
    with localcontext() as context:
        context.prec = 5
        short = str(Decimal(1) / 3)
    return str(Decimal(2).sqrt()), short, str(Decimal("2.675").quantize(Decimal("0.01"), ROUND_HALF_UP))

# %% fractions
from fractions import Fraction

def main():
    return str(sum(Fraction(1, n) for n in range(1, 20))), str(Fraction("0.125")), \
        str(Fraction(3.14159).limit_denominator(100))

# %% statistics
import statistics

def main():
    data = [2, 4, 4, 4, 5, 5, 7, 9]
    line = statistics.linear_regression([1, 2, 3], [2, 4, 6])
    return (statistics.mean(data), statistics.pstdev(data), statistics.median(data),
            statistics.mode(data), statistics.quantiles(data, n=4), line.slope)

# %% random_seeded
import random

def main():
    rng = random.Random(42)
    items = list(range(10))
    rng.shuffle(items)
    return items, rng.choice("abc"), rng.sample(range(100), 3), round(rng.gauss(0, 1), 9)

# %% random_unseeded
import random

def main():
    values = [random.random() for _ in range(100)]
    random.seed()
    return all(0 <= v < 1 for v in values), len(set(values)) > 90

# %% system_random_and_secrets
import os
import random
import secrets

def main():
    return (len(secrets.token_hex(16)), len(os.urandom(64)), secrets.compare_digest("a", "a"),
            0 <= random.SystemRandom().random() < 1, secrets.randbelow(1))

# %% hashlib
import hashlib

def main():
    return {name: hashlib.new(name, b"x").hexdigest()
            for name in ("md5", "sha1", "sha256", "sha512", "sha3_256", "blake2b", "blake2s")}

# %% hashlib_derivation
import hashlib

def main():
    return (hashlib.pbkdf2_hmac("sha256", b"secret", b"salt", 1000).hex(),
            hashlib.scrypt(b"secret", salt=b"salt", n=16, r=8, p=1, dklen=16).hex())

# %% hmac
import hmac

def main():
    return hmac.new(b"key", b"message", "sha256").hexdigest(), hmac.compare_digest(b"a", b"b")

# %% checksums
import zlib

def main():
    return zlib.crc32(b"hello"), zlib.adler32(b"hello"), hash((1, 2)) == hash((1, 2))

# %% uuid
import uuid

def main():
    return (str(uuid.uuid5(uuid.NAMESPACE_DNS, "example.com")), uuid.uuid4().version,
            uuid.UUID(int=1).hex)

# %% ipaddress
import ipaddress

def main():
    network = ipaddress.ip_network("10.0.0.0/29")
    return [str(h) for h in network.hosts()], ipaddress.ip_address("::1").is_loopback

# %% colorsys
import colorsys

def main():
    return [round(c, 6) for c in colorsys.rgb_to_hsv(0.2, 0.4, 0.6)]

# %% primes
def main():
    limit = 20_000
    sieve = bytearray([1]) * (limit + 1)
    sieve[:2] = b"\0\0"
    for n in range(2, int(limit ** 0.5) + 1):
        if sieve[n]:
            sieve[n * n::n] = bytes(len(range(n * n, limit + 1, n)))
    return sum(sieve)

# %% mandelbrot
def main():
    rows = []
    for y in range(-10, 11):
        row = ""
        for x in range(-30, 11):
            z, c = 0, complex(x / 15, y / 10)
            for _ in range(30):
                z = z * z + c
                if abs(z) > 2:
                    break
            row += "*" if abs(z) <= 2 else " "
        rows.append(row)
    return rows

# %% n_queens
def main():
    def place(n, row=0, columns=0, left=0, right=0):
        if row == n:
            return 1
        count, free = 0, ~(columns | left | right) & ((1 << n) - 1)
        while free:
            bit = free & -free
            free ^= bit
            count += place(n, row + 1, columns | bit, (left | bit) << 1, (right | bit) >> 1)
        return count
    return [place(n) for n in range(1, 8)]

# %% matrix_product_in_python
def main():
    n = 30
    a = [[i * j % 7 for j in range(n)] for i in range(n)]
    return sum(sum(x * y for x, y in zip(row, column)) for row in a for column in zip(*a))

# %% simpson_integration
import math

def main():
    n, a, b = 1000, 0.0, math.pi
    h = (b - a) / n
    total = math.sin(a) + math.sin(b)
    total += sum((4 if k % 2 else 2) * math.sin(a + k * h) for k in range(1, n))
    return round(total * h / 3, 10)

# %% monte_carlo_pi
import random

def main():
    rng = random.Random(1)
    inside = sum(rng.random() ** 2 + rng.random() ** 2 < 1 for _ in range(20_000))
    return 3.0 < 4 * inside / 20_000 < 3.3

# %% integer_parsing_limits
def main():
    try:
        int("9" * 5000)
    except ValueError as error:
        return str(error)[:12]

# %% float_details
import sys

def main():
    return (0.1).hex(), float.fromhex("0x1p-3"), (0.75).as_integer_ratio(), sys.float_info.dig
