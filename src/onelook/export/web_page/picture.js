// Pictures as the model was trained on them: upright, on its ground, grey or colour, resized once with antialiasing.
// The arithmetic of colours and of the resize is Pillow's: a PNG gives the same pixels here and in Python, to rounding.

const GROUNDS = { white: 255, black: 0, grey: 128 };
const BITS = 22; // of the whole-number weights in Pillow's resize
const HAMMING_FROM = 1.5; // a picture that shrinks by this much in both directions is resized with Hamming's window

// Pixels of one or three channels: { width, height, channels, data }, data from 0 to 255, row by row.

export async function decode(blob, decode) {
  const bitmap = await createImageBitmap(blob, { imageOrientation: "from-image", premultiplyAlpha: "none", colorSpaceConversion: "none" });
  return fromSource(bitmap, bitmap.width, bitmap.height, decode);
}

// What the source shows in a rectangle with its corner at (left, top).
export function fromSource(source, width, height, decode, [left, top] = [0, 0]) {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(source, left, top, width, height, 0, 0, width, height);
  return fromRgba(context.getImageData(0, 0, width, height), decode);
}

export function fromRgba({ width, height, data: rgba }, { channels, ground }) {
  const data = new Uint8ClampedArray(width * height * channels), under = GROUNDS[ground];
  for (let at = 0, from = 0; from < rgba.length; from += 4) {
    const share = rgba[from + 3] / 255;
    const [r, g, b] = [0, 1, 2].map((c) => (share === 1 ? rgba[from + c] : Math.round(rgba[from + c] * share + under * (1 - share))));
    if (channels === 1) data[at++] = (r * 19595 + g * 38470 + b * 7471 + 32768) >> 16;
    else { data[at++] = r; data[at++] = g; data[at++] = b; }
  }
  return { width, height, channels, data };
}

export function resized(picture, width, height, resize) {
  if (picture.width === width && picture.height === height) return picture;
  const whole = [0, 0, picture.width, picture.height];
  if (resize === "stretch") return resample(picture, width, height, whole);
  if (resize === "crop") {
    const scale = Math.max(width / picture.width, height / picture.height);
    const left = (picture.width - width / scale) / 2, top = (picture.height - height / scale) / 2;
    return resample(picture, width, height, [
      Math.max(left, 0), Math.max(top, 0), Math.min(picture.width - left, picture.width), Math.min(picture.height - top, picture.height),
    ]);
  }
  const scale = Math.min(width / picture.width, height / picture.height);
  const inner = [picture.width, picture.height].map((side) => Math.max(1, roundHalfEven(side * scale)));
  return placed(resample(picture, ...inner, whole), width, height, (width - inner[0]) >> 1, (height - inner[1]) >> 1, 0);
}

// The picture on an even ground, with its corner at (left, top). `ground` is a number, or one for each channel.
export function placed(picture, width, height, left, top, ground) {
  const { channels } = picture, data = new Uint8ClampedArray(width * height * channels);
  if (Array.isArray(ground)) for (let at = 0; at < data.length; at++) data[at] = ground[at % channels];
  else data.fill(ground);
  for (let row = 0; row < picture.height; row++) {
    const line = picture.data.subarray(row * picture.width * channels, (row + 1) * picture.width * channels);
    data.set(line, ((top + row) * width + left) * channels);
  }
  return { width, height, channels, data };
}

export function inverted(picture) {
  return { ...picture, data: picture.data.map((value) => 255 - value) };
}

// Python rounds halves to the even number.
export function roundHalfEven(value) {
  const floor = Math.floor(value);
  return value - floor === 0.5 ? floor + (floor % 2) : Math.round(value);
}

const bicubic = {
  support: 2,
  at(x) {
    x = Math.abs(x);
    if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
    return x < 2 ? (((x - 5) * x + 8) * x - 4) * -0.5 : 0;
  },
};
export const averaged = { support: 0.5, at: (x) => (x > -0.5 && x <= 0.5 ? 1 : 0) }; // Pillow's BOX
const hamming = {
  support: 1,
  at(x) {
    x = Math.abs(x);
    if (x === 0) return 1;
    if (x >= 1) return 0;
    x *= Math.PI;
    return (Math.sin(x) / x) * (0.54 + 0.46 * Math.cos(x));
  },
};

// The part of the picture in `box` (left, top, right, bottom) at another size; see Pillow's Resample.c.
export function resample(picture, width, height, box, filter = null) {
  const shrinks = Math.min((box[2] - box[0]) / width, (box[3] - box[1]) / height);
  filter ??= shrinks >= HAMMING_FROM ? hamming : bicubic;
  const isWhole = (low, high, size, side) => low === 0 && high === side && size === side;
  let result = picture;
  if (!isWhole(box[0], box[2], width, picture.width)) result = along(result, width, box[0], box[2], filter, true);
  if (!isWhole(box[1], box[3], height, picture.height)) result = along(result, height, box[1], box[3], filter, false);
  return result;
}

function along(picture, size, low, high, filter, isAcross) {
  const { channels } = picture, side = isAcross ? picture.width : picture.height, lines = isAcross ? picture.height : picture.width;
  const [width, height] = isAcross ? [size, lines] : [lines, size];
  const data = new Uint8ClampedArray(width * height * channels);
  const step = isAcross ? channels : picture.width * channels, across = isAcross ? picture.width * channels : channels;
  for (let at = 0; at < size; at++) {
    const { first, weights } = weightsAt(at, side, low, high, size, filter);
    for (let line = 0; line < lines; line++) {
      const to = isAcross ? (line * width + at) * channels : (at * width + line) * channels;
      for (let channel = 0; channel < channels; channel++) {
        let sum = 1 << (BITS - 1);
        for (let k = 0, from = first * step + line * across + channel; k < weights.length; k++, from += step) sum += picture.data[from] * weights[k];
        data[to + channel] = Math.floor(sum / (1 << BITS));
      }
    }
  }
  return { width, height, channels, data };
}

function weightsAt(at, side, low, high, size, filter) {
  const scale = (high - low) / size, stretch = Math.max(scale, 1), support = filter.support * stretch;
  const center = low + (at + 0.5) * scale;
  const first = Math.max(0, Math.trunc(center - support + 0.5)), last = Math.min(side, Math.trunc(center + support + 0.5));
  const exact = Array.from({ length: last - first }, (_, x) => filter.at((x + first - center + 0.5) * (1 / stretch)));
  const total = exact.reduce((sum, weight) => sum + weight, 0);
  return { first, weights: exact.map((weight) => Math.trunc((weight / total) * (1 << BITS) + (weight < 0 ? -0.5 : 0.5))) };
}

// A drawing centred and scaled as the digits of MNIST were: its ink in a box of 20/28 of the size, the centre of its
// mass in the middle. Returns null for an empty one.
export function asMnist(picture, width, height, ground) {
  let [left, top, right, bottom] = [picture.width, picture.height, 0, 0];
  for (let row = 0, at = 0; row < picture.height; row++) {
    for (let column = 0; column < picture.width; column++, at++) {
      if (Math.abs(picture.data[at] - ground) < 64) continue;
      [left, right] = [Math.min(left, column), Math.max(right, column + 1)];
      [top, bottom] = [Math.min(top, row), Math.max(bottom, row + 1)];
    }
  }
  if (right <= left) return null;
  return centred(picture, [left, top, right, bottom], width, height, ground);
}

// The part of a picture in a box (left, top, right, bottom), in a box of 20/28 of the size, the centre of its mass in the
// middle: what differs from the ground has mass. `ground` is a number, or one for each channel.
export function centred(picture, [left, top, right, bottom], width, height, ground) {
  const scale = Math.min((20 / 28) * width / (right - left), (20 / 28) * height / (bottom - top));
  const inner = [right - left, bottom - top].map((side) => Math.max(1, roundHalfEven(side * scale)));
  const part = resample(picture, ...inner, [left, top, right, bottom], scale < 1 ? hamming : bicubic);
  const { channels } = part, under = Array.isArray(ground) ? ground : Array(channels).fill(ground);
  let [total, across, down] = [0, 0, 0];
  for (let row = 0, at = 0; row < inner[1]; row++) {
    for (let column = 0; column < inner[0]; column++, at += channels) {
      const mass = under.reduce((sum, level, channel) => sum + Math.abs(part.data[at + channel] - level), 0);
      total += mass;
      across += mass * (column + 0.5);
      down += mass * (row + 0.5);
    }
  }
  const place = (size, side, moment) => {
    const centre = total ? moment / total : side / 2;
    return Math.min(Math.max(roundHalfEven(size / 2 - centre), 0), size - side);
  };
  return placed(part, width, height, place(width, inner[0], across), place(height, inner[1], down), under);
}
