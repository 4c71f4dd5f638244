"""The wheel: whoever installs it has everything that stands in the four folders, and nothing of the tests."""

import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("service", "matching", "models", "migrations")


def test_the_wheel_holds_every_file_of_the_service(tmp_path):
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}

    kept = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*") if path.is_file()]
    written = {str(path.relative_to(ROOT)) for path in kept if "__pycache__" not in path.parts}
    assert packed == written | {"wsgi.py"}
