// What a guest reads on the tablet, in plain Japanese, English and Chinese. The staff's own words are Japanese.
const WORDS = {
  ja: {
    lang: "ja", own: "やさしい日本語", total: "きょう 来た 人", people: "人", thanks: "来てくれて ありがとうございます",
    tiles: {
      preschool: "小学校に 入る 前", elementary: "小学生", teen: "中学生・高校生", age_18_39: "18歳から 39歳", age_40_64: "40歳から 64歳",
      age_65_plus: "65歳より 上", unknown: "わからない", first_timer: "はじめて", staff: "スタッフ", volunteer: "ボランティア", consultation: "相談", connected: "つなぎ",
    },
  },
  en: {
    lang: "en", own: "English", total: "Visitors today", people: "", thanks: "Thank you for coming",
    tiles: {
      unknown: "Not known", first_timer: "First visit", staff: "Staff", volunteer: "Volunteers", consultation: "Consultations", connected: "Introductions",
    },
  },
  zh: {
    lang: "zh-Hans", own: "中文", total: "今日来访", people: "人", thanks: "欢迎光临",
    tiles: {
      preschool: "学龄前儿童", elementary: "小学生", teen: "初中生・高中生", age_18_39: "18–39岁", age_40_64: "40–64岁", age_65_plus: "65岁以上",
      unknown: "不详", first_timer: "第一次来", staff: "工作人员", volunteer: "志愿者", consultation: "咨询", connected: "介绍",
    },
  },
};

const STAFF = {
  lang: "ja", own: "日本語", total: "合計", people: "人", thanks: "",
  tiles: { first_timer: "初めての方", staff: "スタッフ", volunteer: "ボランティア", consultation: "相談", connected: "つなぎ" },
};

/** The tiles beside the age bands. */
export const OTHERS = ["first_timer", "staff", "volunteer", "consultation", "connected"];

/** The languages to choose from: [["staff", "日本語"], …]. */
export const LANGUAGES = [["staff", STAFF.own], ...Object.entries(WORDS).map(([code, { own }]) => [code, own])];

export function wordsOf(language) {
  return WORDS[language] ?? STAFF;
}

/** What a tile is called: a band by its own label where the language has no word for it. */
export function tileName(language, tile, band) {
  const named = language === "en" ? band?.label_en : undefined;
  return wordsOf(language).tiles[tile] ?? named ?? band?.label ?? STAFF.tiles[tile] ?? "この年度にない年代";
}
