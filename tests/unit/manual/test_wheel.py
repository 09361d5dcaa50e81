"""An installed confsync has the manual, so `confsync help` works without a source tree."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from confsync.cli.manual.topics import MANUAL

builder = pytest.importorskip("hatchling.builders.wheel", reason="hatchling is not installed")


def test_the_wheel_has_every_page_and_the_schema(tmp_path: Path) -> None:
    root = MANUAL.parents[1]
    (wheel,) = builder.WheelBuilder(str(root)).build(directory=str(tmp_path), versions=["standard"])
    with zipfile.ZipFile(wheel) as archive:
        shipped = {name for name in archive.namelist() if name.startswith("confsync/manual/")}
    files = (path for path in MANUAL.rglob("*") if path.is_file())
    assert shipped == {path.relative_to(root).as_posix() for path in files}
    assert "confsync/manual/reference/result.schema.json" in shipped
