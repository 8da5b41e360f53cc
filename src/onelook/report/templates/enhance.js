// Tables are complete without this; with it, a click on a heading sorts.
for (const table of document.querySelectorAll("table.sortable")) {
  const body = table.tBodies[0];
  const headings = [...table.tHead.rows[0].cells];
  const natural = new Intl.Collator(undefined, { numeric: true });
  const compare = (column) => (a, b) => {
    const [left, right] = [a.cells[column], b.cells[column]];
    return "value" in left.dataset
      ? left.dataset.value - right.dataset.value
      : natural.compare(left.textContent, right.textContent);
  };
  headings.forEach((heading, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => {
      const rising = heading.getAttribute("aria-sort") !== "ascending";
      headings.forEach((other) => other.removeAttribute("aria-sort"));
      heading.setAttribute("aria-sort", rising ? "ascending" : "descending");
      const rows = [...body.rows].sort(compare(column));
      body.append(...(rising ? rows : rows.reverse()));
    });
  });
}

// Long lists are complete too; with this, typing leaves what holds the words.
for (const list of document.querySelectorAll("[data-search]")) {
  const entries = [...list.querySelectorAll(list.dataset.search)];
  const words = entries.map((entry) => (entry.dataset.name ?? entry.cells?.[0].textContent ?? "").toLowerCase());
  const field = Object.assign(document.createElement("input"), { type: "search", placeholder: list.dataset.searchLabel });
  field.setAttribute("aria-label", list.dataset.searchLabel);
  const place = Object.assign(document.createElement("div"), { className: "search" });
  place.append(field);
  list.prepend(place);
  field.addEventListener("input", () => {
    const wanted = field.value.trim().toLowerCase();
    entries.forEach((entry, position) => { entry.hidden = !words[position].includes(wanted); });
    for (const folded of list.querySelectorAll("details")) folded.open = wanted !== "";
  });
}
