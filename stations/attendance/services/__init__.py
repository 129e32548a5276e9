"""Acts of attendance. Each locks, asks the rules, changes and records; none commits."""

from stations.attendance.services.counting import Received, receive, tap, undo
from stations.attendance.services.day import begin, close, correct, reopen, save_details
from stations.attendance.services.devices import note_report
from stations.attendance.services.moving import move
from stations.attendance.services.rows import recount

__all__ = [
    "Received",
    "begin",
    "close",
    "correct",
    "move",
    "note_report",
    "receive",
    "recount",
    "reopen",
    "save_details",
    "tap",
    "undo",
]
