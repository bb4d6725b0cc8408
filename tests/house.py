# SPDX-License-Identifier: GPL-3.0-or-later
"""The house: who includes whom, that every header compiles alone, that
translations are complete and loaded.

    house.py SOURCE BUILD
"""

import collections
import gettext
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import language
import tap

source, build = map(pathlib.Path, sys.argv[1:3])

# Each folder may include itself and these.
BASE = ["core/base"]
KERNELS = BASE + ["core/kernels"]
NN = KERNELS + ["core/nn"]
PYRAMID = NN + ["core/pyramid"]
STORAGE = PYRAMID + ["core/storage"]
DETAIL = PYRAMID + ["core/detail"]
CORE = STORAGE + ["core/training", "core/detail", "core/apply"]
ALLOWED = {
    "core/base": [],
    "core/kernels": BASE,
    "core/nn": KERNELS,
    "core/pyramid": NN,
    "core/storage": PYRAMID,
    "core/training": STORAGE,
    "core/detail": PYRAMID,
    "core/apply": DETAIL,
    "core": CORE,
    "plugin": CORE + ["core", "plugin/procedures"],
    # host.h is what procedures ask of their host, chosen at link time.
    "plugin/procedures": CORE + ["core", "plugin", "plugin/hosts"],
    "plugin/hosts": ["core", "plugin/procedures"],
    "plugin/help": ["plugin/procedures"],
    "plugin/hosts/cli": CORE + ["core", "plugin/procedures", "plugin/hosts"],
    "plugin/hosts/gtk": CORE + ["core", "plugin/procedures"],
    "plugin/hosts/gimp": CORE + ["core", "plugin/procedures", "plugin/hosts",
                                 "plugin/hosts/gtk"],
    "plugin/hosts/gimp2": CORE + ["core", "plugin/procedures", "plugin/hosts",
                                  "plugin/hosts/gimp", "plugin/hosts/gtk"],
    "plugin/hosts/gimp3": CORE + ["core", "plugin/procedures", "plugin/hosts",
                                  "plugin/hosts/gimp", "plugin/hosts/gtk"],
}
FORBIDDEN = {
    "core": r"gegl|babl|gimp|gtk",
    "plugin/procedures": r"gimp|gtk",
    "plugin/hosts/cli": r"gimp|gtk",
    "plugin/hosts/gtk": r"gimp",
}


def sources(suffixes=(".c", ".h")):
    for top in ("core", "plugin"):
        for path in sorted((source / top).rglob("*")):
            if path.suffix in suffixes:
                yield path


def folder_of(path):
    return str(path.relative_to(source).parent)


def includes_point_one_way():
    wrong = []
    for path in sources():
        folder = folder_of(path)
        for name in re.findall(r'#include "([^"]+)"', path.read_text()):
            if name == "config.h":
                continue
            target = os.path.dirname(name)
            if target != folder and target not in ALLOWED[folder]:
                wrong.append(f"{path} includes {name}")
    assert not wrong, wrong


def outsiders_stay_outside():
    wrong = []
    for path in sources():
        folder = folder_of(path)
        for top, pattern in FORBIDDEN.items():
            if not (folder + "/").startswith(top + "/"):
                continue
            for name in re.findall(r"#include <([^>]+)>", path.read_text()):
                if re.search(pattern, name):
                    wrong.append(f"{path} includes {name}")
            if re.search(r"\bgimp_\w+ \(", path.read_text()):
                wrong.append(f"{path} calls GIMP")
        if (path != source / "core/base/blas.c"
                and "#include <cblas.h>" in path.read_text()):
            wrong.append(f"{path} includes cblas.h")
        if (folder != "plugin/hosts/gimp"
                and path != source / "plugin/hosts/gtk/toolkit.h"
                and re.search(r"#\s*if.*(GIMP|GTK)_", path.read_text())):
            wrong.append(f"{path} asks for a version of GIMP")
    assert not wrong, wrong


# The GIMPs and toolkits whose headers a folder may need: one that is installed
# is enough.
GIMPS = {
    "plugin/hosts/gtk": ["gtk+-2.0", "gtk+-3.0"],
    "plugin/hosts/gimp": ["gimpui-2.0", "gimpui-3.0"],
    "plugin/hosts/gimp2": ["gimpui-2.0"],
    "plugin/hosts/gimp3": ["gimpui-3.0"],
}


def is_installed(package):
    return not subprocess.run(["pkg-config", "--exists", package]).returncode


def headers_compile_alone():
    common = ["glib-2.0", "gio-2.0", "gegl-0.4", "json-glib-1.0",
              "vips"]
    gimps = [[]] + [[p] for p in ("gtk+-2.0", "gtk+-3.0", "gimpui-2.0",
                                  "gimpui-3.0") if is_installed(p)]
    for gimp in gimps:
        flags = subprocess.run(["pkg-config", "--cflags", *common, *gimp],
                               check=True, capture_output=True,
                               text=True).stdout.split()
        for path in sources((".h",)):
            wanted = GIMPS.get(folder_of(path))
            if not (set(gimp) & set(wanted) if wanted else not gimp):
                continue
            subprocess.run(["cc", "-std=gnu11", "-fsyntax-only", "-w", "-x", "c",
                            f"-I{source}", f"-I{build}", *flags, str(path)],
                           check=True)


LANGUAGES = (source / "po/LINGUAS").read_text().split()


def translations_are_complete():
    po = source / "po"
    files = (po / "POTFILES.in").read_text().split()
    marked = [str(p.relative_to(source)) for p in sources()
              if re.search(r"(?<!define )\b(N?_|g_dngettext) \(",
                           p.read_text())
              and p.name != "i18n.h"]
    assert sorted(files) == sorted(marked), set(files) ^ set(marked)
    with tempfile.TemporaryDirectory() as folder:
        template = f"{folder}/singan.pot"
        subprocess.run(["xgettext", "--from-code=UTF-8", "-k_", "-kN_",
                        "-kg_dngettext:2,3", "-o", template, *files],
                       cwd=source, check=True)
        for code in LANGUAGES:
            merged = f"{folder}/{code}.po"
            subprocess.run(["msgmerge", "--quiet", "--no-fuzzy-matching", "-o",
                            merged, str(po / f"{code}.po"), template],
                           check=True)
            result = subprocess.run(
                ["msgfmt", "--check", "--statistics", "-o", "/dev/null",
                 merged], check=True, capture_output=True, text=True,
                env={**os.environ, "LC_ALL": "C"}).stderr
            assert "untranslated" not in result and "fuzzy" not in result, \
                f"{code}: {result}"


def translations_are_loaded():
    helps = set()
    for code in ["C", *LANGUAGES]:
        environment = {**os.environ, **language.environment(code, build / "po")}
        helps.add(subprocess.run(
            [build / "plugin/hosts/cli/singan", "--help"], env=environment,
            check=True, capture_output=True, text=True).stdout)
    assert len(helps) == 1 + len(LANGUAGES), helps


# What the dialogs have beside the labels of the table: the buttons below, and
# the check and push buttons beside an argument.
BUTTONS = ["_Cancel", "_OK"]
BESIDE = {"seed": ["Randomi_ze", "_New Seed"], "margin": ["Auto_matic"]}
INJECTIONS = ("harmonize", "edit", "paint-to-image")
# In English, those that GIMP 3 adds: Help, Reset, Load and Save Settings.
BUTTONS_OF_GIMP = ["_Help", "_Reset", "_Load", "_Save"]


def dialogs():
    """The labels with keys that each dialog has."""
    lines = subprocess.run([build / "plugin/help/singan-pages", "labels"],
                           check=True, capture_output=True, text=True).stdout
    found = collections.defaultdict(lambda: list(BUTTONS))
    for line in lines.splitlines():
        verb, argument, label = line.split("\t")
        found[verb] += [label, *BESIDE.get(argument, [])]
        if argument == "start-scale" and verb in INJECTIONS:
            found[verb].append("One res_ult for each scale")
    return found


def find_key(label):
    found = re.search("_(.)", label)
    assert found, f"{label} has no key"
    return found[1].lower()


def keys_of_each_dialog_differ():
    for code in ["en", *LANGUAGES]:
        catalogue = gettext.translation("singan", build / "po", [code],
                                        fallback=code == "en")
        for verb, labels in dialogs().items():
            texts = [catalogue.gettext(label) for label in labels]
            if code == "en":
                texts += BUTTONS_OF_GIMP
            keys = collections.Counter(map(find_key, texts))
            twice = [t for t in texts if keys[find_key(t)] > 1]
            assert not twice, f"{verb} in {code}: {twice}"


tap.run([includes_point_one_way, outsiders_stay_outside,
         headers_compile_alone, translations_are_complete,
         translations_are_loaded, keys_of_each_dialog_differ])
