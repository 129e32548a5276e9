"""The stations of the demonstration: four as the city describes them, the others invented. All details fictional."""

import datetime as dt
from dataclasses import dataclass

from stations.committees.rules import LAST, CalendarPattern, Frequency, StationKind

SATURDAY, SUNDAY = 5, 6


@dataclass(frozen=True)
class Spot:
    """A venue: its name, how to get there, who lets it and for how much a time."""

    name: str
    directions: str
    owner: str
    rent_yen: int = 0


@dataclass(frozen=True, kw_only=True)
class Place:
    """A station; ``spots`` take turns where there are several. ``crowd``: visitors of an ordinary opening."""

    district: str
    key: str
    name: str
    kana: str
    kind: StationKind
    summary: str
    audience: str
    spots: tuple[Spot, ...]
    crowd: int
    ages: tuple[int, ...]
    """Weights of the seven age bands."""
    weekday: int = SATURDAY
    nths: tuple[int, ...] = (2,)
    every_weeks: int = 0
    """Weekly or every so many weeks instead of ``nths``."""
    hours: tuple[int, int] = (10, 12)
    bring: str = "ありません。手ぶらでどうぞ。"
    accessible: str = "段差なし・多目的トイレあり"
    fee: str = "無料"
    months_late: int = 0
    """Opened so many months after the fiscal year before began."""
    running: bool = True

    def pattern(self, first: dt.date, last: dt.date) -> CalendarPattern:
        """Its opening hours between two days."""
        weekly = self.every_weeks > 0
        return CalendarPattern(
            frequency=Frequency.WEEKLY if weekly else Frequency.MONTHLY_WEEKDAY,
            weekday=self.weekday,
            interval=max(self.every_weeks, 1),
            nths=() if weekly else self.nths,
            starts_at=dt.time(self.hours[0]),
            ends_at=dt.time(self.hours[1]),
            from_on=first,
            until_on=last,
        )


_FAMILIES = (9, 16, 6, 12, 20, 30, 7)
_ELDERS = (2, 3, 2, 6, 22, 60, 5)
_CHILDREN = (16, 38, 10, 10, 14, 8, 4)
_MIXED = (6, 12, 8, 16, 24, 28, 6)

PLACES = (
    Place(
        district="akira1",
        key="akira",
        name="みんなの縁側あきら",
        kana="みんな の えんがわ あきら",
        kind=StationKind.FIXED,
        summary="お茶を飲みながら、世代をこえておしゃべりする縁側です。将棋盤と編み物の道具があります。",
        audience="どなたでも",
        spots=(Spot("明第1見本集会所", "見本駅から歩いて6分", "見本町会", 1_500),),
        crowd=22,
        ages=_ELDERS,
        weekday=2,
        every_weeks=2,
        hours=(13, 15),
    ),
    Place(
        district="akira2-west",
        key="nishiguchi",
        name="西口ふらっとサロン",
        kana="にしぐち ふらっと さろん",
        kind=StationKind.FIXED,
        summary="買い物のついでに立ち寄れるサロンです。スマートフォンの困りごと相談もしています。",
        audience="どなたでも。はじめての方も歓迎します",
        spots=(Spot("明第2西架空会館", "架空通り商店街の中ほど", "架空商店会", 2_000),),
        crowd=24,
        ages=_MIXED,
        weekday=4,
        every_weeks=2,
        hours=(10, 12),
    ),
    Place(
        district="akira2-east",
        key="kokage",
        name="東の木かげ文庫",
        kana="ひがし の こかげ ぶんこ",
        kind=StationKind.FIXED,
        summary="絵本の読み聞かせと、大人の読書の時間。本は持ち帰れます。",
        audience="赤ちゃんからお年寄りまで",
        spots=(Spot("明第2東例示会館", "例示公園となり", "例示町会", 1_200),),
        crowd=26,
        ages=_CHILDREN,
        weekday=SATURDAY,
        nths=(1, 3),
    ),
    Place(
        district="honcho",
        key="yorimichi",
        name="まちなか喫茶よりみち",
        kana="まちなか きっさ よりみち",
        kind=StationKind.CAFE,
        summary="100円のコーヒーで長居できる喫茶です。毎回、小さな音楽会があります。",
        audience="どなたでも",
        spots=(Spot("本庁仮名ビル1階", "駅から歩いて4分", "仮名商事（架空）", 5_000),),
        crowd=34,
        ages=_MIXED,
        weekday=3,
        every_weeks=1,
        hours=(13, 16),
        fee="飲み物代 100円",
    ),
    Place(
        district="yagiri",
        key="hidamari",
        name="矢切ひだまり食堂",
        kana="やぎり ひだまり しょくどう",
        kind=StationKind.CAFE,
        summary="月に2回、みんなで作ってみんなで食べる食堂です。こどもは無料です。",
        audience="どなたでも。こどもだけの参加もできます",
        spots=(Spot("矢切見本会館 調理室", "見本橋バス停から歩いて3分", "見本町会", 3_000),),
        crowd=44,
        ages=_FAMILIES,
        weekday=SATURDAY,
        nths=(2, 4),
        hours=(11, 14),
        bring="エプロンと三角巾（ある方）",
        fee="大人 300円・こども 無料",
    ),
    Place(
        district="tobu",
        key="meguru",
        name="東部めぐる広場",
        kana="とうぶ めぐる ひろば",
        kind=StationKind.ROVING,
        summary="毎回ちがう場所で開く広場です。体操、工作、健康相談など、その町の人が中身を決めます。",
        audience="どなたでも",
        spots=(
            Spot("東部架空会館", "架空神社の向かい", "架空町会", 1_000),
            Spot("例示の森 管理棟", "例示の森入口", "例示の森友の会", 0),
            Spot("仮名自治会館", "仮名三丁目バス停前", "仮名自治会", 1_500),
            Spot("想定団地 集会室", "想定団地2号棟の1階", "想定団地自治会", 800),
        ),
        crowd=36,
        ages=_MIXED,
        weekday=SUNDAY,
        nths=(3,),
        hours=(10, 13),
    ),
    Place(
        district="tokiwadaira",
        key="sakura",
        name="さくら通りの居間",
        kana="さくらどおり の いま",
        kind=StationKind.FIXED,
        summary="だれかの家の居間のような場所です。午後はこどもの宿題タイムになります。",
        audience="どなたでも",
        spots=(Spot("常盤平見本荘 101", "さくら通りの中ほど", "見本不動産（架空）", 4_000),),
        crowd=28,
        ages=_MIXED,
        weekday=1,
        every_weeks=1,
        hours=(13, 17),
    ),
    Place(
        district="tokiwadaira-danchi",
        key="engawa",
        name="団地のえんがわ",
        kana="だんち の えんがわ",
        kind=StationKind.FIXED,
        summary="団地の集会所で、体操とお茶の会。買い物の手助けの相談もできます。",
        audience="団地と近くにお住まいの方",
        spots=(Spot("常盤平団地 仮想集会所", "仮想商店街の奥", "団地自治会（架空）", 500),),
        crowd=30,
        ages=_ELDERS,
        weekday=0,
        every_weeks=2,
        hours=(10, 12),
    ),
    Place(
        district="tokiwadaira-danchi",
        key="danchi-cafe",
        name="団地カフェ星の木",
        kana="だんち かふぇ ほしのき",
        kind=StationKind.CAFE,
        summary="若い人が店番をするカフェです。放課後のこどもも一人で来られます。",
        audience="どなたでも",
        spots=(Spot("星の木商店 空き店舗", "団地中央広場に面しています", "星の木商店会（架空）", 3_500),),
        crowd=26,
        ages=_FAMILIES,
        weekday=4,
        every_weeks=2,
        hours=(15, 18),
        months_late=3,
    ),
    Place(
        district="goko-matsuhidai",
        key="teshigoto",
        name="手しごと工房ごこう",
        kana="てしごと こうぼう ごこう",
        kind=StationKind.FIXED,
        summary="裁縫、木工、陶芸。得意な人が教え、できたものはバザーに出します。",
        audience="小学生以上の方",
        spots=(Spot("五香例示センター 工作室", "例示センター2階", "例示センター", 2_400),),
        crowd=20,
        ages=_MIXED,
        weekday=SUNDAY,
        nths=(1, 3),
        hours=(10, 15),
        bring="汚れてもよい服",
        fee="材料費 200円",
        months_late=6,
    ),
    Place(
        district="mutsumi-rokkodai",
        key="mutsumi",
        name="つながる六実の家",
        kana="つながる むつみ の いえ",
        kind=StationKind.FIXED,
        summary="月に一度、食事とおしゃべりの会を開きます。",
        audience="どなたでも",
        spots=(Spot("六実想定会館", "想定坂の上", "想定町会", 1_800),),
        crowd=28,
        ages=_ELDERS,
        weekday=SATURDAY,
        nths=(1,),
    ),
    Place(
        district="mutsumi-rokkodai",
        key="rokkodai",
        name="六高台のにわ",
        kana="ろっこうだい の にわ",
        kind=StationKind.FIXED,
        summary="庭の手入れをしながら、季節の行事を楽しみます。",
        audience="どなたでも",
        spots=(Spot("六高台試作会館", "試作公園の北", "試作自治会", 1_800),),
        crowd=24,
        ages=_FAMILIES,
        weekday=SATURDAY,
        nths=(3,),
    ),
    Place(
        district="mutsumi-rokkodai",
        key="ekimae",
        name="六実駅前ひろば",
        kana="むつみ えきまえ ひろば",
        kind=StationKind.FIXED,
        summary="駅前の一室で、帰り道に立ち寄れる夕方のひろばです。",
        audience="どなたでも。働いている方もどうぞ",
        spots=(Spot("六実駅前模擬ビル2階", "駅から歩いて1分", "模擬ビル管理（架空）", 3_000),),
        crowd=22,
        ages=_MIXED,
        weekday=3,
        nths=(2,),
        hours=(16, 19),
    ),
    Place(
        district="mutsumi-rokkodai",
        key="mutsumi-meguru",
        name="六実六高台めぐるステーション",
        kana="むつみろっこうだい めぐる すてーしょん",
        kind=StationKind.ROVING,
        summary="公園や集会所をめぐる、移動式のステーションです。",
        audience="どなたでも",
        spots=(
            Spot("六高台空想公園", "空想公園の東屋", "市（架空）", 0),
            Spot("六実作例集会所", "作例バス停から歩いて2分", "作例町会", 700),
            Spot("高柳境見立会館", "見立橋のたもと", "見立自治会", 900),
        ),
        crowd=26,
        ages=_FAMILIES,
        weekday=SUNDAY,
        nths=(4,),
        hours=(10, 14),
        months_late=2,
    ),
    Place(
        district="kogane",
        key="farm",
        name="小金みんなの農園",
        kana="こがね みんな の のうえん",
        kind=StationKind.FARM,
        summary="いっしょに野菜を育て、とれた野菜を料理して食べます。土にさわったことがない方も歓迎です。",
        audience="どなたでも。親子での参加もできます",
        spots=(
            Spot("小金夢見農園", "夢見寺の裏手", "夢見農園（架空）", 3_000),
            Spot("小金架空会館 調理室", "架空神社から歩いて2分", "架空町会", 2_000),
        ),
        crowd=32,
        ages=_FAMILIES,
        weekday=SATURDAY,
        nths=(2, 4),
        hours=(9, 12),
        bring="長ぐつ、軍手、飲み物",
        accessible="畑のあぜに段差があります。休憩所は車いすで入れます",
        fee="昼食代 200円",
    ),
    Place(
        district="koganehara",
        key="bench",
        name="小金原おしゃべりベンチ",
        kana="こがねはら おしゃべり べんち",
        kind=StationKind.FIXED,
        summary="公園のベンチから始まった集まりです。雨の日は会館で開きます。",
        audience="どなたでも",
        spots=(Spot("小金原仮想会館", "仮想公園となり", "仮想町会", 1_000),),
        crowd=18,
        ages=_ELDERS,
        weekday=3,
        every_weeks=2,
        hours=(10, 12),
    ),
    Place(
        district="mabashi",
        key="mabashi",
        name="馬橋むかし遊びと工作の広場",
        kana="まばし むかしあそび と こうさく の ひろば",
        kind=StationKind.FIXED,
        summary="こま、けん玉、竹とんぼ。昔の遊びと工作を、こどもと大人がいっしょに楽しみます。",
        audience="こどもから大人まで",
        spots=(
            Spot("馬橋見本市民センター", "見本駅から歩いて8分", "見本市民センター", 1_600),
            Spot("馬橋例示小学校 体育館", "例示小学校の西門から", "例示小学校", 0),
        ),
        crowd=40,
        ages=_CHILDREN,
        weekday=SATURDAY,
        nths=(1, LAST),
        hours=(10, 15),
        bring="上ばき",
        fee="無料（工作の材料費 100円）",
    ),
    Place(
        district="shinmatsudo",
        key="shinmatsudo",
        name="新松戸よりあい広場（準備中）",
        kana="しんまつど よりあい ひろば",
        kind=StationKind.FIXED,
        summary="来年度の開設に向けて準備しています。",
        audience="どなたでも",
        spots=(Spot("新松戸作例会館", "作例公園前", "作例町会", 2_000),),
        crowd=0,
        ages=_MIXED,
        running=False,
    ),
)
