"""Writes the table of published networks in docs/networks.md from the registry of families."""

from pathlib import Path

from tintype.network.families import FAMILIES
from tintype.network.families.family import Family, Published
from tintype.network.registry import speed_class

TARGET = Path(__file__).resolve().parent.parent / "docs" / "networks.md"
BEGIN = "<!-- This table is made by `python scripts/networks_doc.py`. -->\n\n"
END = "\n<!-- End of the table. -->"


def row(family: Family, entry: Published) -> tuple[str, ...]:
    """The cells of a published network."""
    size = f"{'' if entry.bytes else '≈ '}{entry.size / 1e6:.0f} MB"
    needs = f"`tintype[{entry.needs}]`" if entry.needs else "nothing"
    file = f"`{entry.file}`, {size}"
    speed = speed_class(family.seconds)
    return f"`{entry.name}`", entry.title, file, family.license, family.takes(), family.gives(), speed, needs


def table() -> str:
    """The whole table, as Markdown."""
    head = ("network", "what it is", "file", "licence", "takes", "gives", "speed", "needs, to convert")
    rows = [row(family, entry) for family in FAMILIES.values() for entry in family.published]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows)) + "\n"


def page() -> str:
    """The whole page, with the table as it should be."""
    before, _, rest = TARGET.read_text(encoding="utf-8").partition(BEGIN)
    return before + BEGIN + table() + END + rest.partition(END)[2]


if __name__ == "__main__":
    TARGET.write_text(page(), encoding="utf-8")
