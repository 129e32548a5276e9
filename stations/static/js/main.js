// Starts the small enhancements of every page. Nothing here is needed to use a page: without it, all forms and links work.
import { cardTables } from "./cards.js";
import { watchCounters } from "./counter.js";
import { warnBeforeLosing } from "./draft.js";
import { closePopups } from "./popup.js";
import { watchFiles } from "./files.js";
import { guardAgainstDoubleSubmit } from "./guard.js";
import { watchIdleTime } from "./idle.js";
import { enhanceLines } from "./lines.js";
import { askBeforeSignOut } from "./sign-out.js";

document.documentElement.classList.add("mt-js");

/** Reading starts with what is wrong, else with what was done. */
function focusWhatIsSaid() {
  (document.querySelector("[data-error-summary]") ?? document.querySelector("[data-said]"))?.focus();
}

/**
 * What a link of the error summary has put behind the address would go along with the form, and the browser would open
 * the next page there: in the middle, past what it says.
 */
function forgetPlaceWhenSending() {
  document.addEventListener("submit", () => {
    if (location.hash) history.replaceState(history.state, "", location.pathname + location.search);
  });
}

/** A turn of the wheel over a focused number must scroll the page and never change the amount. */
function keepWheelFromNumbers() {
  document.addEventListener("wheel", (event) => {
    const field = document.activeElement;
    if (field?.matches?.('input[type="number"]') && event.target === field) field.blur();
  }, { passive: true });
}

function offerPrinting() {
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
  });
}

/** Copies an address that is shown only once; where the browser does not let us, it is marked to be copied by hand. */
function offerCopying() {
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const shown = document.getElementById(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(shown.textContent.trim());
      document.getElementById(`${button.dataset.copy}-copied`).textContent = button.dataset.copied;
    } catch {
      getSelection().selectAllChildren(shown);
    }
  });
}

focusWhatIsSaid();
forgetPlaceWhenSending();
keepWheelFromNumbers();
offerPrinting();
offerCopying();
closePopups();
cardTables();
watchCounters();
watchFiles();
guardAgainstDoubleSubmit();
enhanceLines();
warnBeforeLosing();
askBeforeSignOut();
watchIdleTime();
