// Texts stand in English where they are used. A page in another language has their translations, by the English text.
const TEXTS = JSON.parse(document.getElementById("texts")?.content.textContent ?? "{}");
// The parts of a text: what stands between its places, and the values, which may be elements.
const filled = (message, values = {}) =>
  (TEXTS[message] ?? message).split(/\{(\w+)\}/).map((part, at) => (at % 2 ? values[part] : part));
const translate = (message, values = {}) => filled(message, values).join("");
