// Each text whose contrast with what is painted behind it is too small, and each drawing. WCAG 2.2, 1.4.3: text needs 4.5,
// large text 3 (24 pixels, or 18.66 if it is bold); 1.4.11: drawings need 3. Colours are those that the browser computes,
// with every half-transparent layer and opacity between the text and the page.
(() => {
  // What is drawn and says something: bars, curves, points. Grids, grounds and pale cells behind a number are left out.
  const DRAWN = [
    ".bar", ".dot", ".stack span", ".swatch", ".chart :is(.main, .other) :is(path, circle)", ".chart.runs :is(path, circle)",
    ".chart.trials :is(.best, .complete, .stopped)", ".chart .mass", ".chart path.ray", ".chart line.best",
  ];
  const numbers = (text) => text.match(/[-.\d]+(?:e-?\d+)?%?/g).map(parseFloat);
  const parse = (text) => {
    const found = /^rgba?\(/.test(text) ? numbers(text) : /^color\(srgb /.test(text) ? numbers(text.slice(11)) : null;
    if (!found) return null;
    const scale = text.startsWith("color") ? 255 : 1;
    return [...found.slice(0, 3).map((value) => value * scale), found[3] ?? 1];
  };
  const over = (top, under) => under.map((value, at) => top[at] * top[3] + value * (1 - top[3]));
  const luminance = (colour) => {
    const [r, g, b] = colour.map((value) => value / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (one, other) => {
    const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  const above = (element) => { const all = []; for (let at = element; at; at = at.parentElement) all.push(at); return all; };
  const ground = (element) => above(element).reverse().reduce((under, each) => {
    const colour = parse(getComputedStyle(each).backgroundColor);
    return colour ? over(colour, under) : under;
  }, [255, 255, 255]);
  const opacity = (element) => above(element).reduce((all, each) => all * getComputedStyle(each).opacity, 1);
  const isSeen = (element, box) => box.width > 2 && box.height > 2
    && element.checkVisibility({ visibilityProperty: true, opacityProperty: true, contentVisibilityAuto: false })
    && !above(element).some((each) => getComputedStyle(each).clipPath !== "none");
  const found = new Map();
  const judge = (element, colour, needed, words) => {
    const seen = parse(colour);
    const under = ground(element);
    const reached = seen ? contrast(over([...seen.slice(0, 3), seen[3] * opacity(element)], under), under) : 0;
    if (reached < needed - 0.005) {
      const name = `${element.tagName.toLowerCase()}.${element.getAttribute("class") ?? ""}`;
      found.set(`${name} ${colour} on ${under.map(Math.round)}: ${reached.toFixed(2)} of ${needed}`, words);
    }
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let count = 0;
  while (texts.nextNode()) {
    const [node, element] = [texts.currentNode, texts.currentNode.parentElement];
    const range = document.createRange();
    range.selectNodeContents(node);
    if (!node.textContent.trim() || element.closest("script, style, template") || !isSeen(element, range.getBoundingClientRect())) continue;
    const style = getComputedStyle(element);
    const size = parseFloat(style.fontSize);
    const isLarge = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
    judge(element, element instanceof SVGElement ? style.fill : style.color, isLarge ? 3 : 4.5, node.textContent.trim().slice(0, 40));
    count += 1;
  }
  for (const element of document.querySelectorAll(DRAWN.join())) {
    const style = getComputedStyle(element, element.matches(".bar") ? "::before" : null);
    const isLine = element.tagName === "line" || element.matches(".complete") || (element instanceof SVGElement && style.stroke !== "none" && style.fill === "none");
    const colour = !(element instanceof SVGElement) ? style.backgroundColor : isLine ? style.stroke : style.fill;
    const box = element.getBoundingClientRect();
    if (colour !== "none" && element.checkVisibility() && (box.width || box.height)) judge(element.parentElement, colour, 3, `drawn: ${element.getAttribute("class") ?? element.tagName}`);
  }
  return [count, [...found].map(([what, words]) => `${what} (${words})`)];
})()
