// The tablet's page: starts from what lies on the tablet, with or without a network.
import { App, IDLE_MS } from "./app.js";
import { openingsScreen, whoScreen } from "./choosing.js";
import { countingScreen } from "./counting.js";
import { endingScreen } from "./ending.js";
import { problemsScreen, refusedScreen, settingsScreen, troubleScreen, unenrolledScreen } from "./keeping.js";
import { Outbox } from "./outbox.js";
import { Sounds } from "./sounds.js";
import { openStore } from "./store.js";
import { Sync } from "./sync.js";
import { takeOver } from "./takeover.js";
import { install, isNewVersion, takeNewVersion } from "./worker.js";

const BOOTSTRAP = "/api/v1/attendance/bootstrap";
const LEARN_MS = 10 * 60_000;
const NO_NETWORK = "はじめて使うときは、インターネットにつないでください。";
const NO_CODE = "ステーションの代表か市の担当者に、登録番号を出してもらってください。";
const NO_ANSWER = "サーバーの調子がよくありません。少し待って、もう一度たしかめてください。";
const SCREENS = {
  openings: openingsScreen, who: whoScreen, counting: countingScreen, ending: endingScreen, settings: settingsScreen,
  problems: problemsScreen, refused: refusedScreen, unenrolled: unenrolledScreen, trouble: troubleScreen, start: startScreen,
};

/** Where the tablet was: at the door if somebody counts, else at the choice. */
function startScreen(app) {
  const known = app.post && app.opening(app.post.opening);
  return known ? countingScreen(app, app.post.opening) : openingsScreen(app);
}

async function start(root) {
  const { version, worker } = root.dataset;
  document.documentElement.lang = "ja"; // what the screens say
  const sounds = new Sounds();
  let store;
  try {
    store = await openStore();
  } catch {
    const app = new App({ root, sounds, sync: {}, outbox: null, store: null, version });
    app.screens = SCREENS;
    return app.go("trouble");
  }
  const channel = new BroadcastChannel("mt-tablet");
  const outbox = await new Outbox(store, () => channel.postMessage("changed")).load();
  const sync = new Sync({ outbox, version });
  const app = new App({ root, store, outbox, sync, sounds, version });
  Object.assign(app, { screens: SCREENS, device: await store.read("device"), post: (await store.read("post")) ?? null });
  app.settings = { ...app.settings, ...(await store.read("settings")) };
  app.applySettings();
  app.takeNew = () => takeNewVersion();
  app.askAgain = () => learn(app, { byHand: true });
  channel.onmessage = async () => { await outbox.load(); app.refresh(); };
  sync.changed = async () => { await store.write("refused", sync.refused).catch(() => {}); app.refresh(); };
  sync.refused = (await store.read("refused")) ?? null;
  if (app.device) app.go("start");
  navigator.storage?.persist?.().then((lasting) => { app.lasting = lasting; app.refresh(); }).catch(() => {});
  await learn(app);
  sync.keepTrying();
  setInterval(() => learn(app), LEARN_MS);
  watchIdle(app);
  app.look = async () => {
    app.newVersion = await isNewVersion(version);
    if (app.newVersion && !app.post && !app.used && !triedNew(version)) await app.takeNew();
    app.refresh();
  };
  return install(worker, app.look);
}

/** Ask what there is to count, and send what waits. */
async function learn(app, { byHand = false } = {}) {
  const { outbox, sync } = app;
  const [answer, said] = await sync.alone(async () => {
    const heard = await asked();
    if (isBootstrap(...heard)) await take(app, heard[1]);
    return heard;
  });
  if (isBootstrap(answer, said)) {
    if (await takeOver(outbox, new Set(said.openings.map(({ id }) => id))).catch(() => 0)) app.refresh();
    await sync.run({ byHand });
    if (["unenrolled", undefined].includes(app.name)) app.go("start");
  } else if (!app.device) {
    app.go("unenrolled", !answer ? NO_NETWORK : answer.status === 401 ? NO_CODE : NO_ANSWER);
  } else if (answer?.status === 401) {
    sync.refused = said?.code ?? "unknown";
    await app.store.write("refused", sync.refused).catch(() => {});
  } else {
    await sync.run({ byHand });
  }
  app.refresh();
}

async function asked() {
  try {
    const answer = await fetch(BOOTSTRAP, { redirect: "manual", cache: "no-store", signal: AbortSignal.timeout(20_000) });
    return [answer, await answer.json().catch(() => null)];
  } catch {
    return [null, null]; // without a network, what is known stands
  }
}

function isBootstrap(answer, said) {
  return answer?.status === 200 && Boolean(said?.device) && Array.isArray(said.openings);
}

async function take(app, said) {
  const device = { ...said, openings: said.openings.map(({ totals: _totals, last: _last, ...one }) => one) };
  await app.store.settle({ known: { device, refused: null } });
  [app.device, app.sync.refused] = [device, null];
  await app.outbox.learn(said.openings);
}

/** Whether this tab has started again from this version before: what still differs then is left to a hand. */
function triedNew(version) {
  const tried = sessionStorage.getItem("mt-tablet-left") === version;
  sessionStorage.setItem("mt-tablet-left", version);
  return tried;
}

/** After five minutes without a touch the PIN is asked for again, and no name stands on the screen. */
function watchIdle(app) {
  let late = null;
  const touched = () => {
    clearTimeout(late);
    app.used = true;
    if (app.idle) { app.idle = false; app.refresh(); }
    late = setTimeout(() => { app.idle = true; app.shut(); app.refresh(); }, IDLE_MS);
  };
  for (const kind of ["pointerdown", "keydown"]) document.addEventListener(kind, touched, { capture: true });
  touched();
  app.used = false;
}

const root = document.querySelector("[data-tablet]");
if (root) start(root);
