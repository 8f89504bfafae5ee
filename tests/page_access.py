"""How tests ask whether everybody can use a page: axe, and the Tab key."""

from pathlib import Path

AXE = Path(__file__).parent / "studio_page" / "vendor" / "axe.min.js"


def violations(page, *rules):
    """What axe has against the page as it is; by some rules only where they are named."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8") + "; undefined")
    found = page.evaluate(
        """async (rules) => {
          const only = rules.length ? { runOnly: { type: 'rule', values: rules } } : {};
          return (await axe.run(document, { resultTypes: ['violations'], ...only })).violations;
        }""",
        rules,
    )
    return [(v["id"], v["impact"], [n["html"][:120] for n in v["nodes"]][:4]) for v in found]


def violations_in_both(page):
    """The same of the page in light and in the dark, which is another in its colours only."""
    # Colours on their way from one to the other are neither's.
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    dark = violations(page, "color-contrast", "link-in-text-block")
    page.emulate_media(color_scheme="light")
    return violations(page) + dark


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
