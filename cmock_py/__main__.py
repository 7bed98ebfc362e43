"""``python -m cmock_py`` is the ``cmock-py`` command."""

from cmock_py.cli import main

main()
