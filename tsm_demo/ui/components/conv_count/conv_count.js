// The cost of a convolution as a product beside its picture. What is lit is one word, `chosen`: "" is everything, a number is
// a line of the count, else a factor's name. It stands in the address, as ?lit=. Pointing lights for as long as one points.

const PARAMETER = "lit";
const kept = new WeakMap(); // mounted component -> what outlasts a change of its data

/** Streamlit calls this on mounting and whenever the data change, and the function it gives when that is over. */
export default function render({ data, parentElement }) {
  const root = parentElement.querySelector("section.count");
  const find = (selector) => root.querySelector(selector);
  const { factors, lines, products, results, words } = data;
  const state = kept.get(parentElement) ?? { chosen: asked(), touched: false, path: location.pathname };
  kept.set(parentElement, state);
  if (litBy(state.chosen) === null) state.chosen = "";
  let pointed = null;

  // ---- what is drawn once

  const buttons = new Map(factors.map((factor) => [factor.name, factorOf(factor)]));
  const all = factors.map(({ name }) => buttons.get(name));
  const [flat, deep] = [all.slice(0, -1), all.slice(-1)];
  find(".product").replaceChildren(
    productOf([...between(flat), equals(products[0], words.product_2d)]),
    productOf([text("i", "×"), ...deep, equals(products[1], words.product_3d)]),
  );
  // Lines and numbers that the server has drawn; its words are escaped there.
  find(".picture").innerHTML = data.picture;
  find(".picture svg").setAttribute("aria-label", data.alt);
  find(".part").textContent = words.part;
  const rows = lines.map(lineOf);
  find(".lines").replaceChildren(...rows);
  find(".results").replaceChildren(tableOf());
  name(find(".back"), words.back);
  name(find(".next"), words.next);

  function factorOf({ name, number, label }) {
    const button = text("button", "", "factor");
    button.type = "button";
    button.dataset.factor = name;
    button.append(text("b", number), text("span", label));
    selectable(button, name);
    return button;
  }

  function lineOf({ title, parts }, at) {
    const item = document.createElement("li");
    const button = text("button", "");
    button.type = "button";
    const sum = text("span", "", "sum");
    for (const { text: piece, kind } of parts) {
      const node = text(kind ? "b" : "span", piece, kind === "result" ? kind : "");
      if (kind && kind !== "result") node.dataset.factor = kind;
      sum.append(node);
    }
    button.append(text("span", title, "title"), sum);
    selectable(button, String(at + 1));
    item.append(button);
    return item;
  }

  function tableOf() {
    const table = document.createElement("table");
    const head = table.createTHead().insertRow();
    table.createCaption().textContent = words.results;
    for (const title of ["", "MACs", words.against_image, words.against_clip, words.moved]) head.append(text("th", title));
    const body = table.createTBody();
    for (const result of results) {
      const row = body.insertRow();
      row.dataset.family = result.family;
      const title = text("th", result.name);
      title.scope = "row";
      const macs = text("td", result.macs, "macs");
      macs.style.setProperty("--share", result.share);
      row.append(title, macs, cell("against_image"), cell("against_clip"), cell("moved"));

      function cell(column) {
        const node = text("td", result[column]);
        node.dataset.title = words[column];
        return node;
      }
    }
    return table;
  }

  // ---- what follows the state

  function litBy(choice) {
    if (choice === "") return factors.map((factor) => factor.name);
    const factor = factors.find(({ name }) => name === choice);
    return factor ? [choice] : (lines[Number(choice) - 1]?.lit ?? null);
  }

  function paint() {
    const choice = pointed ?? state.chosen;
    const lit = new Set(litBy(choice));
    root.dataset.lit = [...lit].join(" ");
    for (const node of root.querySelectorAll("[data-factor]")) node.classList.toggle("lit", lit.has(node.dataset.factor));
    buttons.forEach((button, factor) => button.setAttribute("aria-pressed", state.chosen === factor));
    rows.forEach((row, at) => {
      row.classList.toggle("current", choice === String(at + 1));
      row.firstChild.setAttribute("aria-pressed", state.chosen === String(at + 1));
    });
    const note = factors.find((factor) => factor.name === choice) ?? lines[Number(choice) - 1];
    find(".note").textContent = note?.note ?? words.note_all;
    const line = Number(state.chosen) || 0;
    const other = state.chosen ? words.step_factor : words.step_all;
    find(".step").textContent = line ? words.step.replace("{line}", line).replace("{last}", lines.length) : other;
    find(".back").disabled = line === 0;
    find(".next").disabled = line === lines.length;
  }

  // ---- choosing

  function selectable(button, choice) {
    pointable(button, choice);
    button.addEventListener("focus", () => button.matches(":focus-visible") && point(choice));
    button.addEventListener("blur", () => point(null));
  }

  /** For the mouse alone: what keys and screen readers reach are the buttons that say the same. */
  function pointable(node, choice) {
    node.addEventListener("pointerenter", (event) => event.pointerType === "mouse" && point(choice));
    node.addEventListener("pointerleave", () => point(null));
    node.addEventListener("click", () => choose(state.chosen === choice ? "" : choice));
  }

  function point(choice) {
    pointed = choice;
    paint();
  }

  function choose(choice) {
    Object.assign(state, { chosen: choice, touched: true });
    point(null);
    toAddress();
  }

  /** What is lit in the address, without a new entry in the browser's history. Nothing before a visitor has acted. */
  function toAddress() {
    const url = new URL(location);
    if (!state.touched || url.pathname !== state.path || (url.searchParams.get(PARAMETER) ?? "") === state.chosen) return;
    if (state.chosen) url.searchParams.set(PARAMETER, state.chosen);
    else url.searchParams.delete(PARAMETER);
    history.replaceState(history.state, "", url);
  }

  const line = () => Number(state.chosen) || 0;
  find(".next").onclick = () => choose(String(Math.min(line() + 1, lines.length)));
  find(".back").onclick = () => choose(line() > 1 ? String(line() - 1) : "");
  root.onkeydown = (event) => {
    if (event.key === "Escape") choose(""); // no value is returned: false would swallow every other key
  };
  for (const group of find(".picture").querySelectorAll("g[data-factor]")) pointable(group, group.dataset.factor);

  paint();
  toAddress();
  // Streamlit writes the address anew when another control changes: put this part back, where the browser tells of it.
  globalThis.navigation?.addEventListener("currententrychange", toAddress);
  return () => globalThis.navigation?.removeEventListener("currententrychange", toAddress);
}

const asked = () => new URLSearchParams(location.search).get(PARAMETER) ?? "";

function text(tag, content, className = "") {
  const node = document.createElement(tag);
  node.className = className;
  node.textContent = content;
  return node;
}

function productOf(parts) {
  const row = text("div", "");
  row.append(...parts);
  return row;
}

const between = (nodes) => nodes.flatMap((node, at) => (at ? [text("i", "×"), node] : [node]));

function equals(product, label) {
  const node = text("span", "", "equals");
  node.append(text("b", `= ${product}`), text("span", label));
  return node;
}

function name(button, label) {
  button.setAttribute("aria-label", label);
  button.title = label;
}
