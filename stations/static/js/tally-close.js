// On the pages of one opening's record: tells what this device still holds that the server has not counted, and sends it.
import { TallyQueue } from "./tally-queue.js";
import { pageToken, renewToken, Sender } from "./tally-sync.js";

function start(warning) {
  const { opening, url, closed, ...words } = warning.dataset;
  const queue = new TallyQueue(opening, window.localStorage);
  const text = warning.querySelector("[data-tally-unsent-text]");
  const again = warning.querySelector("[data-tally-again]");
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
  const sender = new Sender(queue, { url, token: pageToken, renew: renewToken, changed: show, open: closed !== "closed" });

  // Closing would turn away what is still on its way; refused rows are for the tally page to decide.
  document.getElementById("day")?.addEventListener("submit", (event) => {
    if (event.submitter?.value !== "close" || !queue.pending().length) return;
    event.preventDefault();
    event.stopPropagation();
    warning.scrollIntoView({ block: "center" });
    sender.flush();
  });
  again.addEventListener("click", () => { queue.again(); sender.flush(); });

  show();
  sender.flush();
  sender.keepTrying();
}

const warning = document.querySelector("[data-tally-unsent]");
if (warning) start(warning);
