"""What holds for all tests."""

from __future__ import annotations

import os

from hypothesis import settings

# No test depends on how fast a machine is; and where a change is judged, all see the same examples.
settings.register_profile("everywhere", deadline=None)
settings.register_profile("judging", deadline=None, derandomize=True)
settings.load_profile("judging" if os.environ.get("CI") else "everywhere")
