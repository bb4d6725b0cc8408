# SPDX-License-Identifier: GPL-3.0-or-later
"""Layers of every kind in GIMP: text, locked, hidden, in groups, floating;
selections at the border; guides.  Run by test-gimp.py."""

from gimp import expect, expect_equal
from pictures import read_png

SIZE = ["64", "48"]

# The selection, as far as it is in the picture, and how far an edit reaches.
SELECTED = (8, 6)
REACH = 0.03 * 64

# Above the object, nothing else changed, visible.
GOOD = ["#t", "#t", "#t", *SIZE]


def check_border(work):
    """The edit changes what is selected, and nothing far from it."""
    _, _, before = read_png(work / "before.png")
    _, _, after = read_png(work / "after.png")
    changed = [
        (x, y)
        for y in range(len(before))
        for x in range(len(before[0]))
        if before[y][x] != after[y][x]
    ]
    width, height = SELECTED
    expect(
        sum(x < width and y < height for x, y in changed) > width * height / 2,
        "the edit is not seen where it was made",
    )
    far = [
        (x, y)
        for x, y in changed
        if max(x - width + 1, 0) ** 2 + max(y - height + 1, 0) ** 2 > REACH**2
    ]
    expect(not far, f"changed far from the selection: {far[:5]} and more")


def check_layers(gimp):
    work = gimp.folder / "layers"
    work.mkdir()
    report, output = gimp.play("layers.scm", work, fonts=True)

    expect("training one first" not in output, f"it trains again:\n{output}")
    expect_equal(report["text"], ["#t"], "a text layer to begin with")
    for kind in ("text", "locked", "hidden", "nested", "group"):
        for procedure in ("harmonize", "edit", "paint"):
            if (kind, procedure) == ("text", "paint"):
                continue
            expect_equal(report[f"{kind}-{procedure}"], GOOD,
                         f"{procedure} of {kind}: above, kept, visible, size")

    # The group and the original below it; still floating, over one layer.
    for key in ("harmonize", "edit", "paint"):
        layers = "1" if key == "paint" else "2"
        expect_equal(report[f"floating-{key}"], ["#f", layers, "#t", "2"],
                     f"{key} of a floating selection")
    expect("anchor the selection" in output, f"no word on it:\n{output}")
    expect_equal(report["anchored"], ["1"], "layers after anchoring")

    check_border(work)
    # At 16 of 64 and at its right end, at 12 - 0 of 48.
    expect_equal(sorted(zip(report["guides"][::2], report["guides"][1::2])),
                 sorted([("1", "32"), ("1", "128"), ("0", "6")]), "guides")
