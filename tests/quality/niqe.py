# SPDX-License-Identifier: GPL-3.0-or-later
"""NIQE, a figure for how natural a picture looks by itself: Mittal,
Soundararajan, Bovik: "Making a 'completely blind' image quality analyzer",
2013.  Smaller is more natural.

Its model of pristine photographs is fitted here from those of Debian's
mate-backgrounds, for no package has the authors' one; and its blocks are half
as large, for we measure small pictures.  So its figures may be compared with
each other, not with published ones.  See README.md.
"""

import os
import pathlib

import numpy as np
from scipy.ndimage import correlate1d
from scipy.special import gamma

from pictures import BICUBIC, luma, read, resize, shrink

PHOTOGRAPHS = "/usr/share/backgrounds/mate/nature"
# Twelve photographs have few sharp blocks of 48 pixels, so each is shrunk to
# several longest sides: detail of several sizes, sharp whatever the camera.
LONGEST_SIDES = (480, 640, 960, 1280)

# Side of a block at full size; the paper's 96 leave two blocks of a picture of
# 250 x 188.
BLOCK = 48
# A pristine block counts from this share of its picture's sharpest block.
SHARP_SHARE = 0.75
# With fewer blocks there is no covariance.
LEAST_BLOCKS = 2

WINDOW_SIGMA, WINDOW_RADIUS = 7 / 6, 3
SHAPES = np.arange(0.2, 10.001, 0.001)
# What the ratio of moments has to be for each shape.
SHAPE_RATIOS = gamma(2 / SHAPES) ** 2 / (gamma(1 / SHAPES) * gamma(3 / SHAPES))
# Neighbours whose products are looked at: right, below, and both diagonals.
SHIFTS = ((0, 1), (1, 0), (1, 1), (1, -1))


def local_normalise(plane):
    """Each pixel less its neighbourhood's mean, over its deviation plus 1;
    and the deviation."""
    offsets = np.arange(-WINDOW_RADIUS, WINDOW_RADIUS + 1)
    window = np.exp(-offsets ** 2 / (2 * WINDOW_SIGMA ** 2))
    window /= window.sum()

    def local_mean(values):
        for axis in (0, 1):
            values = correlate1d(values, window, axis=axis, mode="nearest")
        return values

    mean = local_mean(plane)
    deviation = np.sqrt(np.abs(local_mean(plane ** 2) - mean ** 2))
    return (plane - mean) / (deviation + 1), deviation


def fit_generalised_gaussian(values):
    """Shape and the left and right scale of an asymmetric generalised
    Gaussian, by its moments (Lasmar et al. 2009)."""
    left, right = (np.sqrt(np.mean(side ** 2)) if side.size else 0.0
                   for side in (values[values < 0], values[values > 0]))
    if left == 0 or right == 0:
        return SHAPES[-1], left, right
    balance = left / right
    ratio = np.mean(np.abs(values)) ** 2 / np.mean(values ** 2)
    ratio *= (balance ** 3 + 1) * (balance + 1) / (balance ** 2 + 1) ** 2
    shape = SHAPES[np.argmin((SHAPE_RATIOS - ratio) ** 2)]
    scale = np.sqrt(gamma(1 / shape) / gamma(3 / shape))
    return shape, left * scale, right * scale


def block_features(block):
    """18 numbers: how the values are distributed, and each product of
    neighbours."""
    shape, left, right = fit_generalised_gaussian(block.ravel())
    features = [shape, (left + right) / 2]
    for shift in SHIFTS:
        product = block * np.roll(block, shift, axis=(0, 1))
        shape, left, right = fit_generalised_gaussian(product.ravel())
        mean = (right - left) * gamma(2 / shape) / gamma(1 / shape)
        features += [shape, mean, left, right]
    return features


def features(image):
    """36 numbers of each block, from full and half size, and the blocks'
    sharpness; None if there are too few blocks."""
    plane = 255 * luma(image)
    rows, columns = plane.shape[0] // BLOCK, plane.shape[1] // BLOCK
    if rows * columns < LEAST_BLOCKS:
        return None
    plane = plane[:rows * BLOCK, :columns * BLOCK]
    result, sharpness = [], None
    for side in (BLOCK, BLOCK // 2):
        normal, deviation = local_normalise(plane)
        squares = [np.s_[y * side:(y + 1) * side, x * side:(x + 1) * side]
                   for y in range(rows) for x in range(columns)]
        result.append([block_features(normal[s]) for s in squares])
        if sharpness is None:
            sharpness = np.array([deviation[s].mean() for s in squares])
        height, width = plane.shape
        plane = resize(plane[..., None], height // 2, width // 2,
                               BICUBIC)[..., 0]
    return np.hstack(result), sharpness


def summary(rows):
    return rows.mean(axis=0), np.cov(rows, rowvar=False)


def fit(images):
    """Mean and covariance of the features of pristine images' sharp blocks."""
    chosen = []
    for image in images:
        found = features(image)
        if found:
            rows, sharpness = found
            chosen.append(rows[sharpness > SHARP_SHARE * sharpness.max()])
    return summary(np.vstack(chosen))


def pristine(path=None):
    """The model of pristine photographs: read from `path`, or else fitted,
    which takes seconds, and written there.  Raises FileNotFoundError where
    the photographs are not installed."""
    if path and pathlib.Path(path).exists():
        with np.load(path) as kept:
            return kept["mean"], kept["covariance"]
    photographs = sorted(pathlib.Path(PHOTOGRAPHS).glob("*.jpg"))
    if not photographs:
        raise FileNotFoundError(f"NIQE needs the photographs in {PHOTOGRAPHS}, "
                                "from Debian's package mate-backgrounds")
    mean, covariance = fit(shrink(read(photograph), longest)
                           for photograph in photographs
                           for longest in LONGEST_SIDES)
    if path:
        part = pathlib.Path(f"{path}.{os.getpid()}")
        with open(part, "wb") as file:
            np.savez(file, mean=mean, covariance=covariance)
        part.replace(path)
    return mean, covariance


def niqe(image, model):
    """Distance of the picture's blocks from pristine ones'; None for a picture
    that is too small."""
    found = features(image)
    if not found:
        return None
    mean, covariance = summary(found[0])
    apart = mean - model[0]
    inverse = np.linalg.pinv((covariance + model[1]) / 2)
    return float(np.sqrt(apart @ inverse @ apart))
