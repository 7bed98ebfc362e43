"""Print the seconds that importing the names of an ordinary test takes in this fresh interpreter."""
# ruff: noqa: E402, F401 - the clock starts before the import, and the import is all

import time

started = time.perf_counter()

from cmock_py import EVENT, SEQ, ApiSpec, check_callouts, init_lang, start_mocking

print(time.perf_counter() - started)
