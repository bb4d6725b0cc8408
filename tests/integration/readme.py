# SPDX-License-Identifier: GPL-3.0-or-later
"""The README's Script-Fu, as it stands there, in GIMP 2.10.  Run by
test-gimp.py."""

import pathlib
import re

from applications import run_tool
from gimp import HERE, call, expect, expect_equal, quote
from pictures import draw, read_png, write_png

README = HERE.parent.parent / "README.md"
SIZE = (48, 36)

# What the examples' names stand for: a picture, an object on a layer of its
# own, a copy that was edited.
NAMES = """
(define image (open-image {}))
(define layer (active-layer image))
(define background layer)
(define original layer)
(define trained layer)
(define edited (car (gimp-layer-copy layer TRUE)))
(gimp-image-insert-layer image edited 0 0)
(gimp-image-select-rectangle image CHANNEL-OP-REPLACE 8 6 12 10)
(gimp-drawable-invert edited FALSE)
(gimp-selection-none image)
(define painting edited)
(define pasted (car (gimp-layer-copy edited TRUE)))
(gimp-image-insert-layer image pasted 0 0)
(gimp-layer-resize pasted 12 10 -8 -6)
"""


def examples():
    """The indented parts of the section on Script-Fu."""
    section = re.search(r"^## Script-Fu\n(.*?)^## ", README.read_text(),
                        re.M | re.S).group(1)
    return "\n".join(re.findall(r"^    .*$", section, re.M))


def check_examples(gimp, tool):
    """The first example trains as long as it takes; to save time, the models
    for enlarging and animating are there already."""
    folder = gimp.folder / "photographs"
    folder.mkdir()
    for place, name in enumerate(("one", "two")):
        photo = write_png(folder / f"{name}.png", *SIZE,
                          lambda x, y, place=place: draw(x + place, y))
        run_tool(tool, "super-resolution", photo, "--iterations", "2",
                 "--output", gimp.folder / name)
        if place == 0:
            run_tool(tool, "animate", photo, "--iterations", "2", "--frames",
                     "2", "--output", gimp.folder / name)
    script = gimp.folder / "examples.scm"
    script.write_text(
        call("load", HERE / "common.scm")
        + NAMES.format(quote(folder / "one.png")) + examples()
        + call("enlarge-all", f"{folder}/*.png")
        + '(gimp-message (string-append "layers " (number->string'
          " (layer-count image))))(gimp-image-delete image)"
    )
    output = gimp.run([call("load", script)])

    # Samples, an object, an edit, a painting: a group each beside the three.
    expect("layers 7" in output, f"not every example gave its group:\n{output}")
    for name in ("one", "two"):
        large = pathlib.Path(f"{folder}/{name}.png-large.png")
        expect(large.exists(), f"{name}.png was not enlarged:\n{output}")
        expect_equal(read_png(large)[:2], (2 * SIZE[0], 2 * SIZE[1]), "size")
