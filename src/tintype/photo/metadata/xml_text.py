"""XML nodes as text that a parser reads back to the letter: minidom's own loses line ends in attributes."""

from __future__ import annotations

from typing import Any
from xml.dom import minidom

_TEXT = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"}
_ATTRIBUTE = _TEXT | {'"': "&quot;", "\n": "&#10;", "\t": "&#9;"}
_IN_TEXT, _IN_ATTRIBUTE = str.maketrans(_TEXT), str.maketrans(_ATTRIBUTE)


def written(node: Any) -> str:
    """One node, with all below it. Depth is bounded by who parsed it."""
    parts: list[str] = []
    _write(node, parts)
    return "".join(parts)


def _write(node: Any, parts: list[str]) -> None:
    kind = node.nodeType
    if kind == minidom.Node.ELEMENT_NODE:
        names = "".join(f' {a.name}="{a.value.translate(_IN_ATTRIBUTE)}"' for a in node.attributes.values())
        if not node.childNodes:
            parts.append(f"<{node.tagName}{names}/>")
            return
        parts.append(f"<{node.tagName}{names}>")
        for child in node.childNodes:
            _write(child, parts)
        parts.append(f"</{node.tagName}>")
    elif kind in (minidom.Node.TEXT_NODE, minidom.Node.CDATA_SECTION_NODE):
        parts.append(node.data.translate(_IN_TEXT))
    elif kind == minidom.Node.COMMENT_NODE:
        parts.append(f"<!--{node.data}-->")
    elif kind == minidom.Node.PROCESSING_INSTRUCTION_NODE:
        parts.append(f"<?{node.target} {node.data}?>")
