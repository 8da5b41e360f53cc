// A heat map: from clear to yellow to red, the more a place spoke for the prediction, the less of the picture is seen
// there. `cells` has a hexadecimal digit a cell, row after row; `height` and `width` are those of the picture.
function heatMap(cells, [rows, columns], [height, width]) {
  const PLACES = [
    [translate("Heat map: most in the upper left"), translate("Heat map: most in the top"), translate("Heat map: most in the upper right")],
    [translate("Heat map: most in the left"), translate("Heat map: most in the middle"), translate("Heat map: most in the right")],
    [translate("Heat map: most in the lower left"), translate("Heat map: most in the bottom"), translate("Heat map: most in the lower right")],
  ];
  const canvas = (across, down) => Object.assign(document.createElement("canvas"), { width: across, height: down });
  const colour = (share) => [255, 225 - 190 * share, 30 - 30 * share, 255 * 0.85 * share ** 1.3];

  const small = canvas(columns, rows);
  const pixels = new ImageData(columns, rows);
  const values = [...cells].map((digit) => parseInt(digit, 16) / 15);
  values.forEach((value, place) => pixels.data.set(colour(value), 4 * place));
  small.getContext("2d").putImageData(pixels, 0, 0);
  const longest = 128 / Math.max(height, width);
  const shown = canvas(Math.round(longest * width), Math.round(longest * height));
  const pen = shown.getContext("2d");
  pen.imageSmoothingQuality = "high";
  pen.drawImage(small, 0, 0, shown.width, shown.height);
  const strongest = values.indexOf(Math.max(...values));
  const third = (place, count) => Math.floor((3 * place) / count);
  shown.setAttribute("role", "img");
  shown.setAttribute("aria-label", PLACES[third(Math.floor(strongest / columns), rows)][third(strongest % columns, columns)]);
  return shown;
}
