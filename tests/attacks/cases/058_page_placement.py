# attack: 58
# name: pages_cannot_be_placed_or_moved
# expect: held


def main():
    return all_refused(("move_pages", 0, 0, None, None, None, 0), ("move_pages", 1, 0, None, None,
                                                                   None, 0),
                       ("mbind", 0, 0, 0, None, 0, 0), ("set_mempolicy", 0, None, 0),
                       ("migrate_pages", 0, 0, None, None),
                       ("set_mempolicy_home_node", 0, 0, 0, 0))
