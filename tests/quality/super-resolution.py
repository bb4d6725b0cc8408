#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Enlarges shrunk photographs and compares with them; run by hand.

    super-resolution.py SINGAN FOLDER PHOTO... [--factor N] [--fidelity F,F]
                        [--preset NAME] [--size WIDTH HEIGHT]

Of each photograph the middle is taken, shrunk by the factor, and enlarged by
bicubic interpolation and by SINGAN, the command-line tool.  Prints a table in
Markdown; FOLDER keeps the pictures, and a sheet of each photograph.
"""

import argparse
import pathlib
import subprocess

import numpy as np

import metrics
import niqe
from pictures import BICUBIC, read, resize, shrink, write

# Differences near the border of a picture are left out, as papers do.
SHAVE = 4


def middle(picture, width, height):
    top = (picture.shape[0] - height) // 2
    left = (picture.shape[1] - width) // 2
    return picture[top:top + height, left:left + width]


def model_without(photo):
    """NIQE's, fitted to the other photographs: this one would know itself."""
    others = [other for other in sorted(
        pathlib.Path(niqe.PHOTOGRAPHS).glob("*.jpg"))
        if other.name != photo.name]
    return niqe.fit(shrink(read(other), longest) for other in others
                    for longest in niqe.LONGEST_SIDES)


def row(truth, low, image, model):
    inner = slice(SHAVE, -SHAVE), slice(SHAVE, -SHAVE)
    return (metrics.psnr_y(truth[inner], image[inner]),
            metrics.rmse(truth[inner], image[inner]),
            metrics.ssim(truth[inner], image[inner]),
            niqe.niqe(image, model),
            metrics.rmse(low, resize(image, *low.shape[:2], BICUBIC)))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("tool")
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("photos", nargs="+", type=pathlib.Path)
    parser.add_argument("--factor", type=int, default=4)
    parser.add_argument("--fidelity", default="0.5")
    parser.add_argument("--preset", default="preview")
    parser.add_argument("--size", nargs=2, type=int, default=(600, 400))
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)

    table = {}
    for photo in options.photos:
        pristine = model_without(photo)
        truth = middle(read(photo), *options.size)
        height, width = (n // options.factor for n in truth.shape[:2])
        low_path = options.folder / f"{photo.stem}-low.png"
        write(low_path, resize(truth, height, width, BICUBIC))
        low = read(low_path)
        pictures = {"the photograph": truth, "bicubic": np.clip(
            resize(low, *truth.shape[:2], BICUBIC), 0, 1)}
        for fidelity in options.fidelity.split(","):
            path = options.folder / f"{photo.stem}-{fidelity}.png"
            subprocess.run(
                [options.tool, "super-resolution", low_path, "--factor",
                 str(options.factor), "--fidelity", fidelity, "--preset",
                 options.preset, "--seed", "1", "--output", path, "--quiet"],
                check=True, stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL)
            pictures[f"ours, fidelity {fidelity}"] = read(path)
        for name, picture in pictures.items():
            table.setdefault(name, []).append(
                row(truth, low, picture, pristine))
        write(options.folder / f"{photo.stem}-sheet.png",
              np.concatenate(list(pictures.values()), axis=1))

    print("| | PSNR-Y, dB | RMSE | SSIM | NIQE | shrunk again, RMSE |")
    print("|---|---|---|---|---|---|")
    for name, rows in table.items():
        psnr, rmse, ssim, natural, shrunk = np.mean(rows, axis=0)
        print(f"| {name} | {psnr:.2f} | {rmse:.2f} | {ssim:.3f} | "
              f"{natural:.2f} | {shrunk:.2f} |")


if __name__ == "__main__":
    main()
