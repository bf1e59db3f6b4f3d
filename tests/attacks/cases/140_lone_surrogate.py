# attack: 140
# name: a_lone_surrogate_is_answered_cleanly
# expect: status=200 | status=422 kind=not_serializable


def main():
    return {"\ud800": "\udfff\ud800"}
