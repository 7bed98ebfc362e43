"""Sphinx: furo, Markdown by MyST; built with ``python -m sphinx -W -b html docs docs/_build``."""

from __future__ import annotations

import tomllib
from pathlib import Path

_METADATA = tomllib.loads(Path(__file__).resolve().parent.parent.joinpath("pyproject.toml").read_text(encoding="utf-8"))

project = "cmock-py"
author = "The cmock-py developers"
copyright = author
release = version = _METADATA["project"]["version"]

extensions = ["myst_parser"]
exclude_patterns = ["_build"]
nitpicky = True

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

html_theme = "furo"
html_title = f"cmock-py {release}"
