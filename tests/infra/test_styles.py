"""The style sheet that phones fetch has all that pages use of the whole one, and little more."""

import pytest

from config import styles

SHEET = """@charset "utf-8";
/* Made by x, y.com */.card{color:red}.card .odd,.card>b{margin:0}.odd{top:0}
.a:not(.odd),[type="x"]{content:"{"}[data-odd]{left:1px}
@media (min-width:2px){.card{color:blue}.odd{top:1px}}
@keyframes odd{from{top:0}to{top:1px}}.w-1\\/2{width:50%}"""


def test_a_rule_is_used_when_its_classes_and_attributes_are_words_in_use():
    assert styles.used_of(SHEET, {"card", "a", "type", "w-1", "2"}) == [
        '@charset "utf-8";',
        ".card{color:red}",
        ".card>b{margin:0}",
        '.a:not(.odd),[type="x"]{content:"{"}',
        "@media (min-width:2px){.card{color:blue}}",
        "@keyframes odd{from{top:0}to{top:1px}}",
        ".w-1\\/2{width:50%}",
    ]


def test_a_brace_that_is_not_closed_is_an_error():
    with pytest.raises(ValueError, match="not closed"):
        styles.used_of(".a{color:red", {"a"})


def test_nothing_that_pages_use_is_missing():
    assert styles.missing() == [], "python -m config.styles update"


def test_it_is_a_fourth_of_the_whole():
    assert styles.USED.stat().st_size * 4 < styles.WHOLE.stat().st_size
