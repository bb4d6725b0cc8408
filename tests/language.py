# SPDX-License-Identifier: GPL-3.0-or-later
"""What the environment has to say for programs to speak another language."""

import subprocess


def environment(code, folder):
    """Variables; the folder is that of our own translations."""
    # Newer C libraries translate nothing in C.UTF-8, older ones do.  Any other
    # locale serves: which language it is says LANGUAGE.
    names = subprocess.run(
        ["locale", "-a"], capture_output=True, text=True
    ).stdout.split()
    return {
        "LC_ALL": "ru_RU.utf8" if "ru_RU.utf8" in names else "C.UTF-8",
        "LANGUAGE": code,
        "SINGAN_LOCALEDIR": str(folder),
    }
