"""What the user should know of a film that has been coloured: assumed, repaired, left as it is."""

from __future__ import annotations

from tintype.film.info import FilmInfo
from tintype.film.options import FilmOptions
from tintype.film.plan import Plan


def notes_of(info: FilmInfo, found: Plan, options: FilmOptions) -> tuple[str, ...]:
    """All notes, as sentences."""
    notes = []
    if info.interlaced and not options.deinterlace:
        notes.append("the film is interlaced, and stays so; --deinterlace makes whole pictures of it")
    if not info.encoding.tagged:
        assumed = f"{info.encoding.matrix} is assumed, as players do"
        notes.append(f"the film does not say its colour matrix; {assumed}")
    notes += _damage(info, found)
    if found.cut_short:
        notes.append(f"the file ends before its time; its first {found.frames} frames are coloured")
    if (info.width % 2 or info.height % 2) and not options.frames:
        notes.append("an odd side is one pixel longer in the result, as its codec wants")
    if found.area[2:] != (info.width, info.height):
        notes.append("black bars are left black")
    return (*notes, *found.notes)


def _damage(info: FilmInfo, found: Plan) -> list[str]:
    made, notes = len(found.missing), []
    if made:
        one = made == 1
        made_of = "is made from its neighbours" if one else "are made from their neighbours"
        notes.append(f"{made} damaged frame{'' if one else 's'} {made_of}")
    if info.folder is not None and found.damaged > made:
        notes.append(f"{found.damaged - made} frames at an end can't be read; left out")
    elif found.damaged and not made:
        notes.append(f"{found.damaged} packets of the film are damaged")
    return notes
