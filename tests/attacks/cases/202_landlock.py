# attack: 202
# name: landlock_and_lsm_calls_are_refused
# expect: held


def main():
    return all_refused(("landlock_create_ruleset", None, 0, 1), ("landlock_restrict_self", 0, 0),
                       ("landlock_add_rule", 0, 1, None, 0), ("lsm_set_self_attr", 100, None, 0, 0))
