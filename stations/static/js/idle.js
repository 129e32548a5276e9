// Warns two minutes before the server ends an idle session, and lets it go on. Typing counts as presence for the server
// only when something is sent, so activity here extends the session quietly, at most once in a while.
const WARN_BEFORE_S = 120;
const QUIET_EXTEND_S = 300;

async function extend(url) {
  const token = document.querySelector('meta[name="csrf-token"]')?.content ?? "";
  const answer = await fetch(url, { method: "POST", headers: { "X-CSRFToken": token }, redirect: "manual" });
  return answer.ok;
}

export function watchIdleTime() {
  const { idleSeconds, extendUrl } = document.body.dataset;
  const dialog = document.getElementById("idle-warning");
  if (!idleSeconds || !extendUrl || !dialog) return;

  const limit = Number(idleSeconds);
  const [waiting, ended] = [dialog.querySelectorAll("[data-idle-waiting]"), dialog.querySelectorAll("[data-idle-ended]")];
  const button = dialog.querySelector("[data-idle-extend]");
  let knownAt = Date.now();
  let lastInput = 0;
  let over = false;

  const again = async () => {
    try {
      if (!(await extend(extendUrl))) return false;
    } catch {
      return false;
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

  button.addEventListener("click", async () => {
    if (await again()) dialog.close();
    else show(true);
  });
  dialog.querySelector("[data-idle-close]").addEventListener("click", () => dialog.close());
  document.addEventListener("input", () => { lastInput = Date.now(); });

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

  // A clock is compared, not a timer counted: a sleeping laptop stops timers but not the session's age.
  setInterval(async () => {
    const idle = (Date.now() - knownAt) / 1000;
    if (over) return;
    if (idle >= limit) show(true);
    else if (lastInput > knownAt && idle >= Math.min(QUIET_EXTEND_S, limit / 2) && !dialog.open) await again();
    else if (idle >= limit - WARN_BEFORE_S && !dialog.open) show(false);
  }, 5000);
}
