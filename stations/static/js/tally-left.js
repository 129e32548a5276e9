// On the list of openings: what this device still holds, whichever opening it belongs to.
import { unsentByOpening } from "./tally-queue.js";

const notice = document.querySelector("[data-tally-left]");
const unsent = notice ? [...unsentByOpening(window.localStorage)] : [];
if (unsent.length) {
  const template = notice.querySelector("template");
  const rows = unsent.map(([opening, count]) => {
    const row = template.content.cloneNode(true);
    const link = row.querySelector("a");
    link.href = link.getAttribute("href").replace("/0", `/${encodeURIComponent(opening)}`);
    link.textContent = link.textContent.replace("{n}", count);
    return row;
  });
  notice.querySelector("[data-rows]").replaceChildren(...rows);
  notice.hidden = false;
}
