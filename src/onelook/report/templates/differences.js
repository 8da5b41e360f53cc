// A figure, a class or a run of the table of differences opens its pictures, and a link keeps which.
// Without this script the first pictures are shown.
const differing = document.getElementById("differing");
if (differing) {
  const data = JSON.parse(differing.content.textContent);
  const section = differing.closest("section");
  const first = [...section.querySelector(".pictures").children];
  const compared = data.runs.map((_, run) => run).filter((run) => run !== data.best);
  const SIDES = ["best", "other"]; // which of the two is right

  // What is asked for: an object with `run` and `right` (the other run, and which of the two is right) and `class`.
  const isRight = (at, run) => data.pictures[at][2][run][0] === data.pictures[at][1];
  const differ = (at, run, side) => isRight(at, data.best) === (side === 0) && isRight(at, run) === (side === 1);
  const total = (asked) => {
    if (!asked) return data.total;
    const { run, right, class: place } = asked;
    if (run === undefined) return data.of_class[place] ?? 0;
    let sum = 0;
    for (let at = 0; at < data.cells.length; at += 4) {
      const [label, other, side, count] = data.cells.slice(at, at + 4);
      if (other === run && side === right && (place === undefined || place === label)) sum += count;
    }
    return sum;
  };
  const shown = filteredPictures(section, {
    length: data.pictures.length,
    first: data.first,
    keys: ["run", "right", "class"],
    read: (key, text) => ({ run: data.runs, right: SIDES, class: data.names })[key].indexOf(text),
    write: (key, place) => ({ run: data.runs, right: SIDES, class: data.names })[key][place],
    fits: ({ run, right, class: place }, at) =>
      (run === undefined || right === undefined || differ(at, run, right)) && (place === undefined || data.pictures[at][1] === place),
    total,
    hasPicture: (at) => at < data.first || data.pictures[at].length > 3,
    entry: (at) => entry(at),
    line: (at) => line(at),
    sentence: (asked, found) => sentence(asked, found),
    unlisted: (count) => translate("And {n} more, which only the runs' predictions.csv list.", { n: number(count) }),
  });
  const { make, number } = shown;
  const name = (text) => make("bdi", {}, make("b", {}, text));

  const answersOf = (at) => {
    const [, label, answers] = data.pictures[at];
    return answers.flatMap(([predicted, sure, labelSure], run) => {
      const isHere = isRight(at, run);
      const text = isHere ? `✓ ${data.runs[run]}` : `✗ ${data.runs[run]}: ${data.names[predicted]}`;
      return [[isHere ? "right" : "wrong", text, sure], ...(labelSure ? [["", data.names[label], labelSure]] : [])];
    });
  };
  const inWords = (at) => {
    const [id, label, answers] = data.pictures[at];
    const said = answers.map(([predicted], run) => translate("{run} says {predicted}", { run: data.runs[run], predicted: data.names[predicted] }));
    return translate("Picture {id}: labelled {label}; {said}", { id, label: data.names[label], said: said.join(", ") });
  };
  const entry = (at) => {
    if (!first[at]) {
      const [id, label, , picture] = data.pictures[at];
      const kind = picture.startsWith("iVBOR") ? "png" : "jpeg";
      const image = { alt: inWords(at), loading: "lazy", decoding: "async", src: `data:image/${kind};base64,${picture}` };
      const lines = answersOf(at).flatMap(([kind, text, sure]) => [
        make("span", { className: `answer ${kind}` }, make("span", {}, text), " ", make("b", {}, sure)), " ",
      ]);
      first[at] = make("li", {}, make("figure", {}, make("img", image), make("figcaption", {},
        make("span", { className: "answer" }, make("span", {}, ...filled("label {label}", { label: make("b", {}, data.names[label]) }))), " ",
        ...lines, make("span", { className: "id" }, id))));
    }
    return first[at];
  };
  const line = (at) => {
    const said = answersOf(at).flatMap(([, text, sure]) => [", ", make("bdi", {}, text), ` ${sure}`]);
    const [id, label] = data.pictures[at];
    return make("li", {}, make("span", { className: "id" }, id), " ", ...filled("label {label}", { label: name(data.names[label]) }), ...said);
  };
  const sentence = ({ run, right, class: place }, found) => {
    const values = {
      pictures: translate(found === 1 ? "{n} picture" : "{n} pictures", { n: number(found) }),
      label: place === undefined ? "" : name(data.names[place]),
    };
    if (run === undefined || right === undefined) {
      return place === undefined ? filled("{pictures} on which runs differ", values) : filled("{pictures} labelled {label} on which runs differ", values);
    }
    const [good, bad] = right === 0 ? [data.best, run] : [run, data.best];
    const sides = { ...values, good: name(data.runs[good]), bad: name(data.runs[bad]) };
    return place === undefined
      ? filled("{pictures} that {good} has right and {bad} wrong", sides)
      : filled("{pictures} labelled {label} that {good} has right and {bad} wrong", sides);
  };

  const table = section.querySelector("[data-differences]");
  const places = [...table.querySelectorAll("tbody th")].map((cell) => Number(cell.dataset.place));
  shown.grid(table, (row, column) => {
    if (!row && !column) return null;
    const side = column ? { run: compared[Math.floor((column - 1) / 2)], right: (column - 1) % 2 } : {};
    return row ? { ...side, class: places[row - 1] } : side;
  });
  shown.start();
}
