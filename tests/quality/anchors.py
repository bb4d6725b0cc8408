# SPDX-License-Identifier: GPL-3.0-or-later
"""Our metrics beside those that another implementation gave for samples which
the authors of SinGAN, ConSinGAN and GPNN published.

    anchors.py FOLDER

FOLDER has the training images (SET/N.jpg), the samples (SET/N.METHOD.png or
SET/N.METHOD.I.jpg) and a README.md whose table lists image, method, SWD at
three sizes, coherence, completeness and diversity.
"""

import pathlib
import re
import sys

from metrics import diversity, markdown, mean_row, patch_measures
from pictures import read

COLUMNS = ("SWD 1", "SWD 1/2", "SWD 1/4", "coherence", "completeness",
           "diversity")


def published_samples(image):
    """The published samples beside a training image, by method."""
    result = {}
    for path in sorted(image.parent.glob(image.stem + ".*.*")):
        found = re.fullmatch(re.escape(image.stem) + r"\.([a-z]+)(\.\d+)?\.\w+",
                             path.name)
        if found:
            result.setdefault(found[1], []).append(path)
    return result


def anchors(text):
    """(image, method, the given values) of each row of the table."""
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.split("|")[1:-1]]
        if len(cells) == 2 + len(COLUMNS) and "/" in cells[0]:
            yield cells[0], cells[1], [float(c) if c else None
                                       for c in cells[2:]]


def main():
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    folder = pathlib.Path(sys.argv[1])
    rows, differences = [], []
    for image, method, given in anchors((folder / "README.md").read_text()):
        path = folder / f"{image}.jpg"
        training = read(path)
        samples = [read(p) for p in published_samples(path)[method]]
        ours = mean_row([patch_measures(training, s) for s in samples])
        if len(samples) > 1:
            ours["diversity"] = diversity(training, samples)
        row = {"image": image, "by": method}
        apart = {}
        for name, theirs in zip(COLUMNS, given):
            if theirs is not None:
                apart[name] = ours[name] / theirs - 1
                decimals = 3 if name == "diversity" else 2
                row[name] = (f"{ours[name]:.{decimals}f} "
                             f"({theirs:.{decimals}f})")
        rows.append(row)
        differences.append(apart)
    for label, combine in (
            ("mean difference", lambda values: sum(values) / len(values)),
            ("largest difference", lambda values: max(values, key=abs))):
        row = {"image": label}
        for name in COLUMNS:
            values = [a[name] for a in differences if name in a]
            row[name] = f"{100 * combine(values):+.1f} %" if values else None
        rows.append(row)
    print(markdown(rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
