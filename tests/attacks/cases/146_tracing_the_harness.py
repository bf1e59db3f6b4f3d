# attack: 146
# name: tracing_the_harness_changes_at_most_its_own_result
# expect: status=200 within=5 | status=422 within=5
# limits: {"wall_time_s": 4, "cpu_time_s": 2}


def main():
    def tracer(frame, event, argument):
        try:
            frame.f_locals.clear()
        except Exception:
            pass
        return tracer

    frame = sys._getframe()
    while frame is not None:
        frame.f_trace = tracer
        frame.f_trace_opcodes = True
        frame = frame.f_back
    sys.settrace(tracer)
    sys.setprofile(tracer)
    sys.addaudithook(lambda name, arguments: (_ for _ in ()).throw(RuntimeError(name)))
    return {"honest": 1}
