// The end of the day: warns while this device still holds touches that the server has not counted, and sends them.
import { TallyQueue } from "./tally-queue.js";
import { pageToken, renewToken, Sender } from "./tally-sync.js";

function start(warning) {
  const { opening, url, sent } = warning.dataset;
  const queue = new TallyQueue(opening, window.localStorage);
  const text = warning.querySelector("[data-tally-unsent-text]");
  let had = false;

  const show = () => {
    const left = queue.all().length;
    had ||= left > 0;
    warning.hidden = !had;
    text.textContent = left ? text.dataset.text.replace("{n}", left) : sent;
  };
  const sender = new Sender(queue, { url, token: pageToken, renew: renewToken, changed: show });

  // Closing would turn away what is still on its way; refused rows are for the tally page to decide.
  document.getElementById("day").addEventListener("submit", (event) => {
    if (event.submitter?.value !== "close" || !queue.pending().length) return;
    event.preventDefault();
    event.stopPropagation();
    warning.scrollIntoView({ block: "center" });
    sender.flush();
  });

  show();
  sender.flush();
  sender.keepTrying();
}

const warning = document.querySelector("[data-tally-unsent]");
if (warning) start(warning);
