// Lists the chosen files with name, size and a small picture, takes them by drag and drop, refuses what is too large.

/** @param {number} bytes @returns {string} such as "1.4 MB" */
export function size(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${Math.round(bytes / 1024)} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

function picture(file) {
  if (!["image/jpeg", "image/png"].includes(file.type)) return null;
  const image = document.createElement("img");
  image.alt = "";
  image.src = URL.createObjectURL(file);
  image.addEventListener("load", () => URL.revokeObjectURL(image.src), { once: true });
  return image;
}

function without(files, index) {
  const rest = new DataTransfer();
  [...files].forEach((file, at) => { if (at !== index) rest.items.add(file); });
  return rest.files;
}

function enhance(area) {
  const input = area.querySelector('input[type="file"]');
  const list = area.querySelector("[data-file-list]");
  const template = area.querySelector("[data-file-row]");

  const refused = area.querySelector("[data-file-refused]");

  // Sending it would take minutes on a slow line, and end on a page without what was typed here.
  const refuseTooLarge = () => {
    const tooLarge = [...input.files].find((file) => file.size > Number(area.dataset.largest));
    refused.hidden = !tooLarge;
    refused.textContent = tooLarge ? `＊${area.dataset.tooLarge.replace("{name}", tooLarge.name)}` : "";
    if (tooLarge) input.files = new DataTransfer().files;
  };

  const show = () => {
    list.replaceChildren(...[...input.files].map((file, index) => {
      const row = template.content.cloneNode(true).firstElementChild;
      row.querySelector(".mt-file__name").textContent = file.name;
      row.querySelector(".mt-file__size").textContent = size(file.size);
      const image = picture(file);
      if (image) row.querySelector(".mt-file__picture").append(image);
      row.querySelector("button").addEventListener("click", () => {
        input.files = without(input.files, index);
        show();
        input.focus();
      });
      return row;
    }));
  };

  input.addEventListener("change", () => {
    refuseTooLarge();
    show();
  });
  area.addEventListener("dragover", (event) => {
    event.preventDefault();
    area.classList.add("mt-file--over");
  });
  area.addEventListener("dragleave", () => area.classList.remove("mt-file--over"));
  area.addEventListener("drop", (event) => {
    event.preventDefault();
    area.classList.remove("mt-file--over");
    const dropped = new DataTransfer();
    [...event.dataTransfer.files].slice(0, input.multiple ? undefined : 1).forEach((file) => dropped.items.add(file));
    input.files = dropped.files;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    refuseTooLarge();
    show();
  });
  show();
}

export function watchFiles(root = document) {
  root.querySelectorAll("[data-file]").forEach(enhance);
}
