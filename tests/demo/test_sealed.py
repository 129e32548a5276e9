"""What the year says of people who are referred cannot be read in its database file."""

from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from stations.core.database import db
from stations.demo.referrals import CARE, FACTS, WISHES
from stations.referrals.models import Observation, Referral

OTHERS = {
    "すみれさん",
    "訪ねてお話を聞きました",
    "毎回来ている。顔なじみができた",
    "引っ越しが決まったため",
    "体調がととのうまで休むため",
    "送り先の当番の方",
}


def test_nothing_of_it_stands_there(in_demo: Flask) -> None:
    said = {one.text for one in (*WISHES, *CARE, *FACTS) if one.text} | OTHERS
    shown = {one.wishes for one in db.session.scalars(sa.select(Referral))}
    shown |= {one.facts for one in db.session.scalars(sa.select(Observation))}
    assert shown & said, "the application itself reads it"
    file = Path(str(db.engine.url.database))
    held = b"".join(part.read_bytes() for part in file.parent.glob(f"{file.name}*"))
    assert "小金みんなの農園".encode() in held, "the search itself works"
    assert {words for words in said if words.encode() in held} == set()
