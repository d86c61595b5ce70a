// Plays the sampled frames of a clip with their heat; every choice stays in the browser.
// What a visitor reads comes from `data.words`; data reaches the page through textContent and attributes.
// The root's data-frame (from 0), -playing, -heat, -opacity, -scale and -speed tell its state to tests.

const END_PAUSE_MS = 800; // tells the end of the clip from its beginning
const FASTEST_MS = 120;
const SLOWEST_MS = 700; // frames may lie minutes apart in a long clip

const players = new WeakMap(); // where Streamlit mounted it -> Player
const choices = new Map(); // key -> what the visitor chose; outlives a remount

/** Streamlit calls this on mounting and whenever the data or the theme change. */
export default function render({ data, parentElement }) {
  const root = parentElement.querySelector(".player");
  let player = players.get(parentElement);
  if (player?.root !== root) {
    player?.leave();
    player = new Player(root, data.key);
    players.set(parentElement, player);
  }
  const call = ++player.call;
  player.load(data, call);
  // Streamlit also cleans up after a call that a newer one has overtaken: that must not stop the newer one.
  return () => call === player.call && player.leave();
}

class Player {
  constructor(root, key) {
    this.root = root;
    this.call = 0;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const start = { frame: null, playing: !still, heat: true, opacity: 65, scale: "clip", speed: 1 };
    this.choice = choices.get(key) ?? start;
    choices.set(key, this.choice);
    this.listen();
  }

  find(selector) {
    return this.root.querySelector(selector);
  }

  listen() {
    const on = (selector, event, act) => this.find(selector).addEventListener(event, act);
    on(".toggle", "click", () => this.toggle());
    on(".picture", "click", () => this.toggle());
    on(".back", "click", () => this.step(-1));
    on(".forward", "click", () => this.step(1));
    on(".scrub", "input", (event) => this.go(Number(event.target.value)));
    on(".heat", "change", (event) => this.choose({ heat: event.target.checked }));
    on(".opacity", "input", (event) => this.choose({ opacity: Number(event.target.value) }));
    this.root.addEventListener("change", ({ target }) => {
      if (target.name === "scale") this.choose({ scale: target.value });
      if (target.name === "speed") this.choose({ speed: Number(target.value) });
    });
    this.root.addEventListener("keydown", (event) => this.onKey(event));
  }

  onKey(event) {
    const { key, target } = event;
    const isControl = target.matches("input, button");
    if (key === " " && (!isControl || target.type === "range")) this.toggle();
    else if (key === "ArrowLeft" && !target.matches("input")) this.step(-1);
    else if (key === "ArrowRight" && !target.matches("input")) this.step(1);
    else return;
    event.preventDefault(); // space and arrows would also scroll the page
  }

  /** Decode first, then swap everything in one go, so that nothing flashes. */
  async load(data, call) {
    if (!this.data) this.reserve(data);
    const pictures = await Promise.all(data.frames.map((frame) => this.decode(frame)));
    if (call !== this.call) return;
    this.data = data;
    this.pictures = pictures;
    this.maps = readMaps(data);
    this.peaks = this.maps.map((map) => Math.max(...map));
    this.heats = { clip: [], frame: [] }; // painted maps by scale and frame, made when first drawn
    const strongest = this.peaks.indexOf(Math.max(...this.peaks));
    this.choice.frame = Math.min(this.choice.frame ?? strongest, pictures.length - 1);
    this.reserve(data);
    this.write();
    this.paintAll();
    this.schedule();
  }

  /** Give the picture its shape before there is one, so that the page below does not jump. */
  reserve({ width, height }) {
    Object.assign(this.find(".picture"), { width, height });
  }

  /** A frame that is shown already is not decoded again. */
  async decode(jpeg) {
    const known = this.data?.frames.indexOf(jpeg) ?? -1;
    if (known >= 0) return this.pictures[known];
    const image = new Image();
    image.src = `data:image/jpeg;base64,${jpeg}`;
    await image.decode();
    return image;
  }

  // What the visitor does

  toggle() {
    this.choice.playing = !this.choice.playing;
    this.paint();
    this.schedule();
  }

  step(by) {
    const count = this.pictures.length;
    this.go((this.choice.frame + by + count) % count);
  }

  /** To look at one frame is to stop. */
  go(frame) {
    Object.assign(this.choice, { frame, playing: false });
    this.paint();
    this.schedule();
  }

  choose(change) {
    Object.assign(this.choice, change);
    this.paintAll();
    if ("speed" in change) this.schedule();
  }

  // Time

  leave() {
    this.call += 1; // a load that is under way must not start the clock
    clearTimeout(this.timer);
  }

  schedule() {
    clearTimeout(this.timer);
    if (!this.choice.playing) return;
    const count = this.pictures.length;
    const isLast = this.choice.frame === count - 1;
    const times = this.data.times_sec;
    const apart = (1000 * Math.abs(times[count - 1] - times[0])) / Math.max(count - 1, 1);
    const wait = Math.min(Math.max(apart, FASTEST_MS), SLOWEST_MS) + (isLast ? END_PAUSE_MS : 0);
    this.timer = setTimeout(() => {
      this.choice.frame = (this.choice.frame + 1) % count;
      this.paint();
      this.schedule();
    }, wait / this.choice.speed);
  }

  // What is seen

  /** Words and small frames: all that changes with the data only. */
  write() {
    const { words, class_label: label } = this.data;
    for (const node of this.root.querySelectorAll("[data-word]")) node.textContent = words[node.dataset.word];
    for (const node of this.root.querySelectorAll("[data-label]"))
      node.setAttribute("aria-label", words[node.dataset.label]);
    for (const radio of this.root.querySelectorAll("[name=speed]"))
      radio.nextElementSibling.textContent = fill(words.speed_value, { speed: radio.value });
    this.find(".badge").hidden = !this.data.is_reversed;
    this.find(".note").hidden = this.data.maps_max > 0;
    this.find(".note").textContent = fill(words.no_heat, { label });
    this.find(".caption").textContent = fill(words.strip, { label });
    this.find(".scrub").max = this.pictures.length - 1;
    this.root.style.setProperty("--columns", Math.min(this.pictures.length, 8));
    this.root.inert = false;
    this.fitStrip();
    this.find(".strip").childNodes.forEach((item, frame) => {
      const facts = this.facts(frame);
      item.querySelector("button").setAttribute("aria-label", fill(words.thumbnail, facts));
      item.querySelector(".time").textContent = fill(words.time, facts);
      item.querySelector(".score").textContent = fill(words.percent, { percent: facts.score });
      item.style.setProperty("--score", this.data.scores[frame]);
    });
  }

  fitStrip() {
    const strip = this.find(".strip");
    while (strip.childNodes.length > this.pictures.length) strip.lastChild.remove();
    while (strip.childNodes.length < this.pictures.length) {
      const frame = strip.childNodes.length;
      const button = element("button", "small", element("canvas", ""), element("i", "bar"));
      button.type = "button";
      button.append(element("span", "time"), element("span", "score"));
      button.addEventListener("click", () => this.go(frame));
      strip.append(element("li", "", button));
    }
  }

  facts(frame) {
    const { times_sec, scores, class_label, words, map_height, map_width } = this.data;
    const map = this.maps[frame];
    const hottest = map.indexOf(this.peaks[frame]);
    const third = (cell, cells) => Math.floor((3 * (cell + 0.5)) / cells);
    const row = third(Math.floor(hottest / map_width), map_height);
    return {
      frame: frame + 1,
      count: this.pictures.length,
      time: times_sec[frame].toFixed(2),
      score: Math.round(100 * scores[frame]),
      strength: Math.round(100 * this.peaks[frame]),
      place: words.places[3 * row + third(hottest % map_width, map_width)],
      label: class_label,
    };
  }

  paintAll() {
    const width = Math.min(this.data.width, 240);
    this.find(".strip").childNodes.forEach((item, frame) => {
      const canvas = item.querySelector("canvas");
      Object.assign(canvas, { width, height: Math.round((width * this.data.height) / this.data.width) });
      this.drawFrame(canvas, frame);
    });
    this.paint();
  }

  paint() {
    const { frame, playing, heat, opacity, scale, speed } = this.choice;
    const { words } = this.data;
    const facts = this.facts(frame);
    Object.assign(this.root.dataset, { frame, playing, heat: heat ? "on" : "off", opacity, scale, speed });
    this.drawFrame(this.find(".picture"), frame);
    this.find(".counter").textContent = fill(words.counter, facts);
    this.find(".toggle").setAttribute("aria-label", playing ? words.pause : words.play);
    this.find(".opacity-value").textContent = fill(words.percent, { percent: opacity });
    setRange(this.find(".scrub"), frame, fill(words.counter, facts));
    setRange(this.find(".opacity"), opacity, fill(words.percent, { percent: opacity }));
    this.find(".heat").checked = heat;
    this.find(`[name=scale][value=${scale}]`).checked = true;
    this.find(`[name=speed][value="${speed}"]`).checked = true;
    this.find(".ramp i").style.backgroundImage = rampGradient(heat ? opacity / 100 : 0);
    this.find(".strip").childNodes.forEach((item, other) =>
      item.firstChild.setAttribute("aria-current", other === frame),
    );
    const inWords = fill(this.peaks[frame] > 0 ? words.description : words.description_cold, facts);
    this.find(".picture").setAttribute("aria-label", inWords);
    this.find(".spoken").textContent = playing ? "" : inWords; // playing, it would never stop talking
  }

  drawFrame(canvas, frame) {
    const { heat, opacity, scale } = this.choice;
    const context = canvas.getContext("2d");
    context.globalAlpha = 1;
    context.drawImage(this.pictures[frame], 0, 0, canvas.width, canvas.height);
    if (!heat) return;
    const top = scale === "clip" ? 1 : this.peaks[frame];
    this.heats[scale][frame] ??= heatCanvas(this.maps[frame], top, this.data);
    context.globalAlpha = opacity / 100;
    context.drawImage(this.heats[scale][frame], 0, 0, canvas.width, canvas.height);
  }
}

function fill(text, facts) {
  return text.replace(/\{(\w+)\}/g, (_, name) => facts[name]);
}

function element(tag, className, ...children) {
  const node = document.createElement(tag);
  node.className = className;
  node.append(...children);
  return node;
}

function setRange(input, value, text) {
  input.value = value;
  input.setAttribute("aria-valuetext", text);
  input.style.setProperty("--fill", (value - input.min) / Math.max(input.max - input.min, 1));
}
