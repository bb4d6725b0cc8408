# SPDX-License-Identifier: GPL-3.0-or-later
"""The plug-in in a real GIMP, 2.10 or 3, each test in a scratch profile of its
own.

    test-gimp.py 2|3 PLUG-IN [SINGAN]
"""

import os
import pathlib
import shutil
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import applications  # noqa: E402
import batch  # noqa: E402
import layers  # noqa: E402
import readme  # noqa: E402
import tap  # noqa: E402
import watching  # noqa: E402
import window  # noqa: E402
from gimp import PHOTO, Gimp, Gimp3  # noqa: E402

GIMP = {"2": Gimp, "3": Gimp3}[sys.argv[1]]
PLUG_IN = pathlib.Path(sys.argv[2]).resolve()
TOOL = pathlib.Path(sys.argv[3]).resolve() if len(sys.argv) > 3 else None


def run(check, *arguments):
    """Runs a check in a GIMP of its own."""
    with GIMP(PLUG_IN) as gimp:
        check(gimp, *arguments)


def need(*programs):
    missing = [name for name in programs if not shutil.which(name)]
    if missing:
        raise tap.Skip(f"not installed: {', '.join(missing)}")


def need_window_driver():
    """What drives a window by its keys and buttons."""
    need("gimp-console", *window.PROGRAMS)
    if os.environ.get("SINGAN_NO_WINDOW"):
        raise tap.Skip(os.environ["SINGAN_NO_WINDOW"])


def need_training_driver():
    """What watches a training, and looks for the plug-in's processes."""
    need_window_driver()
    if not pathlib.Path("/proc/self").exists():
        raise tap.Skip("there is no /proc")


def test_photo_trained_in_one_gimp_is_sampled_in_the_next():
    need("gimp-console")
    if not PHOTO.exists():
        raise tap.Skip(f"there is no {PHOTO} (package mate-backgrounds)")
    run(batch.check_photo, TOOL)


def test_results_have_mode_precision_place_and_profile():
    need("gimp-console")
    run(batch.check_modes)


def test_models_live_in_the_users_folder_until_there_is_an_images():
    need("gimp-console")
    run(batch.check_folders)


def test_layer_remembers_a_model_for_each_purpose():
    need("gimp-console")
    if not TOOL:
        raise tap.Skip("there is no command-line tool")
    run(batch.check_memory, TOOL)


def test_effects_of_layers_are_seen():
    need("gimp-console")
    if GIMP is not Gimp3:
        raise tap.Skip("layers have no effects in GIMP 2.10")
    run(batch.check_effects)


def test_errors_come_through_and_leave_the_image_alone():
    need("gimp-console")
    run(batch.check_errors)


def test_messages_are_in_the_persons_language():
    need("gimp-console")
    run(batch.check_translation, PLUG_IN.parents[3] / "po")


def test_harmonized_and_edited_photo_is_the_command_lines():
    need("gimp-console")
    if not PHOTO.exists():
        raise tap.Skip(f"there is no {PHOTO} (package mate-backgrounds)")
    run(applications.check_injections, TOOL)


def test_animation_is_an_image_of_frames():
    need("gimp-console")
    if not PHOTO.exists() or not TOOL:
        raise tap.Skip(f"there is no {PHOTO}, or no command-line tool")
    run(applications.check_animation, TOOL)


def test_enlargement_is_a_new_image():
    need("gimp-console")
    if not PHOTO.exists() or not TOOL:
        raise tap.Skip(f"there is no {PHOTO}, or no command-line tool")
    run(applications.check_enlargement, TOOL)


def test_injection_errors_come_through_and_add_nothing():
    need("gimp-console")
    run(applications.check_injection_errors)


def test_layers_of_every_kind_are_taken_and_left_as_they_are():
    need("gimp-console")
    run(layers.check_layers)


def test_examples_of_the_readme_run_as_they_stand():
    need("gimp-console")
    if GIMP is Gimp3:
        run(readme.check_examples_3)
        return
    if not TOOL:
        raise tap.Skip("no command-line tool")
    run(readme.check_examples, TOOL)


def test_undo_and_dialog_in_a_window():
    need_window_driver()
    run(window.check_window)


def test_training_is_watched_stopped_and_cancelled():
    need_training_driver()
    run(watching.check_buttons)


def test_samples_train_first_and_scripts_keep_the_progress_bar():
    need_training_driver()
    run(watching.check_other_jobs)


def test_paused_training_goes_on_in_the_next_gimp():
    need_training_driver()
    run(watching.check_restart)


def test_training_survives_its_layer_and_its_image():
    need_training_driver()
    run(watching.check_losses)


def test_killed_plug_in_leaves_the_image_whole():
    need_training_driver()
    run(watching.check_killed)


if __name__ == "__main__":
    tap.run(
        [
            value
            for name, value in list(globals().items())
            if name.startswith("test_")
        ]
    )
