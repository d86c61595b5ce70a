// Plays one film forwards and backwards in step. Every small frame stops it there; nothing is asked of the server.
// What a visitor reads comes from `data`, and reaches the page through textContent and attributes.
// The exhibit's data-step (from 0) and data-playing tell its state to tests.

const END_PAUSE_MS = 900; // tells the end of the clip from its beginning
let playing = !matchMedia("(prefers-reduced-motion: reduce)").matches; // what the visitor chose outlasts a clip

/** Streamlit calls this on mounting and whenever the data change, and the function it gives when that is over. */
export default function render({ data, parentElement }) {
  const exhibit = parentElement.querySelector("section.exhibit");
  const count = data.ways[0].frames.length;
  let step = 0;
  let timer;

  const make = (name, texts) => {
    const node = parentElement.querySelector(`template.${name}`).content.firstElementChild.cloneNode(true);
    for (const part of node.querySelectorAll("[data-text]")) part.textContent = texts[part.dataset.text];
    return node;
  };

  function paint() {
    Object.assign(exhibit.dataset, { step, playing });
    exhibit.querySelectorAll("figure").forEach((figure, which) => {
      const frame = data.ways[which].frames[step];
      show(figure.querySelector(".picture"), frame, count);
      figure.querySelector(".count").textContent = frame;
      figure.querySelectorAll("input")[step].checked = true;
      figure.querySelector(".toggle").setAttribute("aria-label", playing ? data.pause : data.play);
    });
  }

  function schedule() {
    clearTimeout(timer);
    const wait = 1000 * data.frame_sec + (step === count - 1 ? END_PAUSE_MS : 0);
    if (playing) timer = setTimeout(() => go((step + 1) % count, true), wait);
  }

  function go(to, keepPlaying) {
    step = to;
    playing = keepPlaying;
    paint();
    schedule();
  }

  function figureOf(way) {
    const figure = make("way", way);
    figure.classList.toggle("backwards", way.backwards);
    figure.querySelector(".picture img").alt = way.picture;
    figure.querySelector(".toggle").addEventListener("click", () => go(step, !playing));
    figure.querySelector(".strip").append(
      ...way.frames.map((frame, at) => {
        const small = make("small", {});
        const input = small.querySelector("input");
        input.name = way.backwards ? "backwards" : "forwards"; // each row is a group: arrow keys walk through it
        input.setAttribute("aria-label", data.frame.replace("{frame}", frame));
        input.addEventListener("change", () => go(at, false));
        small.querySelector(".number").textContent = frame;
        show(small.querySelector(".frame"), frame, count);
        return small;
      }),
    );
    for (const image of figure.querySelectorAll("img")) image.src = `data:image/webp;base64,${data.film}`;
    return figure;
  }

  function saidOf(said) {
    const node = make("said", said);
    node.classList.toggle("wrong", !said.right);
    node.style.setProperty("--share", said.share);
    return node;
  }

  const blocks = data.ways.map((way, at) => {
    const block = Object.assign(document.createElement("div"), { className: "way" });
    block.style.setProperty("--column", 2 * at + 1);
    block.append(figureOf(way), ...inRows(way.said.map(saidOf)));
    return block;
  });
  exhibit.style.setProperty("--aspect", data.aspect);
  exhibit.replaceChildren(...blocks, ...inRows(data.verdicts.map((verdict) => make("verdict", verdict))));
  go(0, playing);
  return () => clearTimeout(timer);
}

/** Move the film behind its window, so that one frame (counted from 1) is seen. */
function show(frameWindow, frame, count) {
  frameWindow.style.setProperty("--place", (frame - 1) / Math.max(count - 1, 1));
}

/** Number the answers: where there is room, those of one network stand in one line. */
function inRows(nodes) {
  nodes.forEach((node, at) => node.style.setProperty("--row", at + 1));
  return nodes;
}
