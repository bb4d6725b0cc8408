# SPDX-License-Identifier: GPL-3.0-or-later
"""The README's Script-Fu, as it stands there, in GIMP 2.10 and in GIMP 3.  Run
by test-gimp.py."""

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


# The same in GIMP 3, whose own calls nothing may stand before.
NAMES_3 = """
(define image (car (gimp-file-load RUN-NONINTERACTIVE {})))
(define layer (vector-ref (car (gimp-image-get-layers image)) 0))
(define background layer)
(define pasted (car (gimp-layer-copy layer)))
(gimp-image-insert-layer image pasted 0 0)
(gimp-drawable-invert pasted FALSE)
(gimp-layer-resize pasted 12 10 -8 -6)
"""


def examples(title):
    """The indented parts of a section."""
    section = re.search(rf"^## {title}\n(.*?)^## ", README.read_text(),
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
        + NAMES.format(quote(folder / "one.png")) + examples("Script-Fu")
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


def check_examples_3(gimp):
    photo = write_png(gimp.folder / "photo.png", *SIZE)
    code = examples("Script-Fu in GIMP 3")
    for place, name in enumerate(("meadow", "bark")):
        path = write_png(gimp.folder / f"{name}.png", *SIZE,
                         lambda x, y, place=place: draw(x + place, y))
        expect(f'"{name}.jpg"' in code, f"no {name}.jpg in the script")
        code = code.replace(f'"{name}.jpg"', quote(path))
    script = gimp.folder / "examples.scm"
    script.write_text(
        NAMES_3.format(quote(photo)) + code
        + '(gimp-message (string-append "layers " (number->string'
          " (vector-length (car (gimp-image-get-layers image))))))"
          "(gimp-image-delete image)"
    )
    output = gimp.run([call("load", script)])

    # Samples and an object: a group each beside the two.
    expect("layers 4" in output, f"not every example gave its group:\n{output}")
    for name in ("meadow", "bark"):
        saved = gimp.folder / f"{name}.png.xcf"
        expect(saved.exists(), f"{saved} was not saved:\n{output}")
