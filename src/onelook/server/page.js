"use strict";
// The page of a server: a picture is dropped, chosen, pasted, photographed or drawn, and the server's answer is a card.
// `picture.js` and `heat_map.js` come before it.

const $ = (id) => document.getElementById(id);
const BARS = 4; // likeliest classes of a card
const PEN = 32; // pixels of the drawing canvas: two of MNIST's 28
const SHARP = 336; // pixels of the longer side to which a small picture is enlarged below its heat map

const TEXTS = {}; // of another language, by the English text
const translate = (message, values = {}) => (TEXTS[message] ?? message).replace(/\{(\w+)\}/g, (_, name) => values[name]);
const make = (tag, className, text) => {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
};
const percent = (p) => translate("{n} %", { n: p > 0.999 ? "> 99.9" : (100 * p).toFixed(1) });
// What the server says is English where it has no translation.
const told = (tag, className, text) => {
  const made = make(tag, className, text);
  if (document.documentElement.lang !== "en" && !/[\uac00-\ud7a3]/.test(text)) made.lang = "en";
  return made;
};

// The token that this tab was given; the server asks for one where it was started with one.
let token = sessionStorage.getItem("token") ?? "";
async function ask(path, options = {}) {
  const answer = await fetch(path, { ...options, headers: token ? { Authorization: `Bearer ${token}` } : {} }).catch(() => {
    throw new Error(translate("The server does not answer."));
  });
  if (answer.status === 401) {
    $("asked").hidden = false;
    $("token").focus();
  }
  return answer;
}
$("asked").addEventListener("submit", (event) => {
  event.preventDefault();
  token = $("token").value;
  sessionStorage.setItem("token", token);
  $("asked").hidden = true;
  begin();
});

async function begin() {
  const answer = await ask("page.json").catch(() => null);
  if (!answer?.ok) return;
  const { class_names: names, draw, examples, heat_map: hasMaps } = await answer.json();
  const first = names.slice(0, 6).join(", ");
  const shown = names.length > 6 ? translate("{items} and {n} more", { items: first, n: names.length - 6 }) : first;
  $("model").textContent = translate("This model tells {n} classes apart: {names}.", { n: names.length, names: shown });
  if (draw) beginDrawing(draw);
  showExamples(examples);
  heat.isOffered = hasMaps;
}

function showExamples(addresses) {
  const shown = $("examples");
  shown.replaceChildren(shown.firstElementChild, ...addresses.map((address, at) => {
    const button = make("button"), picture = make("img"), name = translate("example {n}", { n: at + 1 });
    button.type = "button";
    picture.alt = name;
    picture.src = address;
    picture.onload = () => picture.classList.toggle("tiny", picture.naturalWidth < 100);
    button.append(picture);
    button.addEventListener("click", async () => predict(new File([await (await fetch(address)).blob()], name, { type: "image/png" })));
    return button;
  }));
  shown.hidden = !addresses.length;
}

// The drawing: strokes of the pen on the ground that the model's pictures have.
const pad = $("pad"), pen = pad.getContext("2d", { willReadFrequently: true });
const nib = { x: pad.width / 2, y: pad.height / 2, isDown: false }; // of the pen that the keys move
let ink = null; // { ground, width, height }
let drawn = null; // the card of this drawing
function beginDrawing(draw) {
  ink = draw;
  pad.setAttribute("aria-label", translate("A place to draw"));
  pad.setAttribute("aria-describedby", "keys");
  $("draw").hidden = false;
  clearPad();
}
function clearPad() {
  const shade = (value) => `rgb(${value} ${value} ${value})`;
  pen.fillStyle = shade(ink.ground);
  pen.fillRect(0, 0, pad.width, pad.height);
  Object.assign(pen, { strokeStyle: shade(255 - ink.ground), lineWidth: PEN, lineCap: "round", lineJoin: "round" });
  Object.assign(nib, { x: pad.width / 2, y: pad.height / 2, isDown: false });
  showNib();
  drawn = null;
}
function line(x, y) {
  pen.lineTo(x, y);
  pen.stroke();
}
function point(event) {
  const box = pad.getBoundingClientRect();
  return [((event.clientX - box.left) / box.width) * pad.width, ((event.clientY - box.top) / box.height) * pad.height];
}
pad.addEventListener("pointerdown", (event) => {
  event.preventDefault();
  pad.setPointerCapture(event.pointerId);
  pen.beginPath();
  line(...point(event));
  line(...point(event));
});
pad.addEventListener("pointermove", (event) => {
  if (event.buttons) for (const each of event.getCoalescedEvents?.() ?? [event]) line(...point(each));
});
pad.addEventListener("pointerup", predictDrawing);
$("clear").addEventListener("click", clearPad);

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
pad.addEventListener("keydown", (event) => {
  if (event.key === "Enter") predictDrawing();
  else if (event.key === "Delete" || event.key === "Backspace") clearPad();
  else if (event.key === " ") putDown(!nib.isDown);
  else if (event.key in STEPS) move(...STEPS[event.key]);
  else return;
  event.preventDefault();
});
function putDown(isDown) {
  nib.isDown = isDown;
  if (isDown) {
    pen.beginPath();
    pen.moveTo(nib.x, nib.y);
    line(nib.x, nib.y);
  }
  showNib();
}
function move(across, down) {
  const inside = (place, size) => Math.min(Math.max(place, PEN), size - PEN);
  nib.x = inside(nib.x + (across * PEN) / 2, pad.width);
  nib.y = inside(nib.y + (down * PEN) / 2, pad.height);
  if (nib.isDown) line(nib.x, nib.y);
  showNib();
}
function showNib() {
  const shown = $("nib");
  shown.style.left = `${(100 * nib.x) / pad.width}%`;
  shown.style.top = `${(100 * nib.y) / pad.height}%`;
  shown.classList.toggle("down", nib.isDown);
}

// The drawing as the digits of MNIST are, as a canvas; null while there is none.
function smallDrawing() {
  const { ground, width, height } = ink;
  const picture = asMnist(fromSource(pad, pad.width, pad.height, { channels: 1, ground: "white" }), width, height, ground);
  if (picture === null) return null;
  const small = Object.assign(make("canvas"), { width, height }), pixels = new ImageData(width, height);
  picture.data.forEach((value, at) => pixels.data.set([value, value, value, 255], 4 * at));
  small.getContext("2d").putImageData(pixels, 0, 0);
  return small;
}
async function predictDrawing() {
  const small = smallDrawing();
  if (!small) return;
  const blob = await new Promise((done) => small.toBlob(done, "image/png")), before = drawn;
  if (before) cards.splice(cards.indexOf(before), 1);
  before?.article.remove();
  drawn = newCard(new File([blob], translate("drawing"), { type: "image/png" }));
  await answer(drawn);
}

// The camera, where the browser lets a page have one: at https, and on the machine itself.
let stream = null;
const isTouched = matchMedia("(pointer: coarse)").matches;
$("open").hidden = !navigator.mediaDevices?.getUserMedia;
$("photo").hidden = !($("open").hidden && isTouched);
const cameraProblem = (problem) => ({
  NotAllowedError: translate("The browser may not use the camera: allow it beside the address of this page, then try again."),
  NotFoundError: translate("This device has no camera."),
  NotReadableError: translate("The camera cannot be opened. Another program may be using it."),
})[problem.name] ?? translate("The camera cannot be opened ({why}).", { why: problem.message });

async function openCamera() {
  $("camera-note").textContent = "";
  try {
    const opened = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1280 } }, audio: false });
    closeCamera();
    stream = opened;
    if (document.hidden) return closeCamera();
    $("video").srcObject = stream;
    $("camera").hidden = false;
    $("open").hidden = true;
    await $("video").play();
    $("shoot").focus();
  } catch (problem) {
    closeCamera();
    $("camera-note").textContent = cameraProblem(problem);
    $("photo").hidden = !isTouched;
  }
}
function closeCamera() {
  for (const track of stream?.getTracks() ?? []) track.stop();
  stream = $("video").srcObject = null;
  if ($("camera").hidden) return;
  const wasInside = $("camera").contains(document.activeElement);
  $("camera").hidden = true;
  $("open").hidden = false;
  if (wasInside) $("open").focus();
}
async function takePicture() {
  const video = $("video"), whole = make("canvas");
  if (!video.videoWidth) return;
  Object.assign(whole, { width: video.videoWidth, height: video.videoHeight });
  whole.getContext("2d").drawImage(video, 0, 0);
  const blob = await new Promise((done) => whole.toBlob(done, "image/jpeg", 0.95));
  await predict(new File([blob], translate("picture of the camera"), { type: "image/jpeg" }));
}
$("open").addEventListener("click", openCamera);
$("close").addEventListener("click", closeCamera);
$("shoot").addEventListener("click", takePicture);
$("camera").addEventListener("keydown", (event) => { if (event.key === "Escape") closeCamera(); });
addEventListener("visibilitychange", () => { if (document.hidden) closeCamera(); });
addEventListener("pagehide", closeCamera);

// A card: its file, its elements, what is shown of it, and where the model looked once somebody has asked.
const cards = [];
function newCard(file) {
  const article = make("article"), picture = make("img"), body = make("div"), original = URL.createObjectURL(file);
  const card = { file, article, picture, body, original, looked: null, isAnswered: false };
  picture.onload = () => picture.classList.toggle("tiny", picture.naturalWidth < 100);
  picture.onerror = () => { picture.hidden = true; }; // what the browser cannot show, the server may still read
  body.append(make("p", "name", translate("predicting …")));
  article.append(picture, body);
  showPicture(card);
  $("results").prepend(article);
  cards.push(card);
  return card;
}
function showPicture({ picture, original, looked, file }) {
  const isMapped = heat.isOn && looked !== null;
  picture.hidden = false;
  picture.src = isMapped ? looked.address : original;
  picture.alt = isMapped ? looked.words : file.name;
}

async function request(card, options = {}) {
  const form = new FormData(), asked = new URLSearchParams({ ...options, lang: document.documentElement.lang });
  form.append("files", card.file, card.file.name || translate("pasted picture"));
  const answer = await ask(`v1/predict?${asked}`, { method: "POST", body: form });
  const content = await answer.json();
  if (!answer.ok) throw new Error(content.detail);
  return content.predictions[0];
}

function show(card, prediction) {
  const said = prediction.sure ? prediction.class_name : translate("not sure ({name})", { name: prediction.class_name });
  const head = make("h2", "", said);
  head.append(make("output", "", percent(prediction.probability)));
  const ranked = Object.entries(prediction.probabilities).sort((a, b) => b[1] - a[1]).slice(0, BARS);
  const bars = make("div", "ranking");
  bars.append(...ranked.map(([name, p], rank) => {
    const row = make("div", rank ? "chance" : "chance first"), cell = make("div"), bar = make("i");
    const label = make("span", "", name);
    label.title = name;
    bar.style.width = `${100 * p}%`;
    cell.append(bar);
    row.append(label, cell, make("b", "", (100 * p).toFixed(1)));
    return row;
  }));
  const notes = [];
  if (prediction.unlike) {
    notes.push(make("p", "unlike", `${translate("Unlike what the model learnt from:")} `));
    notes[0].append(told("span", "", prediction.unlike));
  }
  card.article.classList.toggle("unsure", !prediction.sure);
  card.body.replaceChildren(head, ...notes, bars, make("p", "name", card.file.name));
  card.isAnswered = true;
  $("looks").hidden = !heat.isOffered;
}

async function answer(card) {
  try {
    show(card, await request(card));
  } catch (problem) {
    card.body.replaceChildren(told("p", "bad", problem.message), make("p", "name", card.file.name));
  }
  await look(card);
}
const predict = (file) => answer(newCard(file));

// One request for each picture, one after the other: an unreadable picture then fails only its own card.
async function predictAll(files) {
  for (const file of files) await predict(file);
}

// Where the model looked, asked of the server for each card once the reader wants to see it.
const heat = { isOffered: false, isOn: false };
async function look(card) {
  if (!heat.isOn || card.looked || !card.isAnswered || card.article.ariaBusy === "true") return showPicture(card);
  card.article.ariaBusy = "true";
  try {
    card.looked = await overlaid((await request(card, { heat_map: true })).heat_map);
    $("heat-note").textContent = HEAT_NOTES[card.looked.method]();
  } catch (problem) {
    card.body.querySelector(".name ~ .bad")?.remove();
    card.body.append(told("p", "bad", problem.message));
  }
  card.article.ariaBusy = "false";
  showPicture(card);
}
const HEAT_NOTES = {
  occlusion: () => translate("Red is where the picture spoke most for the class that was said: where the model became less sure of it when that part of the picture was covered."),
  weights: () => translate("Red is where the picture spoke most for the class that was said: each pixel's value times its weight."),
};
// The picture as the model gets it, with its map over it.
async function overlaid({ method, seen, cells, rows, columns }) {
  const picture = make("img");
  picture.src = seen;
  await picture.decode();
  const { naturalWidth: width, naturalHeight: height } = picture, canvas = make("canvas");
  const scale = Math.max(1, Math.round(SHARP / Math.max(width, height)));
  Object.assign(canvas, { width: scale * width, height: scale * height });
  const brush = canvas.getContext("2d"), map = heatMap(cells, [rows, columns], [height, width]);
  brush.imageSmoothingEnabled = false;
  brush.drawImage(picture, 0, 0, canvas.width, canvas.height);
  Object.assign(brush, { imageSmoothingEnabled: true, imageSmoothingQuality: "high" });
  brush.drawImage(map, 0, 0, canvas.width, canvas.height);
  const isEmpty = /^0*$/.test(cells);
  const words = isEmpty ? translate("No place of the picture speaks for the prediction by itself.") : map.getAttribute("aria-label");
  return { method, words, address: canvas.toDataURL() };
}
$("heat").addEventListener("click", async () => {
  heat.isOn = !heat.isOn;
  $("heat").ariaPressed = String(heat.isOn);
  $("heat-note").hidden = !heat.isOn;
  for (const card of [...cards].reverse()) await look(card);
});
addEventListener("keydown", (event) => {
  const types = event.target.closest?.("input:not([type=file])");
  if (event.key !== "h" || types || event.ctrlKey || event.metaKey || event.altKey || $("looks").hidden) return;
  $("heat").click();
  event.preventDefault();
});

for (const input of [$("pick"), $("take")]) {
  input.addEventListener("change", () => {
    predictAll([...input.files]);
    input.value = "";
  });
}
for (const kind of ["dragenter", "dragover"]) addEventListener(kind, (event) => { event.preventDefault(); $("drop").classList.add("over"); });
addEventListener("dragleave", (event) => { if (!event.relatedTarget) $("drop").classList.remove("over"); });
addEventListener("drop", (event) => {
  event.preventDefault();
  $("drop").classList.remove("over");
  predictAll([...event.dataTransfer.files]);
});
addEventListener("paste", (event) => predictAll([...event.clipboardData.files]));
begin();
