#!/bin/sh
# Runs the program from a checkout, setting up what is missing first:
#
#   sh packaging/run.sh                  the till; on a machine without a display, the demonstration
#   sh packaging/run.sh ARGUMENTS...     the command `maxloyalty ARGUMENTS...`
. "$(dirname "$0")/setup.sh"

set_up runtime

if [ $# -eq 0 ]; then
    if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
        set -- till
    else
        out=$(mktemp -d "${TMPDIR:-/tmp}/maxloyalty-demo.XXXXXX")
        say "no display: running the demonstration; its report, receipts and screens go to $out"
        set -- demo --out "$out"
    fi
fi
exec "$VENV/bin/maxloyalty" "$@"
