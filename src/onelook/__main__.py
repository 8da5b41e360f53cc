"""`python -m onelook`, the same as `onelook`."""

from __future__ import annotations

import sys

from onelook.cli import main

if __name__ == "__main__":
    sys.exit(main())
