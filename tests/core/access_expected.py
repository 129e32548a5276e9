"""Who may do what, written down by hand: the answers that `stations.core.access` is held against.

Reviewed line by line, from the programme's rules (docs, README「Roles」), never made from the code. A line: the
permission, the roles that hold it, and whether four eyes (4) and recusal (R) apply. `tests/core/test_access.py`
compares each pair of role and permission; a permission or role that stands only on one side turns it red.

4  Nobody does it to what they drafted, submitted or ordered themselves.
R  Nobody does it for the city, or in the general meeting, to a committee they sit on.
"""

# What everybody who holds any office in a committee reads.
_COMMITTEE = "drafter chair treasurer committee_auditor"
# The city section, and the auditor from outside, who only reads.
_CITY = "officer approver cashier external_auditor"

EXPECTED = f"""
committee:read      {_COMMITTEE} {_CITY} administrator secretariat
committee:manage    officer
station:read        {_COMMITTEE} {_CITY} administrator secretariat station_leader volunteer
station:manage      drafter chair officer
opening:manage      drafter chair officer station_leader

plan:read           {_COMMITTEE} {_CITY} general_member secretariat
plan:draft          drafter chair treasurer
plan:submit         chair
plan:withdraw       chair
plan:review         officer                                                   4 R

meeting:read        {_COMMITTEE} {_CITY} general_member secretariat
meeting:manage      secretariat
meeting:resolve     secretariat                                               4 R
minutes:read        {_CITY} general_member secretariat

grant:read          {_COMMITTEE} {_CITY}
grant:apply         chair
grant:review        officer                                                     R
grant:approve       approver                                                  4 R
grant:issue         officer                                                     R
grant:settings      approver
advance:request     treasurer
payment:draft       officer                                                   4 R
payment:order       approver                                                  4 R
payment:record      cashier                                                   4 R
receipt:enter       treasurer
finding:answer      chair treasurer
accounts:audit      committee_auditor                                         4
report:submit       chair
report:inspect      officer                                                   4 R

visit:record        station_leader volunteer
visit:read          {_COMMITTEE} {_CITY} station_leader volunteer
visit:draft_bands   officer
visit:approve_bands approver                                                  4
device:manage       officer station_leader

agency:manage       officer
referral:make       case_worker marugoto_desk
referral:answer     station_leader
referral:read       station_leader case_worker marugoto_desk
observation:write   station_leader
observation:answer  case_worker marugoto_desk
observation:read    station_leader case_worker marugoto_desk
observation:alerted officer

overview:read       {_CITY} secretariat
people:manage       administrator
audit:read          administrator external_auditor
account:own         *
"""

# Signed in with a password alone: committees, stations, and the people of the meeting.
SECOND_FACTOR = frozenset(
    {"officer", "approver", "cashier", "administrator", "external_auditor", "case_worker", "marugoto_desk"}
)
# Sheets and memos about a person are shown to nobody, of whatever role, who has not shown a second factor.
PAGES_ABOUT_A_PERSON = frozenset(
    {
        "referral:make",
        "referral:answer",
        "referral:read",
        "observation:write",
        "observation:answer",
        "observation:read",
    }
)


def expected() -> dict[str, tuple[frozenset[str], bool, bool]]:
    """By permission: the roles that hold it ("*": everybody), whether four eyes apply, whether recusal does."""
    table = {}
    for line in EXPECTED.strip().splitlines():
        if line.strip():
            permission, *words = line.split()
            table[permission] = (frozenset(words) - {"4", "R"}, "4" in words, "R" in words)
    return table
