from flask_babel import gettext
from tests.support import cast
from stations.core.access import Role
def test_one(db_session, client):
    c=cast.committee(); s=cast.station(c); o=cast.opening(s)
    p=cast.person(Role.CHAIR, of=c, name="見本 花子")
    client.sign_in(p)
    assert gettext("ホーム")=="ホーム"
    r=client.download("/healthz"); assert r.data==b"ok\n"
    assert client.download("/readyz").data==b"ready\n"
