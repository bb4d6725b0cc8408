# SPDX-License-Identifier: GPL-3.0-or-later
"""How near samples are to their training image, in figures that need no
trained network, as one table in Markdown.

    metrics.py TRAINING-IMAGE SAMPLE...

What each figure tells is in README.md beside this file.
"""

import argparse
import statistics
import sys

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy.ndimage import correlate1d

import niqe
from pictures import BICUBIC, crop, halve, luma, read, resize

PATCH = 7
DIRECTIONS = 128
# At once, which bounds the memory: projections, distances.
DIRECTIONS_BLOCK = 16
PROJECTED_BLOCK = 32768
NEAREST_BLOCK = 1 << 24
# Patches beyond these are represented by as many drawn ones.  An image of
# 250 x 250 pixels has fewer at half size, so it is measured whole.
MAX_QUERIES = 16384
QUERIES_SEED = 1
# Of 0 to 23 the one whose distances are nearest to what all of these seeds
# give on average: within 2.4 % over 24 pairs of images, where others are
# within 2 to 8 %.
DIRECTIONS_SEED = 19

# ITU-R BT.601 in 16 to 235, MATLAB's rgb2ycbcr, in which papers on
# super-resolution give PSNR-Y.
STUDIO_LUMA = np.array([65.481, 128.553, 24.966])

# Wang, Bovik, Sheikh, Simoncelli: "Image quality assessment", 2004.
SSIM_SIGMA, SSIM_RADIUS = 1.5, 5
SSIM_C1, SSIM_C2 = 0.01 ** 2, 0.03 ** 2

DECIMALS = {"SSIM": 3, "rec. SSIM": 3, "diversity": 3, "consistency": 3,
            "covered": 3, "deviation": 3}


def patches(image):
    """All 7 x 7 patches, as a view over the image with 5 axes."""
    if min(image.shape[:2]) < PATCH:
        raise ValueError(f"{image.shape[1]} x {image.shape[0]} pixels have no "
                         f"patch of {PATCH} x {PATCH}")
    return sliding_window_view(image, (PATCH, PATCH), axis=(0, 1))


def patch_rows(image):
    """The patches as a matrix; takes 49 times the image's memory."""
    view = patches(image)
    return view.reshape(view.shape[0] * view.shape[1], -1)


def directions(dimensions):
    """Unit vectors, always the same: RandomState's numbers never change."""
    random = np.random.RandomState(DIRECTIONS_SEED)
    vectors = random.normal(size=(DIRECTIONS, dimensions))
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def project(image, vectors):
    """The patches along each vector, sorted: vectors x patches."""
    view = patches(image)
    count, across = view.shape[:2]
    lines = max(1, PROJECTED_BLOCK // across)
    result = np.empty((len(vectors), count * across), np.float32)
    matrix = vectors.astype(np.float32)
    for top in range(0, count, lines):
        block = view[top:top + lines].reshape(-1, matrix.shape[1])
        result[:, top * across:top * across + len(block)] = matrix @ block.T
    result.sort(axis=1)
    return result


def stretch(ordered, count):
    """The quantiles of sorted rows, as if there were `count` of them."""
    have = ordered.shape[1]
    if have == count:
        return ordered
    places = (np.arange(count) + 0.5) * have / count - 0.5
    return np.stack([np.interp(places, np.arange(have), row)
                     for row in ordered])


def patch_swd(training, sample):
    """Sliced Wasserstein distance of the two images' patches: the mean over
    directions w of mean |sort (P_x w) - sort (P_y w)|."""
    vectors = directions(PATCH * PATCH * training.shape[2])
    total = 0.0
    for first in range(0, DIRECTIONS, DIRECTIONS_BLOCK):
        some = vectors[first:first + DIRECTIONS_BLOCK]
        one, other = project(training, some), project(sample, some)
        count = max(one.shape[1], other.shape[1])
        difference = np.abs(stretch(one, count) - stretch(other, count))
        total += difference.mean(axis=1, dtype=np.float64).sum()
    return total / DIRECTIONS


def nearest_distance(queries, keys):
    """Mean over the patches of `queries` of the squared distance to the
    nearest of `keys`, over the number of values in a patch."""
    random = np.random.RandomState(QUERIES_SEED)
    rows, others = (patch_rows(image.astype(np.float32))
                    for image in (queries, keys))
    if len(rows) > MAX_QUERIES:
        rows = rows[random.choice(len(rows), MAX_QUERIES, replace=False)]
    # |q - k|^2 = |q|^2 - 2 q k + |k|^2, of which |q|^2 does not matter for
    # who is nearest; values around 0 lose the least to rounding.
    middle = others.mean(axis=0)
    rows, others = rows - middle, others - middle
    squares = np.einsum("ij,ij->i", others, others)
    total = 0.0
    step = max(1, NEAREST_BLOCK // len(others))
    for first in range(0, len(rows), step):
        block = rows[first:first + step]
        score = block @ (-2 * others.T)
        score += squares
        apart = block - others[score.argmin(axis=1)]
        total += np.einsum("ij,ij->", apart, apart, dtype=np.float64)
    return total / rows.size


def coherence(training, sample):
    """How far the sample's patches are from the training image's, at half
    size; 0 if it is made of nothing else."""
    return nearest_distance(halve(sample), halve(training))


def completeness(training, sample):
    """How far the training image's patches are from the sample's, at half
    size; 0 if the sample has all of them."""
    return nearest_distance(halve(training), halve(sample))


def diversity(training, samples):
    """Mean over pixels of the standard deviation over samples, over the
    training image's own; in luma."""
    lumas = np.stack([luma(sample) for sample in samples])
    return lumas.std(axis=0).mean() / luma(training).std()


def rmse(truth, image):
    """Root of the mean squared error, in steps of 8 bits: 0 to 255."""
    return 255 * np.sqrt(np.mean((truth - image) ** 2))


def psnr_y(truth, image):
    """Peak signal to noise ratio of the luma as papers on super-resolution
    give it, in dB; infinite for the same image."""
    difference = (truth - image) @ STUDIO_LUMA
    error = np.mean(difference ** 2)
    return np.inf if error == 0 else 10 * np.log10(255 ** 2 / error)


def ssim(truth, image):
    """Structural similarity of the lumas, with Wang et al.'s window of 11 x 11
    and no padding; 1 for the same image."""
    offsets = np.arange(-SSIM_RADIUS, SSIM_RADIUS + 1)
    window = np.exp(-offsets ** 2 / (2 * SSIM_SIGMA ** 2))
    window /= window.sum()

    def local_mean(plane):
        for axis in (0, 1):
            plane = correlate1d(plane, window, axis=axis)
        return crop(plane, SSIM_RADIUS)

    if min(truth.shape[:2]) <= 2 * SSIM_RADIUS:
        raise ValueError(f"SSIM needs more than {2 * SSIM_RADIUS} pixels "
                         "a side")
    x, y = luma(truth), luma(image)
    mean_x, mean_y = local_mean(x), local_mean(y)
    variance_x = local_mean(x * x) - mean_x ** 2
    variance_y = local_mean(y * y) - mean_y ** 2
    covariance = local_mean(x * y) - mean_x * mean_y
    similarity = ((2 * mean_x * mean_y + SSIM_C1)
                  * (2 * covariance + SSIM_C2)
                  / ((mean_x ** 2 + mean_y ** 2 + SSIM_C1)
                     * (variance_x + variance_y + SSIM_C2)))
    return similarity.mean()


def consistency(low, high):
    """RMSE between an enlarged image, shrunk again, and the one it came from."""
    height, width, _ = low.shape
    return rmse(low, resize(high, height, width, BICUBIC))


def patch_measures(training, sample):
    """SWD x 10^3 at three sizes, coherence and completeness x 10^4."""
    result = {}
    one, other = training, sample
    for name in ("SWD 1", "SWD 1/2", "SWD 1/4"):
        result[name] = 1e3 * patch_swd(one, other)
        one, other = halve(one), halve(other)
    result["coherence"] = 1e4 * coherence(training, sample)
    result["completeness"] = 1e4 * completeness(training, sample)
    return result


def pair_measures(truth, image, border=0):
    """What compares pixel by pixel, so for one size only: reconstructions and
    super-resolution."""
    truth, image = crop(truth, border), crop(image, border)
    return {"RMSE": rmse(truth, image), "PSNR-Y": psnr_y(truth, image),
            "SSIM": ssim(truth, image)}


def mean_row(rows):
    """The mean of what each column has, nothing where it has nothing."""
    names = dict.fromkeys(name for row in rows for name in row)
    result = {}
    for name in names:
        values = [row[name] for row in rows if row.get(name) is not None]
        if values and all(isinstance(v, (int, float)) for v in values):
            result[name] = statistics.fmean(values)
    return result


def markdown(rows):
    """A table of dictionaries; what a row does not have is a dash."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    lines = [columns, ["---"] * len(columns)]
    for row in rows:
        cells = []
        for name in columns:
            value = row.get(name)
            if value is None:
                value = "–"
            elif not isinstance(value, str):
                value = f"{value:.{DECIMALS.get(name, 2)}f}"
            cells.append(value)
        lines.append(cells)
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def measure(training, samples, model=None, border=0, low=None):
    """One dictionary of figures a sample; for more than one their mean last,
    with the diversity if all have the training image's size."""
    rows = []
    for sample in samples:
        row = patch_measures(training, sample)
        if sample.shape == training.shape:
            row.update(pair_measures(training, sample, border))
        if low is not None:
            row["consistency"] = consistency(low, sample)
        if model:
            row["NIQE"] = niqe.niqe(sample, model)
        rows.append(row)
    if len(rows) > 1:
        mean = mean_row(rows)
        if all(sample.shape == training.shape for sample in samples):
            mean["diversity"] = diversity(training, samples)
        rows.append(mean)
    return rows


def arguments():
    parser = argparse.ArgumentParser(
        description="Compares samples with their training image.")
    parser.add_argument("training", metavar="TRAINING-IMAGE")
    parser.add_argument("samples", metavar="SAMPLE", nargs="+")
    parser.add_argument(
        "--shave", type=int, default=0, metavar="PIXELS",
        help="leave out this border in RMSE, PSNR-Y and SSIM")
    parser.add_argument(
        "--low-resolution", metavar="IMAGE",
        help="the image that the samples enlarge: adds their consistency")
    parser.add_argument(
        "--pristine", metavar="FILE",
        help="NIQE's model; fitted and written there if missing, without the "
        "option fitted each time")
    parser.add_argument("--no-niqe", action="store_true", help="no NIQE")
    return parser.parse_args()


def main():
    options = arguments()
    try:
        training = read(options.training)
        samples = [read(path) for path in options.samples]
        low = options.low_resolution and read(options.low_resolution)
        model = None if options.no_niqe else niqe.pristine(options.pristine)
        rows = measure(training, samples, model, options.shave, low)
    except (OSError, ValueError) as error:
        print(f"metrics.py: {error}", file=sys.stderr)
        return 1
    names = [*options.samples, "mean"]
    rows = [{"image": name, **row} for name, row in zip(names, rows)]
    if model:
        rows.append({"image": options.training,
                     "NIQE": niqe.niqe(training, model)})
    print(markdown(rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
