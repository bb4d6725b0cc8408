# SPDX-License-Identifier: GPL-3.0-or-later
"""The few lines of TAP that our Python tests need."""

import importlib
import sys
import traceback


class Skip(Exception):
    """Raised by a test that cannot run here, with the reason."""


def need(*modules):
    """Skips the whole file where one of Debian's modules is missing."""
    for module in modules:
        try:
            importlib.import_module(module)
        except ImportError as error:
            print(f"1..0 # SKIP {error} (Debian: python3-{module.lower()})")
            sys.exit(0)


def run(tests):
    """Runs functions in order; exits with 1 if one failed."""
    print(f"1..{len(tests)}", flush=True)
    failed = 0
    for number, test in enumerate(tests, 1):
        name = test.__name__
        try:
            test()
            print(f"ok {number} - {name}", flush=True)
        except Skip as reason:
            print(f"ok {number} - {name} # SKIP {reason}", flush=True)
        except Exception:
            failed += 1
            # Meson shows what a failed test says here, and not its TAP.
            traceback.print_exc()
            print(f"not ok {number} - {name}", flush=True)
    sys.exit(1 if failed else 0)
