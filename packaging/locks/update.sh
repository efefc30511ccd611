#!/bin/sh
# Writes the hashed locks again from pyproject.toml. Needs `uv` on the PATH and the package index the machine uses.
#
#   sh packaging/locks/update.sh              keeps the versions that are locked already
#   sh packaging/locks/update.sh --upgrade    takes newer indirect dependencies
#
# runtime.txt runs the programs, dev.txt adds the judges and the tests, build.txt adds PyInstaller. One lock serves
# Linux and Windows (universal markers) from Python 3.11 on. No address of an index enters a lock: where packages
# come from is the machine's own business.
set -eu
cd "$(dirname "$0")/../.."

command -v uv >/dev/null || { echo "update.sh: uv is missing (https://docs.astral.sh/uv/)" >&2; exit 1; }

lock() {
    output=$1
    shift
    uv pip compile pyproject.toml packaging/locks/backend.in \
        --universal --python-version 3.11 --generate-hashes --no-annotate --quiet \
        --custom-compile-command "sh packaging/locks/update.sh" \
        --output-file "packaging/locks/$output" "$@"
    echo "packaging/locks/$output: $(grep -c '^[a-z].*==' "packaging/locks/$output") packages"
}

lock runtime.txt "$@"
lock dev.txt --extra dev --constraints packaging/locks/runtime.txt "$@"
lock build.txt --extra build --constraints packaging/locks/runtime.txt "$@"
