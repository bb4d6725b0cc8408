# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures in files: what cameras, phones, scanners and editors write is read
as it is meant to be seen, what came with it goes along, and no file is lost.

    test-files.py SINGAN
"""

import os
import pathlib
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import zlib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import tap  # noqa: E402

tap.need("numpy", "PIL")
import numpy as np  # noqa: E402
from PIL import Image  # noqa: E402

import files  # noqa: E402

singan = str(pathlib.Path(sys.argv[1]).resolve())
folder = pathlib.Path(tempfile.mkdtemp(prefix="singan-test-"))
environment = {**os.environ, "XDG_CACHE_HOME": str(folder / "cache"),
               "XDG_DATA_HOME": str(folder / "data"), "LC_ALL": "C.UTF-8",
               "LANGUAGE": "en"}
# Enough to exercise everything, too little to look good.
SHORT = ["--max-size", "48", "--iterations", "1", "--seed", "1"]


def run(*words, **options):
    options = {"text": True, "cwd": folder, **options}
    return subprocess.run([singan, *map(str, words)], env=environment,
                          capture_output=True, timeout=300, **options)


def put(name, contents):
    """A file of bytes, or of a picture in the format of its ending."""
    path = folder / name
    if isinstance(contents, bytes):
        path.write_bytes(contents)
    else:
        contents.save(path)
    return path


def make_model(name, picture):
    path = put(name, picture)
    told = run("super-resolution", path, *SHORT, "-o", "models/")
    assert told.returncode == 0, told.stderr
    return next((folder / f"{name}.singan").iterdir())


plain = put("plain.png", files.PLAIN)
COLOUR = make_model("colour.png", files.PLAIN)
GREY = make_model("grey.png", files.GREY)
# With fidelity 1 the model does not matter at all: one serves all pictures.
ENLARGE = ["super-resolution", "--factor", "2", "--fidelity", "1", "--seed", "1",
           "--model", COLOUR]


def enlarge(path, output=None):
    """The enlarged picture, which is checked to be silent on stderr."""
    output = output or folder / f"large-{path.name}.png"
    grey = Image.open(path).mode[0] in "LIF" if path.suffix not in (
        ".heic", ".avif", ".jxl") else False
    told = run(*ENLARGE[:-1], GREY if grey else COLOUR, path, "-q", "-o",
               output, "--overwrite")
    assert told.returncode == 0, told.stderr
    assert told.stderr == "", told.stderr
    assert told.stdout.split() == [str(output)], told.stdout
    picture = Image.open(output)
    picture.load()
    return picture


def mean(picture):
    return np.asarray(picture, float).mean((0, 1))


def assert_near(picture, other, tolerance):
    there, wanted = mean(picture), mean(other)
    assert np.abs(there - wanted).max() <= tolerance, (there, wanted)


def assert_fails(told, code, *texts):
    assert told.returncode == code, (told.returncode, told.stderr)
    last = told.stderr.strip().splitlines()[-1]
    assert last.startswith("singan: "), told.stderr
    for text in texts:
        assert text in last, (text, last)
    assert told.stdout == "", told.stdout


def test_plain_picture_says_that_it_is_srgb():
    large = enlarge(plain)
    assert large.size == (320, 240), large.size
    assert_near(large, files.PLAIN, 2)
    assert "gamma" not in large.info and large.info["srgb"] == 0, large.info


def test_exif_says_srgb_of_a_picture_without_a_profile():
    for ending in ("jpg", "webp"):
        fields = enlarge(plain, folder / f"colours.{ending}").getexif()
        assert fields.get_ifd(0x8769)[0xA001] == 1, (ending, dict(fields))


def test_upright_with_resolution_and_exif():
    path = put("orientation.jpg", files.jpeg(
        files.PLAIN, dpi=(300, 300),
        exif=files.exif(orientation=6, description="a description")))
    for ending in ("png", "jpg", "tif", "webp"):
        large = enlarge(path, folder / f"upright.{ending}")
        assert large.size == (240, 320), (ending, large.size)
        # The sun, above on the right, is below there once it is turned.
        sun = np.asarray(large, float)[256, 190]
        assert sun.min() > 150, (ending, sun)
        fields = large.getexif()
        assert fields.get(0x0112, 1) == 1, (ending, dict(fields))
        assert fields[0x010E].strip("\0") == "a description", (ending, fields)
        if ending == "webp":
            assert round(fields[0x011A]) == 300, dict(fields)
        else:
            assert round(large.info["dpi"][0]) == 300, (ending, large.info)


def test_all_orientations_stand_upright():
    upright = np.asarray(enlarge(plain), float)
    turns = {2: Image.FLIP_LEFT_RIGHT, 3: Image.ROTATE_180,
             4: Image.FLIP_TOP_BOTTOM, 5: Image.TRANSPOSE,
             6: Image.ROTATE_90, 7: Image.TRANSVERSE, 8: Image.ROTATE_270}
    for orientation, turn in turns.items():
        path = folder / f"turned-{orientation}.png"
        files.PLAIN.transpose(turn).save(
            path, exif=files.exif(orientation=orientation))
        large = np.asarray(enlarge(path), float)
        assert large.shape == upright.shape, (orientation, large.shape)
        assert np.abs(large - upright).mean() < 4, orientation


def test_gamma_of_srgb_is_told_as_that():
    path = put("gamma.png", files.with_chunks(
        files.PLAIN, (b"gAMA", struct.pack(">I", 45455)),
        (b"cHRM", struct.pack(">8I", 31270, 32900, 64000, 33000, 30000, 60000,
                              15000, 6000))))
    large = enlarge(path)
    assert_near(large, files.PLAIN, 2)
    assert large.info["srgb"] == 0, large.info


def test_inks_become_rgb():
    path = put("cmyk.jpg", files.jpeg(files.PLAIN.convert("CMYK")))
    large = enlarge(path)
    assert large.mode == "RGB", large.mode
    assert_near(large, files.PLAIN, 25)


def test_white_is_zero_is_no_negative():
    grey = np.asarray(files.GREY)
    for name, pixels in (("8", 255 - grey), ("16", 65535 - grey * np.uint16(257))):
        path = put(f"white-is-zero-{name}.tif", files.grey_tiff(pixels, 0))
        large = np.asarray(enlarge(path), float)
        large = large / 257 if name == "16" else large
        assert abs(large.mean() - grey.mean()) < 2, (name, large.mean())


def test_film_behind_a_jpeg_is_no_damage():
    path = put("motion-photo.jpg", files.motion_photo())
    assert_near(enlarge(path), files.PLAIN, 2)


def test_profiles_are_kept():
    grey = files.grey_profile()
    for name, picture, profile in (("grey", files.GREY, grey),
                                   ("colour", files.PLAIN, files.SRGB)):
        path = folder / f"profile-{name}.png"
        picture.save(path, icc_profile=profile)
        for ending in ("png", "jpg", "tif", "webp"):
            if name == "grey" and ending == "webp":
                continue  # WebP knows no grey.
            large = enlarge(path, folder / f"profile-{name}.out.{ending}")
            assert large.mode == picture.mode, (name, ending, large.mode)
            assert large.info.get("icc_profile") == profile, (name, ending)
            assert_near(large, picture, 2)


def test_profile_of_another_kind_is_dropped():
    path = folder / "wrong-profile.png"
    path.write_bytes(files.with_chunks(
        files.GREY, (b"iCCP", b"wrong\0\0" + zlib.compress(files.SRGB))))
    large = enlarge(path)
    assert large.mode == "L" and "icc_profile" not in large.info, large.info


def test_16_bits_and_float_keep_their_depth():
    grey = np.asarray(files.GREY)
    deep = put("deep.tif", files.grey_tiff(grey * np.uint16(257)))
    for ending in ("png", "tif"):
        large = enlarge(deep, folder / f"deep.out.{ending}")
        # PIL's modes of 16 bits.
        assert large.mode[0] == "I", (ending, large.mode)
        assert np.asarray(large).max() > 255, ending
    light = Image.fromarray(((grey / 255.0) ** 2.2).astype("f4"))
    large = enlarge(put("float.tif", light))
    values = np.asarray(large, float) / 257
    assert abs(values.mean() - grey.mean()) < 3, values.mean()


def test_formats_that_are_read():
    for name in ("read.webp", "read.gif", "read.tiff"):
        assert_near(enlarge(put(name, files.PLAIN)).convert("RGB"), files.PLAIN,
                    6)
    for big in ("heic", "avif", "jxl"):
        try:
            convert(f"made.{big}")
        except OSError as reason:
            print(f"# no {big}: {reason}")
            continue
        assert_near(enlarge(folder / f"made.{big}"), files.PLAIN, 4)


def convert(name):
    """By whichever program there is."""
    for words in (["vips", "copy", plain, folder / name],
                  ["heif-enc", plain, "-o", folder / name],
                  ["cjxl", plain, folder / name]):
        if shutil.which(words[0]) and not subprocess.run(
                list(map(str, words)), capture_output=True).returncode:
            return
    raise OSError("nothing here writes it")


def test_vectors_scripts_and_others_are_not_taken():
    put("vector.svg", b'<svg xmlns="http://www.w3.org/2000/svg" width="99" '
                      b'height="99"><rect width="50" height="50"/></svg>')
    put("drawing.pdf", files.PLAIN)
    put("old.ppm", files.PLAIN)
    put("old.bmp", files.PLAIN)
    put("numbers.csv", b"1,2,3\n" * 40)
    for name in ("vector.svg", "drawing.pdf", "old.ppm", "old.bmp",
                 "numbers.csv"):
        assert_fails(run("train", name, *SHORT), 1, name, "PNG, JPEG, TIFF")


def test_half_files_are_refused():
    grey = np.asarray(files.GREY)
    put("half.tif", files.grey_tiff(grey, cut=grey.size // 2))
    for ending in ("jpg", "png", "webp", "gif"):
        whole = put(f"whole.{ending}", files.PLAIN).read_bytes()
        put(f"half.{ending}", whole[:len(whole) // 2])
    for ending in ("tif", "jpg", "png", "webp", "gif"):
        told = run("train", f"half.{ending}", *SHORT)
        assert_fails(told, 1, f"half.{ending}", "damaged or not whole")
        assert len(told.stderr.splitlines()) == 1, told.stderr


def test_first_page_is_taken_and_told():
    path = folder / "pages.tif"
    files.PLAIN.save(path, save_all=True, append_images=[files.GREY])
    moving = folder / "moving.gif"
    files.GREY.save(moving, save_all=True,
                    append_images=[Image.eval(files.GREY, lambda v: v // 2)])
    for name in (path, moving):
        told = run(*ENLARGE, name, "-o", folder / f"first-{name.name}.png")
        assert told.returncode == 0, told.stderr
        assert "has 2 pages" in told.stderr, told.stderr


def test_size_is_bounded_before_anything_is_decoded():
    """400 bytes that say they are 30000 x 30000 pixels."""
    def chunk(name, body):
        return (struct.pack(">I", len(body)) + name + body
                + struct.pack(">I", zlib.crc32(name + body)))

    put("huge.png", b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", 30000, 30000, 8, 2, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(bytes(9000))) + chunk(b"IEND", b""))
    assert_fails(run("train", "huge.png"), 1, "30000 x 30000", "500000000",
                 "--max-pixels 900000000")
    assert_fails(run("train", "huge.png", "--max-pixels", 10 ** 9), 1,
                 "damaged")
    assert_fails(run("train", plain, "--max-pixels", 19199), 1, "160 x 120")
    assert_fails(run("train", plain, "--max-pixels", 0), 2, "max-pixels")


def test_interrupt_while_a_picture_comes_through_a_pipe():
    process = subprocess.Popen([singan, "train", "-"], cwd=folder,
                               env=environment, stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               text=True)
    # The program has started once it has read what is in the pipe.
    process.stdin.buffer.write(plain.read_bytes()[:40])
    process.stdin.buffer.flush()
    wait_for_read(process.stdin.fileno())
    process.send_signal(signal.SIGINT)
    # Communicating would close the pipe.
    process.wait(timeout=60)
    told = process.stderr.read()
    assert process.returncode == 130, (process.returncode, told)
    assert "interrupted" in told, told


def wait_for_read(pipe):
    import fcntl
    import termios
    waiting = b"\1"
    while any(waiting):
        waiting = fcntl.ioctl(pipe, termios.FIONREAD, bytes(4))


def test_standard_input_and_output():
    told = run(*ENLARGE, "-", "-q", "-o", "-", text=False,
               input=plain.read_bytes())
    assert told.returncode == 0 and told.stderr == b"", told.stderr
    put("stream.png", told.stdout)
    assert (folder / "stream.png").read_bytes() == \
        (folder / "large-plain.png.png").read_bytes()
    told = run(*ENLARGE, "-", "-q", input=plain.read_bytes(), text=False)
    assert told.stdout == b"./stdin-enlarged-2-times-seed-1.png\n", told
    assert_fails(run("random-samples", plain, "-o", "-"), 2, "takes one")
    assert_fails(run("train", "-", plain), 2, "standard input")


def test_ending_decides_and_is_checked_before_any_work():
    for name in ("out.gif", "out.bmp", "out.v2", "photo.PNG.bak"):
        assert_fails(run("super-resolution", plain, "-o", name), 2, name,
                     ".png", ".webp")
        assert not (folder / name).exists()
    assert Image.open(enlarge(plain, folder / "BIG.JPG").filename).format == "JPEG"
    assert_fails(run("random-samples", plain, "-o", "four.png"), 2, "takes one")
    assert_fails(run("super-resolution", plain, plain, "-o", "one.png"), 2,
                 "takes one")
    (folder / "is.a.folder").mkdir()
    told = run(*ENLARGE, plain, "-q", "-o", "is.a.folder")
    assert told.stdout == "is.a.folder/plain-enlarged-2-times-seed-1.png\n", told


def test_jpeg_has_full_colour_and_quality():
    large = enlarge(plain, folder / "quality.jpg")
    assert [layer[1:3] for layer in large.layer] == [(1, 1)] * 3, large.layer
    assert large.quantization[0][0] <= 2, large.quantization[0]


def test_no_picture_of_the_command_is_written_over():
    before = plain.read_bytes()
    (folder / "hard.png").hardlink_to(plain)
    (folder / "soft.png").symlink_to(plain)
    for name in ("plain.png", "hard.png", "soft.png", "./plain.png"):
        for more in ([], ["--overwrite"]):
            assert_fails(run(*ENLARGE, plain, "-o", name, *more), 1, name,
                         "another name")
    assert plain.read_bytes() == before
    other = put("there.png", files.GREY)
    before = other.read_bytes()
    assert_fails(run(*ENLARGE, plain, "-o", other), 1, "there already",
                 "--overwrite")
    assert other.read_bytes() == before
    told = run(*ENLARGE, plain, "-o", other, "--overwrite")
    assert told.returncode == 0, told.stderr
    assert Image.open(other).size == (320, 240)
    # What the name leads to stays; the name gets the result.
    (folder / "to-grey.png").symlink_to(put("kept.png", files.GREY))
    before = (folder / "kept.png").read_bytes()
    assert_fails(run(*ENLARGE, plain, "-o", "to-grey.png"), 1, "there already")
    run(*ENLARGE, plain, "-o", "to-grey.png", "--overwrite")
    assert (folder / "kept.png").read_bytes() == before
    assert not (folder / "to-grey.png").is_symlink()


def test_pictures_of_one_stem_and_factors_get_files_of_their_own():
    put("same.png", files.PLAIN)
    put("same.jpg", Image.eval(files.PLAIN, lambda v: 255 - v))
    for more in ([], ["--overwrite"]):
        out = folder / f"stems{len(more)}"
        told = run(*ENLARGE, "same.png", "same.jpg", "-q", "-o", out, *more)
        assert told.returncode == 0, told.stderr
        one, other = told.stdout.split()
        assert one != other
        assert_near(Image.open(one), files.PLAIN, 3)
        assert_near(Image.open(other), Image.open("%s/same.jpg" % folder), 3)
    first = run(*ENLARGE, plain, "-q", "-o", "again").stdout
    second = run(*ENLARGE, plain, "-q", "-o", "again").stdout
    third = run(*ENLARGE, plain, "-q", "-o", "again", "--overwrite").stdout
    assert first != second and first == third, (first, second, third)
    told = run(*ENLARGE, plain, "-q", "--factor", "3", "-o", "again")
    assert "3-times" in told.stdout, told.stdout


def test_models_are_not_written_over():
    photo = put("photo.jpg", files.PLAIN)
    before = photo.read_bytes()
    for more in ([], ["--overwrite"]):
        assert_fails(run("train", plain, *SHORT, "--model", photo, *more), 1,
                     "photo.jpg", "not a model")
    assert photo.read_bytes() == before
    model = folder / "model.safetensors"
    assert run("train", plain, *SHORT, "--model", model).returncode == 0
    before = model.read_bytes(), model.stat().st_mtime_ns
    told = run("train", plain, *SHORT, "--model", model)
    assert told.returncode == 0 and "finished already" in told.stderr, told
    assert told.stdout.strip() == str(model), told.stdout
    assert_fails(run("train", photo, *SHORT, "--model", model), 1,
                 "another picture", "--overwrite")
    assert_fails(run("train", plain, *SHORT[:-1], "2", "--model", model), 1,
                 "--overwrite")
    assert (model.read_bytes(), model.stat().st_mtime_ns) == before
    told = run("train", photo, *SHORT, "--model", model, "--overwrite")
    assert told.returncode == 0 and model.read_bytes() != before[0], told
    one = run("train", plain, *SHORT)
    before = pathlib.Path(one.stdout.strip()).stat().st_mtime_ns
    again = run("train", plain, *SHORT)
    assert again.stdout == one.stdout and "finished already" in again.stderr
    assert pathlib.Path(one.stdout.strip()).stat().st_mtime_ns == before


def test_output_is_tried_before_a_training():
    fresh = put("fresh.png", files.PLAIN.crop((0, 0, 100, 90)))
    put("in-the-way", b"")
    assert_fails(run("random-samples", fresh, "-o", "in-the-way/deep/"), 1,
                 "in-the-way", "Not a directory")
    assert not (folder / "fresh.png.singan").exists()
    small = folder / "small"
    small.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=100k", "tmpfs",
                       str(small)], capture_output=True).returncode:
        raise tap.Skip("mounting a small tmpfs is not allowed here")
    try:
        with open(small / "ballast", "wb", buffering=0) as ballast:
            try:
                while True:
                    ballast.write(bytes(4096))
            except OSError:
                pass
        assert_fails(run("random-samples", fresh, "-o", small), 1, "small",
                     "No space left")
        assert not (folder / "fresh.png.singan").exists()
        subprocess.run(["mount", "-o", "remount,ro", str(small)], check=True)
        assert_fails(run("random-samples", fresh, "-o", small), 1, "small",
                     "Read-only file system")
        assert [path.name for path in small.iterdir()] == ["ballast"]
    finally:
        subprocess.run(["umount", str(small)], check=True)


def test_folder_that_gets_no_result_is_not_left():
    assert_fails(run("random-samples", plain, "--start-scale", 30, "-o",
                     "nothing/"), 1, "finest")
    assert not (folder / "nothing").exists()


def test_what_a_killed_process_left_goes_at_the_next_use():
    out = folder / "left"
    out.mkdir()
    (out / ".singan-abcdef.part").write_bytes(b"half")
    (out / ".singan-fedcba.part").symlink_to(plain)
    (out / "other.part").write_bytes(b"not ours")
    told = run(*ENLARGE, plain, "-q", "-o", out)
    assert told.returncode == 0, told.stderr
    left = sorted(path.name for path in out.iterdir())
    assert left == [".singan-fedcba.part", "other.part",
                    "plain-enlarged-2-times-seed-1.png"], left
    assert plain.exists()


def test_each_result_is_kept_when_it_is_made():
    large = put("wide.png", files.PLAIN.resize((1200, 900)))
    model = folder / "wide.safetensors"
    assert run("train", large, *SHORT, "--model", model).returncode == 0
    process = subprocess.Popen(
        [singan, "random-samples", str(large), "--model", str(model), "--count",
         "64", "-o", "kept/"], cwd=folder, env=environment,
        stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    first = process.stdout.readline().strip()
    process.send_signal(signal.SIGINT)
    out, told = process.communicate(timeout=120)
    assert process.returncode == 130, (process.returncode, told)
    made = [first, *out.split()]
    assert f"the {len(made)} result" in told, told
    kept = sorted(str(path.relative_to(folder))
                  for path in (folder / "kept").iterdir())
    assert kept == sorted(made) and len(made) < 64, (kept, made)
    for path in kept:
        Image.open(folder / path).load()


def test_one_bad_picture_does_not_stop_the_others():
    put("bad.png", b"no picture")
    told = run(*ENLARGE, "bad.png", plain, "-q", "-o", "several/")
    assert told.returncode == 1, told
    assert "bad.png" in told.stderr
    assert told.stdout.split() == ["several/plain-enlarged-2-times-seed-1.png"]


def changed(path):
    """The share of the picture that differs."""
    there = np.asarray(Image.open(path), float)
    away = np.abs(there - np.asarray(files.PLAIN, float)).max(-1) > 12
    return away.mean()


def test_edit_finds_what_was_painted_in_a_compressed_copy_too():
    put("edited.png", files.edited())
    put("edited.jpg", files.edited())
    for name in ("edited.png", "edited.jpg"):
        told = run("edit", plain, "--edited", name, *SHORT, "-o", "disc/")
        assert told.returncode == 0, told.stderr
        assert "--mask" not in told.stderr, told.stderr
        for path in told.stdout.split():
            share = changed(folder / path)
            # The disc is 1.6 % of the picture; the margin of 3 % of its longer
            # side makes 4.5 of it.
            assert share < 0.08, (name, path, share)


def test_edit_says_so_where_most_of_a_picture_differs():
    put("other.png", Image.eval(files.PLAIN, lambda v: v * 3 // 4 + 30))
    told = run("edit", plain, "--edited", "other.png", *SHORT, "--start-scale",
               1, "-o", "disc/")
    assert told.returncode == 0, told.stderr
    assert "% of the picture differ" in told.stderr, told.stderr
    assert "--mask" in told.stderr, told.stderr


def test_pictures_that_go_together_are_in_the_same_colours():
    """An edited copy in another profile differs where it was edited only."""
    wide = wide_profile()
    path = folder / "wide-gamut.png"
    files.PLAIN.save(path, icc_profile=wide)
    converted = to_srgb(files.PLAIN, wide)
    put("converted.png", converted)
    told = run("edit", path, "--edited", "converted.png", *SHORT, "-o", "edits/")
    assert_fails(told, 1, "does not differ")


def wide_profile():
    """sRGB with red and green exchanged: no colour stays what it was."""
    data = bytearray(files.SRGB)
    places = {}
    for i in range(struct.unpack(">I", data[128:132])[0]):
        name, at, length = struct.unpack(">4sII", data[132 + 12 * i:144 + 12 * i])
        places[name] = at, length
    (red, n), (green, _) = places[b"rXYZ"], places[b"gXYZ"]
    data[red:red + n], data[green:green + n] = (data[green:green + n],
                                                data[red:red + n])
    return bytes(data)


def to_srgb(picture, profile):
    r, g, b = picture.split()
    return Image.merge("RGB", (g, r, b))


try:
    tap.run([value for name, value in list(globals().items())
             if name.startswith("test_")])
finally:
    shutil.rmtree(folder, ignore_errors=True)
