# attack: 138
# name: an_integer_of_5000_digits_arrives
# expect: status=200 stdout~5000


def main():
    value = 10**5000 - 1
    print(5000)
    return value
