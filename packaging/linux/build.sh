#!/bin/sh
# Builds the program into one folder and proves it: runs the built demonstration, opens and ends the built till.
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

# As on a machine that has no Python and no checkout: from another folder, with hardly an environment.
cd "$work"
mkdir nothing home

# Takes the place of the shell, so call it in one of its own: (built ...).
built() {
    exec env -i PATH="$work/nothing" LANG=C.UTF-8 MAXLOYALTY_HOME="$work/home" QT_QPA_PLATFORM=offscreen \
        "$dist/maxloyalty/maxloyalty" "$@"
}

say "running the demonstration of the built program"
started=$(date +%s)
(built demo --out "$work/demo") || fail "the built program did not pass its demonstration"
say "the built program passed its demonstration in $(($(date +%s) - started)) s"

say "opening and ending the built till"
log=$work/home/logs/till.log
(built till) &
till=$!
trap 'kill -9 "$till" 2>/dev/null; rm -rf "$work"' EXIT
waited=0
until grep -q 'the till is open' "$log" 2>/dev/null; do
    waited=$((waited + 1))
    [ "$waited" -le 600 ] || fail "the built till did not open in a minute"
    sleep 0.1
done
sleep 5 # its service starts meanwhile
kill "$till"
wait "$till" || fail "the built till ended with status $?"
grep -q 'the till is closed' "$log" || fail "the built till was not closed in order"
! grep -rq Traceback "$work/home/logs" || fail "something failed in the built till: $(grep -rh -A 20 Traceback "$work/home/logs")"
trap 'rm -rf "$work"' EXIT
say "the built till opened and closed in order"
