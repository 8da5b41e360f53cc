// Texts that lie on each other, and texts of which a box hides a part without saying so by a title.
(() => {
  const LONGEST = 150;
  const isSeen = (element) => {
    if (!element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true })) return false;
    for (let at = element; at; at = at.parentElement) {
      const style = getComputedStyle(at), box = at.getBoundingClientRect();
      // What is read aloud only, and what a script keeps out of sight.
      if ((box.width <= 1 && box.height <= 1 && style.overflowX !== "visible") || style.clipPath !== "none") return false;
    }
    return true;
  };
  // The part of a box that the boxes around it show: what is scrolled away lies on nothing.
  const shown = (rectangle, element) => {
    let { left, right, top, bottom } = rectangle;
    for (let at = element; at; at = at.parentElement) {
      const style = getComputedStyle(at);
      if (style.overflowX === "visible" && style.overflowY === "visible") continue;
      const box = at.getBoundingClientRect();
      if (style.overflowX !== "visible") { left = Math.max(left, box.left); right = Math.min(right, box.right); }
      if (style.overflowY !== "visible") { top = Math.max(top, box.top); bottom = Math.min(bottom, box.bottom); }
    }
    return right - left > 0 && bottom - top > 0 ? { left, right, top, bottom } : null;
  };
  // A bar that stays in the window lies on what is scrolled below it.
  const isAfloat = (element) => {
    for (let at = element; at; at = at.parentElement) {
      if (["fixed", "sticky"].includes(getComputedStyle(at).position)) return true;
    }
    return false;
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), texts = [], seen = new Map();
  while (walker.nextNode()) {
    const node = walker.currentNode, element = node.parentElement;
    if (!node.data.trim() || element.closest("script, style, template, option")) continue;
    if (!seen.has(element)) seen.set(element, isSeen(element));
    if (!seen.get(element)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    // A line's box is higher than its letters.
    const size = parseFloat(getComputedStyle(element).fontSize);
    for (const each of range.getClientRects()) {
      const spare = Math.max(0, (each.height - size) / 2);
      const box = shown({ left: each.left, right: each.right, top: each.top + spare, bottom: each.bottom - spare }, element);
      if (box) texts.push({ box, node, afloat: isAfloat(element) });
    }
  }
  const rows = new Map(), found = new Set();
  for (const one of texts) {
    for (let row = Math.floor(one.box.top / 32); row <= Math.floor(one.box.bottom / 32); row++) {
      for (const other of rows.get(row) ?? []) {
        const wide = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left);
        const high = Math.min(one.box.bottom, other.box.bottom) - Math.max(one.box.top, other.box.top);
        if (other.node !== one.node && other.afloat === one.afloat && wide > 2 && high > 2) {
          found.add(`${other.node.data.trim().slice(0, 40)} | ${one.node.data.trim().slice(0, 40)}`);
        }
      }
      if (!rows.has(row)) rows.set(row, []);
      rows.get(row).push(one);
    }
  }
  const cut = [...document.querySelectorAll("body *")].filter((element) => {
    const style = getComputedStyle(element);
    const hidesSideways = ["hidden", "clip"].includes(style.overflowX) && element.scrollWidth > element.clientWidth + 1;
    const hidesBelow = ["hidden", "clip"].includes(style.overflowY) && element.scrollHeight > element.clientHeight + 1;
    if (!(hidesSideways || hidesBelow) || !element.innerText?.trim() || !isSeen(element)) return false;
    // A name as long as a paragraph ends with dots.
    if (style.webkitLineClamp !== "none" && element.innerText.length > LONGEST) return false;
    return !element.closest("[title], [aria-label]");
  });
  return [[...found].slice(0, 8), cut.slice(0, 8).map((each) => `${each.tagName}.${each.className}: ${each.innerText.trim().slice(0, 40)}`)];
})()
