"""Can colours be told apart, and do axes show what their column holds?"""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from skbayes.inspection._displays.matplotlib_axes import _ON_DARK, _ON_LIGHT


def luminance(colour):
    """Relative luminance as the web's accessibility guidelines define it."""
    rgb = np.array(to_rgb(colour))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def contrast(one, other):
    """Contrast ratio of two colours, from 1 to 21."""
    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


def as_seen(colour, matrix):
    """A colour as colour-blind eyes see it (Machado et al. 2009, full severity)."""
    rgb = np.array(to_rgb(colour))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    seen = np.clip(np.array(matrix) @ linear, 0.0, 1.0)
    return np.where(seen <= 0.0031308, 12.92 * seen, 1.055 * seen ** (1 / 2.4) - 0.055)


#: How protanopes, deuteranopes and tritanopes see linear RGB.
BLINDNESS = {
    "protan": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deutan": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritan": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}


@pytest.mark.parametrize(
    ("palette", "background"), [(_ON_LIGHT, "white"), (_ON_DARK, "black")]
)
def test_colours_stand_out_from_the_background(palette, background):
    """At least 3 to 1, as asked of graphics; text 7 to 1."""
    for colour in palette.series:
        assert contrast(colour, background) >= 3.0, colour
    assert contrast(palette.text, background) >= 7.0


@pytest.mark.parametrize("palette", [_ON_LIGHT, _ON_DARK])
@pytest.mark.parametrize("kind", BLINDNESS)
def test_main_and_accent_stay_apart_for_colour_blind_eyes(palette, kind):
    """The two colours that carry meaning by themselves."""
    one, other = (as_seen(c, BLINDNESS[kind]) for c in (palette.main, palette.accent))
    assert np.linalg.norm(one - other) > 0.35
