// Signing out while this device still holds touches of a counting page: they stay, but somebody has to send them.
import { unsentByOpening } from "./tally-queue.js";
import { openStore } from "./tally-store.js";

export function askBeforeSignOut() {
  const dialog = document.getElementById("unsent-warning");
  if (!dialog) return;
  const sure = new WeakSet();
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.matches(".mt-sign-out") || sure.has(form)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const unsent = [...(await unsentByOpening(await openStore())).values()].reduce((sum, n) => sum + n, 0);
    const leave = () => { sure.add(form); form.requestSubmit(); };
    if (!unsent) return leave();
    const text = dialog.querySelector("[data-unsent]");
    text.textContent = text.dataset.unsent.replace("{n}", unsent);
    dialog.onclose = () => { if (dialog.returnValue === "leave") leave(); };
    dialog.returnValue = "";
    dialog.showModal();
  }, { capture: true });
}
