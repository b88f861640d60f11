"""Every form whose view carries out a key once brings one."""

import re

from django.urls import resolve

from .test_every_route import WorldTests
from .world_of_two import EXAMPLES

FORM = re.compile(r'<form[^>]*method="post".*?</form>', re.DOTALL)


class KeyTests(WorldTests):
    def forms(self):
        """{name: forms on the page} of each page whose form is sent once, for all who open it. In
        some states there is none, as on a page that says what is to be done before."""
        found = {}
        for name, example in EXAMPLES.items():
            url = example.url(name, self.world.own)
            if getattr(resolve(url).func, "is_sent_once", False):
                answers = [client.get(url, example.query) for client in self.clients.values()]
                pages = [each.content.decode() for each in answers if each.status_code == 200]
                found[name] = [form for page in pages for form in FORM.findall(main_of(page))]
        return found

    def test_every_form_that_is_sent_once_has_a_key(self):
        found = self.forms()
        assert len(found) > 10
        keyless = {name for name, forms in found.items() if forms and not any(map(has_key, forms))}
        assert keyless == set()


def main_of(page):
    return page.partition("<main")[2].partition("</main>")[0]


def has_key(form):
    return 'name="key"' in form
