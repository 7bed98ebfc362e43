"""Types of the C library and the headers that declare them, for those who forgot to give one."""

from __future__ import annotations

from typing import Final

_DECLARED: Final = {
    "stdint.h": "int8_t int16_t int32_t int64_t uint8_t uint16_t uint32_t uint64_t intptr_t uintptr_t",
    "inttypes.h": "intmax_t uintmax_t",
    "stddef.h": "size_t ptrdiff_t wchar_t max_align_t",
    "stdbool.h": "bool",
    "stdarg.h": "va_list",
    "stdio.h": "FILE fpos_t",
    "sys/types.h": "ssize_t off_t mode_t pid_t uid_t gid_t dev_t ino_t useconds_t",
    "time.h": "time_t clock_t clockid_t",
    "sys/socket.h": "socklen_t sa_family_t",
    "pthread.h": "pthread_t pthread_mutex_t pthread_cond_t pthread_attr_t",
    "signal.h": "sigset_t sig_atomic_t",
    "locale.h": "locale_t",
    "setjmp.h": "jmp_buf",
    "wchar.h": "wint_t mbstate_t",
}

HEADERS: Final = {name: header for header, names in _DECLARED.items() for name in names.split()}
"""The header of each type."""
