# attack: 71
# name: urllib_fails_with_a_python_exception
# expect: held
# limits: {"wall_time_s": 8}
import urllib.error
import urllib.request


def main():
    seen = []
    for url in ("http://example.com/", "http://169.254.169.254/latest/meta-data/",
                "http://127.0.0.1:8080/health", "https://example.org/", "ftp://example.com/",
                "file:///etc/passwd"):
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                return verdict(False, f"{url}: {answer.read(50)!r}")
        except (urllib.error.URLError, OSError) as error:
            seen.append(type(error).__name__)
    return verdict(True, sorted(set(seen)))
