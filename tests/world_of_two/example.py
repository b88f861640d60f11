"""How a route is asked in a test."""

from dataclasses import dataclass, field

from django.urls import reverse

from .world import ANONYMOUS


@dataclass(frozen=True)
class Example:
    """How a route is asked in a test.

    arguments  from a Half: the arguments of its path
    query      what its address needs beside them
    acts       whether the page acts for the organization of `?org=`
    status     of the answer to who may open it
    post       the form that is posted to it
    posted     status of the answer to that from who may open it
    signed_in  status of both for who is signed in, where that is another
    """

    arguments: object = lambda half: []
    query: dict = field(default_factory=dict)
    acts: bool = True
    status: int = 200
    post: dict = field(default_factory=dict)
    posted: int = 405
    signed_in: int = 0

    def answer(self, method, who):
        """The status for who may open it."""
        if self.signed_in and who != ANONYMOUS:
            return self.signed_in
        return self.status if method == "get" else self.posted

    def url(self, name, half):
        return reverse(name, args=self.arguments(half))


def of(attribute, **more):
    """An example of a route whose one argument is the id of a part of a Half."""
    return Example(lambda half: [getattr(half, attribute).pk], **more)
