"""The other names under which the compiler and glibc call a function.

A mock of ``read`` must also answer ``__read_chk`` (fortify), a mock of ``open`` also ``open64`` (64-bit offsets), a
mock of ``sscanf`` also ``__isoc99_sscanf``. Names whose signature is the same, or only has more arguments behind, can
share the stub: the caller passes them in registers that the stub never looks at. The others cannot, and are refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_FORTIFIED_BEHIND = """
    memcpy memmove mempcpy memset explicit_bzero strcpy strncpy stpcpy stpncpy strcat strncat strlcpy strlcat
    wmemcpy wmemmove wmempcpy wmemset wcscpy wcsncpy wcpcpy wcpncpy wcscat wcsncat wcslcpy wcslcat
    mbstowcs wcstombs mbsrtowcs wcsrtombs mbsnrtowcs wcsnrtombs wctomb wcrtomb
    read pread pread64 readlink readlinkat getcwd getwd confstr getgroups ttyname_r ptsname_r getlogin_r gethostname
    getdomainname gets realpath poll ppoll longjmp inet_ntop inet_pton
"""
_FORTIFIED_WITHIN = """
    printf fprintf vprintf vfprintf sprintf snprintf vsprintf vsnprintf dprintf vdprintf asprintf vasprintf
    obstack_printf obstack_vprintf syslog vsyslog wprintf fwprintf vwprintf vfwprintf swprintf vswprintf
    fgets fgets_unlocked fgetws fgetws_unlocked fread fread_unlocked recv recvfrom
"""
_LARGE_FILE = """
    open openat creat fopen freopen tmpfile fseeko ftello fgetpos fsetpos lseek truncate ftruncate stat fstat lstat
    fstatat pread pwrite preadv pwritev preadv2 pwritev2 mmap sendfile readdir readdir_r scandir scandirat alphasort
    versionsort getdirentries posix_fallocate fallocate posix_fadvise lockf fcntl statfs fstatfs statvfs fstatvfs
    getrlimit setrlimit prlimit mkstemp mkostemp mkstemps mkostemps ftw nftw glob globfree copy_file_range
    aio_read aio_write aio_error aio_return aio_cancel aio_fsync aio_suspend lio_listio
"""
_SCANF = "scanf fscanf sscanf vscanf vfscanf vsscanf wscanf fwscanf swscanf vwscanf vfwscanf vswscanf"
_STRTOL = """
    strtol strtoul strtoll strtoull strtoimax strtoumax strtol_l strtoul_l strtoll_l strtoull_l
    wcstol wcstoul wcstoll wcstoull wcstoimax wcstoumax wcstol_l wcstoul_l wcstoll_l wcstoull_l
"""
_OLD_STAT = {"xstat": "stat", "fxstat": "fstat", "lxstat": "lstat", "fxstatat": "fstatat"}

SAME: Mapping[str, str] = {
    **{f"__{name}_chk": name for name in _FORTIFIED_BEHIND.split()},
    **{f"{name}64": name for name in _LARGE_FILE.split()},
    **{f"__isoc99_{name}": name for name in _SCANF.split()},
    **{f"__isoc23_{name}": name for name in (_SCANF + _STRTOL).split()},
    "__open_2": "open",
    "__open64_2": "open64",
    "__openat_2": "openat",
    "__openat64_2": "openat64",
    "__mq_open_2": "mq_open",
    "_IO_getc": "getc",
    "_IO_putc": "putc",
    "__strdup": "strdup",
    "__strndup": "strndup",
    "__strtok_r": "strtok_r",
    "__stpcpy": "stpcpy",
    "__mempcpy": "mempcpy",
    "__sysv_signal": "signal",
    "bsd_signal": "signal",
    "__xpg_basename": "basename",
}
"""Alias to the next plainer name; the same stub can answer both. Chains: ``__open64_2``, ``open64``, ``open``."""

_UNFORTIFY = "compile the object with -U_FORTIFY_SOURCE"
DIFFERENT: Mapping[str, tuple[str, str]] = {
    **{f"__{name}_chk": (name, _UNFORTIFY) for name in _FORTIFIED_WITHIN.split()},
    **{
        f"__{old}{bits}": (new, "compile the object against glibc 2.33 or newer")
        for old, new in _OLD_STAT.items()
        for bits in ("", "64")
    },
    "__xpg_strerror_r": ("strerror_r", "compile the object with -D_GNU_SOURCE, as the headers of the spec"),
}
"""Alias to the plain name and the remedy, where the signature differs, so that the stub cannot answer."""

REPLACED_ALWAYS: Mapping[str, tuple[str, ...]] = {
    "printf": ("puts", "putchar"),
    "fprintf": ("fwrite", "fputc"),
}
"""Functions that compilers replace even at ``-O0``, and by what."""

REPLACED: Mapping[str, tuple[str, ...]] = {
    **REPLACED_ALWAYS,
    "vprintf": ("puts", "putchar"),
    "fputs": ("fwrite", "fputc"),
    "sprintf": ("stpcpy", "strcpy"),
    "memcmp": ("bcmp",),
    "atoi": ("strtol", "__isoc23_strtol"),
    "atol": ("strtol", "__isoc23_strtol"),
    "atoll": ("strtoll", "__isoc23_strtoll"),
    "atof": ("strtod",),
    "bzero": ("memset",),
    "bcopy": ("memmove",),
    "index": ("strchr",),
    "rindex": ("strrchr",),
    "setjmp": ("_setjmp",),
    "sin": ("sincos",),
    "cos": ("sincos",),
}
"""Functions that compilers and headers may replace, and by what."""


def plainer(symbol: str) -> tuple[str, ...]:
    """List the plainer names of *symbol*, nearest first; empty when it is no alias.

    A version (``memcpy@GLIBC_2.2.5``) is an alias of the name without it.

    >>> plainer("__open64_2")
    ('open64', 'open')
    """
    name, _, version = symbol.partition("@")
    chain = [name] if version else []
    while name in SAME:
        name = SAME[name]
        chain.append(name)
    return tuple(chain)


def root(symbol: str) -> str:
    """Return the plainest name of *symbol*, itself when it is no alias."""
    return (symbol, *plainer(symbol))[-1]
