"""The ``cmock-py`` command: one function per subcommand."""

from __future__ import annotations

import os
import sys
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cmock_py.errors import CmockError, InternalError

if TYPE_CHECKING:
    from collections.abc import Callable

FAULTY, INTERNAL = 2, 3
"""Exit statuses: the input is wrong, or we are."""


def _version(context: click.Context, _parameter: click.Parameter, value: bool) -> None:
    """Print the version of the installed distribution; a bare checkout has none."""
    if not value:
        return
    try:
        found = metadata.version("cmock-py")
    except metadata.PackageNotFoundError:
        found = "(not installed)"
    click.echo(f"cmock-py {found}")
    context.exit()


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version", is_flag=True, expose_value=False, is_eager=True, callback=_version, help="Print the version."
)
def main() -> None:
    """Mock C functions from Python."""


_SPEC = click.argument("spec", type=click.Path(path_type=Path))
_HEADER = click.option(
    "--header", "-H", "headers", multiple=True, metavar="NAME", help="A header to include; may repeat."
)
_OUTPUT = click.option(
    "-o", "output", type=click.Path(path_type=Path), help="Write to this file instead of the screen."
)


@main.command("gen-headers")
@_SPEC
@_HEADER
@_OUTPUT
def gen_headers(spec: Path, headers: tuple[str, ...], output: Path | None) -> None:
    """Print a header with the prototypes of the mocked functions."""
    from cmock_py import session

    _print(lambda: session.gen_headers(session.load_spec(spec), headers), output)


@main.command("c-code")
@_SPEC
@_HEADER
@_OUTPUT
def c_code(spec: Path, headers: tuple[str, ...], output: Path | None) -> None:
    """Print the generated stubs as C."""
    from cmock_py import session

    _print(lambda: session.c_code(session.load_spec(spec), headers), output)


@main.command("stubs")
@_SPEC
@_HEADER
@click.option("-I", "folders", multiple=True, metavar="DIR", help="A folder to look for headers in; may repeat.")
@_OUTPUT
def stubs(spec: Path, headers: tuple[str, ...], folders: tuple[str, ...], output: Path | None) -> None:
    """Print a Python stub file with the C functions and globals, for type checkers."""
    from cmock_py import session

    flags = [f"-I{folder}" for folder in folders]
    _print(lambda: session.type_stubs(session.load_spec(spec), headers, cppflags=flags, source=spec.name), output)


def _print(write: Callable[[], str], output: Path | None) -> None:
    """Print what *write* gives, or replace the file when its content differs; a fault of the input is no traceback."""
    try:
        text = write()
        if output is None:
            click.echo(text, nl=False)
        elif not output.exists() or output.read_bytes() != text.encode():
            output.write_bytes(text.encode())
    except (CmockError, OSError) as error:
        _complain(f"cmock-py: {error}")
        sys.exit(INTERNAL if isinstance(error, InternalError) else FAULTY)


def _complain(message: str) -> None:
    """Say what is wrong, coloured as the terminal and the environment want it."""
    from cmock_py.explain.colour import coloured, wants_colour

    colour = wants_colour(os.environ, is_terminal=sys.stderr.isatty())
    click.echo(coloured(message) if colour else message, err=True, color=colour)
