"""C text to a program: the only user of the compiler, the linker, objcopy, ar and addr2line.

`compiler` preprocesses and compiles, `objects` reads what the user gives, `redirect` makes copies whose calls lead to
the mocks, `linker` links, `symbols` reads the result, `cache` keeps it.
"""
