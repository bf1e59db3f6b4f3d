# attack: 245
# name: sources_that_break_the_compiler_end_within_limits
# expect: held | kind=crash | kind=memory | kind=cpu_time
# limits: {"wall_time_s": 10, "cpu_time_s": 5}
import ast


def main():
    seen = []
    for source in ("(" * 10_000 + ")" * 10_000, "-" * 100_000 + "1", "x=" * 50_000 + "1",
                   "f(" * 5000 + ")" * 5000, "a" + ".a" * 50_000, "1" + "+1" * 50_000,
                   "lambda:" * 20_000 + "1", "if 1:\n" + "".join(" " * n + "if 1:\n"
                                                              for n in range(1, 110)),
                   "[" + "x for x in " * 2000 + "y]", "{" * 3000, "f'" + "{" * 300 + "'",
                   "(1)**(9)**(9)**(9)" * 1, "'a'*(1<<33)", "((1<<200)<<(1<<31))"):
        try:
            compile(source, "bomb", "exec")
            seen.append("compiled")
        except (SyntaxError, RecursionError, MemoryError, OverflowError, ValueError) as error:
            seen.append(type(error).__name__)
    return verdict(True, seen)
