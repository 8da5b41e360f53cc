// A cell of a matrix, a class or a pair opens its errors in the gallery, and a link keeps which.
// Without this script the gallery shows the worst errors.
const gallery = document.getElementById("gallery");
if (gallery) {
  const data = JSON.parse(gallery.content.textContent);
  const section = gallery.closest("section");
  const worst = [...section.querySelector(".pictures").children];
  const putHeatMap = heatMaps(data.heat, section);

  // What is asked for: an object with `label`, `predicted` or `class`, each a position among the names; null for all.
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
  const shown = filteredPictures(section, {
    length: data.errors.length,
    first: data.worst,
    keys: ["label", "predicted", "class"],
    read: (key, text) => data.names.indexOf(text),
    write: (key, place) => data.names[place],
    fits: (asked, at) => fits(asked, data.errors[at][1], data.errors[at][2]),
    total: count,
    hasPicture: (at) => at < data.worst || data.errors[at].length > 5,
    entry: (at) => entry(at),
    line: (at) => line(at),
    sentence: (asked, found) => sentence(asked, found),
    unlisted: (errors) => translate("And {n} more, which only predictions.csv lists.", { n: number(errors) }),
  });
  const { make, number, address } = shown;
  const name = (place) => make("bdi", {}, make("b", {}, data.names[place] ?? ""));
  const pictures = (found) => translate(found === 1 ? "{n} picture" : "{n} pictures", { n: number(found) });
  const link = (asked, ...children) => make("a", { href: address(asked) }, ...children);

  const mark = (index) => { // what a mark needs; only errors with a picture have a content
    const [id, label, predicted] = data.errors[index];
    const classes = data.classes ?? data.names;
    return JSON.stringify([data.ids?.[index] ?? id, classes[label], classes[predicted], data.contents?.[index] ?? ""]);
  };
  // One error, as the page shows the worst ones.
  const entry = (index) => {
    if (!worst[index]) {
      const [id, label, predicted, pLabel, pPredicted, picture] = data.errors[index];
      const copy = worst[0].cloneNode(true);
      copy.querySelector(".heat")?.remove();
      const image = make("img", {
        alt: translate("Picture {id}: labelled {label}, taken for {predicted}", { id, label: data.names[label], predicted: data.names[predicted] }),
        loading: "lazy",
        decoding: "async",
        src: `data:image/${picture.startsWith("iVBOR") ? "png" : "jpeg"};base64,${picture}`,
      });
      copy.querySelector("img, .no-picture").replaceWith(image);
      const texts = [translate("said {predicted}", { predicted: data.names[predicted] }), pPredicted, translate("label {label}", { label: data.names[label] }), pLabel, id];
      copy.querySelectorAll(".answer > *, .id").forEach((place, at) => { place.textContent = texts[at]; });
      copy.querySelector("figure").dataset.mark = mark(index);
      worst[index] = copy;
    }
    putHeatMap(worst[index], index);
    return worst[index];
  };
  const line = (index) => {
    const [id, label, predicted, pLabel, pPredicted] = data.errors[index];
    const said = filled("said {predicted} {sure}, label {label} {labelSure}", { predicted: name(predicted), sure: pPredicted, label: name(label), labelSure: pLabel });
    const item = make("li", {}, make("span", { className: "id" }, id), " ", ...said);
    item.dataset.mark = mark(index);
    return item;
  };

  // What is shown, in words.
  const sentence = (asked, found) => {
    const { label, predicted, class: both } = asked;
    if (both !== undefined) {
      const [missed, named] = [count({ label: both }), count({ predicted: both })];
      const [missedWords, namedWords] = [translate("{n} missed", { n: number(missed) }), translate("{n} wrongly named", { n: number(named) })];
      return filled("{errors} with {name}: {missed}, {named}", {
        errors: translate(found === 1 ? "{n} error" : "{n} errors", { n: number(found) }),
        name: name(both),
        missed: missed ? link({ label: both }, missedWords) : missedWords,
        named: named ? link({ predicted: both }, namedWords) : namedWords,
      });
    }
    if (predicted === undefined) return filled("{pictures} labelled {label} and taken for another class", { pictures: pictures(found), label: name(label) });
    if (label === undefined) return filled("{pictures} taken for {predicted} with another label", { pictures: pictures(found), predicted: name(predicted) });
    const names = { label: name(label), predicted: name(predicted) };
    return found
      ? filled("{pictures} labelled {label} and taken for {predicted}", { pictures: pictures(found), ...names })
      : filled("No picture is labelled {label} and taken for {predicted}", names);
  };

  // Matrices: the first row and column are the classes.
  for (const table of document.querySelectorAll("table[data-classes]")) {
    const classes = table.dataset.classes.split(" ").map(Number);
    shown.grid(table, (row, column) => {
      if (!row && !column) return null;
      if (!row) return { predicted: classes[column - 1] };
      if (!column) return { label: classes[row - 1] };
      return row === column ? { class: classes[row - 1] } : { label: classes[row - 1], predicted: classes[column - 1] };
    });
  }

  // Pairs and rows of classes: a link in each, and a click beside it does the same.
  const linked = (row, holder, asked) => {
    const anchor = link(asked, ...holder.childNodes);
    holder.append(anchor);
    row.addEventListener("click", (event) => {
      shown.openedFrom(anchor);
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
    const field = make("input", { type: "search", placeholder: translate("Find a class") });
    field.setAttribute("aria-label", translate("Find a class"));
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
          ...filled("{name}: {right} of {support} right", {
            name: link({ class: at }, name(at)), right: number(data.right[at]), support: number(data.support[at]),
          }),
          ...(from.length ? [translate("; taken for "), ...from] : []), ...(to.length ? [translate("; said for "), ...to] : []));
      });
      const beyond = places.length - rows.length;
      if (beyond) rows.push(make("li", { className: "note" }, translate("and {n} more: type more letters", { n: number(beyond) })));
      if (wanted && !places.length) rows.push(make("li", { className: "note" }, translate("No class has these letters.")));
      found.replaceChildren(...rows);
    });
  }

  shown.start();
}
