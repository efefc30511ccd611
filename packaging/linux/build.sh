#!/bin/sh
# Builds the program into one folder and proves it by running the built demonstration:
#
#   sh packaging/linux/build.sh                  into dist/maxloyalty of the checkout
#   sh packaging/linux/build.sh --dist FOLDER    somewhere else
. "$(dirname "$0")/../setup.sh"

dist=$ROOT/dist
if [ "${1:-}" = --dist ] && [ $# -eq 2 ]; then
    mkdir -p "$2"
    dist=$(cd "$2" && pwd)
elif [ $# -ne 0 ]; then
    fail "unknown arguments: $* (known: --dist FOLDER)"
fi

set_up build
cd "$ROOT"

work=$(mktemp -d "${TMPDIR:-/tmp}/maxloyalty-build.XXXXXX")
trap 'rm -rf "$work"' EXIT

say "building into $dist/maxloyalty"
"$VENV/bin/pyinstaller" --noconfirm --log-level WARN --distpath "$dist" --workpath "$work/build" build.spec ||
    fail "PyInstaller failed; see the lines above"
say "built: $(du -sh "$dist/maxloyalty" | cut -f1), $(find "$dist/maxloyalty" -type f | wc -l) files"

# Without the checkout in reach: from another folder, with an empty environment but for what Qt and the demo need.
cd "$work"
say "running the demonstration of the built program"
env -i HOME="$work" PATH=/usr/bin:/bin LANG=C.UTF-8 MAXLOYALTY_HOME="$work/home" QT_QPA_PLATFORM=offscreen \
    "$dist/maxloyalty/maxloyalty" demo --out "$work/demo" ||
    fail "the built program did not pass its demonstration"
say "the built program passed its demonstration"
