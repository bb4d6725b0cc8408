# SPDX-License-Identifier: GPL-3.0-or-later
"""Contact sheets: small pictures in labelled lines, for driver.py.

    sheet.py SHEET PICTURE...

As a program it puts the pictures into one line.
"""

import sys

from PIL import Image, ImageDraw

SIDE = 150
GAP = 4
LABEL = 14
QUALITY = 88


def small(path):
    with Image.open(path) as picture:
        picture = picture.convert("RGB")
    picture.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    return picture


def write(path, lines):
    """Writes a sheet of lines, each a label and the paths of its pictures."""
    rows = [(label, [small(p) for p in paths]) for label, paths in lines]
    width = max(sum(p.width + GAP for p in pictures) for _, pictures in rows)
    heights = [LABEL + GAP + max(p.height for p in pictures)
               for _, pictures in rows]
    page = Image.new("RGB", (width + GAP, sum(heights) + GAP), "white")
    pen = ImageDraw.Draw(page)
    top = 0
    for (label, pictures), height in zip(rows, heights):
        pen.text((GAP, top + 1), label, "black")
        left = GAP
        for picture in pictures:
            page.paste(picture, (left, top + LABEL))
            left += picture.width + GAP
        top += height
    page.save(path, quality=QUALITY)


def main():
    if len(sys.argv) < 3:
        print(__doc__, file=sys.stderr)
        return 2
    write(sys.argv[1], [("", sys.argv[2:])])
    return 0


if __name__ == "__main__":
    sys.exit(main())
