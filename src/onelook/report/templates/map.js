// The map: a canvas with a point for each picture. Pointing shows a picture, drawing around some lists them.
const mapData = document.getElementById("map-data");
if (mapData) {
  const data = JSON.parse(mapData.content.textContent);
  const section = mapData.closest("section");
  const holder = section.querySelector(".map");
  const field = holder.querySelector(".map-field");
  const canvas = field.querySelector("canvas");
  const pen = canvas.getContext("2d");
  const numbers = (text) => new Uint16Array(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer);
  const [places, labels, predicted, sure] = [data.positions, data.labels, data.predicted, data.sure].map(numbers);
  const count = labels.length;
  const isColoured = holder.classList.contains("coloured");
  const ids = [];
  for (const text of data.ids) ids.push((ids.at(-1) ?? "").slice(0, text.charCodeAt(0) - 32) + text.slice(1));
  const wrong = (at) => labels[at] !== predicted[at];
  const order = [...Array(count).keys()].sort((a, b) => wrong(a) - wrong(b)); // errors are drawn last, on top
  const STEP = 24; // pictures at once
  const MARGIN = 18, REACH = 14; // CSS pixels: around the map, and from the pointer to a point
  const EDGE = 65535;

  const make = (tag, properties, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  const number = (value) => value.toLocaleString("en");
  const inPercent = (n) => translate("{n} %", { n }).replace(" ", "\u202f");
  const share = (value) => (value >= 9995 ? translate("> {share}", { share: inPercent("99.9") }) : value < 5 ? translate("< {share}", { share: inPercent("0.1") }) : inPercent((value / 100).toFixed(1)));

  // The sheet of small pictures, and the larger ones of errors that the gallery has.
  const sheet = data.sheet && Object.assign(new Image(), { src: `data:image/webp;base64,${data.sheet.picture}` });
  const isPixelArt = document.querySelector('.pictures img[src^="data:image/png"]') !== null;
  let larger = null;
  const largerOf = (id) => {
    if (!larger) {
      larger = new Map();
      const errors = document.getElementById("gallery");
      for (const [each, , , , , picture] of errors ? JSON.parse(errors.content.textContent).errors : []) {
        if (picture) larger.set(each, `data:image/${picture.startsWith("iVBOR") ? "png" : "jpeg"};base64,${picture}`);
      }
      for (const one of document.querySelectorAll("#errors .pictures li")) {
        const [image, name] = [one.querySelector("img"), one.querySelector(".id")];
        if (image && name) larger.set(name.textContent, image.src);
      }
    }
    return larger.get(id);
  };
  const words = (at) => 
    translate("Picture {id}: labelled {label}, taken for {predicted}", { id: ids[at], label: data.names[labels[at]], predicted: data.names[predicted[at]] });
  const pictureOf = (at) => {
    const address = wrong(at) && largerOf(ids[at]);
    if (address) return make("img", { src: address, alt: words(at) });
    if (!sheet) return make("span", { className: "no-picture" }, translate("no picture"));
    const { side, columns } = data.sheet;
    const small = make("canvas", { width: side, height: side });
    small.setAttribute("role", "img");
    small.setAttribute("aria-label", words(at));
    if (isPixelArt) small.style.imageRendering = "pixelated";
    sheet.decode().then(() => {
      small.getContext("2d").drawImage(sheet, (at % columns) * side, Math.floor(at / columns) * side, side, side, 0, 0, side, side);
    });
    return small;
  };
  const answer = (at) => {
    const lines = [make("span", { className: `answer ${wrong(at) ? "wrong" : "right"}` },
      make("span", {}, wrong(at) ? translate("said {predicted}", { predicted: data.names[predicted[at]] }) : `✓ ${data.names[predicted[at]]}`), " ", make("b", {}, share(sure[at])))];
    if (wrong(at)) lines.push(make("span", { className: "answer" }, make("span", {}, translate("label {label}", { label: data.names[labels[at]] }))));
    return [...lines, make("span", { className: "id" }, ids[at])];
  };

  // Where the points are in CSS pixels, and a grid that finds the nearest.
  let width = 0, height = 0, left = 0, top = 0, scale = 1;
  let cells = new Map();
  const x = (at) => left + places[2 * at] * scale;
  const y = (at) => top + places[2 * at + 1] * scale;
  const cellOf = (across, down) => Math.floor(across / REACH) * 10000 + Math.floor(down / REACH);
  const measure = () => {
    ({ width, height } = field.getBoundingClientRect());
    const [low, high] = [[EDGE, EDGE], [0, 0]];
    for (let at = 0; at < 2 * count; at += 1) {
      low[at % 2] = Math.min(low[at % 2], places[at]);
      high[at % 2] = Math.max(high[at % 2], places[at]);
    }
    scale = Math.min((width - 2 * MARGIN) / (high[0] - low[0] || 1), (height - 2 * MARGIN) / (high[1] - low[1] || 1));
    left = width / 2 - ((low[0] + high[0]) / 2) * scale;
    top = height / 2 - ((low[1] + high[1]) / 2) * scale;
    cells = new Map();
    for (let at = 0; at < count; at += 1) {
      const cell = cellOf(x(at), y(at));
      if (!cells.has(cell)) cells.set(cell, []);
      cells.get(cell).push(at);
    }
    const ratio = Math.min(devicePixelRatio || 1, 2);
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  };
  const isShown = (at) => (!onlyErrors || wrong(at)) && (!marked.size || marked.has(labels[at]) || (wrong(at) && marked.has(predicted[at])));
  const nearest = (across, down) => {
    let [best, least] = [-1, REACH ** 2];
    for (let column = -1; column <= 1; column += 1) {
      for (let row = -1; row <= 1; row += 1) {
        for (const at of cells.get(cellOf(across + column * REACH, down + row * REACH)) ?? []) {
          const away = (x(at) - across) ** 2 + (y(at) - down) ** 2;
          if (away < least && isShown(at)) [best, least] = [at, away];
        }
      }
    }
    return best;
  };

  // The classes' names stand where their pictures are thickest: at the median.
  const middles = data.names.map(() => [[], []]);
  for (let at = 0; at < count; at += 1) {
    middles[labels[at]][0].push(places[2 * at]);
    middles[labels[at]][1].push(places[2 * at + 1]);
  }
  const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];
  for (const one of middles) if (one[0].length) one.splice(0, 2, median(one[0]), median(one[1]));

  let marked = new Set(), onlyErrors = false, pointed = -1, loop = [], frame = null, picked = [], tool = "lasso";
  const colours = () => {
    const style = getComputedStyle(holder);
    const value = (name) => style.getPropertyValue(name).trim();
    return { of: data.names.map((_, at) => value(`--map-${(at % 10) + 1}`)), ink: value("--ink"), paper: value("--card"), wrong: value("--wrong"), right: value("--right"), other: value("--other") };
  };
  const dot = (at, radius) => {
    pen.beginPath();
    pen.arc(x(at), y(at), radius, 0, 2 * Math.PI);
  };
  const draw = () => {
    const paint = colours();
    const radius = count > 4000 ? 1.7 : count > 1200 ? 2.2 : 3;
    const chosen = new Set(picked);
    pen.clearRect(0, 0, width, height);
    for (const at of order) {
      const shown = isShown(at);
      pen.globalAlpha = !shown ? 0.1 : chosen.size && !chosen.has(at) ? 0.25 : wrong(at) ? 1 : 0.8;
      pen.fillStyle = isColoured ? paint.of[labels[at]] : marked.size && shown ? paint.right : paint.other;
      dot(at, radius);
      pen.fill();
      if (wrong(at) && shown) {
        pen.strokeStyle = paint.wrong;
        pen.lineWidth = 1.5;
        dot(at, radius + 2.2);
        pen.stroke();
      }
    }
    pen.globalAlpha = 1;
    pen.font = `650 13px ${getComputedStyle(document.body).fontFamily}`;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.lineJoin = "round";
    middles.forEach((middle, at) => {
      if (typeof middle[0] !== "number" || !(marked.size ? marked.has(at) : data.names.length <= 20)) return;
      const name = data.names[at].length > 18 ? `${data.names[at].slice(0, 17)}…` : data.names[at];
      const half = pen.measureText(name).width / 2 + 4;
      const across = Math.min(Math.max(left + middle[0] * scale, half), width - half);
      pen.strokeStyle = paint.paper;
      pen.lineWidth = 4;
      pen.strokeText(name, across, top + middle[1] * scale);
      pen.fillStyle = paint.ink;
      pen.fillText(name, across, top + middle[1] * scale);
    });
    if (pointed >= 0) {
      pen.strokeStyle = paint.ink;
      pen.lineWidth = 2;
      dot(pointed, radius + 4);
      pen.stroke();
    }
    if (loop.length > 1 || frame) {
      pen.beginPath();
      const corners = frame ? [[frame[0], frame[1]], [frame[2], frame[1]], [frame[2], frame[3]], [frame[0], frame[3]]] : loop;
      corners.forEach(([across, down]) => pen.lineTo(across, down));
      pen.closePath();
      pen.fillStyle = paint.right;
      pen.globalAlpha = 0.1;
      pen.fill();
      pen.globalAlpha = 1;
      pen.strokeStyle = paint.right;
      pen.lineWidth = 1.5;
      pen.stroke();
    }
  };
  let due = false;
  const redraw = () => {
    if (due) return;
    due = true;
    requestAnimationFrame(() => { due = false; draw(); });
  };

  // A card beside the picture that is pointed at.
  const card = make("div", { className: "map-card", hidden: true });
  field.after(card);
  field.parentElement.style.position = "relative";
  const point = (at) => {
    if (at === pointed) return;
    pointed = at;
    redraw();
    card.hidden = at < 0;
    if (at < 0) return;
    card.replaceChildren(pictureOf(at), ...answer(at));
    const { offsetLeft, offsetTop } = field;
    const [wide, high] = [card.offsetWidth, card.offsetHeight];
    const across = x(at) + 16 + wide > width ? x(at) - wide - 16 : x(at) + 16;
    card.style.left = `${offsetLeft + Math.max(4, Math.min(across, width - wide - 4))}px`;
    card.style.top = `${offsetTop + Math.max(4, Math.min(y(at) - high / 3, height - high - 4))}px`;
  };

  // What was drawn around is listed below, errors first.
  const place = section.querySelector(".map-picked");
  const status = make("p", { className: "filter", tabIndex: -1 });
  status.setAttribute("role", "status");
  const list = make("ol", { className: "pictures" });
  const more = make("button", { type: "button", className: "more-errors", hidden: true });
  const clear = make("a", { href: `#${section.id}` }, translate("clear"));
  place.append(status, list, more);
  let limit = STEP;
  // Pictures can be marked, as elsewhere on the page. An id whose control characters are shown as codes is not the data's.
  const marking = document.getElementById("marking");
  const classNames = marking && JSON.parse(marking.content.textContent).class_names;
  const figureOf = (at) => {
    const figure = make("figure", {}, pictureOf(at), make("figcaption", {}, ...answer(at)));
    if (classNames && !ids[at].includes("[U+")) {
      figure.dataset.mark = JSON.stringify([ids[at], classNames[labels[at]], classNames[predicted[at]], ""]);
    }
    return figure;
  };
  const show = () => {
    const listed = picked.slice(0, limit).map((at) => make("li", {}, figureOf(at)));
    list.replaceChildren(...listed);
    list.hidden = !listed.length;
    const rest = picked.length - listed.length;
    more.hidden = !rest;
    more.textContent = translate("Show {n} more of {all}", { n: number(Math.min(rest, STEP)), all: number(picked.length) });
  };
  const pick = (inside) => {
    picked = order.filter((at) => isShown(at) && inside(x(at), y(at)));
    picked.sort((a, b) => wrong(b) - wrong(a) || (wrong(a) ? sure[b] - sure[a] : 0)); // the surest errors first
    limit = STEP;
    const errors = picked.filter(wrong).length;
    status.replaceChildren(...(picked.length
      ? [translate("{pictures} inside: {right} right, {wrong} wrong", {
        pictures: translate(picked.length === 1 ? "{n} picture" : "{n} pictures", { n: number(picked.length) }),
        right: number(picked.length - errors), wrong: number(errors),
      }), " · ", clear]
      : [translate("No picture is inside."), " ", clear]));
    show();
    redraw();
  };
  const forget = () => {
    [picked, loop, frame] = [[], [], null];
    status.replaceChildren();
    show();
    redraw();
  };
  more.addEventListener("click", () => {
    limit += STEP;
    show();
    if (more.hidden) status.focus({ preventScroll: true });
  });
  clear.addEventListener("click", (event) => {
    event.preventDefault();
    forget();
    canvas.focus({ preventScroll: true });
  });

  const insideFrame = ([left, top, right, bottom]) => (across, down) =>
    across >= Math.min(left, right) && across <= Math.max(left, right) && down >= Math.min(top, bottom) && down <= Math.max(top, bottom);
  const insideLoop = (corners) => (across, down) => {
    let isInside = false;
    corners.forEach(([x1, y1], at) => {
      const [x2, y2] = corners[(at + 1) % corners.length];
      if (y1 > down !== y2 > down && across < ((x2 - x1) * (down - y1)) / (y2 - y1) + x1) isInside = !isInside;
    });
    return isInside;
  };
  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  let isDrawing = false;
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button || tool === "look") return;
    canvas.setPointerCapture(event.pointerId);
    [isDrawing, picked, frame] = [true, [], null];
    loop = [at(event)];
  });
  canvas.addEventListener("pointermove", (event) => {
    const here = at(event);
    if (!isDrawing) return point(nearest(...here));
    point(-1);
    if (tool === "box") frame = [...loop[0], ...here];
    else if (Math.hypot(here[0] - loop.at(-1)[0], here[1] - loop.at(-1)[1]) > 3) loop.push(here);
    redraw();
  });
  canvas.addEventListener("pointerup", (event) => {
    if (!isDrawing) return point(nearest(...at(event)));
    isDrawing = false;
    const drawn = frame ? Math.hypot(frame[2] - frame[0], frame[3] - frame[1]) > 6 : loop.length > 4;
    if (drawn) return pick(frame ? insideFrame(frame) : insideLoop(loop));
    forget();
    point(nearest(...at(event)));
  });
  canvas.addEventListener("pointercancel", () => { isDrawing = false; forget(); });
  canvas.addEventListener("pointerleave", () => point(-1));
  canvas.addEventListener("keydown", (event) => {
    const size = Math.min(width, height);
    const box = frame ?? [width / 2 - size / 10, height / 2 - size / 10, width / 2 + size / 10, height / 2 + size / 10];
    const [across, down] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key] ?? [0, 0];
    const grow = { "+": 1, "=": 1, "-": -1 }[event.key] ?? 0;
    const pace = event.shiftKey ? 48 : 16;
    if (across || down || grow) {
      const [wide, high] = [Math.max(8, (box[2] - box[0]) / 2 + grow * 8), Math.max(8, (box[3] - box[1]) / 2 + grow * 8)];
      const x0 = Math.min(Math.max((box[0] + box[2]) / 2 + across * pace, 0), width);
      const y0 = Math.min(Math.max((box[1] + box[3]) / 2 + down * pace, 0), height);
      [frame, loop] = [[x0 - wide, y0 - high, x0 + wide, y0 + high], []];
      redraw();
    } else if (event.key === "Enter" && frame) pick(insideFrame(frame));
    else if (event.key === "Escape") forget();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });

  // Tools, and the classes: a click marks one, so that only its pictures and the errors with it are strong.
  const tools = holder.querySelector(".map-tools");
  const toggle = make("div", { className: "toggle" });
  const isCoarse = matchMedia("(pointer: coarse)").matches;
  const use = (name) => { tool = name; holder.dataset.tool = name; };
  for (const [name, label] of [["look", translate("Look")], ["lasso", translate("Lasso")], ["box", translate("Box")]]) {
    const input = make("input", { type: "radio", name: "map-tool", id: `map-${name}`, checked: name === (isCoarse ? "look" : "lasso") });
    input.addEventListener("change", () => use(name));
    toggle.append(input, make("label", { htmlFor: input.id }, label));
  }
  use(isCoarse ? "look" : "lasso");
  tools.append(toggle);
  if (order.some(wrong)) {
    const only = make("input", { type: "checkbox" });
    only.addEventListener("change", () => { onlyErrors = only.checked; forget(); });
    tools.append(make("label", { className: "check" }, only, translate("only errors")));
  }
  const classes = holder.querySelector(".map-classes");
  const buttons = data.names.map((name, position) => {
    const button = make("button", { type: "button" }, make("i", {}), make("bdi", {}, name));
    if (isColoured) button.style.setProperty("--dot", `var(--map-${position + 1})`);
    button.setAttribute("aria-pressed", "false");
    button.addEventListener("click", () => {
      marked.has(position) ? marked.delete(position) : marked.add(position);
      button.setAttribute("aria-pressed", String(marked.has(position)));
      forget();
    });
    return button;
  });
  if (data.names.length > 20) {
    const search = make("input", { type: "search", placeholder: translate("Find a class") });
    search.setAttribute("aria-label", translate("Find a class on the map"));
    tools.append(make("div", { className: "search" }, search));
    const list = () => {
      const wanted = search.value.trim().toLowerCase();
      const found = buttons.filter((_, position) => marked.has(position) || (wanted && data.names[position].toLowerCase().includes(wanted)));
      classes.replaceChildren(...found.slice(0, 40));
    };
    search.addEventListener("input", list);
    list();
  } else {
    classes.append(...buttons);
  }

  const fit = () => { measure(); draw(); };
  new ResizeObserver(fit).observe(field);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  matchMedia("print").addEventListener("change", redraw);
  forget();
}
