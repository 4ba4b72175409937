"""Only `make interop` runs these: they need programs that are no part of the project."""

import os


collect_ignore_glob = [] if os.environ.get("INTEROP") else ["test_*.py"]
