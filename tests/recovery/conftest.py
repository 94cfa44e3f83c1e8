import tempfile
from pathlib import Path

from hypothesis.configuration import set_hypothesis_home_dir

# Read while tests are collected, so no fixture could come in time; the tree stays clean.
set_hypothesis_home_dir(Path(tempfile.gettempdir()) / "afterglow-hypothesis")
