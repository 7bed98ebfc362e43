"""Print the seconds that importing the names of an ordinary test takes in this fresh interpreter."""
# ruff: noqa: E402, F401, T201 - the clock starts before the import, which is all; the benchmark reads what is printed

import time

started = time.perf_counter()

from cmock_py import EVENT, SEQ, ApiSpec, check_callouts, init_lang, start_mocking

print(time.perf_counter() - started)
