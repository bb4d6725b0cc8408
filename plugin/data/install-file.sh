#!/bin/sh
# install-file.sh FILE FOLDER: a built file that more than one folder gets.
set -e
mkdir -p "$DESTDIR$2"
cp "$1" "$DESTDIR$2"
