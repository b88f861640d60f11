"""Examples of the routes of ratings, one's own record and data protection."""

from .example import Example, of
from .world import YEAR

EXAMPLES = {
    # Ratings
    "evaluations:board": Example(query={"year": YEAR}),
    "evaluations:ratings_download": Example(lambda half: ["csv"], query={"year": YEAR}),
    "evaluations:rating": of("rating"),
    "evaluations:roll_ups": Example(),
    "evaluations:roll_up_start": Example(posted=200),
    "evaluations:roll_up": of("roll_up"),
    "evaluations:rating_readers": of("rating"),
    # One's own record
    "evaluations:own_record": Example(query={"year": YEAR}),
    "evaluations:objection_raise": Example(
        lambda half: ["attendance", half.meeting.pk],
        query={"year": YEAR},
        post={"text": "Tôi có mặt"},
        posted=302,
    ),
    "evaluations:objections": Example(),
    "evaluations:objection": of(
        "objection", post={"outcome": "accepted", "answer": "Đã sửa"}, posted=200
    ),
    "evaluations:objection_withdraw": of("objection", status=405, posted=302),
    # Data protection
    "evaluations:anonymisations": Example(),
    "evaluations:anonymise": of("member", posted=200),
}
