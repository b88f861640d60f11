"""Whether a page prints on A4: nothing is wider than the sheet, in the styles for paper."""

import re

A4 = {"width": 703, "height": 1017}  # between the margins of the style sheet, at 96 dpi
ON_SCREEN = {"width": 1366, "height": 768}
# What reaches over the right edge of the sheet; of parts in one another the innermost.
OVER_THE_EDGE = """() => {
    const shown = (part) => part.checkVisibility() && !part.closest('.visually-hidden, svg *');
    const wide = [...document.body.querySelectorAll('*')].filter(
        (part) => part.getBoundingClientRect().right > innerWidth + 1 && shown(part));
    return wide.filter((part) => !wide.some((other) => other !== part && part.contains(other)))
        .slice(0, 3).map((part) => `${part.className || part.tagName} reaches to `
            + `${Math.round(part.getBoundingClientRect().right)} px`);
}"""


def faults_on_paper(page):
    """What of the page that is open does not fit on a sheet of A4; [] when all does."""
    page.emulate_media(media="print", color_scheme="light")
    page.set_viewport_size(A4)
    faults = page.evaluate(OVER_THE_EDGE)
    page.emulate_media(media="null")
    return [f"A4: {fault}" for fault in faults]


def sheets_of(page):
    """How many sheets of A4 the page that is open takes, printed as from a laptop."""
    page.set_viewport_size(ON_SCREEN)
    pdf = page.pdf(format="A4", prefer_css_page_size=True)
    return len(re.findall(rb"/Type\s*/Page\b", pdf))
