// Maps of heat as colours: numbers and pixels only, nothing of the page.

const PLASMA = "0d0887 46039f 7201a8 9c179e bd3786 d8576b ed7953 fb9f3a fdca26 f0f921".split(" ");
const HEAT = new Uint32Array(
  new Uint8ClampedArray(
    Array.from({ length: 256 }, (_, level) => colour(level / 255)).flatMap(([r, g, b, a]) => [r, g, b, 255 * a]),
  ).buffer,
);

/** T maps, each of map_height * map_width parts (0 to 1) of the clip's maximum. */
function readMaps({ maps, frames, map_height, map_width }) {
  const bytes = Uint8Array.from(atob(maps), (letter) => letter.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  const cells = map_height * map_width;
  return frames.map((_, frame) =>
    Array.from({ length: cells }, (_, cell) => view.getUint16(2 * (frame * cells + cell), true) / 65535),
  );
}

/** A map as colours over the picture: bilinear between the cells' centres; what is cold stays clear. */
function heatCanvas(map, top, { width, height, map_width, map_height }) {
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const context = canvas.getContext("2d");
  const image = context.createImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  const columns = neighbours(width, map_width);
  neighbours(height, map_height).forEach(([above, below, down], y) => {
    columns.forEach(([left, right, across], x) => {
      const mix = (row) => map[row * map_width + left] * (1 - across) + map[row * map_width + right] * across;
      const value = mix(above) * (1 - down) + mix(below) * down;
      pixels[y * width + x] = HEAT[top > 0 ? Math.round((255 * value) / top) : 0];
    });
  });
  context.putImageData(image, 0, 0);
  return canvas;
}

/** For each of `size` pixels: the two cells it lies between, and how far it is towards the second. */
function neighbours(size, cells) {
  return Array.from({ length: size }, (_, pixel) => {
    const place = Math.min(Math.max(((pixel + 0.5) * cells) / size - 0.5, 0), cells - 1);
    const first = Math.floor(place);
    return [first, Math.min(first + 1, cells - 1), place - first];
  });
}

/** [red, green, blue, alpha] of a value from 0 to 1: matplotlib's plasma, clear where it is cold. */
function colour(value) {
  const place = value * (PLASMA.length - 1);
  const first = Math.min(Math.floor(place), PLASMA.length - 2);
  const channel = (stop, at) => parseInt(PLASMA[stop].slice(2 * at, 2 * at + 2), 16);
  const mixed = [0, 1, 2].map((at) => {
    const from = channel(first, at);
    return Math.round(from + (channel(first + 1, at) - from) * (place - first));
  });
  return [...mixed, Math.min(1, 1.5 * value)];
}

function rampGradient(opacity) {
  const stops = Array.from({ length: 13 }, (_, stop) => {
    const [red, green, blue, alpha] = colour(stop / 12);
    return `rgb(${red} ${green} ${blue} / ${alpha * opacity})`;
  });
  return `linear-gradient(to right, ${stops.join(", ")})`;
}
