// The page: a picture is chosen, dropped, pasted, photographed or drawn, and the model answers beside it.

import { Model } from "./model.js";
import { asMnist, decode, fromSource } from "./picture.js";

const $ = (id) => document.getElementById(id);
const BARS = 6; // likeliest classes that are shown
const EARLIER = 12; // answers that stay
const SURE = 0.5; // a likelier answer is blue
const PEN = 40; // pixels of the drawing canvas: two of MNIST's 28

const make = (tag, className = "", text = "") => Object.assign(document.createElement(tag), { className, textContent: text });
const percent = (share) => (share > 0.999 ? "> 99.9" : (100 * share).toFixed(1));

let model = null, ticket = 0;
const earlier = [];

function thumbnail(picture, id = "") {
  const canvas = Object.assign(make("canvas", picture.width < 100 ? "tiny" : ""), { width: picture.width, height: picture.height, id });
  const image = new ImageData(picture.width, picture.height);
  for (let at = 0; at < picture.width * picture.height; at++) {
    for (let c = 0; c < 3; c++) image.data[4 * at + c] = picture.data[picture.channels === 1 ? at : 3 * at + c];
    image.data[4 * at + 3] = 255;
  }
  canvas.getContext("2d").putImageData(image, 0, 0);
  return canvas;
}

function show(picture, probabilities, milliseconds) {
  const names = model.facts.class_names;
  const ranked = probabilities.map((share, at) => [names[at], share]).sort((one, other) => other[1] - one[1]);
  const [[best, share]] = ranked, said = make("p", "said", best), figure = make("p", "figure");
  const isAbove = percent(share).startsWith(">");
  figure.append(...(isAbove ? [make("span", "above", ">")] : []), percent(share).replace("> ", ""), make("span", "sign", "%"));
  const bars = make("ol", "bars");
  for (const [name, each] of ranked.slice(0, BARS)) {
    const row = make("li"), bar = make("i"), track = make("div"), label = make("span", "", name);
    label.title = name;
    bar.style.width = `${100 * each}%`;
    track.append(bar);
    row.append(label, track, make("b", "", percent(each)));
    bars.append(row);
  }
  const seen = make("p", "as-seen");
  const size = `${model.width} × ${model.height} pixels${model.channels === 1 ? ", grey" : ""}`;
  seen.append(thumbnail(picture, "seen"), make("span", "", `This is what the model sees: ${size}. It took ${milliseconds < 1 ? "less than 1" : Math.round(milliseconds)} ms.`));
  const strip = make("ul", "earlier");
  strip.setAttribute("aria-label", "Earlier answers");
  strip.append(...earlier.map(({ picture: one, name, p }) => {
    const item = make("li", "", `${name}, ${percent(p)}\u00a0%`);
    item.prepend(thumbnail(one));
    return item;
  }));
  $("answer").className = share < SURE ? "unsure" : "";
  $("answer").replaceChildren(said, figure, bars, seen, ...(earlier.length ? [strip] : []));
  return { picture, name: best, p: share };
}

let last = null;
async function answer(making, isOneOfMany = false) {
  const own = ++ticket;
  try {
    const picture = await making();
    if (picture === null) return clearAnswer();
    const began = performance.now(), probabilities = await model.probabilities(picture);
    if (own !== ticket && !isOneOfMany) return; // a newer picture, or stroke, has come meanwhile
    if (last && !drawing()) earlier.unshift(last), earlier.splice(EARLIER);
    last = show(picture, probabilities, performance.now() - began);
  } catch (problem) {
    $("answer").className = "";
    $("answer").replaceChildren(make("p", "bad", `This file cannot be read as a picture (${problem.message}).`));
  }
}

function clearAnswer(text = "Give it a picture: the answer appears here.") {
  last = null;
  $("answer").className = "";
  $("answer").replaceChildren(make("p", "waiting", text));
}

async function predictFiles(files) {
  for (const file of files) {
    choose("choose");
    const image = $("shown"), address = URL.createObjectURL(file);
    image.onload = () => {
      image.classList.toggle("tiny", image.naturalWidth < 100);
      URL.revokeObjectURL(address);
    };
    image.alt = file.name || "the picture";
    image.src = address;
    image.hidden = false;
    $("choose").classList.add("full");
    $("hint").textContent = "Drop another, click to choose one, or paste it";
    await answer(async () => model.fitted(await decode(file, model.facts.decode)), true);
  }
}

// Which way of giving a picture is shown.
const drawing = () => !$("draw").hidden;
async function choose(way) {
  for (const button of document.querySelectorAll("[data-way]")) {
    const isChosen = button.dataset.way === way;
    button.setAttribute("aria-pressed", isChosen);
    $(button.dataset.way).hidden = !isChosen;
  }
  if (way === "camera") await openCamera();
  else closeCamera();
}

// The camera.
async function openCamera() {
  $("camera-note").textContent = "";
  try {
    $("video").srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" }, audio: false });
    await $("video").play();
  } catch (problem) {
    $("camera-note").textContent = `There is no camera that this page may use (${problem.message}).`;
  }
  $("shoot").disabled = !$("video").srcObject;
}
function closeCamera() {
  for (const track of $("video").srcObject?.getTracks() ?? []) track.stop();
  $("video").srcObject = null;
}
$("shoot").addEventListener("click", () => {
  const video = $("video");
  // The square that is shown.
  const side = Math.min(video.videoWidth, video.videoHeight);
  const corner = [(video.videoWidth - side) / 2, (video.videoHeight - side) / 2];
  answer(async () => model.fitted(fromSource(video, side, side, model.facts.decode, corner)));
});

// The drawing canvas: strokes of the pen on the ground that the model's pictures have.
const pad = $("pad").getContext("2d", { willReadFrequently: true });
function clearPad() {
  const { ground } = model.facts.draw;
  pad.fillStyle = `rgb(${ground} ${ground} ${ground})`;
  pad.fillRect(0, 0, pad.canvas.width, pad.canvas.height);
  pad.strokeStyle = ground > 127 ? "black" : "white";
  Object.assign(pad, { lineWidth: PEN, lineCap: "round", lineJoin: "round" });
}
function place(event) {
  const box = pad.canvas.getBoundingClientRect();
  return [((event.clientX - box.left) / box.width) * pad.canvas.width, ((event.clientY - box.top) / box.height) * pad.canvas.height];
}
function stroke(event) {
  pad.lineTo(...place(event));
  pad.stroke();
}
function predictDrawing() {
  const { ground } = model.facts.draw, side = pad.canvas.width;
  answer(async () => asMnist(fromSource(pad.canvas, side, side, model.facts.decode), model.width, model.height, ground));
}
$("pad").addEventListener("pointerdown", (event) => {
  event.preventDefault();
  $("pad").setPointerCapture(event.pointerId);
  pad.beginPath();
  pad.moveTo(...place(event));
  stroke(event);
});
$("pad").addEventListener("pointermove", (event) => {
  if (!event.buttons) return;
  for (const each of event.getCoalescedEvents?.() ?? [event]) stroke(each);
  predictDrawing();
});
$("pad").addEventListener("pointerup", predictDrawing);
$("clear").addEventListener("click", () => {
  ticket++;
  clearPad();
  clearAnswer("Draw something: the answer follows the pen.");
});

// Files: chosen, dropped, pasted.
$("pick").addEventListener("change", () => {
  predictFiles([...$("pick").files]);
  $("pick").value = "";
});
for (const kind of ["dragenter", "dragover"]) addEventListener(kind, (event) => { event.preventDefault(); $("choose").classList.add("over"); });
addEventListener("dragleave", (event) => { if (!event.relatedTarget) $("choose").classList.remove("over"); });
addEventListener("drop", (event) => {
  event.preventDefault();
  $("choose").classList.remove("over");
  predictFiles([...event.dataTransfer.files]);
});
addEventListener("paste", (event) => predictFiles([...event.clipboardData.files]));
for (const button of document.querySelectorAll("[data-way]")) {
  button.addEventListener("click", () => {
    choose(button.dataset.way);
    if (button.dataset.way === "draw") clearPad(), clearAnswer("Draw something: the answer follows the pen.");
  });
}

function examples(count) {
  for (let number = 1; number <= count; number++) {
    const item = make("li"), button = Object.assign(make("button"), { type: "button" });
    const image = Object.assign(make("img"), { src: `examples/${number}.png`, alt: `Example ${number}` });
    image.onload = () => image.classList.toggle("tiny", image.naturalWidth < 100);
    button.append(image);
    button.addEventListener("click", async () => {
      const content = await (await fetch(image.src)).blob();
      predictFiles([new File([content], `example ${number}`, { type: "image/png" })]);
    });
    item.append(button);
    $("examples").append(item);
  }
  $("examples").hidden = !count;
}

try {
  model = await Model.load();
  const { question, about, draw, examples: count } = model.facts;
  document.title = $("question").textContent = question;
  $("about").textContent = about;
  document.querySelector("[data-way=draw]").hidden = draw === null;
  document.querySelector("[data-way=camera]").hidden = !navigator.mediaDevices;
  examples(count);
  clearAnswer();
  if (draw !== null) document.querySelector("[data-way=draw]").click();
} catch (problem) {
  clearAnswer(`The model cannot be loaded: ${problem.message}. Was "npm install" run in this folder, and is the page opened with "npm start"?`);
}
document.body.dataset.ready = "";
