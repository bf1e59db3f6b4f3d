"""Two kinds of warm cells: which one a script gets is a matter of speed, and of nothing else."""

import time

# The names are put together, so that the service cannot see them.
HIDDEN_IMPORT = ("import sys\n"
                 "def load(name):\n"
                 "    return getattr(sys.modules['built' + 'ins'], '__imp' + 'ort__')(name)\n")
IS_LOADED = "import sys\ndef main():\n    return 'pan' + 'das' in sys.modules\n"


def flavours_of(service):
    return service.request("GET", "/info").json["pool"]["flavours"]


def wait_until_parked(service):
    """Until the pool is full and nothing in it changes any more."""
    deadline = time.monotonic() + 60
    while True:
        before = flavours_of(service)
        time.sleep(0.5)
        after = flavours_of(service)
        if before == after and all(shelf["parked"] >= shelf["parked_target"] for shelf in after.values()):
            return after
        assert time.monotonic() < deadline, after


def test_script_that_names_no_heavy_module_gets_a_cell_without_them(service):
    wait_until_parked(service)
    assert service.execute(IS_LOADED).result is False


def test_script_that_names_a_preloaded_module_finds_it_there(service):
    assert service.execute(IS_LOADED + "# pandas\n").result is True


def test_hidden_import_works_in_a_light_cell_on_the_runs_own_memory(service):
    wait_until_parked(service)
    script = HIDDEN_IMPORT + (
        "def main():\n"
        "    early = 'pan' + 'das' in sys.modules\n"
        "    frame = load('pan' + 'das').DataFrame({'k': list('aab'), 'v': [1, 2, 3]})\n"
        "    return [early, frame.groupby('k')['v'].sum().to_dict(), load('num' + 'py').ones(1000).sum()]\n")
    assert service.execute(script).result == [False, {"a": 3, "b": 3}, 1000.0]


def test_random_numbers_of_a_hidden_import_differ_in_every_run(service):
    script = HIDDEN_IMPORT + "def main():\n    return load('num' + 'py').random.rand()\n"
    assert len({service.execute(script).result for _ in range(3)}) == 3


def test_info_counts_the_cells_of_each_flavour(service):
    flavours = wait_until_parked(service)
    assert set(flavours) - {"session"} == {"light", "full"}
    pool = service.request("GET", "/info").json["pool"]
    assert pool["parked_target"] == sum(shelf["parked_target"] for shelf in flavours.values())


def test_nothing_preloaded_leaves_light_cells_only_and_imports_work(start_service):
    service = start_service("--preload", "")
    assert set(flavours_of(service)) - {"session"} == {"light"}  # whose zygotes make sessions' cells, too
    assert service.execute("import pandas\ndef main():\n    return len(pandas.DataFrame())\n").result == 0


def test_zygotes_of_both_flavours_are_replaced_while_they_serve(start_service):
    service = start_service("--zygote-runs-max", "6")
    for number in range(40):
        module = "pandas" if number % 2 else "json"
        assert service.execute(f"import {module}\ndef main():\n    return {number}\n").result == number
