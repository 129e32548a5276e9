// Warns two minutes before the server ends an idle session, and lets it go on. Typing and touching count as presence for the
// server only when something is sent, so activity here extends the session quietly, at most once in a while. What is said
// about the session is what the server says: other tabs keep it alive too, and without a network nothing is known.
const WARN_BEFORE_S = 120;
const QUIET_EXTEND_S = 300;
const LOOK_MS = 5000;

async function extend(url) {
  const token = document.querySelector('meta[name="csrf-token"]')?.content ?? "";
  const answer = await fetch(url, { method: "POST", headers: { "X-CSRFToken": token }, redirect: "manual" });
  return answer.ok;
}

/** Seconds until the server ends the session, 0 when it has; null without a network. Asking does not extend it. */
async function secondsLeft(url) {
  try {
    return (await (await fetch(url, { cache: "no-store" })).json()).left;
  } catch {
    return null;
  }
}

export function watchIdleTime() {
  const { idleSeconds, extendUrl, leftUrl } = document.body.dataset;
  const dialog = document.getElementById("idle-warning");
  if (!idleSeconds || !extendUrl || !dialog) return;

  const limit = Number(idleSeconds);
  const [waiting, ended] = [dialog.querySelectorAll("[data-idle-waiting]"), dialog.querySelectorAll("[data-idle-ended]")];
  const button = dialog.querySelector("[data-idle-extend]");
  let knownAt = Date.now();
  let presentAt = 0;
  let over = false;
  let looking = false;

  /** true: extended; false: the session has ended; null: no network. */
  const again = async () => {
    try {
      if (!(await extend(extendUrl))) return false;
    } catch {
      return null;
    }
    knownAt = Date.now();
    return true;
  };

  const show = (isOver) => {
    over = isOver;
    for (const words of waiting) words.hidden = isOver;
    for (const words of ended) words.hidden = !isOver;
    button.hidden = isOver;
    if (!dialog.open) dialog.showModal();
    dialog.querySelector("h2").focus();
  };

  /** The page may say it in its own way, as the counting page does, on which nothing may cover the tiles. */
  const showEnded = () => {
    knownAt = Date.now();
    if (document.dispatchEvent(new CustomEvent("mt:signed-out", { cancelable: true }))) show(true);
    else if (dialog.open) dialog.close();
  };

  button.addEventListener("click", async () => {
    if ((await again()) === false) showEnded();
    else dialog.close();
  });
  dialog.querySelector("[data-idle-close]").addEventListener("click", () => dialog.close());
  for (const sign of ["input", "keydown", "pointerdown"]) {
    document.addEventListener(sign, ({ target }) => { if (!dialog.contains(target)) presentAt = Date.now(); }, { capture: true, passive: true });
  }

  // Words that meet an ended session are kept for their writer, a photo cannot be: with one chosen, ask before sending.
  document.addEventListener("submit", async (event) => {
    const { target: form, submitter } = event;
    const photo = [...form.elements].some((field) => field.type === "file" && field.files.length);
    if (!photo || "stands" in form.dataset) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    let stands = true;
    try {
      stands = await extend(extendUrl);
    } catch {
      // No network: the browser says so itself.
    }
    if (!stands) return show(true);
    form.dataset.stands = "";
    form.requestSubmit(submitter);
    delete form.dataset.stands;
  }, { capture: true });

  const look = async () => {
    const idle = (Date.now() - knownAt) / 1000;
    const present = (Date.now() - presentAt) / 1000 < limit - WARN_BEFORE_S;
    if (presentAt > knownAt && idle >= Math.min(QUIET_EXTEND_S, limit / 2) && !dialog.open) {
      if ((await again()) === false) showEnded();
    } else if (idle >= limit - WARN_BEFORE_S && !present) {
      const left = await secondsLeft(leftUrl);
      if (left === null) return;
      if (left <= 0) return showEnded();
      if (left <= WARN_BEFORE_S) return dialog.open || show(false);
      knownAt = Date.now() - (limit - left) * 1000; // another tab of this session goes on
      if (dialog.open) dialog.close();
    }
  };

  // A clock is compared, not a timer counted: a sleeping laptop stops timers but not the session's age.
  setInterval(async () => {
    if (over || looking) return;
    looking = true;
    await look().finally(() => { looking = false; });
  }, LOOK_MS);
}
