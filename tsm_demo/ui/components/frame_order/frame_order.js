// Two orders of the same frames: each plays in its picture, in step, and stands in its row; lines join the rows' same frames.
// A click on a frame tells the server its position in the film. data-step and data-playing tell the state to tests.

const END_PAUSE_MS = 900; // tells the end of the clip from its beginning
const SVG = "http://www.w3.org/2000/svg";
let playing = !matchMedia("(prefers-reduced-motion: reduce)").matches; // what the visitor chose outlasts a switch

/** Streamlit calls this on mounting and whenever the data change, and the function it gives when that is over. */
export default function render({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector("section.order");
  const count = data.numbers.length;
  const length = Math.max(...data.rows.map((row) => row.frames.length));
  let step = 0;
  let timer;

  const make = (name) => parentElement.querySelector(`template.${name}`).content.firstElementChild.cloneNode(true);
  const when = (node, frame) => node.style.setProperty("--when", frame / Math.max(count - 1, 1));
  const place = (node, frame) => node.style.setProperty("--place", frame / Math.max(count - 1, 1));

  const screens = data.rows.map((row) => {
    const screen = make("screen");
    screen.classList.toggle("mirrored", row.mirrored);
    screen.querySelector("img").alt = row.picture;
    screen.querySelector("figcaption").textContent = row.name;
    return screen;
  });
  const toggle = document.createElement("button");
  toggle.type = "button";
  toggle.className = "toggle";
  toggle.innerHTML = `<svg class="shape-play" viewBox="0 0 24 24" aria-hidden="true"><path d="M8 5v14l11-7z" /></svg>
    <svg class="shape-pause" viewBox="0 0 24 24" aria-hidden="true"><path d="M6 5h4v14H6zM14 5h4v14h-4z" /></svg>`;
  toggle.addEventListener("click", () => go(step, !playing));
  screens[0].append(toggle);

  const strips = data.rows.map((row, at) => {
    const strip = document.createElement("div");
    strip.className = "strip";
    strip.classList.toggle("mirrored", row.mirrored);
    strip.setAttribute("role", "group");
    strip.setAttribute("aria-label", row.name);
    strip.append(
      ...row.frames.map((frame) => {
        const small = make("small");
        place(small, frame);
        when(small, frame);
        small.dataset.frame = data.numbers[frame];
        small.setAttribute("aria-label", data.click.replace("{frame}", data.numbers[frame]));
        small.title = small.getAttribute("aria-label");
        small.querySelector(".number").textContent = data.numbers[frame];
        small.addEventListener("click", () => setTriggerValue("clicked", frame));
        return small;
      }),
    );
    const half = document.createElement("div");
    half.className = at ? "below" : "above";
    const title = document.createElement("div");
    title.className = "title";
    title.textContent = row.name;
    half.append(title, strip);
    return half;
  });

  function linesOf([filmed, shown]) {
    const lines = document.createElementNS(SVG, "svg");
    lines.setAttribute("class", "lines");
    lines.setAttribute("viewBox", "0 0 100 10");
    lines.setAttribute("preserveAspectRatio", "none");
    lines.setAttribute("aria-hidden", "true");
    const middle = (at, row) => (100 * (at + 0.5)) / row.frames.length;
    shown.frames.forEach((frame, to) => {
      const from = filmed.frames.indexOf(frame);
      if (from < 0) return; // a frame between those that are sampled as filmed
      const line = document.createElementNS(SVG, "line");
      Object.entries({ x1: middle(from, filmed), y1: 0, x2: middle(to, shown), y2: 10 }).forEach((pair) =>
        line.setAttribute(...pair),
      );
      when(line, frame);
      lines.append(line);
    });
    return lines;
  }

  function paint() {
    Object.assign(root.dataset, { step, playing });
    data.rows.forEach((row, at) => {
      const now = step % row.frames.length;
      place(screens[at], row.frames[now]);
      screens[at].querySelector(".count").textContent = data.numbers[row.frames[now]];
      strips[at].querySelectorAll("button").forEach((small, i) => small.classList.toggle("now", i === now));
    });
    toggle.setAttribute("aria-label", playing ? data.pause : data.play);
  }

  function schedule() {
    clearTimeout(timer);
    const wait = 1000 * data.frame_sec + (step === length - 1 ? END_PAUSE_MS : 0);
    if (playing) timer = setTimeout(() => go((step + 1) % length, true), wait);
  }

  function go(to, keepPlaying) {
    step = to;
    playing = keepPlaying;
    paint();
    schedule();
  }

  root.style.setProperty("--aspect", data.aspect);
  root.querySelector(".screens").replaceChildren(...screens);
  root.querySelector(".rows").replaceChildren(strips[0], linesOf(data.rows), strips[1]);
  for (const image of root.querySelectorAll("img")) image.src = `data:image/webp;base64,${data.film}`;
  go(0, playing);
  return () => clearTimeout(timer);
}
