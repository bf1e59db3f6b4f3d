# attack: 54
# name: posix_message_queues_are_refused
# expect: held


def main():
    return all_refused(("mq_open", b"hostile", 0o102, 0o666, None))
