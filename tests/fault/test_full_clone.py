"""A clone onto a disk that is full says so, and can be gone on with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.fault.conftest import Play
from tests.fault.test_machine_faults import fill, small_disk


@pytest.mark.parametrize("left", [0, 4, 8, 12, 16, 24, 32])
def test_a_clone_onto_a_full_disk_can_be_gone_on_with(
    stage: Callable[..., Any], tmp_path: Path, left: int
) -> None:
    with stage(Play("clone", (), labels=False)) as scene:
        url = f"{scene.sandbox.url}/spaces/ENG"
        files = scene.files()
        with small_disk(tmp_path / "disk") as disk:
            ballast = fill(disk, left)
            full = scene.run("clone", url, "mirror", where=disk)
            said = full.out + full.err
            assert full.exit == 4, said
            assert "No space left on device" in said
            ballast.unlink()
            scene.root = disk / "mirror"
            after = scene.run("clone", url, "mirror", where=disk)
            assert after.exit == 0, said + after.out + after.err
            assert scene.files() == files
