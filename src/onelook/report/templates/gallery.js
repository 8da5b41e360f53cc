// A cell of a matrix, a class or a pair opens its errors in the gallery, and a link keeps which.
// Without this script the gallery shows the worst errors.
const gallery = document.getElementById("gallery");
if (gallery) {
  const data = JSON.parse(gallery.content.textContent);
  const section = gallery.closest("section");
  const list = section.querySelector(".pictures");
  const worst = [...list.children];
  const STEP = 48; // errors at once
  const putHeatMap = heatMaps(data.heat, section);
  let [filter, limit, opener] = [null, data.worst, null];

  const make = (tag, properties, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  const name = (place) => make("bdi", {}, make("b", {}, data.names[place] ?? ""));
  const number = (count) => count.toLocaleString("en");
  const pictures = (count) => (count === 1 ? "1 picture" : `${number(count)} pictures`);

  // What is asked for: an object with `label`, `predicted` or `class`, each a position among the names; null for all.
  const address = (asked) => {
    const words = Object.entries(asked).map(([key, place]) => `${key}=${encodeURIComponent(data.names[place])}`);
    return `#${section.id}?${words.join("&")}`;
  };
  const fromAddress = () => {
    const words = new URLSearchParams(location.hash.slice(section.id.length + 2));
    const known = ["label", "predicted", "class"].filter((key) => words.has(key));
    return known.length ? Object.fromEntries(known.map((key) => [key, data.names.indexOf(words.get(key))])) : null;
  };
  const fits = (asked, label, predicted) =>
    !asked ||
    ((asked.label ?? label) === label &&
      (asked.predicted ?? predicted) === predicted &&
      (asked.class === undefined || asked.class === label || asked.class === predicted));
  const count = (asked) => {
    let sum = 0;
    for (let at = 0; at < data.cells.length; at += 3) {
      if (fits(asked, data.cells[at], data.cells[at + 1])) sum += data.cells[at + 2];
    }
    return sum;
  };
  const link = (asked, ...children) => make("a", { href: address(asked) }, ...children);

  // One error, as the page shows the worst ones.
  const entry = (index) => {
    if (!worst[index]) {
      const [id, label, predicted, pLabel, pPredicted, picture] = data.errors[index];
      const copy = worst[0].cloneNode(true);
      copy.querySelector(".heat")?.remove();
      const image = make("img", {
        alt: `Picture ${id}: labelled ${data.names[label]}, taken for ${data.names[predicted]}`,
        loading: "lazy",
        decoding: "async",
        src: `data:image/${picture.startsWith("iVBOR") ? "png" : "jpeg"};base64,${picture}`,
      });
      copy.querySelector("img, .no-picture").replaceWith(image);
      const texts = [`said ${data.names[predicted]}`, pPredicted, `label ${data.names[label]}`, pLabel, id];
      copy.querySelectorAll(".answer > *, .id").forEach((place, at) => { place.textContent = texts[at]; });
      const classes = data.classes ?? data.names;
      const mark = [data.ids?.[index] ?? id, classes[label], classes[predicted], data.contents?.[index] ?? ""];
      copy.querySelector("figure").dataset.mark = JSON.stringify(mark);
      worst[index] = copy;
    }
    putHeatMap(worst[index], index);
    return worst[index];
  };
  const line = (index) => {
    const [id, label, predicted, pLabel, pPredicted] = data.errors[index];
    const said = ["said ", name(predicted), ` ${pPredicted}, label `, name(label), ` ${pLabel}`];
    return make("li", {}, make("span", { className: "id" }, id), " ", ...said);
  };

  // What is shown, in words.
  const sentence = (asked, found) => {
    if (Object.values(asked).includes(-1)) return ["There is no class of this name in this report"];
    const { label, predicted, class: both } = asked;
    if (both !== undefined) {
      const [missed, named] = [count({ label: both }), count({ predicted: both })];
      return [
        `${found === 1 ? "1 error" : `${number(found)} errors`} with `, name(both), ": ",
        missed ? link({ label: both }, `${number(missed)} missed`) : "0 missed", ", ",
        named ? link({ predicted: both }, `${number(named)} wrongly named`) : "0 wrongly named",
      ];
    }
    if (predicted === undefined) return [`${pictures(found)} labelled `, name(label), " and taken for another class"];
    if (label === undefined) return [`${pictures(found)} taken for `, name(predicted), " with another label"];
    return [found ? `${pictures(found)} labelled ` : "No picture is labelled ", name(label), " and taken for ", name(predicted)];
  };

  const words = make("p", { className: "filter", tabIndex: -1 });
  words.setAttribute("role", "status");
  const [lead, lines] = [make("p", { className: "note" }), make("ul", { className: "unpictured" })];
  const rest = make("p", { className: "note" });
  const more = make("button", { type: "button", className: "more-errors" });
  const after = section.querySelector(".after-pictures");
  list.before(words);
  after.append(lead, lines, rest, more);

  const render = () => {
    const indices = [...data.errors.keys()].filter((at) => fits(filter, data.errors[at][1], data.errors[at][2]));
    const shown = indices.slice(0, limit);
    const hasPicture = (at) => at < data.worst || data.errors[at].length > 5;
    const total = filter && Object.values(filter).includes(-1) ? 0 : count(filter);
    list.replaceChildren(...shown.filter(hasPicture).map(entry));
    list.hidden = !list.children.length;
    const bare = shown.filter((at) => !hasPicture(at));
    lines.replaceChildren(...bare.map(line));
    lead.textContent = bare.length ? `${number(bare.length)} without a picture, for which this file has no room:` : "";
    const left = indices.length - shown.length;
    more.hidden = !left;
    more.textContent = `Show ${number(Math.min(left, STEP))} more of ${number(indices.length)}`;
    const unlisted = total - indices.length;
    rest.textContent = left || unlisted <= 0 ? "" : `And ${number(unlisted)} more, which only predictions.csv lists.`;
    const all = make("a", { href: `#${section.id}` }, "show all");
    words.replaceChildren(...(filter ? [...sentence(filter, total), " · ", all] : []));
    for (const cell of document.querySelectorAll("table[data-classes] [aria-selected]")) cell.removeAttribute("aria-selected");
    if (filter) for (const grid of grids) grid.select(filter);
  };
  more.addEventListener("click", () => {
    limit += STEP;
    render();
    if (more.hidden) words.focus({ preventScroll: true });
  });

  const show = (asked, { jump }) => {
    filter = asked;
    limit = asked ? STEP : data.worst;
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

  // Matrices: the arrow keys move, Enter and a click open.
  const grids = [...document.querySelectorAll("table[data-classes]")].map((table) => {
    const classes = table.dataset.classes.split(" ").map(Number);
    const rows = [...table.querySelectorAll("thead tr:last-child, tbody tr")].map((row) => [...row.cells]);
    const asked = (row, column) => {
      if (!row && !column) return null;
      if (!row) return { predicted: classes[column - 1] };
      if (!column) return { label: classes[row - 1] };
      return row === column ? { class: classes[row - 1] } : { label: classes[row - 1], predicted: classes[column - 1] };
    };
    let [row, column] = [1, 1];
    const move = (to, at) => {
      rows[row][column].removeAttribute("tabindex");
      [row, column] = [to, at];
      rows[row][column].tabIndex = 0;
    };
    const place = (cell) => [rows.findIndex((each) => each[cell.cellIndex] === cell), cell.cellIndex];
    table.setAttribute("role", "grid");
    table.closest(".scroll").removeAttribute("tabindex"); // the keyboard scrolls by its cells
    move(1, Math.max(1, rows[1].findIndex((cell) => cell.className.startsWith("wrong"))));
    table.addEventListener("keydown", (event) => {
      const last = classes.length;
      const steps = {
        ArrowLeft: [row, column - 1], ArrowRight: [row, column + 1], ArrowUp: [row - 1, column], ArrowDown: [row + 1, column],
        Home: [row, 0], End: [row, last],
      };
      const to = steps[event.key];
      if (to && rows[to[0]]?.[to[1]] && to[0] + to[1]) {
        move(...to);
        rows[row][column].focus();
        event.preventDefault();
      } else if (event.key === "Enter" || event.key === " ") {
        open(asked(row, column), event.target);
        event.preventDefault();
      }
    });
    table.addEventListener("click", (event) => {
      const cell = event.target.closest("td, th");
      const [to, at] = cell ? place(cell) : [-1, -1];
      if (to < 0 || !asked(to, at)) return;
      move(to, at);
      open(asked(to, at), cell);
    });
    const select = ({ label, predicted, class: both }) => {
      const to = label === undefined && both === undefined ? 0 : classes.indexOf(both ?? label) + 1;
      const at = predicted === undefined && both === undefined ? 0 : classes.indexOf(both ?? predicted) + 1;
      const isHere = (to || label === undefined) && (at || predicted === undefined) && to + at;
      if (isHere) rows[to][at].setAttribute("aria-selected", "true");
    };
    return { select };
  });

  // Pairs and rows of classes: a link in each, and a click beside it does the same.
  const linked = (row, holder, asked) => {
    const anchor = link(asked, ...holder.childNodes);
    holder.append(anchor);
    row.addEventListener("click", (event) => {
      opener = anchor;
      if (!event.target.closest("a") && getSelection().isCollapsed) anchor.click();
    });
  };
  for (const pair of document.querySelectorAll("[data-pair]")) {
    const [label, predicted] = pair.dataset.pair.split(" ").map(Number);
    linked(pair, pair.querySelector(".who"), { label, predicted });
  }
  for (const row of document.querySelectorAll("tr[data-class]")) {
    linked(row, row.cells[0], { class: Number(row.dataset.class) });
  }

  // One class among many: typing lists those with these letters.
  for (const place of document.querySelectorAll("[data-find-class]")) {
    const field = make("input", { type: "search", placeholder: "Find a class" });
    field.setAttribute("aria-label", "Find a class");
    const found = make("ul", { className: "found-classes" });
    place.append(make("div", { className: "search" }, field), found);
    const taken = (own, other) => { // the classes with most errors in this direction, as words
      const cells = [];
      for (let at = 0; at < data.cells.length; at += 3) {
        const [label, predicted, errors] = data.cells.slice(at, at + 3);
        if ((other ? predicted : label) === own) cells.push([errors, label, predicted]);
      }
      const most = cells.sort((a, b) => b[0] - a[0]).slice(0, 3);
      return most.flatMap(([errors, label, predicted], at) => [
        at ? ", " : "", link({ label, predicted }, data.names[other ? label : predicted], `\u00a0${number(errors)}`),
      ]);
    };
    field.addEventListener("input", () => {
      const wanted = field.value.trim().toLowerCase();
      const places = wanted ? [...data.names.keys()].filter((at) => data.names[at].toLowerCase().includes(wanted)) : [];
      const rows = places.slice(0, 8).map((at) => {
        const [from, to] = [taken(at, false), taken(at, true)];
        return make("li", {},
          link({ class: at }, name(at)), `: ${number(data.right[at])} of ${number(data.support[at])} right`,
          ...(from.length ? ["; taken for ", ...from] : []), ...(to.length ? ["; said for ", ...to] : []));
      });
      const beyond = places.length - rows.length;
      if (beyond) rows.push(make("li", { className: "note" }, `and ${number(beyond)} more: type more letters`));
      if (wanted && !places.length) rows.push(make("li", { className: "note" }, "No class has these letters."));
      found.replaceChildren(...rows);
    });
  }

  section.tabIndex = -1;
  if (isHere() && fromAddress()) show(fromAddress(), { jump: true });
  else render();
}
