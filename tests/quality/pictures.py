# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures as float arrays of height x width x 3, 0 to 1, as their files have
them (gamma-coded); never resized through 8 bits.  For everything else here."""

import numpy as np
from PIL import Image

LANCZOS = Image.Resampling.LANCZOS
BICUBIC = Image.Resampling.BICUBIC

# ITU-R BT.601, the luma of PIL and GIMP.
LUMA = np.array([0.299, 0.587, 0.114])


def read(path):
    """Reads a picture; grey ones get three equal channels, alpha is dropped."""
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"), np.float64) / 255


def write(path, picture):
    """Writes a picture with 8 bits; the name's ending says as what."""
    pixels = np.rint(255 * np.clip(picture, 0, 1)).astype(np.uint8)
    Image.fromarray(pixels).save(path)


def luma(picture):
    return picture @ LUMA


def resize(picture, height, width, kernel):
    planes = [Image.fromarray(picture[..., c].astype(np.float32))
              for c in range(picture.shape[2])]
    return np.stack([np.asarray(p.resize((width, height), kernel), np.float64)
                     for p in planes], axis=2)


def halve(picture):
    height, width, _ = picture.shape
    return resize(picture, (height + 1) // 2, (width + 1) // 2, LANCZOS)


def shrink(picture, longest):
    """Shrinks a picture whose longer side is more than `longest`."""
    height, width, _ = picture.shape
    factor = longest / max(height, width)
    if factor >= 1:
        return picture
    return resize(picture, max(1, round(height * factor)),
                  max(1, round(width * factor)), LANCZOS)


def crop(picture, border):
    return picture[border:picture.shape[0] - border,
                   border:picture.shape[1] - border]
