"""Puts Geist and Geist Mono where the pages serve them: `python -m ui.fonts`.

The fonts (SIL Open Font License 1.1) come from the packages `fontpkg-geist` and
`fontpkg-geist-mono`. Without them the pages use the system's own font.
"""

from __future__ import annotations

import shutil
from importlib.util import find_spec
from pathlib import Path

FOLDER = Path(__file__).parent / "static" / "fonts"
FONTS = {
    "Geist.ttf": ("fontpkg_geist", "files/Geist[wght].ttf"),
    "GeistMono.ttf": ("fontpkg_geist_mono", "files/GeistMono[wght].ttf"),
}
"""Served name -> package and file."""


def place_fonts(folder: Path = FOLDER) -> tuple[str, ...]:
    """Copy the fonts that are installed into `folder` and return the names that are served."""
    served = []
    for name, (package, file) in FONTS.items():
        target = folder / name
        source = _source(package, file)
        if not target.exists() and source is not None:
            _copy(source, target)
        if target.exists():
            served.append(name)
    return tuple(served)


def _source(package: str, file: str) -> Path | None:
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        return None
    path = Path(spec.origin).parent / file
    return path if path.exists() else None


def _copy(source: Path, target: Path) -> None:
    """Copy by way of a second name, so that no visitor is served half a file."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        half = target.with_suffix(".part")
        shutil.copyfile(source, half)
        half.replace(target)
    except OSError:
        return  # a read-only installation: the system font serves


if __name__ == "__main__":
    place_fonts()
