"""Print the seconds from nothing to the first verdict: import, start, a language in text, a call of the SUT, check."""
# ruff: noqa: E402, T201 - the clock starts before the import; what is printed is read by the benchmark

import time

started = time.perf_counter()

from cmock_py import check_callouts, init_lang, start_mocking

with start_mocking("spec.py", headers=["api.h", "sut.h"], objs=["sut.c"]) as mocking:
    init_lang('api.api0(1, 2) -> 3  api.api1(x"0102", 2) -> 4  api.api2("text", 5)')
    assert mocking.lib.use_api() == 7
    check_callouts()
    finished = time.perf_counter()
print(finished - started)
