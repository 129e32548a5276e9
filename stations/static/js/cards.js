// On a phone each row of a table becomes a card in which every value has its column's name beside it, so that no
// amount hides at the side. The look is tables.css's; here cells learn their names, and the roles that a table's
// elements lose when a style sheet draws them as blocks. Without this, the table scrolls inside its region.
const MOST_COLUMNS = 7; // a wider table is a chart in numbers, to be seen as a whole
const ROLES = { THEAD: "rowgroup", TBODY: "rowgroup", TFOOT: "rowgroup", TR: "row", TD: "cell" };

export function cardTables() {
  document.querySelectorAll(".mt-table-region > .mt-table").forEach((table) => {
    const heads = table.tHead?.rows.length === 1 ? [...table.tHead.rows[0].cells] : [];
    if (!heads.length || heads.length > MOST_COLUMNS) return;
    giveRoles(table);
    for (const body of [...table.tBodies, table.tFoot]) {
      for (const row of body?.rows ?? []) nameCells(row, heads);
    }
    table.classList.add("mt-table--cards");
  });
}

function giveRoles(table) {
  table.setAttribute("role", "table");
  table.querySelectorAll("thead, tbody, tfoot, tr, td").forEach((part) => part.setAttribute("role", ROLES[part.tagName]));
  table.querySelectorAll("th").forEach((head) => {
    head.setAttribute("role", head.scope.startsWith("col") ? "columnheader" : "rowheader");
  });
}

function nameCells(row, heads) {
  let column = 0;
  for (const cell of row.cells) {
    if (column > 0 && cell.tagName === "TD" && cell.colSpan === 1) cell.dataset.name = heads[column]?.innerText.trim();
    cell.classList.toggle("mt-table__nothing", !cell.textContent.trim() && !cell.querySelector("img, svg, input"));
    column += cell.colSpan;
  }
}
