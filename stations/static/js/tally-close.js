// On the pages of one opening's record: says what this device still holds that the server has not counted, and sends it.
import { TallyQueue } from "./tally-queue.js";
import { openStore } from "./tally-store.js";
import { deviceId, pageToken, renewToken, Sender } from "./tally-sync.js";

async function start(warning) {
  const { opening, url, closed, ...words } = warning.dataset;
  const channel = new BroadcastChannel("mt-tally");
  const text = warning.querySelector("[data-tally-unsent-text]");
  const again = warning.querySelector("[data-tally-again]");
  const queue = new TallyQueue(opening, await openStore(), () => channel.postMessage(opening));
  let had = false;

  const show = () => {
    const [waiting, refused] = [queue.pending().length, queue.refused().length];
    const left = waiting + refused;
    had ||= left > 0;
    warning.hidden = !had;
    warning.querySelector(".mt-banner__heading").textContent = left ? words.heading : words.sentHeading;
    text.textContent = [
      waiting && (sender.open ? words.waiting : words.whileClosed).replace("{n}", waiting),
      refused && words.refused.replace("{n}", refused),
      sender.signedOut && words.signedOut,
    ].filter(Boolean).join(" ") || words.sent;
    again.hidden = !left || (!sender.open && !refused);
  };
  const sender = new Sender(queue, {
    url, token: pageToken, device: deviceId(), counting: false, renew: renewToken, changed: show, open: closed !== "closed",
  });

  // Closing would turn away what is still on its way; refused rows are for the tally page to decide.
  document.getElementById("day")?.addEventListener("submit", (event) => {
    if (event.submitter?.value !== "close" || !queue.pending().length) return;
    event.preventDefault();
    event.stopPropagation();
    warning.scrollIntoView({ block: "center" });
    sender.flush();
  });
  again.addEventListener("click", async () => { await queue.again(); sender.flush(); });
  channel.onmessage = async () => { await queue.load(); show(); };

  await queue.load();
  show();
  // Also with nothing to send: the server hears that nobody counts on this device now.
  sender.flush().then(() => sender.ask());
  sender.keepTrying();
}

const warning = document.querySelector("[data-tally-unsent]");
if (warning) start(warning);
