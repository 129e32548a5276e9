"""Acts of attendance. Each locks, asks the rules, changes and records; none commits."""

from stations.attendance.services.bands import approve_bands, draft_bands, return_bands
from stations.attendance.services.counting import Received, receive, tap, undo
from stations.attendance.services.day import begin, close, correct, reopen, save_details
from stations.attendance.services.devices import note_report
from stations.attendance.services.moving import move
from stations.attendance.services.rows import recount

__all__ = [
    "Received",
    "approve_bands",
    "begin",
    "close",
    "correct",
    "draft_bands",
    "move",
    "note_report",
    "receive",
    "recount",
    "reopen",
    "return_bands",
    "save_details",
    "tap",
    "undo",
]
