"""What the user should know of a film that has been coloured: assumed, repaired, left as it is."""

from __future__ import annotations

from tintype.film.info import FilmInfo
from tintype.film.options import FilmOptions
from tintype.film.plan import Plan
from tintype.notes import Note


def notes_of(info: FilmInfo, found: Plan, options: FilmOptions) -> tuple[Note, ...]:
    """All notes, as sentences."""
    notes: list[Note] = []
    if info.interlaced and not options.deinterlace:
        told = "the film is interlaced, and stays so; --deinterlace makes whole pictures of it"
        notes.append(Note(told, "interlaced"))
    if not info.encoding.tagged:
        assumed = f"{info.encoding.matrix} is assumed, as players do"
        told = f"the film does not say its colour matrix; {assumed}"
        notes.append(Note(told, "matrix", matrix=str(info.encoding.matrix)))
    notes += _damage(info, found)
    if found.cut_short:
        told = f"the file ends before its time; its first {found.frames} frames are coloured"
        notes.append(Note(told, "cut_short", n=found.frames))
    if (info.width % 2 or info.height % 2) and not options.frames:
        notes.append(Note("an odd side is one pixel longer in the result, as its codec wants", "odd_side"))
    if found.area[2:] != (info.width, info.height):
        notes.append(Note("black bars are left black", "bars"))
    return (*notes, *found.notes)


def _damage(info: FilmInfo, found: Plan) -> list[Note]:
    made, notes = len(found.missing), list[Note]()
    if made:
        one = made == 1
        made_of = "is made from its neighbours" if one else "are made from their neighbours"
        notes.append(Note(f"{made} damaged frame{'' if one else 's'} {made_of}", "frames_made", n=made))
    if info.folder is not None and found.damaged > made:
        lost = found.damaged - made
        notes.append(Note(f"{lost} frames at an end can't be read; left out", "frames_lost", n=lost))
    elif found.damaged and not made:
        told = f"{found.damaged} packets of the film are damaged"
        notes.append(Note(told, "packets", n=found.damaged))
    return notes
