// What is wider than the window, or cut off by it, without a part of the page that scrolls around it.
(() => {
  const width = document.documentElement.clientWidth;
  const isInside = (element) => {
    for (let at = element.parentElement; at; at = at.parentElement) {
      if (["auto", "scroll", "hidden", "clip"].includes(getComputedStyle(at).overflowX)) return true;
    }
    return false;
  };
  const cut = [...document.querySelectorAll("body *")].filter((element) => {
    const box = element.getBoundingClientRect();
    return box.width && (box.right > width + 1 || box.left < -1) && !element.closest(".skip, caption, svg") && !isInside(element);
  });
  return [Math.max(0, document.documentElement.scrollWidth - width), cut.slice(0, 5).map((each) => `${each.tagName}.${each.className}`)];
})()
