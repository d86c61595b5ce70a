#!/bin/sh
# Print the path of a Python that can make .venv: 3.11 or newer, with venv and ensurepip. PYTHON=... is tried first.
# Each candidate is run, not just looked up: version managers leave names on PATH that stand for nothing.

probe='import sys
if sys.version_info < (3, 11):
    raise SystemExit(1)
try:
    import ensurepip, venv
except ImportError:
    print("bare %d.%d" % sys.version_info[:2])
else:
    print(sys._base_executable)  # never the Python of a virtual environment, which may be about to be remade
'
bare=""
for name in ${PYTHON:+"$PYTHON"} python3.14 python3.13 python3.12 python3.11 python3; do
    found=$("$name" -I -c "$probe" 2>/dev/null) || continue
    case $found in
        "bare "*) bare=${bare:-${found#bare }} ;;
        *) printf '%s\n' "$found" && exit 0 ;;
    esac
done

# None: one line that says what is missing and what mends it.
sudo="sudo "
[ "$(id -u)" != 0 ] || sudo=""
if command -v apt-get >/dev/null 2>&1; then
    if [ -n "$bare" ]; then
        mend="${sudo}apt-get install python$bare-venv"
    else
        mend="${sudo}apt-get update && ${sudo}apt-get install python3 python3-venv"
        for version in 3.14 3.13 3.12 3.11; do # Debian and Ubuntu may carry a newer Python beside an old default
            if apt-cache show "python$version-venv" >/dev/null 2>&1; then
                mend="${sudo}apt-get install python$version python$version-venv"
                break
            fi
        done
    fi
elif command -v brew >/dev/null 2>&1; then
    mend="brew install python@3.13"
else
    mend="install Python 3.13 from https://www.python.org/downloads/"
fi
if [ -n "$bare" ]; then
    echo "Python $bare is here, but the part that makes virtual environments is missing. To mend it: $mend" >&2
else
    echo "Python 3.11 or newer was not found. To mend it: $mend" >&2
fi
exit 1
