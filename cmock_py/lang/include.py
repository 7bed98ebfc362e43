"""Reads the files that a language includes: the one place of this part that touches the file system."""

from __future__ import annotations

import difflib
import os
from pathlib import Path
from typing import TYPE_CHECKING

from cmock_py.lang.limits import DEFAULT

if TYPE_CHECKING:
    from cmock_py.lang.findings import Findings
    from cmock_py.lang.limits import Limits
    from cmock_py.lang.nodes import Node


class CannotInclude(ValueError):
    """A file cannot be read: why, and as `hint` the next step."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        """Keep the hint beside the message."""
        super().__init__(message)
        self.hint = hint


def load_file(file: str, findings: Findings | None = None, limits: Limits = DEFAULT) -> tuple[Node, ...]:
    """Parse a file; its name in messages is the one given. *findings* collects faults that leave a part of it.

    Raises:
        CannotInclude: there is no such file, it cannot be read, or it is no text.
        LanguageSyntaxError: it does not parse.
    """
    from cmock_py.lang.parse import parse_items

    return parse_items(read_text(file), file, findings, limits)


def read_text(file: str) -> str:
    """Read a text in UTF-8; raises CannotInclude."""
    try:
        return Path(file).read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        message = f"there is no file {file!r}"
        raise CannotInclude(message, _near(file)) from None
    except UnicodeDecodeError as error:
        message = f"{file!r} is no text in UTF-8: byte {error.start} is {error.object[error.start]:#04x}"
        raise CannotInclude(message) from None
    except (OSError, ValueError) as error:
        reason = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else str(error)
        message = f"{file!r} cannot be read: {reason}"
        raise CannotInclude(message) from None


def _near(file: str) -> str:
    """Name the nearest file in the folder, or the folder that was looked into."""
    folder = Path(file).parent
    try:
        known = [entry.name for entry in folder.iterdir()]
    except OSError:
        return f"there is no folder {str(folder)!r}"
    near = difflib.get_close_matches(Path(file).name, known, 1)
    return f"did you mean {near[0]!r}?" if near else f"looked for in {str(folder.absolute())!r}"


def beside(name: str, file: str) -> str:
    """Return the path of a file as one of that name sees it: relative to the folder of the other.

    >>> beside("mocks/main.mock", "common.mock"), beside("language", "common.mock")
    ('mocks/common.mock', 'common.mock')
    """
    return str(Path(name).parent / file)


def identity(file: str) -> str:
    """Return what is equal for two names of one file."""
    return os.path.realpath(file)
