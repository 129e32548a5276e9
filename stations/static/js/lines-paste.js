// Rows copied in Excel and pasted into a table of lines: shown first, then filled into rows and columns.

/**
 * @param {string} text what a spreadsheet puts on the clipboard: tabs between cells, a cell with a line end in quotes
 * @returns {string[][]} rows of cells, without empty rows at the end
 */
export function parseCells(text) {
  const rows = [[""]];
  let quoted = false;
  const plain = text.replace(/\r\n?/g, "\n");
  for (let at = 0; at < plain.length; at += 1) {
    const char = plain[at];
    const row = rows[rows.length - 1];
    if (quoted && char === '"' && plain[at + 1] === '"') {
      row[row.length - 1] += '"';
      at += 1;
    } else if (char === '"' && (quoted || row[row.length - 1] === "")) quoted = !quoted;
    else if (char === "\t" && !quoted) row.push("");
    else if (char === "\n" && !quoted) rows.push([""]);
    else row[row.length - 1] += char === "\n" ? " " : char;
  }
  while (rows.length && rows[rows.length - 1].every((cell) => !cell.trim())) rows.pop();
  return rows.map((row) => row.map((cell) => cell.trim()));
}

const folded = (text) => text.normalize("NFKC").replace(/\s/g, "");

/**
 * Which cell goes where: by a row of headings where there is one, else in order from the column pasted into.
 * @param {string[][]} rows @param {{name: string, heading: string}[]} columns @param {number} from
 * @returns {{rows: Record<string, string>[], left: number}} values by column; `left`: columns with words and no place
 */
export function placed(rows, columns, from) {
  const headings = columns.map((column) => folded(column.heading));
  const first = (rows[0] ?? []).map((cell) => headings.indexOf(folded(cell)));
  const titled = first.filter((place) => place >= 0).length >= 2;
  const places = titled ? first : (rows[0] ?? []).map((_cell, index) => index + from);
  const width = Math.max(0, ...rows.map((row) => row.length));
  while (places.length < width) places.push(titled ? -1 : places.length + from);
  const body = (titled ? rows.slice(1) : rows).filter((row) => row.some((cell) => cell));
  const lost = places.filter((place, index) => !columns[place] && body.some((row) => row[index]));
  return {
    left: lost.length,
    rows: body.map((row) => Object.fromEntries(
      row.map((cell, index) => [columns[places[index]]?.name, cell]).filter(([name]) => name),
    )),
  };
}

/** @param {{text: string, value: string}[]} options @param {string} words @returns {{text: string, value: string}|undefined} */
export function chosenOption(options, words) {
  const wanted = folded(words);
  const named = options.filter((option) => option.value && wanted);
  return named.find((option) => folded(option.text) === wanted)
    ?? named.find((option) => folded(option.text).split("(")[0] === wanted.split("(")[0]);
}

const controlOf = (row, name) => row.querySelector(`[data-cell="${name}"] :is(input, select, textarea)`);
const isBlank = (row) => [...row.querySelectorAll("[data-cell] :is(input, select, textarea)")].every((one) => !one.value.trim());

function columnsOf(row) {
  return [...row.querySelectorAll("[data-cell]")].map((cell) => ({
    name: cell.dataset.cell,
    heading: cell.querySelector(".mt-lines__label").firstChild.textContent.trim(),
  }));
}

function put(control, words) {
  if (control.matches("select")) control.value = chosenOption([...control.options], words)?.value ?? "";
  else control.value = words;
}

function preview(dialog, columns, model, found) {
  const cell = (tag, words) => Object.assign(document.createElement(tag), { textContent: words });
  const line = (cells) => {
    const row = document.createElement("tr");
    row.append(...cells);
    return row;
  };
  const shown = (column, words) => {
    const control = controlOf(model, column.name);
    if (!control.matches("select") || !words) return cell("td", words ?? "");
    const option = chosenOption([...control.options], words);
    const made = cell("td", option?.text ?? dialog.dataset.unknown.replace("{words}", words));
    made.classList.toggle("mt-table__differs", !option);
    return made;
  };
  dialog.querySelector("[data-paste-head]").replaceChildren(line(columns.map((column) => {
    const head = cell("th", column.heading);
    head.scope = "col";
    return head;
  })));
  dialog.querySelector("[data-paste-body]").replaceChildren(
    ...found.rows.map((row) => line(columns.map((column) => shown(column, row[column.name])))),
  );
  dialog.querySelector("[data-paste-count]").textContent = dialog.dataset.count.replace("{n}", String(found.rows.length));
  dialog.querySelector("[data-paste-left]").hidden = !found.left;
}

/** @param {{root: Element, rows: () => Element[], newRow: () => Element, changed: () => void}} lines */
export function offerPasting(lines) {
  const dialog = lines.root.querySelector("[data-lines-paste]");
  if (!dialog) return;
  let waiting = () => {};
  lines.root.addEventListener("paste", (event) => {
    const row = event.target.closest("[data-line]");
    const rows = parseCells(event.clipboardData?.getData("text/plain") ?? "");
    if (!row || (rows.length < 2 && (rows[0]?.length ?? 0) < 2)) return; // one cell is pasted as ever
    const columns = columnsOf(row);
    const from = Math.max(0, columns.findIndex((column) => column.name === event.target.closest("[data-cell]")?.dataset.cell));
    const found = placed(rows, columns, from);
    if (!found.rows.length) return;
    event.preventDefault();
    preview(dialog, columns, row, found);
    waiting = () => {
      // The row pasted into, then rows below that are still empty, then new ones: nothing else is written over.
      const below = lines.rows().slice(lines.rows().indexOf(row) + 1).filter(isBlank);
      found.rows.forEach((values, index) => {
        const target = index === 0 ? row : below.shift() ?? lines.newRow();
        Object.entries(values).forEach(([name, words]) => put(controlOf(target, name), words));
      });
      lines.changed();
    };
    dialog.showModal();
  });
  dialog.querySelector("[data-paste-ok]").addEventListener("click", () => { dialog.close(); waiting(); });
  dialog.querySelector("[data-paste-cancel]").addEventListener("click", () => dialog.close());
}
