"""Print the seconds that ``import cmock_py`` takes in this fresh interpreter."""
# ruff: noqa: E402, T201 - the clock starts before the import; what is printed is read by the benchmark

import time

started = time.perf_counter()

import cmock_py

finished = time.perf_counter()
assert cmock_py.__all__
print(finished - started)
