# Makes the checkout ready to run: system libraries, `.venv`, locked packages, the project itself. Sourced by run.sh,
# test.sh and linux/build.sh; needs Debian or Ubuntu with Python 3.11 or newer, and root or sudo for what is missing.
#
# Call `set_up runtime`, `set_up dev` or `set_up build` (the names of the locks). A second call finds its stamp and
# does nothing. Settings of pip and proxies are taken from the environment and pip's own files; nothing is set here.
# shellcheck shell=sh

set -eu

ROOT=$(cd "$(dirname "$0")" && while [ ! -f pyproject.toml ]; do [ "$PWD" != / ] || exit 1; cd ..; done && pwd)
VENV=$ROOT/.venv
SYSTEM_PYTHON=/usr/bin/python3

# What Qt and the code readers load at run time: library, then the Debian package that brings it.
LIBRARIES='
libEGL.so.1             libegl1
libGL.so.1              libgl1
libxkbcommon.so.0       libxkbcommon0
libdbus-1.so.3          libdbus-1-3
libfontconfig.so.1      libfontconfig1
libfreetype.so.6        libfreetype6
libglib-2.0.so.0        libglib2.0-0
libxcb-cursor.so.0      libxcb-cursor0
libxcb-icccm.so.4       libxcb-icccm4
libxcb-image.so.0       libxcb-image0
libxcb-keysyms.so.1     libxcb-keysyms1
libxcb-randr.so.0       libxcb-randr0
libxcb-render-util.so.0 libxcb-render-util0
libxcb-shape.so.0       libxcb-shape0
libxcb-sync.so.1        libxcb-sync1
libxcb-xfixes.so.0      libxcb-xfixes0
libxcb-xkb.so.1         libxcb-xkb1
libxkbcommon-x11.so.0   libxkbcommon-x11-0
libX11-xcb.so.1         libx11-xcb1
libzbar.so.0            libzbar0
libusb-1.0.so.0         libusb-1.0-0
'

# Prints the package of Debian's shared libpython if it is missing.
SHARED_PYTHON='
import ctypes.util, sys
name = "python%d.%d" % sys.version_info[:2]
if not ctypes.util.find_library(name):
    print("lib" + name)
'

say() { printf 'maxloyalty: %s\n' "$*" >&2; }

fail() {
    say "$*"
    exit 1
}

# Prints the first Python that is new enough; $PYTHON is tried first, then the system's own if it is complete: it is
# built for speed (a fifth faster than what a version manager compiles on the spot, see decision 0051).
find_python() {
    own=$SYSTEM_PYTHON
    "$own" -c 'import ensurepip, venv' 2>/dev/null || own=
    for python in "${PYTHON:-}" "$own" python3 python3.14 python3.13 python3.12 python3.11; do
        [ -n "$python" ] && command -v "$python" >/dev/null 2>&1 || continue
        "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue
        command -v "$python"
        return 0
    done
    return 1
}

# Prints the Debian packages this machine lacks, one a line; $1 is the name of the lock, $2 the Python in use, empty if
# there is none.
list_missing_packages() {
    if [ -z "$2" ]; then
        echo python3
        echo python3-venv
    elif ! "$2" -c 'import ensurepip, venv' 2>/dev/null; then
        # Debian keeps ensurepip in a package of its own, one for each version.
        "$2" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])'
    fi
    PATH=$PATH:/sbin:/usr/sbin
    known=$(ldconfig -p)
    echo "$LIBRARIES" | while read -r library package; do
        [ -n "$library" ] || continue
        case $known in
            *"$library "*) ;;
            *) echo "$package" ;;
        esac
    done
    command -v Xvfb >/dev/null 2>&1 || echo xvfb
    if [ "$1" = dev ]; then
        # A test makes the disk fail with it, and would be skipped without.
        command -v strace >/dev/null 2>&1 || echo strace
        # The TypeScript client is compiled and run; a test would be skipped without.
        command -v node >/dev/null 2>&1 || echo nodejs
        command -v tsc >/dev/null 2>&1 || echo node-typescript
    fi
    if [ "$1" = build ]; then
        # PyInstaller reads libraries with objdump and bundles Python's own, which Debian packs apart.
        command -v objdump >/dev/null 2>&1 || echo binutils
        case $2 in
            /usr/bin/*) "$2" -c "$SHARED_PYTHON" ;;
        esac
    fi
}

install_packages() {
    command -v apt-get >/dev/null 2>&1 ||
        fail "these Debian packages (or their like) are missing, and there is no apt-get here: $*"
    if [ "$(id -u)" = 0 ]; then
        as_root=
    elif command -v sudo >/dev/null 2>&1; then
        as_root=sudo
    else
        fail "system packages are missing and neither root nor sudo is at hand. Ask an administrator to run:
    apt-get update && apt-get install --no-install-recommends $*"
    fi
    say "installing system packages: $*"
    # sudo may drop the environment, so the front end is named through env.
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get update -q >&2 ||
        fail "apt-get update failed; see the lines above"
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@" >&2 ||
        fail "apt-get could not install: $*"
}

make_venv() {
    # The scripts of a virtual environment hold its path, so one that was moved is made anew.
    made_for="$VENV $("$1" -c 'import sys; print(sys.version)' | head -n 1)"
    if [ -x "$VENV/bin/python" ] && [ "$(cat "$VENV/.made-for" 2>/dev/null)" = "$made_for" ] &&
        "$VENV/bin/python" -m pip --version >/dev/null 2>&1; then
        return 0
    fi
    say "creating .venv with $1"
    "$1" -m venv --clear "$VENV" || fail "could not create $VENV"
    printf '%s\n' "$made_for" >"$VENV/.made-for"
}

install_locked() {
    say "installing the packages of packaging/locks/$1.txt"
    "$VENV/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --only-binary :all: \
        --require-hashes --requirement "$ROOT/packaging/locks/$1.txt" >&2 ||
        fail "pip could not install packaging/locks/$1.txt; see the lines above"
    # The build backend comes from the lock: nothing is fetched that has no hash.
    "$VENV/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --no-index \
        --no-build-isolation --editable "$ROOT" >&2 ||
        fail "pip could not install the project itself; see the lines above"
}

# Where Python may not write its compiled files beside the sources (PYTHONDONTWRITEBYTECODE), each start of the
# program and of each process it starts would compile everything again.
compile_project() {
    "$VENV/bin/python" -m compileall -q "$ROOT/app" "$ROOT/drivers" || fail "the sources do not compile"
}

# $1: name of the lock.
set_up() {
    stamp=$VENV/.installed-$1
    wanted="$VENV $(cat "$ROOT/pyproject.toml" "$ROOT/packaging/locks/$1.txt" "$ROOT/packaging/setup.sh" | sha256sum)"
    if [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]; then
        compile_project
        return 0
    fi
    # Two terminals may start at once: the second one waits and then finds the stamp.
    exec 9<"$ROOT/pyproject.toml"
    flock 9
    if [ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ]; then
        python=$(find_python) || python=
        missing=$(list_missing_packages "$1" "$python" | tr '\n' ' ')
        # shellcheck disable=SC2086 # the names are to be split
        [ -z "$missing" ] || install_packages $missing
        python=$(find_python) ||
            fail "Python 3.11 or newer is needed; this system has $(python3 --version 2>/dev/null || echo none)"
        make_venv "$python"
        install_locked "$1"
        printf '%s\n' "$wanted" >"$stamp"
    fi
    exec 9<&-
    compile_project
}
