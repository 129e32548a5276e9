"""The story of what letters say: one sentence was changed before the year began, another waits for its decision."""

from stations.core.access import Role
from stations.demo.diary import Days, Story
from stations.demo.town import Town
from stations.grants.letters import letter_data
from stations.grants.letters.services import texts as letter_texts


def story(days: Days, town: Town) -> Story:
    yield days.before(3, 10)
    award = letter_data.standard("award")
    draft = letter_texts.draft_texts(
        year=days.year,
        kind="award",
        texts=award | {"closing": "{事業名}についてのご相談は、下記の問合せ先で承ります。"},
        by=town.officer(),
    )
    letter_texts.approve_texts(draft=draft, by=town.city[Role.APPROVER][0])
    yield days.share(0.95)
    letter_texts.draft_texts(
        year=days.year,
        kind="award",
        texts=letter_data.standard("award")
        | {"conditions": award["conditions"] + "\n補助事業を広報するときは、{制度名}によることを示すこと。"},
        by=town.officer(),
    )
