"use strict";
(() => {
  const table = document.getElementById("trials");
  if (!table) return;
  const body = table.tBodies[0];
  const headers = [...table.tHead.rows[0].cells];
  const filter = document.getElementById("trials-filter");
  const status = document.getElementById("trials-status");
  const count = document.getElementById("trials-count");
  const rows = [...body.rows].map((row) => ({
    row,
    status: row.dataset.status,
    text: row.textContent.toLowerCase(),
    keys: [...row.cells].map((cell) => key(cell)),
  }));

  // Numbers are compared as numbers, words as words; what is missing comes last.
  function key(cell) {
    const text = cell.textContent.trim();
    if (cell.dataset.value !== undefined) return Number(cell.dataset.value);
    return text === "" || text === "\u2013" ? null : text;
  }

  function compare(a, b, sign) {
    if (a === null || b === null) return (a === null) - (b === null);
    if (typeof a === "number" && typeof b === "number") return sign * (a - b);
    if (typeof a !== typeof b) return sign * (typeof a === "number" ? -1 : 1);
    return sign * a.localeCompare(b, undefined, { numeric: true });
  }

  function sortBy(column) {
    const header = headers[column];
    const isAscending = header.getAttribute("aria-sort")
      ? header.getAttribute("aria-sort") === "descending"
      : header.dataset.first !== "descending";
    headers.forEach((other) => other.removeAttribute("aria-sort"));
    header.setAttribute("aria-sort", isAscending ? "ascending" : "descending");
    const sign = isAscending ? 1 : -1;
    rows.sort((a, b) => compare(a.keys[column], b.keys[column], sign));
    body.append(...rows.map((entry) => entry.row));
  }

  function show() {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const entry of rows) {
      const isShown =
        (status.value === "" || entry.status === status.value) &&
        words.every((word) => entry.text.includes(word));
      entry.row.hidden = !isShown;
      shown += isShown;
    }
    count.textContent = `${shown} of ${rows.length} shown`;
  }

  headers.forEach((header, column) => {
    header.querySelector("button").addEventListener("click", () => sortBy(column));
  });
  filter.addEventListener("input", show);
  status.addEventListener("change", show);
  show();
})();
