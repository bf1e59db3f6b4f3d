def main():
    frame, files = sys._getframe(), []
    while frame is not None:
        files.append(frame.f_code.co_filename)
        forged = [name for name, value in frame.f_globals.items()
                  if getattr(value, "__name__", "") == "<lambda>" and frame.f_globals is not globals()]
        if forged:
            return verdict(False, forged)
        frame = frame.f_back
    return verdict(True, files)
