// Where the model looked: a map over each picture that has one, shown and hidden by a button and by the key h.
function heatMaps(heat, section) {
  const button = section.querySelector(".heat-maps button");
  if (!heat || !button) return () => {};

  const switchTo = (on) => {
    section.classList.toggle("with-heat", on);
    button.setAttribute("aria-pressed", on);
  };
  button.addEventListener("click", () => switchTo(button.getAttribute("aria-pressed") !== "true"));
  document.addEventListener("keydown", (event) => {
    const types = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (event.key !== "h" || types || event.ctrlKey || event.metaKey || event.altKey) return;
    button.click();
    event.preventDefault();
  });

  return (item, at) => {
    const cells = heat.maps[at];
    if (!cells || item.querySelector(".heat")) return;
    const shown = heatMap(cells, heat.grid, heat.size);
    shown.className = "heat";
    item.querySelector("img, .no-picture").after(shown);
  };
}
