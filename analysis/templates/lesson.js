"use strict";
(function () {
  const data = JSON.parse(document.getElementById("data").textContent);
  const PICKS = ["up", "same", "down"], WORDS = { up: "higher", same: "the same", down: "lower", open: "the seeds do not tell" };
  const FORMAT = "remesa class board", MOST = 30, LONGEST = 40, LARGEST = 200000;
  const byId = (id) => document.getElementById(id);
  const all = (query) => Array.from(document.querySelectorAll(query));
  let groups = [], open = false;

  // ---- the sheet, the map and the cards of one group

  function sheet() {
    const found = { picks: {}, signs: {}, zones: {} };
    all("#sheet input:checked").forEach((one) => { found.picks[one.name] = one.value; });
    all("[data-edge]").forEach((one) => { if (one.value) found.signs[one.dataset.edge] = one.value; });
    all("[data-card]").forEach((one) => { const at = one.parentElement.dataset.zone; if (at) found.zones[one.dataset.card] = at; });
    return found;
  }
  function place(card, zone) {
    const target = document.querySelector(`[data-zone="${zone}"]`);
    if (!target || card.parentElement === target) return;
    target.appendChild(card);
    card.querySelector("select").value = zone;
    changed();
  }
  function fill(found) {
    all("#sheet input").forEach((one) => { one.checked = found.picks[one.name] === one.value; });
    all("[data-edge]").forEach((one) => { one.value = found.signs[one.dataset.edge] || ""; });
    all("[data-card]").forEach((one) => place(one, found.zones[one.dataset.card] || ""));
  }
  function changed() { show(); keep(); }

  // ---- what is shown

  function show() {
    document.body.classList.toggle("open", open);
    const reveal = byId("reveal");
    reveal.textContent = open ? "Hide what happened" : "Show what happened";
    reveal.setAttribute("aria-expanded", open);
    const mine = sheet();
    all("#sheet fieldset").forEach((one) => {
      const key = one.dataset.key, pick = mine.picks[key], answer = data.answers[key];
      one.querySelector(".mark").textContent = !pick ? "" : answer === "open" ? "The seeds do not tell who is right." : pick === answer ? "As you expected." : "Not as you expected.";
    });
    all("[data-edge]").forEach((one) => {
      const key = one.dataset.edge, sign = open ? data.signs[key] : one.value;
      [byId(`arrow-${key}`), byId(`sign-${key}`)].forEach((part) => { part.classList.remove("up", "down"); if (sign) part.classList.add(sign); });
    });
    all("[data-card]").forEach((one) => {
      const at = one.parentElement.dataset.zone, agrees = at === data.zones[one.dataset.card];
      one.classList.toggle("agrees", open && at !== "" && agrees);
      one.classList.toggle("differs", open && at !== "" && !agrees);
    });
    board();
  }
  function cell(row, text, kind) { const made = document.createElement(kind || "td"); made.textContent = text; row.appendChild(made); return made; }
  function board() {
    const table = byId("board");
    if (!table) return;
    const [head, body] = [table.tHead, table.tBodies[0]];
    head.textContent = ""; body.textContent = "";
    if (!groups.length) return;
    const first = head.insertRow();
    cell(first, "Question", "th").scope = "col";
    groups.forEach((group) => { cell(first, group.name, "th").scope = "col"; });
    if (open) cell(first, "What happened", "th").scope = "col";
    all("#sheet fieldset").forEach((one, k) => {
      const key = one.dataset.key, row = body.insertRow();
      cell(row, `${k + 1}. ${one.querySelector("legend").textContent.replace(/^\d+\. /, "")}`, "th").scope = "row";
      groups.forEach((group) => {
        const pick = group.picks[key];
        cell(row, (WORDS[pick] || "") + (open && pick && data.answers[key] === pick ? " \u2713" : ""));
      });
      if (open) cell(row, WORDS[data.answers[key]]);
    });
    [["signs", data.signs, "Arrows of the map with the model's sign"], ["zones", data.zones, "Cards placed as in the model"]].forEach(([kind, right, title]) => {
      const keys = Object.keys(right);
      if (!keys.length) return;
      const row = body.insertRow();
      cell(row, title, "th").scope = "row";
      groups.forEach((group) => cell(row, open ? `${keys.filter((key) => group[kind][key] === right[key]).length} of ${keys.length}` : `${Object.keys(group[kind]).length} marked`));
      if (open) cell(row, "");
    });
    const row = body.insertRow();
    cell(row, "", "th");
    groups.forEach((group, k) => {
      const made = document.createElement("button");
      made.type = "button"; made.textContent = "Take off"; made.setAttribute("aria-label", `Take ${group.name} off the board`);
      made.addEventListener("click", () => { groups.splice(k, 1); changed(); });
      cell(row, "").appendChild(made);
    });
    if (open) cell(row, "");
  }
  function say(text) { if (byId("said")) byId("said").textContent = text; }

  // ---- a board as a file: read as data, checked key by key, never run

  function only(found, allowed, values) {
    if (typeof found !== "object" || found === null || Array.isArray(found)) throw new Error("marks are missing");
    return Object.fromEntries(Object.keys(allowed).filter((key) => Object.prototype.hasOwnProperty.call(found, key)).map((key) => {
      if (!values.includes(found[key])) throw new Error(`a mark reads ${String(found[key]).slice(0, 20)}`);
      return [key, found[key]];
    }));
  }
  function checked(text) {
    if (text.length > LARGEST) throw new Error("it is too large");
    let found;
    try { found = JSON.parse(text); } catch (error) { throw new Error("it is no JSON"); }
    if (!found || found.format !== FORMAT || found.version !== 1) throw new Error("it is no board");
    if (found.lesson !== data.lesson) throw new Error("it belongs to another lesson");
    if (!Array.isArray(found.groups) || found.groups.length > MOST) throw new Error(`it holds no list of at most ${MOST} groups`);
    const places = all("[data-zone]").map((one) => one.dataset.zone).filter(Boolean);
    return found.groups.map((group) => {
      if (!group || typeof group.name !== "string" || !group.name.trim() || group.name.length > LONGEST) throw new Error("a group has no name, or one that is too long");
      return { name: group.name.trim(), picks: only(group.picks, data.answers, PICKS), signs: only(group.signs, data.signs, ["up", "down"]), zones: only(group.zones, data.zones, places) };
    });
  }
  const written = () => JSON.stringify({ format: FORMAT, version: 1, lesson: data.lesson, groups }, null, 1);
  function save() {
    const address = URL.createObjectURL(new Blob([written()], { type: "application/json" })), link = document.createElement("a");
    link.href = address; link.download = `board_${data.lesson}.json`;
    document.body.appendChild(link); link.click(); link.remove();
    setTimeout(() => URL.revokeObjectURL(address), 1000);
    say("The board is saved as a file.");
  }
  function load(file) {
    if (!file) return;
    if (file.size > LARGEST) { say("That file is no board of this lesson: it is too large."); return; }
    file.text().then((text) => {
      groups = checked(text);
      changed();
      say(`Opened a board of ${groups.length} group${groups.length === 1 ? "" : "s"}.`);
    }).catch((error) => say(`That file is no board of this lesson: ${error.message}.`));
  }

  // ---- kept in this browser, where it allows that: for the window, which survives a reload, and for another day

  const shelf = `remesa-board-${data.lesson}`, shelves = ["sessionStorage", "localStorage"];
  function keep() {
    const kept = JSON.stringify({ board: written(), sheet: sheet(), open });
    shelves.forEach((name) => { try { window[name].setItem(shelf, kept); } catch (error) { /* nothing is kept there */ } });
  }
  function found(name) { try { return window[name].getItem(shelf); } catch (error) { return null; } }
  function recall() {
    try {
      const kept = JSON.parse(shelves.map(found).find(Boolean) || null);
      if (!kept) return;
      groups = checked(kept.board);
      open = kept.open === true;
      const places = all("[data-zone]").map((one) => one.dataset.zone).filter(Boolean);
      fill({ picks: only(kept.sheet.picks, data.answers, PICKS), signs: only(kept.sheet.signs, data.signs, ["up", "down"]), zones: only(kept.sheet.zones, data.zones, places) });
    } catch (error) { groups = []; }
  }

  // ---- what one can do

  byId("sheet").addEventListener("change", changed);
  byId("sheet").addEventListener("submit", (event) => event.preventDefault());
  all("[data-edge]").forEach((one) => one.addEventListener("change", changed));
  byId("reveal").addEventListener("click", () => { open = !open; changed(); });
  all("[data-part]").forEach((button) => button.addEventListener("click", () => {
    const told = button.getAttribute("aria-expanded") !== "true";
    button.setAttribute("aria-expanded", told);
    button.textContent = told ? "Hide what happened in this part" : "Show what happened in this part";
    button.dataset.part.split(" ").forEach((key) => document.querySelector(`fieldset[data-key="${key}"] .result`).classList.toggle("told", told));
  }));
  byId("clear").addEventListener("click", () => { fill({ picks: {}, signs: {}, zones: {} }); changed(); });
  byId("print").addEventListener("click", () => window.print());
  all("[data-card]").forEach((card) => {
    card.querySelector("select").addEventListener("change", (event) => place(card, event.target.value));
    card.addEventListener("dragstart", (event) => { event.dataTransfer.setData("text/plain", card.dataset.card); });
  });
  all("[data-zone]").forEach((zone) => {
    zone.addEventListener("dragover", (event) => { event.preventDefault(); zone.classList.add("over"); });
    zone.addEventListener("dragleave", () => zone.classList.remove("over"));
    zone.addEventListener("drop", (event) => {
      event.preventDefault();
      zone.classList.remove("over");
      const card = all("[data-card]").find((one) => one.dataset.card === event.dataTransfer.getData("text/plain"));
      if (card) place(card, zone.dataset.zone);
    });
  });
  if (byId("board")) {
    byId("add").addEventListener("click", () => {
      const name = byId("group").value.trim().slice(0, LONGEST);
      if (!name) { say("Give the group a name first."); byId("group").focus(); return; }
      const one = Object.assign({ name }, sheet()), before = groups.findIndex((group) => group.name === name);
      if (before < 0 && groups.length >= MOST) { say(`A board holds ${MOST} groups.`); return; }
      if (before < 0) groups.push(one); else groups[before] = one;
      byId("group").value = "";
      changed();
      say(`${name} is on the board.`);
    });
    byId("save").addEventListener("click", save);
    byId("load").addEventListener("change", (event) => { load(event.target.files[0]); event.target.value = ""; });
    byId("wipe").addEventListener("click", () => { groups = []; changed(); say("The board is empty."); });
  }
  recall();
  show();
})();
