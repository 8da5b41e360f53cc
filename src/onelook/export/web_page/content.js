// Cut out the content of a picture, such as a digit on a page, and centre it as the digits of MNIST are. It is the
// arithmetic of onelook's `data/pictures/crop_to_content.py`, which says why each step and figure is as it is.

import { averaged, centred, resample, roundHalfEven } from "./picture.js";

const SEARCH_SIDE = 192, FEWEST_FOR_SPECKS = 64, LEAST_CONTRAST = 24, PEAK_SHARE = 0.003, IS_CONTENT = 0.4;
const GROUND_NOISE = 3, IS_PHOTOGRAPHED = 0.2, IS_GROUND = 0.12, IS_FULL = 0.85, ROUNDS = 4;

// The content on an even ground, at the size; the picture itself if nothing in it differs from its ground.
export function croppedToContent(picture, width, height) {
  const shrink = Math.min(1, SEARCH_SIDE / Math.max(picture.width, picture.height));
  const [across, down] = [picture.width, picture.height].map((side) => Math.max(1, roundHalfEven(side * shrink)));
  const small = resample(picture, across, down, [0, 0, picture.width, picture.height], averaged);
  const content = find(grey(small), across, down);
  if (content === null) return picture;
  const box = inPixels(content.box, picture.width, picture.height);
  const [left, top, right, bottom] = box, { channels } = picture;
  const size = (right - left) * (bottom - top), data = new Uint8ClampedArray(size * channels), ground = [];
  for (let channel = 0; channel < channels; channel++) {
    const values = channelOf(small, channel), surface = fit(values, content.inside, across, down);
    const middle = channels === 1 ? 0 : median(values.filter((_, at) => content.inside[at]));
    for (let row = top, at = channel; row < bottom; row++) {
      for (let column = left; column < right; column++, at += channels) {
        const level = groundAt(surface, row / picture.height, column / picture.width);
        const difference = picture.data[(row * picture.width + column) * channels + channel] - level;
        data[at] = channels === 1 ? fullContrast(difference, content) : roundHalfEven(Math.min(Math.max(difference + middle, 0), 255));
      }
    }
    ground.push(channels === 1 ? (content.isLighter ? 0 : 255) : roundHalfEven(middle));
  }
  const part = { width: right - left, height: bottom - top, channels, data };
  return centred(part, [0, 0, part.width, part.height], width, height, ground);
}

function grey(picture) {
  if (picture.channels === 1) return Float64Array.from(picture.data);
  return Float64Array.from({ length: picture.width * picture.height }, (_, at) => {
    const [r, g, b] = picture.data.subarray(3 * at, 3 * at + 3);
    return (r * 19595 + g * 38470 + b * 7471 + 32768) >> 16;
  });
}

function channelOf({ width, height, channels, data }, channel) {
  return Float64Array.from({ length: width * height }, (_, at) => data[at * channels + channel]);
}

// Where the content is, as shares of the sides, and how it differs from a ground that changes slowly; null if nowhere.
function find(values, width, height) {
  let inside = frame(width, height), difference = values;
  for (let round = 0; round < ROUNDS; round++) {
    const surface = fit(values, inside, width, height);
    difference = values.map((value, at) => value - groundAt(surface, Math.floor(at / width) / height, (at % width) / width));
    const most = Math.max(GROUND_NOISE * deviation(difference, inside), LEAST_CONTRAST / 2);
    inside = Uint8Array.from(difference, (each) => Math.abs(each) <= most);
    if (inside.reduce((sum, is) => sum + is, 0) < 12) return null;
  }
  const noise = deviation(difference, inside);
  const count = Math.max(4, roundHalfEven(PEAK_SHARE * values.length)), sorted = Float64Array.from(difference).sort();
  const mean = (some) => some.reduce((sum, each) => sum + each, 0) / some.length;
  const above = mean(sorted.subarray(-count)), below = -mean(sorted.subarray(0, count)), peak = Math.max(above, below);
  if (peak < LEAST_CONTRAST) return null;
  const isLighter = above > below, sign = isLighter ? 1 : -1;
  let mask = Uint8Array.from(difference, (each) => sign * each > IS_CONTENT * peak);
  if (Math.min(width, height) >= FEWEST_FOR_SPECKS) mask = withoutSpecks(mask, width, height);
  let [left, top, right, bottom] = [width, height, 0, 0];
  for (let at = 0; at < mask.length; at++) {
    if (!mask[at]) continue;
    const row = Math.floor(at / width), column = at % width;
    [left, right] = [Math.min(left, column), Math.max(right, column + 1)];
    [top, bottom] = [Math.min(top, row), Math.max(bottom, row + 1)];
  }
  if (right <= left) return null;
  return { box: [left / width, top / height, right / width, bottom / height], inside, isLighter, peak, noise };
}

// The pixels along the edges, where the ground is looked for first.
function frame(width, height) {
  const edge = Math.max(1, roundHalfEven(Math.min(width, height) / 20));
  return Uint8Array.from({ length: width * height }, (_, at) => {
    const row = Math.floor(at / width), column = at % width;
    return row < edge || row >= height - edge || column < edge || column >= width - edge;
  });
}

const terms = (y, x) => [1, x, y, x * x, x * y, y * y];

// The factors of a quadratic surface through the pixels inside, by least squares.
function fit(values, inside, width, height) {
  const rows = Array.from({ length: 6 }, () => new Float64Array(7));
  for (let at = 0; at < values.length; at++) {
    if (!inside[at]) continue;
    const each = terms(Math.floor(at / width) / height - 0.5, (at % width) / width - 0.5);
    for (let i = 0; i < 6; i++) {
      for (let j = 0; j < 6; j++) rows[i][j] += each[i] * each[j];
      rows[i][6] += each[i] * values[at];
    }
  }
  return solved(rows);
}

// Six equations, each with its right side last. A factor that they leave open is 0.
function solved(rows) {
  const least = 1e-10 * rows[0][0], used = [];
  for (let column = 0; column < 6; column++) {
    const free = rows.filter((row) => !used.some(([other]) => other === row));
    const pivot = free.reduce((best, row) => (Math.abs(row[column]) > Math.abs(best[column]) ? row : best));
    if (Math.abs(pivot[column]) <= least) continue;
    used.push([pivot, column]);
    for (const row of rows) {
      if (row === pivot) continue;
      const share = row[column] / pivot[column];
      for (let at = column; at < 7; at++) row[at] -= share * pivot[at];
    }
  }
  const factors = [0, 0, 0, 0, 0, 0];
  for (const [row, column] of used) factors[column] = row[6] / row[column];
  return factors;
}

function groundAt(factors, row, column) {
  return terms(row - 0.5, column - 0.5).reduce((sum, term, at) => sum + term * factors[at], 0);
}

// The standard deviation of noise, to which a few far values add nothing.
function deviation(values, inside) {
  return 1.4826 * median(values.filter((_, at) => inside[at]).map(Math.abs));
}

function median(values) {
  const sorted = Float64Array.from(values).sort(), middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

// Each pixel as most of its neighbours and itself; beyond an edge, its pixels are repeated.
function withoutSpecks(mask, width, height) {
  const at = (row, column) => mask[Math.min(Math.max(row, 0), height - 1) * width + Math.min(Math.max(column, 0), width - 1)];
  return mask.map((_, place) => {
    const row = Math.floor(place / width), column = place % width;
    let sum = 0;
    for (let down = -1; down <= 1; down++) for (let across = -1; across <= 1; across++) sum += at(row + down, column + across);
    return sum > 4;
  });
}

function inPixels([left, top, right, bottom], width, height) {
  return [
    Math.max(0, Math.trunc(left * width)), Math.max(0, Math.trunc(top * height)),
    Math.min(width, Math.ceil(right * width)), Math.min(height, Math.ceil(bottom * height)),
  ];
}

// From black to white, on an even ground.
function fullContrast(difference, { isLighter, peak, noise }) {
  let floor = 0, full = peak;
  if (noise > IS_PHOTOGRAPHED) {
    floor = Math.min(Math.max(GROUND_NOISE * noise, IS_GROUND * full), full / 3);
    full *= IS_FULL;
  }
  const share = Math.min(Math.max(((isLighter ? difference : -difference) - floor) / (full - floor), 0), 1);
  return roundHalfEven((isLighter ? share : 1 - share) * 255);
}
