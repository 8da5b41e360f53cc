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
