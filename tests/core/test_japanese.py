"""What stays Japanese on an English page is marked as Japanese, whatever element it stands in."""

import pytest

from stations.core.japanese import marked

SPAN = '<span lang="ja" data-as-written>{}</span>'


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>Award: 見本の居場所 (FY2026)</p>", "<p>Award: " + SPAN.format("見本の居場所") + " (FY2026)</p>"),
        ("<p>Koganehara</p>", "<p>Koganehara</p>"),
        ("<a href='/見本'>Open</a>", "<a href='/見本'>Open</a>"),
        ('<p lang="ja">見本</p>', '<p lang="ja">見本</p>'),
        ('<p lang="ja"><b>見本</b></p>', '<p lang="ja"><b>見本</b></p>'),
        ("<option value='1'>小金</option>", "<option lang=\"ja\" data-as-written value='1'>小金</option>"),
        ('<input value="小金">', '<input lang="ja" data-as-written value="小金">'),
        ("<svg><text>小金</text></svg>", '<svg><text lang="ja" data-as-written>小金</text></svg>'),
        ('<script>"小金"</script>', '<script>"小金"</script>'),
        (
            "<p>小金 12 月<br>花子</p>",
            "<p>" + SPAN.format("小金 12 月") + "<br>" + SPAN.format("花子") + "</p>",
        ),
        ("<p>Mr 花子, 太郎 & Bob</p>", "<p>Mr " + SPAN.format("花子, 太郎") + " & Bob</p>"),
    ],
)
def test_japanese_is_marked(html: str, expected: str):
    assert marked(html) == expected
