"""How tests ask whether everybody can use a page: axe, and the Tab key."""

from pathlib import Path

AXE = Path(__file__).parent / "studio_page" / "vendor" / "axe.min.js"


def violations(page):
    """What axe has against the page as it is."""
    page.evaluate(AXE.read_text(encoding="utf-8") + "; undefined")
    found = page.evaluate("async () => (await axe.run(document, { resultTypes: ['violations'] })).violations")
    return [(v["id"], v["impact"], [n["html"][:120] for n in v["nodes"]][:4]) for v in found]


def tab_to(page, wanted):
    """Press Tab until the element with that id has the focus; every stop on the way must have a name."""
    for _ in range(90):
        page.keyboard.press("Tab")
        found, named = page.evaluate(
            """() => {
              const e = document.activeElement;
              const name = e.ariaLabel || e.labels?.[0]?.textContent || e.textContent.trim() || e.title;
              return [e.id, e === document.body || Boolean(name)];
            }"""
        )
        assert named, page.evaluate("document.activeElement.outerHTML")
        if found == wanted:
            return
    raise AssertionError(f"Tab never came to {wanted}")
