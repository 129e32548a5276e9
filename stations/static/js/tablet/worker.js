// The page's side of the service worker: which version there is, and taking it while nobody counts.

async function reply(message) {
  const { active } = await navigator.serviceWorker.ready;
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => resolve(data);
    active.postMessage(message, [port2]);
  });
}

/** Whether another version than this page's lies ready. */
export async function isNewVersion(version) {
  if (!navigator.serviceWorker?.controller) return false;
  const newest = await reply("newest");
  return Boolean(newest) && newest !== version;
}

/** Take the version that lies ready, and start again with it; not while any tab counts. */
export async function takeNewVersion() {
  const { held = [] } = (await navigator.locks?.query()) ?? {};
  if (held.some(({ name }) => name === "mt-tablet-counting")) return false;
  await reply("take");
  location.reload();
  return true;
}

/** Install the worker and look for new versions from time to time. */
export async function install(address, found) {
  if (!navigator.serviceWorker) return;
  const registration = await navigator.serviceWorker.register(address, { scope: "/tablet/", updateViaCache: "none" });
  const look = () => registration.update().catch(() => {});
  setInterval(look, 3_600_000);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) look(); });
  navigator.serviceWorker.addEventListener("controllerchange", found);
  await navigator.serviceWorker.ready;
  found();
}
