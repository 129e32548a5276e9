// The page on which a tablet is enrolled: the code of the QR comes behind the #, which no server sees.

const field = document.querySelector("[data-enrol-code]");

function take() {
  const code = location.hash.slice(1);
  if (!/^[0-9]{8}$/.test(code)) return;
  field.value = `${code.slice(0, 4)} ${code.slice(4)}`;
  // Not left in the address: it would stand in the history, and come back with a reload after it was used.
  history.replaceState(null, "", location.pathname + location.search);
  document.querySelector("[data-enrol-name]").focus();
}

if (field) {
  take();
  addEventListener("hashchange", take);
}
