"""Settings of all tests."""

from __future__ import annotations

import os

from hypothesis import settings

# A build must not fail on a change that has nothing to do with what hypothesis found;
# who works on the code, or the nightly run, is to find it.
settings.register_profile("ci", derandomize=True, deadline=None)
if os.environ.get("CI") and os.environ.get("GITHUB_EVENT_NAME") != "schedule":
    settings.load_profile("ci")
