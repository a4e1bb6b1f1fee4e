"""Packages that tests install: the example, built and unpacked as installers do, and small ones of a few lines."""

import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

EXAMPLE = Path(__file__).parent / "plugin_example"
BUILD = "import sys; from setuptools import build_meta; build_meta.build_wheel(sys.argv[1])"


def install_example(site: Path, scratch: Path) -> None:
    """Build the example's wheel by its own build system, and unpack it: all that installing a pure wheel is."""
    source, wheels = scratch / "source", scratch / "wheels"
    shutil.copytree(EXAMPLE, source, ignore=shutil.ignore_patterns("__pycache__", "build", "*.egg-info"))
    wheels.mkdir()
    subprocess.run([sys.executable, "-c", BUILD, wheels], cwd=source, check=True, capture_output=True)
    (wheel,) = wheels.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(site)


def install(site: Path, name: str, code: str, entries: Mapping[str, str], version: str = "1.0") -> None:
    """Install a package of one module; ``entries`` gives by ``kind.plugin`` the class: ``{"actions.odd": "Odd"}``."""
    site.mkdir(exist_ok=True)
    (site / f"{name}.py").write_text(code)
    info = site / f"{name}-{version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    groups: dict[str, list[str]] = {}
    for entry, cls in entries.items():
        kind, plugin = entry.split(".")
        groups.setdefault(kind, []).append(f"{plugin} = {name}:{cls}")
    lines = [f"[stillguard.{kind}]\n" + "\n".join(those) for kind, those in groups.items()]
    (info / "entry_points.txt").write_text("\n\n".join(lines) + "\n")
