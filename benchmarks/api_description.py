"""Hold the server to its own description of the API: schemathesis asks what that allows, and what it does not.

All checks but one: a request that follows the description may still be refused, because no description of a body says
which bytes are a picture. It fails where schemathesis does.

    pip install -r benchmarks/requirements.txt
    python benchmarks/api_description.py --model RUN
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys

from record import write_result
from serving import HERE, server


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True, help="any run")
    parser.add_argument("--examples", type=int, default=200, help="requests of each kind and route")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--dry", action="store_true", help="writes no result")
    arguments = parser.parse_args()
    program = shutil.which("schemathesis")
    if program is None:
        raise SystemExit("schemathesis is not installed: pip install -r benchmarks/requirements.txt")
    with server(HERE, arguments.model) as (port, _):
        words = [
            program,
            "run",
            f"http://127.0.0.1:{port}/openapi.json",
            "--exclude-checks",
            "positive_data_acceptance",
        ]
        words += ["-n", str(arguments.examples), "--seed", str(arguments.seed), "--no-color"]
        ran = subprocess.run(words, check=False, capture_output=True, text=True, timeout=1800)
    print(ran.stdout[-3_000:])
    if ran.returncode:
        sys.exit(ran.returncode)
    found = re.search(r"([\d,]+) generated, ([\d,]+) passed", ran.stdout)
    if found is None:
        raise SystemExit("schemathesis printed no number of test cases")
    generated, passed = (int(number.replace(",", "")) for number in found.groups())
    if not arguments.dry:
        write_result("api_description", {"seed": arguments.seed, "generated": generated, "passed": passed})


if __name__ == "__main__":
    main()
