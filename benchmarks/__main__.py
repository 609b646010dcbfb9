"""Print what pages and papers cost, each beside its floor, measured in the same run."""

import argparse
import json
import subprocess
import sys

from benchmarks import imports, pages, reminders
from benchmarks.data import scratch
from benchmarks.timing import Line, show

PDF_AIMS = {"form PDF, following form": "≤ 4"}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(pages.SIZES), help="numbers of sites")
    parser.add_argument("--no-pdf", action="store_true", help="leave out the form PDF, seals and scans")
    options = parser.parse_args()
    papers = [] if options.no_pdf else _papers() + _seals() + _scans()
    with scratch():
        lines = pages.run(tuple(options.sizes))
    show(lines + _dashboard() + imports.run() + reminders.run() + _exports() + papers)


def _papers() -> list[Line]:
    """The form PDF, in a process of its own: started from a large one, its peak of memory would be that one's."""
    code = "import json; from benchmarks import form_pdf; print(json.dumps(form_pdf.run()))"
    done = subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.PIPE, text=True)
    return [Line(*row, PDF_AIMS.get(row[0], "")) for row in json.loads(done.stdout)]


def _seals() -> list[Line]:
    """Sealing and checking, in a process of its own for its settings."""
    code = "import json; from benchmarks import seals; print(json.dumps(seals.run()))"
    done = subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.PIPE, text=True)
    return [Line(*row) for row in json.loads(done.stdout.splitlines()[-1])]


def _scans() -> list[Line]:
    """Reading scanned pages, in a process of its own for its peak of memory."""
    command = [sys.executable, "-m", "benchmarks.scans", "--json"]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return [Line(*row) for row in json.loads(done.stdout.splitlines()[-1])]


def _dashboard() -> list[Line]:
    """The dashboard and the lists with ten years of history, with a database of their own."""
    command = [sys.executable, "-m", "benchmarks.dashboard", "--json"]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return [Line(*row) for row in json.loads(done.stdout.splitlines()[-1])]


def _exports() -> list[Line]:
    """Lists as Excel workbooks and dossiers, with a database of their own."""
    command = [sys.executable, "-m", "benchmarks.exports", "--json"]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return [Line(*row) for row in json.loads(done.stdout.splitlines()[-1])]


if __name__ == "__main__":
    main()
