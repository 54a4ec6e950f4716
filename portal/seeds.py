"""What the portal brings along, read from portal/data."""

from pathlib import Path

import yaml

DATA = Path(__file__).resolve().parent / "data"
FAST = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same, ten times as fast where libyaml is there


def read(path):
    """The contents of a YAML file, given by its path or by its name in portal/data."""
    return yaml.load((DATA / path).read_text(encoding="utf-8"), Loader=FAST)  # noqa: S506 – it is the safe one
