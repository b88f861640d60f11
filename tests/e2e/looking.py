"""Looking at pages at the width of a laptop and of a phone: do they fit, read, work by thumb?

The pages are those of the table of routes, with an example of each, so that a new one is looked at
as soon as it is there; one that answers with no page of its own stands in NO_PAGE, with the reason.
"""

from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import Error

from accounts.pages import OWN, PAGES
from accounts.rules import ROLES_FOR
from tests.e2e.printing import faults_on_paper
from tests.world_of_two import ANONYMOUS, EXAMPLES, MEMBER, make_clients, make_world

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    # Of those called best practice the serious ones; a third of the time went into the others.
    "rules": {
        name: {"enabled": True}
        for name in (
            "accesskeys",
            "aria-dialog-name",
            "aria-text",
            "aria-treeitem-name",
            "label-title-only",
            "scope-attr-valid",
            "tabindex",
        )
    },
    "resultTypes": ["violations"],  # the rest is not told, and takes its time
    "preload": False,  # it would fetch every style sheet again for rules about films and sounds
}
# On the phone what its width and its colours may change; the rest was looked at on the laptop.
ON_A_PHONE = {
    "runOnly": {
        "type": "rule",
        "values": [
            "color-contrast",
            "link-in-text-block",
            "scrollable-region-focusable",
            "target-size",
            "link-name",
            "button-name",
        ],
    },
    "resultTypes": ["violations"],
    "preload": False,
}
SIZES = ((1366, 768, "light", RULES), (390, 844, "dark", ON_A_PHONE))
TWO_FRAMES = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
THIRDS = 3  # of the routes, a file of tests each: they are dealt out by file
READERS = ("board", "administrator", "leader", "auditor", "office", "secretary")
FILE, ANSWER, PART = "a file", "an answer to a script", "a part of a page"
NO_PAGE = {
    "service_worker": FILE,
    "manifest": FILE,
    "accounts:sending": ANSWER,
    "branches:organization_children": PART,
    "branches:pick_members": ANSWER,
    "branches:pick_organizations": ANSWER,
    "assignments:directive_attachment": FILE,
    "assignments:reorganization_download": FILE,
    "assignments:template_download": FILE,
    "assignments:visit_photo": FILE,
    "assignments:task_evidence": FILE,
    "assignments:template_version": FILE,
    "assignments:meeting_minutes_document": FILE,
    "evaluations:ratings_download": FILE,
    "evaluations:cycle_organizations_file": FILE,
    "evaluations:summary": FILE,
    "evaluations:cycle_workbook": FILE,
    "evaluations:ballot": FILE,
    "evaluations:count_minutes": FILE,
    "evaluations:appraisal_paper": FILE,
    "evaluations:paper_job": "who asked for it alone sees it: tests/evaluations/test_paper_jobs.py",
    "evaluations:paper_job_file": FILE,
    "evaluations:trial_file": FILE,
    "evaluations:trial": "nobody sees it but who asked for it: tests/e2e/test_rating_sets.py",
    "workbook:own_data": FILE,
    "workbook:import_file": FILE,
    "accounts:list_download": FILE,
}


def unfold(page):
    page.evaluate("document.querySelectorAll('details.behind').forEach(part => part.open = true)")


def serious_faults(page, rules=RULES):
    """What axe-core finds that keeps people from using a page; [] when nothing."""
    page.wait_for_load_state()  # after a click the page may have begun and have no body yet
    if not page.evaluate("'axe' in window"):  # to hand it over takes its time: once a page
        page.evaluate(f"(() => {{{AXE}}})()")
    # A field that the bar above covers halfway, while one scrolls, would count as a small target.
    page.evaluate("scrollTo({top: 0, behavior: 'instant'})")
    found = page.evaluate("rules => axe.run(document, rules)", rules)
    return [
        f"{fault['id']}: {node['html'][:120]}"
        for fault in found["violations"]
        if fault["impact"] in ("serious", "critical")
        for node in fault["nodes"]
    ]


def wide_parts(page):
    """What makes the page scroll sideways; [] when it fits."""
    page.wait_for_load_state()
    return page.evaluate(
        """() => document.documentElement.scrollWidth <= innerWidth ? [] :
            [`scrolls to ${document.documentElement.scrollWidth} px`]"""
    )


def small_targets(page):
    """What one taps alone and is less than 44 px high: tabs, buttons, rows of links. Links in a
    text may be less."""
    return page.evaluate(
        """() => [...new Set([...document.querySelectorAll(
            '.tabs > a, .tabs summary, .btn, .links:not(.plain-links) a, .pager a, '
            + '.bar a, .bar summary, .form-control, .form-select, .fold-button, .tree summary, '
            + '.years a'
        )].map(part => [part, part.getBoundingClientRect()])
        .filter(([, box]) => box.width && Math.round(box.height) < 44)
        .map(([part, box]) => `${part.className || part.tagName} ${box.height} px`))]"""
    )


def browsers_words(page):
    """Forms that are sent whose faults the browser would tell, in its own language and words."""
    return page.evaluate(
        """() => [...document.querySelectorAll('form[method=post]')]
        .filter(form => !form.noValidate
            && form.querySelector('[required], [pattern], [type=number], [type=email]'))
        .map(form => `form to ${form.action} lacks novalidate`)"""
    )


def faults_of(page, address):
    """What is wrong with the page on a laptop, on a phone in the dark, and on paper."""
    try:
        response = page.goto(address)
    except Error:  # it was downloaded
        return ["is no page: put it into NO_PAGE"]
    if not response.headers.get("content-type", "").startswith("text/html"):
        return ["is no page: put it into NO_PAGE"]
    return faults_here(page) + faults_on_paper(page) + browsers_words(page)


def faults_here(page):
    """What is wrong with the page as it stands, on a laptop and on a phone in the dark."""
    unfold(page)
    faults = []
    for width, height, scheme, rules in SIZES:
        # Colours that change gradually have too little contrast half-way.
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate(TWO_FRAMES)  # a chart takes its new size in the one after
        page.evaluate("scrollTo(0, 0)")  # what is half under the bar counts as too small
        found = [*wide_parts(page), *serious_faults(page, rules)]
        if width == 390:
            found += small_targets(page)
        faults += [f"{width} px: {fault}" for fault in found]
    return faults


def look(page, base_url, addresses):
    """{address: its faults} of those with faults, of what is in states that `examples` has not."""
    return look_at({None: page}, [(None, address) for address in addresses], base_url)


def signed_in(browser, base_url, client):
    """A page of a browser that is signed in as the test client is."""
    context = browser.new_context()
    context.add_init_script(AXE)  # handed over once, not again with each page
    cookies = [
        {"name": name, "value": cookie.value, "url": base_url}
        for name, cookie in client.cookies.items()
    ]
    context.add_cookies(cookies)
    return context.new_page()


def look_at(pages, visits, base_url):
    """{address: its faults} of all (who, address) with faults."""
    found = {address: faults_of(pages[who], base_url + address) for who, address in visits}
    return {address: faults for address, faults in found.items() if faults}


def examples(world, third):
    """(who, address) of an example of every route of a third (0 to 2) that answers with a page,
    and of a list in which nothing is found."""
    for name in list(EXAMPLES)[third::THIRDS]:
        example = EXAMPLES[name]
        if example.status != 200 or name in NO_PAGE:
            continue
        need = PAGES[name]
        readers = [who for who in READERS if not need.action or who in ROLES_FOR[need.action]]
        who = ANONYMOUS if example.signed_in else readers[0]
        query = {"org": world.own.ward.pk} if example.acts else {}
        if need == OWN:
            who, query = MEMBER, {}
        yield who, f"{example.url(name, world.own)}?{urlencode(query | example.query)}"
    yield "administrator", "/users/?q=nobody"


def walk(browser, base_url, third):
    """{address: faults} of the routes of a third, each as somebody who may open it."""
    world = make_world()
    clients = make_clients(world)
    pages = {
        who: signed_in(browser, base_url, clients[who]) for who in (*READERS, MEMBER, ANONYMOUS)
    }
    found = look_at(pages, examples(world, third), base_url)
    for page in pages.values():
        page.context.close()
    return found
