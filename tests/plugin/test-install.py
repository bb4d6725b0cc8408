# SPDX-License-Identifier: GPL-3.0-or-later
"""What `meson install` puts where, and that what people read of it holds
together.

    test-install.py SOURCE BUILD SINGAN
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import tap  # noqa: E402

source, build, singan = map(pathlib.Path, sys.argv[1:4])
scratch = pathlib.Path(tempfile.mkdtemp(prefix="singan-test-"))


def run(*words, **options):
    told = subprocess.run([str(word) for word in words], capture_output=True,
                          text=True, **options)
    assert told.returncode == 0, (words, told.stdout, told.stderr)
    return told.stdout


def need(program):
    if not shutil.which(program):
        raise tap.Skip(f"not installed: {program}")


def verbs():
    listed = run(singan, "--help", env={**os.environ, "LC_ALL": "C.UTF-8"})
    return [verb for verb in re.findall(r"^  (\S+)", listed, re.M)
            if verb not in ("info", "models")]


def installed():
    """The files of an installation into a scratch folder."""
    root = scratch / "root"
    if not root.exists():
        run("meson", "install", "-C", build, "--destdir", root, "--no-rebuild")
    return root, sorted(str(path.relative_to(root))
                        for path in root.rglob("*") if not path.is_dir())


def plug_in_folders():
    root, files = installed()
    return [root / file[:-len("/singan")] for file in files
            if file.endswith("plug-ins/singan/singan")]


def test_every_part_is_installed():
    _, files = installed()
    wanted = ["bin/singan", "bash-completion/completions/singan", "man/man1/singan.1",
              "icons/hicolor/scalable/apps/singan.svg",
              "metainfo/org.gimp.GIMP.Plugin.SinGAN.metainfo.xml"]
    wanted += [f"locale/{language}/LC_MESSAGES/singan.mo" for language
               in (source / "po" / "LINGUAS").read_text().split()]
    for end in wanted:
        assert any(file.endswith(end) for file in files), (end, files)
    if "singan-pages" in " ".join(files):
        raise AssertionError("what only the build needs is installed")


def test_plug_in_has_its_icon_and_a_help_page_a_procedure():
    if not plug_in_folders():
        raise tap.Skip("no GIMP to build the plug-in for")
    for folder in plug_in_folders():
        assert (folder / "singan.svg").exists(), folder
        pages = folder / "help" / "en"
        items = {
            item.get("id"): item.get("ref") for item in
            xml.etree.ElementTree.parse(pages / "gimp-help.xml").iter(
                "help-item")}
        assert set(items) == {f"plug-in-singan-{v}" for v in verbs()}, items
        for page in [*items.values(), "index.html"]:
            text = (pages / page).read_text()
            for target in re.findall(r'(?:href|src)="([^"]+)"', text):
                assert (pages / target).exists(), (page, target)


def test_help_calls_things_what_the_dialogs_call_them():
    labels = {}
    for line in run(build / "plugin/help/singan-pages", "labels").splitlines():
        verb, _, label = line.split("\t")
        labels.setdefault(verb, []).append(label.replace("_", ""))
    for verb, known in labels.items():
        page = source / "plugin" / "help" / f"{verb}.html"
        for name in re.findall("<b>(.*?)</b>", page.read_text()):
            # Menus have an arrow in them.
            assert "&gt;" in name or any(
                label.startswith(name) for label in known), (verb, name)


def test_one_person_gets_everything_at_home():
    home = scratch / "home"
    environment = {**os.environ, "HOME": str(home)}
    for variable in ("XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        environment.pop(variable, None)
    run("meson", "setup", scratch / "b", source, "-Duser_install=true",
        env=environment)
    planned = json.loads(run("meson", "introspect", scratch / "b",
                             "--installed"))
    assert planned
    away = [place for place in planned.values()
            if not place.startswith(str(home))]
    assert not away, away


def test_uninstalling_leaves_nothing():
    root = scratch / "gone"
    root.mkdir()
    run("meson", "install", "-C", build, "--destdir", root, "--no-rebuild")
    assert list(root.rglob("*"))
    run("ninja", "-C", build, "uninstall")
    left = list(root.rglob("*"))
    assert not left, left


def test_manual_page_is_clean():
    need("groff")
    root, files = installed()
    page, = [root / file for file in files if file.endswith("/singan.1")]
    told = subprocess.run(["groff", "-ww", "-man", "-Tutf8", page],
                          capture_output=True, text=True)
    assert told.returncode == 0 and told.stderr == "", told.stderr
    text = page.read_text().replace("\\-", "-")
    for verb in verbs():
        assert f"singan {verb}" in text, verb
    assert "layer" not in text.lower()


def complete(script, *words):
    """What bash offers for the last of these words."""
    told = run("bash", "-c",
               'compopt () { :; }; source "$0"; COMP_WORDS=("$@"); '
               'COMP_CWORD=$(($# - 1)); _singan; printf "%s\\n" '
               '"${COMPREPLY[@]}"', script, *words)
    return told.split()


def test_bash_completes_verbs_options_and_choices():
    root, files = installed()
    script, = [root / file for file in files
               if file.endswith("/completions/singan")]
    assert set(verbs()) <= set(complete(script, "singan", ""))
    assert complete(script, "singan", "super") == ["super-resolution"]
    assert complete(script, "singan", "edit", "--ed") == ["--edited"]
    assert complete(script, "singan", "train", "--preset", "p") == ["preview",
                                                                   "paper"]
    assert complete(script, "singan", "train", "--output") == []
    assert complete(script, "singan", "train", "--seed", "") == []
    assert complete(script, "singan", "train", str(root)[:-1]) == [str(root)]


def test_metainfo_is_valid():
    need("appstreamcli")
    run("appstreamcli", "validate", "--no-net",
        *(source / "plugin" / "data").glob("*.metainfo.xml"))


try:
    tap.run([value for name, value in list(globals().items())
             if name.startswith("test_")])
finally:
    shutil.rmtree(scratch, ignore_errors=True)
