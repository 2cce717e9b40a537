"""``python -m tools.build``: the front end, then the messages."""

from pathlib import Path

from tools.build import frontend, messages

ROOT = Path(__file__).parent.parent.parent
frontend.build(ROOT)
messages.compile_all(ROOT)
