"""The colours of site.css can be read: WCAG 2.2 AA, in the light and in the dark."""

import re
from itertools import combinations
from pathlib import Path

import pytest

CSS = (Path(__file__).parents[2] / "static" / "css" / "site.css").read_text()
LEVELS = ("excellent", "good", "completed", "failed")
TEXTS = [
    *(
        (text, ground)
        for text in ("ink", "ink-soft", "ink-faint", "link")
        for ground in ("paper", "surface", "sunk")
    ),
    *((kind, f"{kind}-soft") for kind in ("warn", "bad", "fine", "info")),
    ("link", "accent-soft"),
    ("on-accent", "accent"),
    ("on-accent", "accent-hover"),
]
SHAPES = [
    *((f"level-{level}", ground) for level in (*LEVELS, "none") for ground in ("paper", "surface")),
    ("line-strong", "surface"),
    ("focus", "paper"),
    ("focus", "surface"),
]
# What people with protanopia, deuteranopia and tritanopia see of linear RGB (Machado et al., 2009).
SIGHTS = {
    "protan": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deutan": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritan": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
LEAST_DIFFERENCE = 15  # CIE76; 2.3 is the least that one notices side by side


def read_palettes():
    light, dark = re.findall(r":root \{\s*color-scheme: (?:light|dark);(.*?)\}", CSS, re.DOTALL)[:2]
    colours = [dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", part)) for part in (light, dark)]
    return {"light": colours[0], "dark": colours[0] | colours[1]}


PALETTES = read_palettes()


def linear(colour):
    parts = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]


def luminance(colour):
    red, green, blue = linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def lab(rgb):
    red, green, blue = (min(max(part, 0), 1) for part in rgb)
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089
    x, y, z = (
        part ** (1 / 3) if part > 0.008856 else 7.787 * part + 16 / 116 for part in (x, y, z)
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def seen(colour, sight):
    rgb = linear(colour)
    return lab([sum(a * b for a, b in zip(row, rgb, strict=True)) for row in sight])


@pytest.mark.parametrize("scheme", PALETTES)
def test_text_stands_out(scheme):
    colours = PALETTES[scheme]
    poor = {
        pair: round(contrast(colours[pair[0]], colours[pair[1]]), 2)
        for pair in TEXTS
        if contrast(colours[pair[0]], colours[pair[1]]) < 4.5
    }
    assert not poor


@pytest.mark.parametrize("scheme", PALETTES)
def test_shapes_stand_out(scheme):
    colours = PALETTES[scheme]
    poor = {
        pair: round(contrast(colours[pair[0]], colours[pair[1]]), 2)
        for pair in SHAPES
        if contrast(colours[pair[0]], colours[pair[1]]) < 3
    }
    assert not poor


@pytest.mark.parametrize("scheme", PALETTES)
@pytest.mark.parametrize("sight", SIGHTS)
def test_levels_differ_for_every_eye(scheme, sight):
    points = {level: seen(PALETTES[scheme][f"level-{level}"], SIGHTS[sight]) for level in LEVELS}
    for one, other in combinations(LEVELS, 2):
        squares = ((a - b) ** 2 for a, b in zip(points[one], points[other], strict=True))
        assert sum(squares) ** 0.5 >= LEAST_DIFFERENCE, (one, other)
