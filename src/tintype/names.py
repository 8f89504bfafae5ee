"""Names of results, defined once for every door: beside the photograph, further proposals, further pages.

>>> beside(Path("box/grandma.bmp"), ".png").as_posix()
'box/grandma.color.png'
>>> proposal(Path("out.jpg"), 0).name, proposal(Path("out.jpg"), 1).name
('out.jpg', 'out.2.jpg')
"""

from __future__ import annotations

import re
from pathlib import Path

MARK = ".color"
"""What the name of a result gets when it lies beside its photograph: ``grandma.color.jpg``."""

RECIPE = ".recipe.json"
"""What is put behind the name of a result for that of its recipe."""

_RESULT = re.compile(re.escape(MARK) + r"(\.\d+)?(\.page\d+)?\Z")


def colored(name: str, suffix: str, *, page: int = 0) -> str:
    """Return the name of a photograph's result; `page` numbers the pages where each is a file.

    >>> colored("scan.tif", ".jpg", page=2)
    'scan-2.color.jpg'
    """
    number = f"-{page}" if page else ""
    return f"{Path(name).stem}{number}{MARK}{suffix}"


def beside(path: Path, suffix: str) -> Path:
    """Return where a result goes when nobody says where: marked, beside its photograph."""
    return path.with_name(colored(path.name, suffix))


def proposal(target: Path, index: int) -> Path:
    """Return the name of the proposal of that index, from 0; the first has the target's own name."""
    return target if index == 0 else target.with_name(f"{target.stem}.{index + 1}{target.suffix}")


def proposals(target: Path, count: int) -> list[Path]:
    """Return the names of `count` proposals, the target's own first."""
    return [proposal(target, index) for index in range(count)]


def page(target: Path, number: int) -> Path:
    """Return the name of a further page, from 1, of a format that holds one; the first has the target's own.

    >>> page(Path("out.jpg"), 2).name
    'out.page2.jpg'
    """
    return target if number == 1 else target.with_name(f"{target.stem}.page{number}{target.suffix}")


def recipe(target: Path) -> Path:
    """Return the name of a result's recipe: beside it, with its whole name.

    >>> recipe(Path("box/grandma.color.jpg")).as_posix()
    'box/grandma.color.jpg.recipe.json'
    """
    return target.with_name(target.name + RECIPE)


def compared(path: Path) -> Path:
    """Return the name of a comparison of several networks, beside the photograph.

    >>> compared(Path("grandma.jpg")).name
    'grandma.compare.png'
    """
    return path.with_name(f"{path.stem}.compare.png")


def photograph_of(path: Path) -> Path | None:
    """Return the name, without suffix, of the photograph whose result this is by its name; None: of none.

    >>> photograph_of(Path("grandma.color.2.jpg")).name, photograph_of(Path("grandma.jpg"))
    ('grandma', None)
    """
    match = _RESULT.search(path.stem)
    return path.with_name(path.stem[: match.start()]) if match and match.start() else None
