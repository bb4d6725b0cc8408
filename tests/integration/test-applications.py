# SPDX-License-Identifier: GPL-3.0-or-later
"""The applications on the command line: what is changed and what is not, one
result a scale, the same bits for the same seed, and bad input.

    test-applications.py SINGAN
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import tap  # noqa: E402
from pictures import (  # noqa: E402
    distance, draw, read_png, sharpness, write_png)

singan = str(pathlib.Path(sys.argv[1]).resolve())
folder = pathlib.Path(tempfile.mkdtemp(prefix="singan-test-"))
environment = {**os.environ, "XDG_CACHE_HOME": str(folder / "cache"),
               "XDG_DATA_HOME": str(folder / "data"),
               "LC_ALL": "C.UTF-8", "LANGUAGE": "en"}
# Enough to exercise everything, too little to look good.
SHORT = ["--max-size", "90", "--iterations", "2", "--seed", "1"]
WIDTH, HEIGHT = 90, 60

# An object of this size at this place.
OBJECT = (8, 6, 10, 8)
# How far results reach, of the object's size, which is the root of its area; but
# at least one pixel of the model's, and at most this share of the longer side.
MARGIN = 0.05
MARGIN_MOST = 0.03


def margin(width, height, model, box=OBJECT):
    """The automatic one, for a model with that longest side."""
    longer = max(width, height)
    return min(max(MARGIN * (box[2] * box[3]) ** 0.5, longer / model),
               MARGIN_MOST * longer)


def is_object(x, y, box=OBJECT):
    left, top, width, height = box
    return left <= x < left + width and top <= y < top + height


def away(x, y, box=OBJECT):
    """Distance to the object."""
    left, top, width, height = box
    dx = max(left - x, x - left - width + 1, 0)
    dy = max(top - y, y - top - height + 1, 0)
    return (dx * dx + dy * dy) ** 0.5


def run(*words):
    return subprocess.run([singan, *map(str, words)], cwd=folder,
                          env=environment, capture_output=True, text=True,
                          timeout=300)


def results(*words):
    """The files that a command gives, which has to succeed."""
    told = run(*words)
    assert told.returncode == 0, told.stderr
    return [pathlib.Path(folder / line) for line in told.stdout.splitlines()]


def assert_fails(result, code, *texts):
    assert result.returncode == code, (result.returncode, result.stderr)
    last = result.stderr.strip().splitlines()[-1]
    assert last.startswith("singan: "), result.stderr
    for text in texts:
        assert text in last, (text, last)
    assert result.stdout == "", result.stdout


def changes(path, original):
    """The pixels that are not the original's."""
    width, height, rows = read_png(path)
    assert (width, height) == (len(original[0]), len(original)), (width, height)
    return [(x, y) for y in range(height) for x in range(width)
            if rows[y][x] != original[y][x]]


def assert_changed_near_the_object_only(paths, original, reach, box=OBJECT):
    """In all of them, and in one at least: a model that has learnt next to
    nothing makes of some edits what was there before."""
    counts = []
    for path in paths:
        changed = changes(path, original)
        far = [place for place in changed if away(*place, box) > reach]
        assert not far, (path, far[:5], len(far))
        counts.append(len(changed))
    assert max(counts) >= box[2] * box[3] / 2, counts


photo = write_png(folder / "photo.png", WIDTH, HEIGHT)
ORIGINAL = read_png(photo)[2]
REACH = margin(WIDTH, HEIGHT, 90)
paste = write_png(
    folder / "paste.png", WIDTH, HEIGHT,
    lambda x, y: [200, 40, 90 + 4 * x % 70, 255 if is_object(x, y) else 0])
edited = write_png(
    folder / "edited.png", WIDTH, HEIGHT,
    lambda x, y: draw(x + 41, y + 30) if is_object(x, y) else draw(x, y))
object_mask = write_png(
    folder / "mask.png", WIDTH, HEIGHT,
    lambda x, y: [255 if is_object(x, y) else 0])


def names(paths):
    return [path.name for path in paths]


def test_harmonize_gives_a_file_a_scale():
    files = results("harmonize", photo, "--paste", paste, *SHORT, "--output",
                    folder / "out")
    scales = len(files)
    assert scales >= 3, files
    assert names(files) == [f"photo-harmonized-scale-{n}-seed-1.png"
                            for n in range(1, scales + 1)], files
    for path in files:
        assert_changed_near_the_object_only([path], ORIGINAL, REACH)
    one = results("harmonize", photo, "--paste", paste, "--seed", 1,
                  "--start-scale", 2, "--output", folder / "again")
    assert names(one) == ["photo-harmonized-scale-2-seed-1.png"], one
    assert one[0].read_bytes() == files[1].read_bytes()


def test_harmonize_mask_and_difference_are_as_good_as_alpha():
    by_alpha, = results("harmonize", photo, "--paste", paste, "--seed", 1,
                        "--start-scale", 1, "--output", folder / "alpha")
    naive = write_png(
        folder / "naive.png", WIDTH, HEIGHT,
        lambda x, y: read_naive(x, y))
    for key, words in (("mask", ["--mask", object_mask]), ("difference", [])):
        path, = results("harmonize", photo, "--paste", naive, "--seed", 1,
                        "--start-scale", 1, "--output", folder / key, *words)
        assert path.read_bytes() == by_alpha.read_bytes(), key


def read_naive(x, y):
    return [200, 40, 90 + 4 * x % 70] if is_object(x, y) else draw(x, y)


def test_edit_blends_the_difference_or_the_mask():
    files = results("edit", photo, "--edited", edited, *SHORT, "--output",
                    folder / "out")
    assert names(files)[0] == "photo-edit-scale-1-seed-1.png", files
    assert_changed_near_the_object_only(files, ORIGINAL, REACH)
    masked, = results("edit", photo, "--edited", edited, "--mask", object_mask,
                      "--seed", 1, "--start-scale", 1, "--output",
                      folder / "masked")
    # Where by chance the edit changed little, the difference has holes.
    assert distance(read_png(masked)[2], read_png(files[0])[2]) < 8


def test_harmonize_mask_cuts_the_object():
    """With a mask and with the same in its alpha; soft borders are kept."""
    part = OBJECT[0], OBJECT[1], 5, 8
    soft = lambda x, y: (255 if is_object(x, y, part)  # noqa: E731
                         else 90 if is_object(x, y) else 0)
    cut = write_png(folder / "cut.png", WIDTH, HEIGHT,
                    lambda x, y: [200, 40, 90 + 4 * x % 70, soft(x, y)])
    mask = write_png(folder / "cut-mask.png", WIDTH, HEIGHT,
                     lambda x, y: [255 if x == 0 else soft(x, y)])
    words = ["--seed", 1, "--start-scale", 1, "--output"]
    one, = results("harmonize", photo, "--paste", cut, *words, folder / "cut")
    two, = results("harmonize", photo, "--paste", paste, "--mask", mask, *words,
                   folder / "cut-by-mask")
    assert distance(read_png(one)[2], read_png(two)[2]) <= 1
    assert_changed_near_the_object_only([two], ORIGINAL, REACH)
    beside = write_png(folder / "beside.png", WIDTH, HEIGHT,
                       lambda x, y: [255 if x > 60 else 0])
    assert_fails(run("harmonize", photo, "--paste", paste, "--mask", beside),
                 1, "Nothing of the pasted layer is selected")


def test_margin_is_how_far_results_reach():
    """Whatever the detail, to the pixel; and no farther than that many."""
    assert_fails(run("edit", photo, "--edited", edited, "--margin", "-2"), 2,
                 "margin", "-2", "-1", "4096")
    for verb, picture, details in (
            ("edit", ["--edited", edited], ("photograph", "model")),
            ("harmonize", ["--paste", paste], ("object", "photograph"))):
        for detail in details:
            for reach in (0, 12, -1):
                path, = results(
                    verb, photo, *picture, "--seed", 1, "--start-scale", 1,
                    "--detail", detail, "--margin", reach, "--output",
                    folder / f"{verb}-{detail}-{reach}")
                farthest = max(away(*place) for place in changes(path, ORIGINAL))
                assert farthest <= (REACH if reach < 0 else reach), (
                    path, farthest)
                assert reach < 12 or farthest > 8, (path, farthest)
    assert_fails(run("harmonize", photo, "--paste", paste, "--detail", "model"),
                 2, "model", "name of a choice")


def test_beyond_the_margin_every_bit_is_the_originals():
    """In 8 and 16 bits, in colour and in grey, at sizes far above the model's,
    and for whatever detail.  An object that keeps its own does not change
    anything beside it at all."""
    plain = lambda v: v  # noqa: E731
    deep = lambda v: [c * 250 + (c * 7 + 11) % 97 for c in v]  # noqa: E731
    dim = lambda v: [sum(v) // 3]  # noqa: E731
    for key, width, height, depth, change in (
            ("deep", 300, 200, 16, deep), ("dim", 200, 300, 8, dim),
            ("dim-deep", 120, 90, 16, lambda v: deep(dim(v))),
            ("wide", 1000, 600, 8, plain)):
        box = width // 8, height // 8, width // 4, height // 3
        part = width // 40
        pixel = lambda x, y: change(draw(x // part, y // part))  # noqa: E731
        original = write_png(folder / f"{key}.png", width, height, pixel, depth)
        copy = write_png(
            folder / f"{key}-edited.png", width, height,
            lambda x, y: pixel(width - x, y) if is_object(x, y, box)
            else pixel(x, y), depth)
        top = 2 ** depth - 1
        painting = write_png(
            folder / f"{key}-painting.png", width, height,
            lambda x, y: [*change([200, 40, 90]),
                          top if is_object(x, y, box) else 0], depth)
        rows = read_png(original)[2]
        reach = margin(width, height, 48, box)
        for words in (["edit", original, "--edited", copy],
                      ["edit", original, "--edited", copy, "--detail", "model"],
                      ["paint-to-image", original, "--painting", painting],
                      ["paint-to-image", original, "--painting", painting,
                       "--detail", "model"],
                      ["harmonize", original, "--paste", painting],
                      ["harmonize", original, "--paste", painting, "--detail",
                       "photograph"]):
            files = results(*words, "--max-size", 48, "--iterations", 10,
                            "--seed", 1, "--output", folder / "far")
            assert_changed_near_the_object_only(
                files, rows, 0 if words[0] == "harmonize" and len(words) == 4
                else reach, box)


def levels(rows, channel):
    return {pixel[channel] for row in rows for pixel in row}


def test_samples_are_as_sharp_and_as_deep_as_the_photograph():
    """Far larger than what the model works at; with 16 bits, of which the
    photograph uses more than 8 could tell apart."""
    large = write_png(
        folder / "large.png", 300, 200,
        lambda x, y: [c * 250 + (x * 3 + y) % 200 for c in draw(x, y)], 16)
    rows = read_png(large)[2]
    words = ["random-samples", large, "--max-size", 48, "--iterations", 20,
             "--seed", 1, "--count", 1, "--output"]
    sample, = results(*words, folder / "large")
    soft, = results(*words, folder / "soft", "--detail", "model")
    kept, = results(*words, folder / "kept", "--start-scale", 2,
                    "--width-factor", 1.5)
    for path in (sample, kept):
        made = read_png(path)[2]
        ratio = sharpness(made) / sharpness(rows)
        assert 0.85 < ratio < 1.15, (path, ratio)
        assert len(levels(made, 0)) > 256, len(levels(made, 0))
    ratio = sharpness(read_png(soft)[2]) / sharpness(rows)
    assert ratio < 0.6, ratio


def test_unblended_reaches_everywhere():
    path, = results("edit", photo, "--edited", edited, "--seed", 1,
                    "--start-scale", 1, "--unblended", "--output",
                    folder / "unblended")
    _, _, rows = read_png(path)
    far = [(x, y) for x in range(WIDTH) for y in range(HEIGHT)
           if away(x, y) > 50]
    assert sum(rows[y][x] != ORIGINAL[y][x] for x, y in far) > len(far) / 2


def test_threads_do_not_count():
    flat = write_png(folder / "threads.png", WIDTH, HEIGHT,
                     lambda x, y: [200, 40, 90] if y < 30 else [40, 90, 200])
    for words in (["random-samples", photo, "--count", 2, "--width-factor", 1.5],
                  ["random-samples", photo, "--count", 1, "--start-scale", 1],
                  ["edit", photo, "--edited", edited, "--start-scale", 1],
                  ["harmonize", photo, "--paste", paste, "--start-scale", 1,
                   "--detail", "photograph"],
                  ["paint-to-image", photo, "--painting", flat,
                   "--start-scale", 1]):
        one, two = ([path.read_bytes() for path in results(
            *words, "--seed", 3, "--threads", threads, "--output",
            folder / f"{threads}-threads")] for threads in (1, 2))
        assert one == two, words


def test_paint_is_resized_and_may_be_quantized():
    flat = [(40, 90, 200), (220, 180, 60), (20, 60, 30)]
    painting = write_png(folder / "painting.png", WIDTH * 2, HEIGHT * 2,
                         lambda x, y: flat[(x + 2 * y) // 60 % 3])
    files = results("paint-to-image", photo, "--painting", painting, *SHORT,
                    "--output", folder / "out")
    assert names(files)[-1] == (
        f"photo-painted-scale-{len(files)}-seed-1.png"), files
    for path in files:
        assert read_png(path)[:2] == (WIDTH, HEIGHT), path
    words = ["paint-to-image", photo, "--painting", painting, *SHORT,
             "--start-scale", 1, "--quantize", "--output"]
    one, = results(*words, folder / "quantized")
    two, = results(*words, folder / "again")
    assert one.read_bytes() == two.read_bytes() != files[0].read_bytes()


def test_animate_gives_numbered_frames():
    files = results("animate", photo, *SHORT, "--frames", 4, "--output",
                    folder / "frames")
    assert names(files) == [f"photo-seed-1-frame-00{n}.png"
                            for n in range(1, 5)], files
    pixels = [read_png(path) for path in files]
    assert {(width, height) for width, height, _ in pixels} == {
        (WIDTH, HEIGHT)}
    assert len({path.read_bytes() for path in files}) == 4
    again = results("animate", photo, "--seed", 1, "--frames", 2, "--output",
                    folder / "again")
    assert [p.read_bytes() for p in again] == [
        p.read_bytes() for p in files[:2]]
    told = run("info", *(folder / "photo.png.singan").iterdir())
    assert told.returncode == 0, told.stderr
    purposes = {line for line in told.stdout.splitlines()
                if line.startswith("Purpose")}
    assert purposes == {"Purpose: generation", "Purpose: animation"}, purposes
    assert_fails(run("animate", photo, "--frames", "1"), 2, "frames", "2",
                 "600")
    assert_fails(run("animate", photo, "--start-scale", "30"), 1, "30",
                 "finest")


def test_super_resolution_enlarges_into_one_file():
    big = folder / "enlarged" / "big.png"
    told, = results("super-resolution", photo, *SHORT, "--factor", 2.5,
                    "--output", big)
    assert told == big, told
    width, height, _ = read_png(big)
    assert (width, height) == (round(2.5 * WIDTH), round(2.5 * HEIGHT))
    again, = results("super-resolution", photo, "--seed", 1, "--factor", 2.5,
                     "--output", folder / "again")
    assert again.name == "photo-enlarged-2.5-times-seed-1.png", again
    assert again.read_bytes() == big.read_bytes()
    assert_fails(run("super-resolution", photo, "--factor", "9"), 2, "factor",
                 "9", "8")
    assert_fails(run("super-resolution", photo, "--fidelity", "2"), 2,
                 "fidelity", "2")


def test_seed_changes_the_result():
    same = ["harmonize", photo, "--paste", paste, "--start-scale", 1]
    one, = results(*same, "--seed", 1, "--output", folder / "one")
    two, = results(*same, "--seed", 2, "--output", folder / "two")
    assert one.read_bytes() != two.read_bytes()


def test_start_scale_out_of_range_is_told_before_training():
    fresh = write_png(folder / "fresh.png", WIDTH, HEIGHT,
                      lambda x, y: draw(x + 1, y))
    for scale in (0, 31):
        told = run("harmonize", fresh, "--paste", paste, *SHORT,
                   "--start-scale", scale)
        assert_fails(told, 1, f"is {scale};", "1 (coarse)", "(finest)")
    assert not (folder / "fresh.png.singan").exists()
    assert_fails(run("harmonize", photo, "--paste", paste, "--start-scale",
                     "-2"), 2, "start-scale", "-2", "-1", "31")


def test_bad_pictures_are_one_clear_error():
    small = write_png(folder / "small.png", 50, 40)
    clear = write_png(folder / "clear.png", WIDTH, HEIGHT,
                      lambda x, y: [1, 2, 3, 0])
    tall = write_png(folder / "tall.png", HEIGHT, WIDTH)
    assert_fails(run("paint-to-image", photo), 2, "--painting")
    assert_fails(run("paint-to-image", photo, "--painting", tall), 1,
                 "60 x 90", "90 x 60", "shapes differ")
    assert_fails(run("paint-to-image", photo, "--painting", clear), 1,
                 "transparent")
    black = write_png(folder / "black.png", WIDTH, HEIGHT, lambda x, y: [0])
    assert_fails(run("harmonize", photo), 2, "--paste")
    assert_fails(run("edit", photo), 2, "--edited")
    assert_fails(run("harmonize", photo, "--paste", folder / "no.png"), 1,
                 "no.png")
    assert_fails(run("harmonize", photo, "--paste", small), 1, "50 x 40",
                 "90 x 60")
    assert_fails(run("harmonize", photo, "--paste", clear), 1, "transparent")
    assert_fails(run("harmonize", photo, "--paste", paste, "--mask", black), 1,
                 "mask is empty")
    assert_fails(run("harmonize", photo, "--paste", photo), 1,
                 "does not differ")
    assert_fails(run("edit", photo, "--edited", photo), 1, "does not differ")


def test_model_of_another_picture_is_refused():
    other = write_png(folder / "other.png", WIDTH, HEIGHT,
                      lambda x, y: draw(x, y + 7))
    model = folder / "other.safetensors"
    assert run("train", other, *SHORT, "--model", model).returncode == 0
    assert_fails(run("harmonize", photo, "--paste", paste, "--model", model),
                 1, "trained on another picture", "other.png")


try:
    tap.run([value for name, value in list(globals().items())
             if name.startswith("test_")])
finally:
    shutil.rmtree(folder, ignore_errors=True)
