// What galleries share: pictures that a filter leaves, a filter that the address keeps, and tables whose cells set it.
// A gallery says what it holds by `of`:
//   length, first       the number of its pictures, and of those that are shown without a filter
//   fits(asked, at)     whether the picture at this place is asked for; `asked` is an object, null for all
//   total(asked)        how many pictures there are, also those that the page does not have
//   entry(at), line(at) a list item with the picture; and one without, where hasPicture(at) is false
//   sentence(asked, n)  what is shown, as parts of a line
//   keys, read(text), write(place)  the names in the address, and what stands there for a place
//   unlisted(n)         a sentence on pictures that the page does not even name
function filteredPictures(section, of) {
  const list = section.querySelector(".pictures");
  const STEP = 48; // pictures at once
  let [filter, limit, opener] = [null, of.first, null];
  const make = (tag, properties, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  const number = (count) => count.toLocaleString("en");

  const address = (asked) => {
    const words = Object.entries(asked).map(([key, place]) => `${key}=${encodeURIComponent(of.write(key, place))}`);
    return `#${section.id}?${words.join("&")}`;
  };
  const fromAddress = () => {
    const words = new URLSearchParams(location.hash.slice(section.id.length + 2));
    const known = of.keys.filter((key) => words.has(key));
    return known.length ? Object.fromEntries(known.map((key) => [key, of.read(key, words.get(key))])) : null;
  };
  const isUnknown = (asked) => Object.values(asked).includes(-1);

  const words = make("p", { className: "filter", tabIndex: -1 });
  words.setAttribute("role", "status");
  const [lead, lines] = [make("p", { className: "note" }), make("ul", { className: "unpictured" })];
  const rest = make("p", { className: "note" });
  const more = make("button", { type: "button", className: "more-errors" });
  const after = section.querySelector(".after-pictures");
  list.before(words);
  after.append(lead, lines, rest, more);

  const render = () => {
    const indices = [...Array(of.length).keys()].filter((at) => !filter || of.fits(filter, at));
    const shown = indices.slice(0, limit);
    const total = filter && isUnknown(filter) ? 0 : of.total(filter);
    list.replaceChildren(...shown.filter(of.hasPicture).map(of.entry));
    list.hidden = !list.children.length;
    const bare = shown.filter((at) => !of.hasPicture(at));
    lines.replaceChildren(...bare.map(of.line));
    lead.textContent = bare.length ? translate("{n} without a picture, for which this file has no room:", { n: number(bare.length) }) : "";
    const left = indices.length - shown.length;
    more.hidden = !left;
    more.textContent = translate("Show {n} more of {all}", { n: number(Math.min(left, STEP)), all: number(indices.length) });
    const unlisted = total - indices.length;
    rest.textContent = left || unlisted <= 0 ? "" : of.unlisted(unlisted);
    const all = make("a", { href: `#${section.id}` }, translate("show all"));
    const unknown = [translate("There is no class of this name in this report")];
    words.replaceChildren(...(filter ? [...(isUnknown(filter) ? unknown : of.sentence(filter, total)), " · ", all] : []));
    for (const grid of grids) grid.select(filter);
  };
  more.addEventListener("click", () => {
    limit += STEP;
    render();
    if (more.hidden) words.focus({ preventScroll: true });
  });

  const show = (asked, { jump }) => {
    filter = asked;
    limit = asked ? STEP : of.first;
    render();
    if (jump) {
      section.scrollIntoView();
      (asked ? words : section).focus({ preventScroll: true });
    }
  };
  const open = (asked, from) => {
    opener = from;
    if (location.hash === address(asked)) show(asked, { jump: true });
    else location.hash = address(asked);
  };
  const isHere = () => location.hash.slice(1).split("?")[0] === section.id;
  addEventListener("hashchange", () => {
    if (isHere()) show(fromAddress(), { jump: true });
    else if (!location.hash) show(null, { jump: false }); // back to before the first choice
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !filter || event.target.value) return;
    history.pushState(null, "", `#${section.id}`);
    show(null, { jump: false });
    (opener ?? section.querySelector("a, button"))?.focus();
    opener = null;
  });

  // A table as a grid: the arrow keys move, Enter and a click open what `ask(row, column)` returns, if anything.
  const grids = [];
  const grid = (table, ask) => {
    const rows = [...table.querySelectorAll("thead tr:last-child, tbody tr")].map((row) => [...row.cells]);
    let [row, column] = [1, 1];
    const move = (to, at) => {
      rows[row][column].removeAttribute("tabindex");
      [row, column] = [to, at];
      rows[row][column].tabIndex = 0;
    };
    const isShown = (to) => !rows[to]?.[0].parentNode.hidden;
    const beyond = (step) => { // the next row that a search has not hidden
      let to = row + step;
      while (rows[to] && !isShown(to)) to += step;
      return to;
    };
    table.setAttribute("role", "grid");
    table.closest(".scroll")?.removeAttribute("tabindex"); // the keyboard scrolls by its cells
    move(1, Math.max(1, rows[1].findIndex((cell) => cell.className.startsWith("wrong"))));
    table.addEventListener("keydown", (event) => {
      const steps = {
        ArrowLeft: [row, column - 1], ArrowRight: [row, column + 1], ArrowUp: [beyond(-1), column],
        ArrowDown: [beyond(1), column], Home: [row, 0], End: [row, rows[row].length - 1],
      };
      const to = steps[event.key];
      if (to && rows[to[0]]?.[to[1]] && to[0] + to[1]) {
        move(...to);
        rows[row][column].focus();
        event.preventDefault();
      } else if (event.key === "Enter" || event.key === " ") {
        if (ask(row, column)) open(ask(row, column), event.target);
        event.preventDefault();
      }
    });
    table.addEventListener("click", (event) => {
      const cell = event.target.closest("td, th");
      const to = rows.findIndex((each) => each.includes(cell));
      if (to < 0 || !ask(to, cell.cellIndex)) return;
      move(to, cell.cellIndex);
      open(ask(to, cell.cellIndex), cell);
    });
    const select = (asked) => {
      for (const cell of table.querySelectorAll("[aria-selected]")) cell.removeAttribute("aria-selected");
      const wanted = asked && JSON.stringify(asked);
      for (const [to, cells] of asked ? rows.entries() : []) {
        for (const at of cells.keys()) if (JSON.stringify(ask(to, at)) === wanted) cells[at].setAttribute("aria-selected", "true");
      }
    };
    grids.push({ select });
  };

  const start = () => {
    section.tabIndex = -1;
    if (isHere() && fromAddress()) show(fromAddress(), { jump: true });
    else render();
  };
  const openedFrom = (element) => { opener = element; };
  return { list, make, number, address, grid, openedFrom, start };
}
