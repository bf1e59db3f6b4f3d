# attack: 144
# name: sys_exit_is_reported_as_an_exit
# expect: status=422 kind=exit within=4


def main():
    sys.exit(3)
