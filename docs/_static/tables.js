// A table wider than the screen scrolls in a box of its own.
document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll(".bd-article table").forEach((table) => {
    const parent = table.parentElement;
    if (parent.classList.contains("pst-scrollable-table-container") ||
        table.classList.contains("longtable-api")) { return; }
    const box = document.createElement("div");
    box.className = "table-scroll";
    parent.insertBefore(box, table);
    box.appendChild(table);
  });
});
