"""Write a web down and play it back: raw fetchers whose answers are a WARC file."""

from __future__ import annotations

from copydesk.fetch.recording._record import Recorder as Recorder
from copydesk.fetch.recording._replay import Replay as Replay
