// The shift on a grid of frames and channels: cells glide, code lines light up, a cell says where its value came from.
// All of it happens here. `data` has the table of source frames; what a visitor reads reaches the page as text only.
// The state is one number, `at`: 0 before the shift, k after the k-th line of code. It stands in the address, as ?step=.

const STEP_MS = 1500;
const REST_MS = 700; // between two steps of a run
const CALM_MS = 1800; // a step, for those who asked for less motion
const MOST_CELL = 46; // px
const SMALL_CELL = 19; // px; below, numbers would not be read
const MOST_TILE = 64; // px; where cells are pictures
const TIGHT_CELL = 15; // px; below, every second frame is named
const NARROW_PX = 480; // of the stage; below, frames are named by their number alone
const KINDS = { 1: "next-frame", "-1": "previous-frame", 0: "own-frame" };
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const kept = new WeakMap(); // mounted component -> what outlasts a change of its data

/** Streamlit calls this on mounting and whenever the data change, and the function it gives when that is over. */
export default function render({ data, parentElement }) {
  const root = parentElement.querySelector("section.shift");
  const find = (selector) => root.querySelector(selector);
  const { T, C, steps, source, words } = data;
  const last = steps.length;
  const state = kept.get(parentElement) ?? firstState(last);
  const finished = state.at >= state.last;
  Object.assign(state, { at: finished ? last : Math.min(state.at, last), last });
  if (state.cell && (state.cell[0] >= T || state.cell[1] >= C)) state.cell = null;
  kept.set(parentElement, state);
  let running = 0; // the current run; another one ends it
  let playing = false;

  // ---- what is drawn once

  root.classList.toggle("mapped", Boolean(data.sheet));
  root.dataset.placement = data.placement;
  root.style.setProperty("--T", T);
  root.style.setProperty("--C", C);
  root.style.setProperty("--sheet", data.sheet ? `url(data:image/webp;base64,${data.sheet})` : "none");
  root.style.setProperty("--film", data.film ? `url(data:image/webp;base64,${data.film})` : "none");
  find(".board").setAttribute("aria-label", words.board);
  for (const part of root.querySelectorAll("[data-word]")) part.textContent = words[part.dataset.word];
  find(".placement").textContent = words.placement;
  find(".set-up").textContent = data.set_up.join("\n");
  find(".legend").replaceChildren(...data.legend.map(legendOf));
  find(".frames").replaceChildren(...Array.from({ length: T }, (_, t) => frameOf(t)));
  const moving = steps.filter((step) => step.end > step.first);
  find(".brackets").replaceChildren(...moving.map((step) => element("i", KINDS[step.offset], span(step))));
  const folds = steps.map(foldOf);
  find(".cells").replaceChildren(...folds.flatMap((fold) => [...fold.empties, fold.node]));
  const lines = steps.map(lineOf);
  find(".lines").replaceChildren(...lines);

  function legendOf({ kind, name, detail }) {
    const item = element("li");
    const sample = element("i", kind === "zero" ? "hatch" : KINDS[kind]);
    sample.textContent = { 1: "↑", "-1": "↓", zero: "0" }[kind] ?? "";
    const note = element("span");
    note.textContent = detail;
    item.append(sample, name, " ", note);
    return item;
  }

  function frameOf(t) {
    const row = element("div");
    const word = element("span");
    word.textContent = words.frame;
    row.append(word, t);
    if (data.film) row.append(element("b", "", { "--place": t / Math.max(T - 1, 1) }));
    return row;
  }

  /** The cells of one line's channels: where they go follows from the table, not from the line. */
  function foldOf(step) {
    const channels = Array.from({ length: step.end - step.first }, (_, k) => step.first + k);
    const goes = Array.from({ length: T }, () => channels.map(() => null)); // frame, channel -> where its value lands
    const empties = [];
    for (let t = 0; t < T; t++)
      channels.forEach((c, k) => {
        const from = source[t][c];
        if (from >= 0) goes[from][k] = t;
        else empties.push(emptyOf(t, c));
      });
    const landed = goes.flatMap((row, s) => row.map((t) => (t === null ? null : t - s))).find((move) => move !== null);
    const node = element("div", `fold ${KINDS[step.offset]}`, { ...span(step), "--move": landed ?? 0 });
    node.style.background = "none";
    for (let s = 0; s < T; s++)
      channels.forEach((c, k) => {
        const place = { "--x": c / Math.max(C - 1, 1), "--y": s / Math.max(T - 1, 1) };
        const cell = element("div", `cell ${KINDS[step.offset]}`, place);
        cell.classList.toggle("leaves", goes[s][k] === null);
        cell.dataset.frame = s;
        cell.dataset.channel = c;
        cell.textContent = step.offset > 0 ? `${s}↑` : step.offset < 0 ? `${s}↓` : s;
        node.append(cell);
      });
    return { node, empties };
  }

  function emptyOf(t, c) {
    const node = element("div", "empty", { "--first": c, "--row": t });
    Object.assign(node.dataset, { row: t, channel: c });
    const zero = element("span");
    zero.textContent = "0";
    node.append(zero);
    return node;
  }

  function lineOf(step, k) {
    const item = element("li", KINDS[step.offset]);
    const button = element("button");
    const code = element("code");
    button.type = "button";
    code.textContent = step.code;
    button.append(code);
    button.addEventListener("click", () => go(k, k + 1));
    for (const kind of ["pointerenter", "focus"]) button.addEventListener(kind, () => point(k));
    for (const kind of ["pointerleave", "blur"]) button.addEventListener(kind, () => point(null));
    item.append(button);
    return item;
  }

  // ---- what follows the state

  let pointed = null; // a line of code
  function point(k) {
    pointed = k;
    paint();
  }

  function paint() {
    const lit = Math.ceil(state.at) - 1; // the line that runs, or ran last
    const watched = state.at % 1 === 0 ? pointed : lit; // the cells to look at; all others step back
    Object.assign(root.dataset, { step: Number(state.at.toFixed(2)), playing });
    folds.forEach((fold, k) => {
      const p = eased(Math.min(Math.max(state.at - k, 0), 1));
      for (const node of [fold.node, ...fold.empties]) node.style.setProperty("--p", p);
      fold.node.classList.toggle("away", watched !== null && k !== watched);
      lines[k].classList.toggle("lit", k === lit);
      if (k === lit) lines[k].setAttribute("aria-current", "step");
      else lines[k].removeAttribute("aria-current");
    });
    find(".told").textContent = words.told[lit + 1];
    const count = lit < 0 ? words.count_before : words.count;
    find(".count").textContent = count.replace("{step}", lit + 1).replace("{last}", last);
    Object.assign(find(".scrub"), { max: last, value: state.at });
    find(".scrub").setAttribute("aria-label", words.scrub);
    find(".scrub").setAttribute("aria-valuetext", words.told[lit + 1]);
    name(find(".toggle"), playing ? words.pause : words.play);
    name(find(".back"), words.back);
    name(find(".next"), words.next);
    find(".back").disabled = state.at === 0;
    find(".next").disabled = state.at === last;
  }

  /** Say where a cell's value came from, and mark both places. */
  function read([t, c]) {
    const s = source[t][c];
    const kind = s < 0 ? "zero" : String(s - t);
    const fill = (text) => text.replaceAll("{t}", t).replaceAll("{c}", c).replaceAll("{s}", s);
    find(".words").textContent = fill(words.reading[kind === "zero" ? (t === 0 ? "zero_first" : "zero_last") : kind]);
    find(".index").textContent = fill(s < 0 ? words.index_zero : words.index);
    if (data.sheet) look(t, c, s);
    const shown = state.cell !== null || hovered !== null;
    mark(".to", shown ? [t, c] : null);
    mark(".from", shown && s >= 0 && s !== t ? [s, c] : null);
  }

  /** A frame, its own map and the map that it now holds, large. */
  function look(t, c, s) {
    const place = (k) => ({ "--x": c / Math.max(C - 1, 1), "--y": k / Math.max(T - 1, 1) });
    const parts = [
      [words.lens_frame, "seen", place(t)],
      [words.lens_own, "map own-frame", place(t)],
      s < 0 ? [words.lens_zero, "none", {}] : [words.lens_now, `map ${KINDS[s - t]}`, place(s)],
    ];
    const figures = parts.map(([text, kind, style]) => {
      const figure = element("figure");
      const caption = element("figcaption");
      caption.textContent = text.replaceAll("{t}", t).replaceAll("{s}", s);
      figure.append(element("i", kind, style), caption);
      return figure;
    });
    find(".lens").replaceChildren(...figures);
  }

  function mark(selector, at) {
    const node = find(`.mark${selector}`);
    node.classList.toggle("none", at === null);
    if (at) setStyle(node, { "--t": at[0], "--c": at[1] });
  }

  let hovered = null;
  const readCurrent = () => read(hovered ?? state.cell ?? [Math.min(3, T - 1), 0]);

  function layOut() {
    const whole = find(".stage").clientWidth;
    const label = (whole < NARROW_PX ? 20 : 66) + (data.film ? 10 : 0);
    const [height, most] = data.film ? [Math.min(innerHeight * 0.66, 600), MOST_TILE] : [Math.min(innerHeight * 0.5, 430), MOST_CELL];
    const columns = C + (data.film ? 1 : 0); // a frame's picture is as wide as a cell
    const cell = Math.max(4, Math.floor(Math.min((whole - label - 8) / columns, height / (T + 1.2), most)));
    setStyle(root, { "--cell": cell, "--label": `${label + (data.film ? cell : 0)}px` });
    root.classList.toggle("small", cell < SMALL_CELL);
    root.classList.toggle("tight", cell < TIGHT_CELL);
    root.classList.toggle("narrow", whole < NARROW_PX);
  }

  // ---- moving through the state

  /** Go from `state.at`, or from `start`, to `end`; whole steps rest a moment before the next. */
  function go(start, end, whole = false) {
    const run = ++running;
    state.at = start ?? state.at;
    playing = whole;
    const target = () => (whole ? Math.min(Math.floor(state.at + 1e-9) + 1, end) : end);
    if (calm.matches) return calmly(run, end, whole);
    let goal = target();
    let from = state.at;
    let begun = performance.now();
    const tick = (now) => {
      if (run !== running) return;
      const share = Math.min(Math.max(now - begun, 0) / (STEP_MS * Math.max(Math.abs(goal - from), 0.2)), 1);
      state.at = share === 1 ? goal : from + (goal - from) * share;
      if (share < 1) requestAnimationFrame(tick);
      else if (goal !== end) {
        [from, goal, begun] = [state.at, target(), now + REST_MS];
        requestAnimationFrame(tick);
      } else settle();
      paint();
    };
    paint();
    requestAnimationFrame(tick);
  }

  function calmly(run, end, whole) {
    state.at = whole ? Math.min(Math.floor(state.at) + 1, end) : end;
    if (state.at === end) return settle();
    paint();
    setTimeout(() => run === running && calmly(run, end, whole), CALM_MS);
  }

  function settle() {
    running++;
    playing = false;
    paint();
    toAddress();
  }

  /** The state in the address, without a new entry in the browser's history. Nothing before a visitor has acted. */
  function toAddress() {
    if (!state.touched) return;
    const url = new URL(location);
    url.searchParams.set("step", Number(state.at.toFixed(2)));
    if (state.cell) url.searchParams.set("cell", state.cell.join("."));
    else url.searchParams.delete("cell");
    history.replaceState(history.state, "", url);
  }

  const touch = (act) => (event) => {
    state.touched = true;
    act(event);
  };

  find(".toggle").onclick = touch(() => (playing ? settle() : go(state.at === last ? 0 : null, last, true)));
  find(".next").onclick = touch(() => go(null, Math.min(Math.floor(state.at + 1e-9) + 1, last)));
  find(".back").onclick = touch(() => go(null, Math.max(Math.ceil(state.at - 1e-9) - 1, 0)));
  find(".scrub").oninput = touch((event) => {
    state.at = Number(event.target.value);
    settle();
  });
  find(".lines").onclick = touch(() => {});

  const cellUnder = (event) => {
    const box = find(".grid").getBoundingClientRect();
    const c = Math.floor(((event.clientX - box.left) / box.width) * C);
    const t = Math.floor(((event.clientY - box.top) / box.height) * T);
    return t >= 0 && t < T && c >= 0 && c < C ? [t, c] : null;
  };
  const board = find(".board");
  board.onpointermove = (event) => {
    hovered = cellUnder(event);
    readCurrent();
  };
  board.onpointerleave = () => {
    hovered = null;
    readCurrent();
  };
  board.onclick = touch((event) => {
    state.cell = cellUnder(event);
    readCurrent();
    toAddress();
  });
  board.onkeydown = (event) => {
    const move = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    if (!move) return;
    event.preventDefault();
    state.touched = true;
    const [t, c] = state.cell ?? [Math.min(3, T - 1) - move[0], 0 - move[1]];
    state.cell = [clamp(t + move[0], T), clamp(c + move[1], C)];
    readCurrent();
    toAddress();
  };

  const watcher = new ResizeObserver(layOut);
  watcher.observe(find(".stage"));
  layOut();
  readCurrent();
  paint();
  toAddress(); // another control has written the address anew
  if (state.opening) {
    state.opening = false;
    if (!calm.matches) go(0, last, true);
  }
  return () => {
    running++;
    watcher.disconnect();
  };
}

/** What the address asks for; without a step there, the shift is played once, or shown done to those who want calm. */
function firstState(last) {
  const asked = new URLSearchParams(location.search);
  const step = Number.parseFloat(asked.get("step"));
  const cell = /^(\d+)\.(\d+)$/.exec(asked.get("cell") ?? "");
  const linked = Number.isFinite(step);
  return {
    at: linked ? Math.min(Math.max(step, 0), last) : last,
    last,
    cell: cell ? [Number(cell[1]), Number(cell[2])] : null,
    opening: !linked,
    touched: linked,
  };
}

function element(tag, className = "", style = {}) {
  const node = document.createElement(tag);
  node.className = className;
  setStyle(node, style);
  return node;
}

function setStyle(node, style) {
  for (const [key, value] of Object.entries(style)) node.style.setProperty(key, value);
}

function name(button, text) {
  button.setAttribute("aria-label", text);
  button.title = text;
}

const span = (step) => ({ "--first": step.first, "--wide": step.end - step.first });
const clamp = (value, count) => Math.min(Math.max(value, 0), count - 1);
const eased = (p) => p * p * (3 - 2 * p);
