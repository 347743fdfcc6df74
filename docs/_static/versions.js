// The version in the page's head becomes a menu where several versions are published.
// They lie side by side, each in a folder of its name, and beside the folders a file
// versions.json lists the names, the newest first: ["0.3.0", "0.2.0"]. Without the file,
// and in pages opened from disk, the version stays a text.
document.addEventListener("DOMContentLoaded", async () => {
  if (!location.protocol.startsWith("http")) { return; }
  const pages = new URL(document.documentElement.dataset.content_root, location.href);
  const site = new URL("..", pages);
  const page = location.href.slice(pages.href.length);
  const answer = await fetch(new URL("versions.json", site)).catch(() => null);
  if (!answer?.ok) { return; }
  const versions = await answer.json();
  document.querySelectorAll(".navbar-version").forEach((text) => {
    const menu = document.createElement("select");
    menu.className = "navbar-version";
    menu.setAttribute("aria-label", "Version of these pages");
    const names = new Set([...versions, text.textContent]);
    names.forEach((name) => menu.add(new Option(name, name, false, name === text.textContent)));
    menu.addEventListener("change", async () => {
      const other = new URL(`${menu.value}/`, site);
      const same = new URL(page, other);
      const there = await fetch(same, { method: "HEAD" }).catch(() => null);
      location.href = there?.ok ? same : other; // a page may be new in this version
    });
    text.replaceWith(menu);
  });
});
