// On the list of openings: what this device still holds, whichever opening it belongs to, and sends it.
import { TallyQueue, unsentByOpening } from "./tally-queue.js";
import { openStore } from "./tally-store.js";
import { deviceId, pageToken, renewToken, Sender } from "./tally-sync.js";

async function start(notice) {
  const store = await openStore();
  const template = notice.querySelector("template");
  const forOpening = (address, opening) => address.replace("/0", `/${encodeURIComponent(opening)}`);

  const show = async () => {
    const unsent = [...(await unsentByOpening(store))];
    const rows = unsent.map(([opening, count]) => {
      const row = template.content.cloneNode(true);
      const link = row.querySelector("a");
      link.href = forOpening(link.getAttribute("href"), opening);
      link.textContent = link.textContent.replace("{n}", count);
      return row;
    });
    notice.querySelector("[data-rows]").replaceChildren(...rows);
    notice.hidden = !rows.length;
    return unsent;
  };

  for (const [opening] of await show()) {
    const queue = await new TallyQueue(opening, store).load();
    const url = forOpening(notice.dataset.url, opening);
    await new Sender(queue, { url, token: pageToken, device: deviceId(), counting: false, renew: renewToken, changed() {} }).flush();
    await show();
  }
}

const notice = document.querySelector("[data-tally-left]");
if (notice) start(notice);
