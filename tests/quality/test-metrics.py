# SPDX-License-Identifier: GPL-3.0-or-later
"""The quality metrics against cases computed by hand, and by definitions that
are slow but plain.

    test-metrics.py
"""

import math
import pathlib
import subprocess
import sys
import tempfile

here = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(here), str(here.parent)]
import tap  # noqa: E402

tap.need("numpy", "scipy", "PIL")
import numpy as np  # noqa: E402

import anchors  # noqa: E402
import metrics  # noqa: E402
import niqe  # noqa: E402
import pictures  # noqa: E402
import textures  # noqa: E402

# Patches are compared in single precision.
SINGLE = 1e-5
DOUBLE = 1e-12

random = np.random.RandomState(7)


def close(value, wanted, tolerance):
    assert abs(value - wanted) <= tolerance * max(1, abs(wanted)), (
        value, wanted)


def flat(value, height=20, width=24):
    return np.full((height, width, 3), float(value))


def texture(name="noise", seed=1, height=96, width=120):
    return textures.draw(name, height, width, seed)


def raises(kind, call, *arguments):
    try:
        call(*arguments)
    except kind as error:
        return str(error)
    raise AssertionError(f"no {kind.__name__}")


def naive_patches(image):
    return [image[y:y + 7, x:x + 7].transpose(2, 0, 1).ravel()
            for y in range(image.shape[0] - 6)
            for x in range(image.shape[1] - 6)]


def test_identical_image_has_no_distance():
    image = texture()
    row = metrics.patch_measures(image, image)
    assert list(row.values()) == [0] * 5, row
    pair = metrics.pair_measures(image, image)
    assert pair["RMSE"] == 0 and pair["PSNR-Y"] == math.inf, pair
    close(pair["SSIM"], 1, DOUBLE)


def test_mirrored_image_is_nearer_than_another():
    image = texture()
    mirrored = metrics.patch_measures(image, image[:, ::-1])
    other = metrics.patch_measures(image, texture("disks"))
    for name in ("SWD 1", "SWD 1/2", "SWD 1/4"):
        assert 0 < mirrored[name] < 0.2 * other[name], (mirrored, other)
    assert 0 < mirrored["coherence"] < other["coherence"]
    assert 0 < mirrored["completeness"] < other["completeness"]


def test_directions_are_128_unit_vectors():
    vectors = metrics.directions(147)
    assert vectors.shape == (128, 147)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=DOUBLE)
    assert (vectors == metrics.directions(147)).all()


def test_swd_follows_its_definition():
    one, other = random.rand(9, 11, 3), random.rand(9, 11, 3)
    total = 0
    for vector in metrics.directions(147):
        projected = [sorted(float(patch @ vector)
                            for patch in naive_patches(image))
                     for image in (one, other)]
        total += np.mean([abs(a - b) for a, b in zip(*projected)])
    close(metrics.patch_swd(one, other), total / 128, SINGLE)


def test_swd_of_flat_images_is_their_difference():
    # |w (x - y)| = 0.3 |sum of w|; for random unit w in n dimensions the mean
    # of |sum of w| is nearly sqrt (2 / pi), 128 of them stray by some 7 %.
    value = metrics.patch_swd(flat(0.2), flat(0.5))
    wanted = 0.3 * np.abs(metrics.directions(147).sum(axis=1)).mean()
    close(value, wanted, SINGLE)
    assert abs(value / (0.3 * math.sqrt(2 / math.pi)) - 1) < 0.15, value


def test_swd_compares_images_of_different_size():
    value = metrics.patch_swd(flat(0.2), flat(0.5))
    close(metrics.patch_swd(flat(0.2), flat(0.5, 31, 9)), value, SINGLE)
    image = texture("gratings")
    assert metrics.patch_swd(image, image[:48, 24:]) < 0.01
    stretched = metrics.stretch(np.array([[0.0, 1.0]]), 4)
    assert np.allclose(stretched, [[0, 0.25, 0.75, 1]]), stretched


def test_swd_is_the_same_in_other_blocks():
    one, other = texture(seed=2), texture(seed=3)
    value = metrics.patch_swd(one, other)
    kept = metrics.PROJECTED_BLOCK
    metrics.PROJECTED_BLOCK = 100
    try:
        close(metrics.patch_swd(one, other), value, SINGLE)
    finally:
        metrics.PROJECTED_BLOCK = kept


def test_image_without_a_patch_is_refused():
    message = raises(ValueError, metrics.patch_swd, flat(0, 6, 20),
                     flat(0, 6, 20))
    assert "20 x 6" in message, message


def test_nearest_distance_of_one_patch_is_its_mean_square():
    one, other = flat(0.5, 7, 7), flat(0.5, 7, 7)
    other[3, 3, 1] = 0.9
    close(metrics.nearest_distance(one, other), 0.16 / 147, SINGLE)


def test_nearest_distance_follows_its_definition():
    one, other = random.rand(12, 9, 3), random.rand(10, 13, 3)
    keys = naive_patches(other)
    wanted = np.mean([min(((patch - key) ** 2).mean() for key in keys)
                      for patch in naive_patches(one)])
    close(metrics.nearest_distance(one, other), wanted, SINGLE)
    kept = metrics.NEAREST_BLOCK
    metrics.NEAREST_BLOCK = 1
    try:
        close(metrics.nearest_distance(one, other), wanted, SINGLE)
    finally:
        metrics.NEAREST_BLOCK = kept


def test_nearest_distance_of_many_patches_is_an_estimate():
    one, other = texture(seed=2), texture("disks", seed=3)
    whole = metrics.nearest_distance(one, other)
    kept = metrics.MAX_QUERIES
    metrics.MAX_QUERIES = 2000
    try:
        estimate = metrics.nearest_distance(one, other)
    finally:
        metrics.MAX_QUERIES = kept
    assert estimate != whole and abs(estimate / whole - 1) < 0.1


def test_part_of_an_image_is_coherent_but_not_complete():
    # The left half of a picture whose right half is another.
    whole = np.hstack([texture(), texture("disks")])
    half = whole[:, :120]
    assert metrics.coherence(whole, half) < 1e-4
    assert metrics.completeness(whole, half) > 1e-3


def test_diversity_is_the_deviation_over_the_training_images():
    training = np.hstack([flat(0), flat(1)])
    samples = [np.hstack([flat(v), flat(v)]) for v in (0.4, 0.6)]
    close(metrics.diversity(training, samples), 0.1 / 0.5, DOUBLE)
    close(metrics.diversity(training, samples[:1] * 3), 0, DOUBLE)


def test_rmse_and_psnr_of_a_constant_difference():
    close(metrics.rmse(flat(0.3), flat(0.4)), 25.5, DOUBLE)
    # Grey, 0.1 apart, is 21.9 steps of MATLAB's luma apart.
    close(metrics.psnr_y(flat(0.3), flat(0.4)),
          20 * math.log10(255 / 21.9), 1e-9)
    blue = flat(0.3)
    blue[..., 2] += 0.1
    close(metrics.psnr_y(flat(0.3), blue),
          20 * math.log10(255 / 2.4966), 1e-9)


def test_shaved_border_does_not_count():
    image = texture()
    spoiled = image.copy()
    spoiled[:4], spoiled[:, -4:] = 0, 1
    assert metrics.pair_measures(image, spoiled)["RMSE"] > 10
    assert metrics.pair_measures(image, spoiled, 4)["RMSE"] == 0


def test_ssim_of_flat_images_compares_their_means():
    c1 = 0.01 ** 2
    wanted = (2 * 0.2 * 0.6 + c1) / (0.2 ** 2 + 0.6 ** 2 + c1)
    close(metrics.ssim(flat(0.2), flat(0.6)), wanted, 1e-9)


def test_ssim_follows_its_definition():
    # 11 x 11 pixels have one window.
    x, y = random.rand(11, 11), random.rand(11, 11)
    weights = np.array([[math.exp(-((r - 5) ** 2 + (c - 5) ** 2) / 4.5)
                         for c in range(11)] for r in range(11)])
    weights /= weights.sum()
    mean_x, mean_y = (weights * x).sum(), (weights * y).sum()
    variance_x = (weights * (x - mean_x) ** 2).sum()
    variance_y = (weights * (y - mean_y) ** 2).sum()
    covariance = (weights * (x - mean_x) * (y - mean_y)).sum()
    wanted = ((2 * mean_x * mean_y + 1e-4) * (2 * covariance + 9e-4)
              / ((mean_x ** 2 + mean_y ** 2 + 1e-4)
                 * (variance_x + variance_y + 9e-4)))
    close(metrics.ssim(np.stack([x] * 3, 2), np.stack([y] * 3, 2)), wanted,
          1e-9)
    raises(ValueError, metrics.ssim, flat(0, 10, 20), flat(0, 10, 20))


def test_ssim_of_the_negative_is_below_zero():
    image = texture("gratings")
    assert metrics.ssim(image, 1 - image) < 0


def test_consistency_of_an_exact_enlargement():
    low = flat(0.4, 10, 12)
    close(metrics.consistency(low, flat(0.4, 40, 48)), 0, SINGLE)
    close(metrics.consistency(low, flat(0.5, 40, 48)), 25.5, SINGLE)


def test_halving_rounds_up_and_keeps_values():
    half = pictures.halve(flat(0.3, 21, 24))
    assert half.shape == (11, 12, 3)
    assert np.allclose(half, 0.3, atol=SINGLE)


def test_shrink_leaves_small_pictures():
    image = texture()
    assert pictures.shrink(image, 120) is image
    assert pictures.shrink(image, 60).shape == (48, 60, 3)


def test_written_picture_is_read_again():
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/a.png"
        pictures.write(path, texture())
        again = pictures.read(path)
    assert np.abs(again - texture()).max() <= 0.5 / 255 + DOUBLE


def test_moments_give_back_the_distribution():
    count = 200000
    for values, shape, left, right in (
            (random.normal(size=count), 2, math.sqrt(2), math.sqrt(2)),
            (random.laplace(size=count), 1, 1, 1),
            (np.where(random.rand(count) < 0.25, -0.5, 1.5)
             * np.abs(random.laplace(size=count)), 1, 0.5, 1.5)):
        found = niqe.fit_generalised_gaussian(values)
        assert np.allclose(found, (shape, left, right), rtol=0.05), found


def test_moments_of_one_sided_values_are_finite():
    assert np.isfinite(niqe.fit_generalised_gaussian(np.ones(10))).all()
    assert np.isfinite(niqe.fit_generalised_gaussian(np.zeros(10))).all()


def test_niqe_tells_noisy_from_pristine():
    model = niqe.fit(texture("disks", seed, 240, 240) for seed in range(6))
    clean = texture("disks", 9, 240, 240)
    noisy = np.clip(clean + 0.1 * random.normal(size=clean.shape), 0, 1)
    assert niqe.niqe(noisy, model) > 2 * niqe.niqe(clean, model) > 0
    assert niqe.niqe(clean[:60, :60], model) is None


def test_niqe_model_is_fitted_from_photographs_and_kept():
    kept = niqe.PHOTOGRAPHS, niqe.LONGEST_SIDES
    with tempfile.TemporaryDirectory() as folder:
        niqe.PHOTOGRAPHS, niqe.LONGEST_SIDES = folder, (200,)
        try:
            message = raises(FileNotFoundError, niqe.pristine)
            assert "mate-backgrounds" in message
            for seed in range(4):
                pictures.write(f"{folder}/{seed}.jpg",
                               texture("disks", seed, 200, 200))
            path = f"{folder}/model.npz"
            fitted, again = niqe.pristine(path), niqe.pristine(path)
        finally:
            niqe.PHOTOGRAPHS, niqe.LONGEST_SIDES = kept
    assert fitted[0].shape == (36,) and fitted[1].shape == (36, 36)
    assert all((a == b).all() for a, b in zip(fitted, again))


def test_textures_have_their_statistics():
    # Of one large draw each; the disks' covered share strays the most.
    for name, tolerance in (("gratings", 0.02), ("disks", 0.1),
                            ("noise", 0.1)):
        found = textures.measure(name, texture(name, 5, 600, 600))
        for key, wanted in textures.expected(name).items():
            assert abs(found[key] / wanted - 1) < tolerance, (name, found)
        assert (texture(name) == texture(name)).all()
        assert (texture(name) != texture(name, 2)).any()


def test_published_samples_and_their_figures_are_found():
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        for name in ("1.jpg", "11.singan.png", "1.gpnn.png", "1.singan.0.jpg",
                     "1.singan.1.jpg"):
            (folder / name).touch()
        found = anchors.published_samples(folder / "1.jpg")
    names = {method: [path.name for path in paths]
             for method, paths in found.items()}
    assert names == {"gpnn": ["1.gpnn.png"],
                     "singan": ["1.singan.0.jpg", "1.singan.1.jpg"]}, names
    table = ("| image | by | a | b | c | d | e | f |\n|---|---|\n"
             "| set/1 | gpnn | 1 | 2.5 | 3 | 4 | 5 | |\n")
    assert list(anchors.anchors(table)) == [
        ("set/1", "gpnn", [1, 2.5, 3, 4, 5, None])]


def test_program_prints_one_table():
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for seed in range(3):
            paths.append(f"{folder}/{seed}.png")
            pictures.write(paths[-1], texture(seed=seed))
        command = [sys.executable, str(here / "metrics.py"), "--no-niqe"]
        done = subprocess.run([*command, *paths], capture_output=True,
                              text=True, check=True)
        lines = [[cell.strip() for cell in line.split("|")[1:-1]]
                 for line in done.stdout.splitlines()]
        assert [line[0] for line in lines] == ["image", "---", *paths[1:],
                                               "mean"], done.stdout
        assert len({len(line) for line in lines}) == 1, done.stdout
        mean = dict(zip(lines[0], lines[-1]))
        assert float(mean["diversity"]) > 0 and float(mean["SWD 1"]) > 0
        missing = subprocess.run([*command, paths[0], f"{folder}/no.png"],
                                 capture_output=True, text=True)
    assert missing.returncode == 1 and "no.png" in missing.stderr
    assert missing.stdout == ""


tap.run([value for name, value in list(globals().items())
         if name.startswith("test_")])
