"""The search for a Python says in one line what is missing, and the command that mends it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "find_python.sh"
WITHOUT_ENSUREPIP = f"""
shift 2
exec {sys.executable} -I -c "import sys; sys.modules['ensurepip'] = None
$1"
"""


@pytest.fixture
def search(tmp_path: Path):
    """Run the search with nothing on PATH but the commands given, by name and shell script."""

    def search(**commands: str) -> subprocess.CompletedProcess[str]:
        for name, body in {"id": "echo 1000", **commands}.items():
            command = tmp_path / name.replace("_", "-")
            command.write_text(f"#!/bin/sh\n{body}\n")
            command.chmod(0o755)
        environment = {key: value for key, value in os.environ.items() if key != "PYTHON"} | {
            "PATH": str(tmp_path)
        }
        return subprocess.run(
            ["/bin/sh", SCRIPT], env=environment, capture_output=True, text=True, check=False
        )

    return search


def test_takes_a_python_that_works(search) -> None:
    found = search(python3=f'exec {sys.executable} "$@"')
    assert found.returncode == 0
    assert Path(found.stdout.strip()).samefile(sys.executable)


def test_passes_over_a_name_that_stands_for_nothing(search) -> None:
    found = search(
        **{"python3.13": "echo 'command not found' >&2; exit 127", "python3": f'exec {sys.executable} "$@"'}
    )
    assert Path(found.stdout.strip()).samefile(sys.executable)


def test_no_python_on_debian(search) -> None:
    found = search(apt_get="", apt_cache='[ "$2" = python3.11-venv ]')
    assert found.returncode == 1
    assert found.stderr == (
        "Python 3.11 or newer was not found. To mend it: sudo apt-get install python3.11 python3.11-venv\n"
    )


def test_no_python_elsewhere(search) -> None:
    assert search().stderr.endswith("install Python 3.13 from https://www.python.org/downloads/\n")
    assert search(brew="").stderr.endswith("To mend it: brew install python@3.13\n")


def test_no_venv_on_debian(search) -> None:
    found = search(apt_get="", python3=WITHOUT_ENSUREPIP)
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert found.returncode == 1
    assert found.stderr.count("\n") == 1
    assert found.stderr.endswith(f"To mend it: sudo apt-get install python{version}-venv\n")
