# SPDX-License-Identifier: GPL-3.0-or-later
"""Drawn textures whose statistics are known, as training images: what a model
of them draws has to have the same ones.

    textures.py FOLDER [--size WIDTHxHEIGHT] [--seed N]
    textures.py --measure NAME PICTURE...

The first draws them all; the second prints what pictures have, beside what
the texture called NAME has in the limit of large pictures.
"""

import argparse
import math
import pathlib
import sys

import numpy as np

from metrics import markdown
from pictures import luma, read, write

# Gratings: waves of two directions, on grey.
WAVELENGTH = 12.0
ANGLES = (25.0, 115.0)
AMPLITUDES = (0.24, 0.12)
TINT = np.array([1.0, 0.9, 0.7])

# Disks at the points of a Poisson process, so they overlap (a Boolean model).
RADIUS = 9.0
COVERED = 0.5
DENSITY = -math.log(1 - COVERED) / (math.pi * RADIUS ** 2)
GROUND = np.array([0.85, 0.80, 0.65])
DISK = np.array([0.15, 0.25, 0.40])

# Noise: amplitude as 1 / frequency, so power falls with its square.
SLOPE = -2.0
DEVIATION = 0.17
# Of the colours' waves, how much is common to all three.
COMMON = 0.8


def frequencies(height, width):
    return np.meshgrid(np.fft.fftfreq(height), np.fft.fftfreq(width),
                       indexing="ij")


def draw_gratings(height, width, random):
    y, x = np.mgrid[:height, :width]
    waves = np.zeros((height, width))
    for angle, amplitude in zip(ANGLES, AMPLITUDES):
        along = (x * math.cos(math.radians(angle))
                 + y * math.sin(math.radians(angle)))
        phase = random.uniform(0, 2 * math.pi)
        waves += amplitude * np.cos(2 * math.pi * along / WAVELENGTH + phase)
    return 0.5 + waves[..., None] * TINT


def measure_gratings(picture):
    """Wavelength and direction of the strongest wave."""
    height, width, _ = picture.shape
    plane = luma(picture)
    window = np.outer(np.hanning(height), np.hanning(width))
    # Padding to four times the size finds the peak between the frequencies.
    shape = 4 * height, 4 * width
    power = np.abs(np.fft.fft2((plane - plane.mean()) * window, shape)) ** 2
    v, u = frequencies(*shape)
    power[np.hypot(u, v) < 2 / min(height, width)] = 0
    peak = power.argmax()
    across, down = u.flat[peak], v.flat[peak]
    return {"wavelength": 1 / math.hypot(across, down),
            "angle": math.degrees(math.atan2(down, across)) % 180}


def draw_disks(height, width, random):
    # Disks whose centre is outside reach in, too.
    margin = RADIUS + 1
    area = (height + 2 * margin) * (width + 2 * margin)
    count = random.poisson(DENSITY * area)
    centres = random.uniform((-margin, -margin),
                             (height + margin, width + margin), (count, 2))
    y, x = np.mgrid[:height, :width]
    nearest = np.full((height, width), np.inf)
    for centre_y, centre_x in centres:
        np.minimum(nearest, np.hypot(y - centre_y, x - centre_x), out=nearest)
    share = np.clip(RADIUS + 0.5 - nearest, 0, 1)[..., None]
    return share * DISK + (1 - share) * GROUND


def measure_disks(picture):
    """The covered share, and how often a line across enters a disk."""
    covered = ((picture - GROUND) ** 2).sum(axis=2) \
        > ((picture - DISK) ** 2).sum(axis=2)
    entries = np.count_nonzero(covered[:, 1:] & ~covered[:, :-1])
    return {"covered": covered.mean(),
            "entries in 100 px": 100 * entries / covered[:, 1:].size}


def draw_noise(height, width, random):
    v, u = frequencies(height, width)
    frequency = np.hypot(u, v)
    frequency[0, 0] = np.inf
    white = random.normal(size=(4, height, width))
    waves = np.real(np.fft.ifft2(np.fft.fft2(white)
                                 * frequency ** (SLOPE / 2)))
    waves /= waves.std(axis=(1, 2), keepdims=True)
    colours = (math.sqrt(COMMON) * waves[3]
               + math.sqrt(1 - COMMON) * waves[:3])
    return 0.5 + DEVIATION * colours.transpose(1, 2, 0)


def measure_noise(picture):
    """The deviation, and with which power of frequency the power falls."""
    height, width, _ = picture.shape
    plane = luma(picture)
    # The borders do not fit each other: a window, whose own width hides the
    # lowest frequencies.
    window = np.outer(np.hanning(height), np.hanning(width))
    power = np.abs(np.fft.fft2((plane - plane.mean()) * window)) ** 2
    frequency = np.hypot(*frequencies(height, width))
    edges = np.geomspace(4 / min(height, width), 0.45, 12)
    middle, mean = [], []
    for low, high in zip(edges, edges[1:]):
        ring = (frequency >= low) & (frequency < high)
        middle.append(np.log(frequency[ring]).mean())
        mean.append(np.log(power[ring].mean()))
    return {"slope": np.polyfit(middle, mean, 1)[0],
            "deviation": plane.std()}


def noise_luma_deviation():
    weights = luma(np.eye(3))
    return DEVIATION * math.sqrt(COMMON + (1 - COMMON) * (weights @ weights))


# Name: how to draw it, how to measure it, what it has.
TEXTURES = {
    "gratings": (draw_gratings, measure_gratings,
                 {"wavelength": WAVELENGTH, "angle": ANGLES[0]}),
    # A step of one pixel sweeps a new area of about 2 RADIUS x 1 in which the
    # centre of a disk has to be for it to enter one.
    "disks": (draw_disks, measure_disks,
              {"covered": COVERED,
               "entries in 100 px": 100 * (1 - COVERED)
               * (1 - math.exp(-DENSITY * 2 * RADIUS))}),
    "noise": (draw_noise, measure_noise,
              {"slope": SLOPE, "deviation": noise_luma_deviation()}),
}


def draw(name, height, width, seed):
    """One of the textures; the same seed gives the same picture."""
    random = np.random.RandomState(seed)
    return np.clip(TEXTURES[name][0](height, width, random), 0, 1)


def measure(name, picture):
    """What of the texture's statistics a picture has."""
    return TEXTURES[name][1](picture)


def expected(name):
    """The texture's statistics in the limit of large pictures."""
    return TEXTURES[name][2]


def size(text):
    width, height = map(int, text.split("x"))
    if min(width, height) < 48:
        raise ValueError
    return width, height


def main():
    parser = argparse.ArgumentParser(
        description="Draws textures with known statistics, or measures them.")
    parser.add_argument("paths", nargs="+", metavar="FOLDER|PICTURE")
    parser.add_argument("--measure", choices=list(TEXTURES), metavar="NAME",
                        help="measure pictures against this texture: "
                        + ", ".join(TEXTURES))
    parser.add_argument("--size", type=size, default=(250, 188),
                        metavar="WIDTHxHEIGHT", help="at least 48x48")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()

    if options.measure:
        rows = [{"picture": "expected", **expected(options.measure)}]
        for path in options.paths:
            rows.append({"picture": path,
                         **measure(options.measure, read(path))})
        print(markdown(rows))
        return 0
    if len(options.paths) > 1:
        parser.error("one folder")
    folder = pathlib.Path(options.paths[0])
    folder.mkdir(parents=True, exist_ok=True)
    width, height = options.size
    for name in TEXTURES:
        path = folder / f"{name}.png"
        write(path, draw(name, height, width, options.seed))
        print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
