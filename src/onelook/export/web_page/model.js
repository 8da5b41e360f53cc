// The model in ONNX Runtime Web: decoded pixels in, probabilities out.

import * as ort from "./node_modules/onnxruntime-web/dist/ort.wasm.min.mjs";
import { croppedToContent } from "./content.js";
import { inverted, resized } from "./picture.js";

const ARRAYS = {
  uint8: Uint8Array, int8: Int8Array, uint16: Uint16Array, int16: Int16Array,
  uint32: Uint32Array, int32: Int32Array, float32: Float32Array, float64: Float64Array,
};

export class Model {
  static async load() {
    const facts = await (await fetch("model.json")).json();
    return new Model(facts, await ort.InferenceSession.create("model.onnx", { executionProviders: ["wasm"] }));
  }

  constructor(facts, session) {
    Object.assign(this, { facts, session });
    [this.height, this.width, this.channels] = facts.size;
  }

  // A picture of any size, in the form that the network takes.
  fitted(picture) {
    const { resize, invert, crop_to_content: crops } = this.facts.decode;
    const content = crops ? croppedToContent(picture, this.width, this.height) : picture;
    const fitting = resized(content, this.width, this.height, resize);
    return invert ? inverted(fitting) : fitting;
  }

  async probabilities({ data }) {
    const { dtype, value_range: [low, high] } = this.facts, isWhole = !dtype.startsWith("float");
    const pixels = ARRAYS[dtype].from(data, (value) => {
      const scaled = low + (value * (high - low)) / 255;
      return isWhole ? Math.round(scaled) : scaled;
    });
    const found = await this.session.run({ images: new ort.Tensor(dtype, pixels, [1, this.height, this.width, this.channels]) });
    return [...found.probabilities.data];
  }
}
