// Leaving the counting page without a network would end on the browser's error page, where nobody can count.
const TIMEOUT_MS = 4_000;

/** Whether the network answers now: a small file is asked for, past the browser's own copies. */
async function reaches() {
  try {
    const answer = await fetch(import.meta.url, { method: "HEAD", cache: "no-store", signal: AbortSignal.timeout(TIMEOUT_MS) });
    return answer.ok || answer.status === 404; // the file of a page that is older than the server
  } catch {
    return false;
  }
}

/** The link of a click that would replace this page by another of this site. */
function leavingLink(event) {
  const link = event.target.closest("a[href]");
  const elsewhere = event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
  if (!link || elsewhere || link.target || link.origin !== location.origin) return null;
  return link.hash && link.pathname === location.pathname ? null : link;
}

/**
 * Links and forms lead away only when the network answers; else ``stay`` says so. Reloading or closing the page while
 * touches are unsent is asked about by the browser.
 * @param {{unsent: () => boolean, stay: () => void, left: () => void}} page
 */
export function guardLeaving({ unsent, stay, left }) {
  const sure = new WeakSet();
  let leaving = false;

  document.addEventListener("click", async (event) => {
    const link = leavingLink(event);
    if (!link) return;
    event.preventDefault();
    if (!(await reaches())) return stay();
    leaving = true; // the pages of the record name unsent touches themselves, and send them
    location.assign(link.href);
  });

  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method === "dialog" || sure.delete(form)) return;
    event.preventDefault();
    const { submitter } = event;
    if (!(await reaches())) return stay();
    sure.add(form);
    form.requestSubmit(submitter);
  });

  window.addEventListener("beforeunload", (event) => { if (!leaving && unsent()) event.preventDefault(); });
  window.addEventListener("pagehide", left);
  window.addEventListener("pageshow", () => { leaving = false; });
}
