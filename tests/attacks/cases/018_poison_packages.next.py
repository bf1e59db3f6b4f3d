def main():
    import colorsys
    import json

    left = [name for name in os.listdir(".") if name.endswith(".py")]
    here = os.getcwd()
    own = [m.__file__ for m in (colorsys, json) if m.__file__.startswith(here)]
    works = json.loads("[1]") == [1] and colorsys.rgb_to_hsv(0, 0, 0) == (0.0, 0.0, 0)
    return verdict(works and not left and not own, left + own or "clean")
