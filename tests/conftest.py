"""Settings of all tests."""

from __future__ import annotations

import os

from hypothesis import settings

# A build must not fail on a change that has nothing to do with what hypothesis found;
# who works on the code is to find it.
settings.register_profile("ci", derandomize=True, deadline=None)
if os.environ.get("CI"):
    settings.load_profile("ci")
