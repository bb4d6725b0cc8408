# SPDX-License-Identifier: GPL-3.0-or-later
"""The README's commands, as they stand there.  Its Script-Fu is run by
test-gimp.py, its first two sections by tests/newcomer.

    test-readme.py SINGAN
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import tap  # noqa: E402
from pictures import draw, write_png  # noqa: E402

singan = pathlib.Path(sys.argv[1]).resolve()
source = pathlib.Path(__file__).resolve().parent.parent.parent
folder = pathlib.Path(tempfile.mkdtemp(prefix="singan-test-"))

# Pictures that train in seconds; the second has the three scales that its
# example speaks of.
PHOTO = (40, 32)
BACKGROUND = (64, 48)

# Who runs what is indented in a section.
NEWCOMER = "tests/newcomer"
HERE = "test-readme.py"
SCRIPTS = "readme.py"
NO_COMMANDS = "a list of folders"
SECTIONS = {
    "Two commands": NEWCOMER,
    "Install": NEWCOMER,
    "Script-Fu": SCRIPTS,
    "Script-Fu in GIMP 3": SCRIPTS,
    "Command line": HERE,
    "Models": HERE,
    "How it is built": NO_COMMANDS,
}


def sections():
    """Indented lines of the README, by section, without comments."""
    found = {}
    title = ""
    for line in (source / "README.md").read_text().splitlines():
        if line.startswith("## "):
            title = line[3:]
        elif line.startswith("    "):
            command = re.sub(r"\s{2,}#.*", "", line[4:])
            found.setdefault(title, []).append(command)
    return found


def is_object(x, y):
    return 10 <= x < 26 and 8 <= y < 20


def dark(x, y):
    return [value // 2 for value in draw(x, y)]


def write_pictures():
    """What the examples' names stand for.  A picture is known by what is in it,
    not by its name."""
    for name, size, pixel in (
        ("photo.jpg", PHOTO, draw),
        ("edited.png", PHOTO,
         lambda x, y: (dark if is_object(x, y) else draw)(x, y)),
        ("mask.png", PHOTO, lambda x, y: [255 * is_object(x, y)]),
        ("painting.png", PHOTO,
         lambda x, y: [64 * (value // 64) for value in draw(x, y)]),
        ("background.jpg", BACKGROUND, lambda x, y: draw(y, x)),
        ("object.png", BACKGROUND,
         lambda x, y: [*dark(x, y), 255 * is_object(x, y)]),
    ):
        write_png(folder / name, *size, pixel)


def test_every_command_has_who_runs_it():
    for title, lines in sections().items():
        assert title in SECTIONS, f"no test runs {title!r}: {lines}"
    for title, runner in SECTIONS.items():
        assert title in sections(), f"the README has no commands in {title!r}"
        if runner == NEWCOMER:
            assert title in (source / NEWCOMER).read_text(), title


def test_the_first_commands_are_scripts_of_the_tree():
    for command in sections()["Two commands"]:
        assert command in ("tests/demo", "tests/install"), command
    for command in sections()["Install"]:
        assert command.split()[0] in (
            "tests/install", "sudo", "meson", "ninja"), command


def test_packages_are_what_the_scripts_install():
    line, = [line for line in sections()["Install"] if "apt install" in line]
    listed = line.removeprefix("sudo apt install ").split()
    wanted = subprocess.run(
        ["bash", "-c", '. tests/setup && echo "${build_packages[@]}"'],
        cwd=source, check=True, capture_output=True, text=True).stdout.split()
    # The README says that Debian 12 has this one instead.
    wanted = [name.replace("libgimp2.0-dev", "libgimp-3.0-dev")
              for name in wanted]
    assert listed == wanted, (listed, wanted)
    assert "`libgimp2.0-dev`" in (source / "README.md").read_text()


def check_command(command):
    if command.startswith("parallel ") and not shutil.which("parallel"):
        raise tap.Skip("GNU parallel is not installed (Debian: parallel)")
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    told = subprocess.run(
        ["bash", "-c", command], cwd=folder, stdin=subprocess.DEVNULL,
        capture_output=True, text=True, timeout=500,
        env={**os.environ, "XDG_CACHE_HOME": str(folder / "cache"),
             "XDG_DATA_HOME": str(folder / "data"),
             "HOME": str(folder), "LC_ALL": "C.UTF-8", "LANGUAGE": "en",
             "PATH": f"{singan.parent}:{os.environ['PATH']}"})
    assert told.returncode == 0, (command, told.stderr)
    _, _, piped = command.partition(">")
    if piped:
        assert (folder / piped).stat().st_size > 0, command
        return
    assert told.stdout, command
    if command.split()[1] in ("info", "models"):
        return
    for line in told.stdout.splitlines():
        path = folder / line
        assert path.is_file(), (command, line)
        assert before.get(path) != path.stat().st_mtime_ns, (command, line)


def command_tests():
    """One test a command, in the README's order: later ones use the models and
    pictures of earlier ones."""
    for command in sections()["Command line"] + sections()["Models"]:
        def test(command=command):
            check_command(command)
        test.__name__ = command.replace("#", "")
        yield test


try:
    write_pictures()
    tap.run([*[value for name, value in list(globals().items())
               if name.startswith("test_")], *command_tests()])
finally:
    shutil.rmtree(folder, ignore_errors=True)
